/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log that is followed for one line: begun before the thing is done, waited
 * for after it, so that an old line cannot be taken for the new one.
 */
#ifndef IRONBIRD_DOCTOR_SIGHTING_H
#define IRONBIRD_DOCTOR_SIGHTING_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "watch/follow.h"

struct sighting {
	const char *text;	/* the line has it, in either case of letters */
	bool seen;
	sd_event *event;
	struct follow *follow;
};

/* ERROR_BROKEN when the log's folder is missing. text must stay. */
int must_check sighting_begin(struct sighting *s, const char *log,
			      const char *text, struct error *err);
/* True as soon as it came, false after limit_ms without. */
bool sighting_wait(struct sighting *s, int64_t limit_ms);
void sighting_end(struct sighting *s);

#endif
