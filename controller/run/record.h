/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The outcome of a step, written down so that it is not lost: it waits for
 * room on the disk (run/room.h), and what took long to find out survives a
 * power cut.
 */
#ifndef IRONBIRD_RUN_RECORD_H
#define IRONBIRD_RUN_RECORD_H

#include "run/step.h"

struct step_record {
	const struct step_context *ctx;
	int stepno;
	const char *log;	/* path */
	const char *stage;	/* the last one; NULL: its row has it already */
	enum step_status status;
	const char *reason;	/* or NULL */
	int64_t took_ms;
};

/* One transaction; errors as of room_write. */
int must_check record_outcome(const struct step_record *record,
			      struct error *err);

#endif
