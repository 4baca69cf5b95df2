/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/strbuf.h"
#include "flight/rsync.h"

/* An rsync that hears nothing of the other end. */
#define SILENCE "--timeout=120"
#define WHAT_MAX 200		/* of a complaint of rsync's */
#define VANISHED 24		/* rsync(1), EXIT VALUES */

/* "machine:folder", and not "./a:b". */
static bool is_remote(const char *to)
{
	const char *colon = strchr(to, ':'), *slash = strchr(to, '/');

	return colon && (!slash || colon < slash);
}

char *rsync_destination(const struct config *config, const char *setting)
{
	const char *to = config_get(config, setting), *home = getenv("HOME");
	char *text;
	size_t n;

	if (!to || !*to)
		return NULL;
	text = home && str_starts(to, "~/") ?
		xasprintf("%s%s", home, to + 1) : xstrdup(to);
	n = strlen(text);
	while (n > 1 && text[n - 1] == '/')
		text[--n] = '\0';
	return text;
}

/* The line that says why: rsync's own last one only counts the errors. */
static const char *complaint(const struct strvec *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		if (*lines->v[i] && !str_starts(lines->v[i], "rsync error:") &&
		    !str_starts(lines->v[i], "Warning: "))
			return lines->v[i];
	return lines->count ? lines->v[0] : "it said nothing";
}

static int failed(const struct proc_result *ran, const char *what,
		  struct error *err)
{
	AUTO_STRVEC lines = STRVEC_INIT;

	strvec_split(&lines, ran->output.buf, "\r\n");
	return error_set(err, ERROR_BROKEN, "%s: %.*s (rsync ended with status "
			 "%d; it is tried again next time)", what, WHAT_MAX,
			 complaint(&lines), ran->status);
}

int rsync_run(const struct config *config, const char *what,
	      const struct strvec *words, struct error *err)
{
	const char *to = words->v[words->count - 1];
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = {
		.merge_errors = true,
		.limit_ms = config_duration_ms(config, "PublishLimit"),
	};
	AUTO_PROC_RESULT ran = { .output = STRBUF_INIT };

	strvec_pushl(&argv, "rsync", SILENCE, NULL);
	strvec_pushf(&argv, "--rsh=%s", config_get(config, "PublishShell"));
	strvec_pushv(&argv, words->v);
	spec.argv = argv.v;
	if ((!is_remote(to) && dir_make(to, 0755, err) < 0) ||
	    proc_run(&spec, &ran, err) < 0)
		return error_prefix(err, "%s", what);
	return ran.status && ran.status != VANISHED ?
		failed(&ran, what, err) : 0;
}
