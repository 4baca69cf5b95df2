/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "base/wait.h"
#include "doctor/sighting.h"

static void on_line(const struct follow_line *line, void *arg)
{
	struct sighting *s = arg;

	if (strcasestr(line->text, s->text))
		s->seen = true;
}

int sighting_begin(struct sighting *s, const char *log, const char *text,
		   struct error *err)
{
	const struct follow_spec spec = {
		.path = log, .callback = on_line, .arg = s,
	};
	int rc;

	*s = (struct sighting){ .text = text };
	rc = sd_event_new(&s->event);
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "cannot make an event loop");
	}
	if (follow_open(&s->follow, s->event, &spec, err) == 0)
		return 0;
	s->follow = NULL;
	sighting_end(s);
	return -1;
}

static enum wait_answer was_seen(void *arg, struct error *err)
{
	const struct sighting *s = arg;

	(void)err;
	return s->seen ? WAIT_DONE : WAIT_MORE;
}

bool sighting_wait(struct sighting *s, int64_t limit_ms)
{
	const struct wait_spec spec = {
		.what = "the line was not seen", .limit_ms = limit_ms,
		.event = s->event, .check = was_seen, .arg = s,
	};

	return wait_for(&spec, NULL) == 0;
}

void sighting_end(struct sighting *s)
{
	follow_close(s->follow);
	sd_event_unref(s->event);
	*s = (struct sighting){ .text = NULL };
}
