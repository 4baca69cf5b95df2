/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hosts were seen to do (boot events) and what was done to their power.
 */
#ifndef IRONBIRD_DB_EVENTS_H
#define IRONBIRD_DB_EVENTS_H

#include <stdint.h>

#include "db/db.h"

/*
 * One line of a log, understood. (source, file, offset) says which line it
 * was: several followers of one log store it once.
 */
struct boot_event_row {
	char *host;
	int64_t at;		/* UTC ms */
	char *source;		/* weblog, dhcp, tftp, console */
	char *stage;		/* "dhcp-ack", "fetch", "panic", ... */
	char *detail;		/* "GET /iron1/vmlinuz 200" */
	char *file;		/* "PATH#GENERATION" (watch/watch.h) */
	int64_t offset;		/* of the line in it */
};

struct boot_event_rows {
	struct boot_event_row *v;
	size_t count;
};

void boot_event_rows_release(struct boot_event_rows *rows);
/* Adds it unless that line is already there. */
int must_check boot_event_add(struct db *db, const struct boot_event_row *row,
			      struct error *err);
/* Oldest first, from since to until (UTC ms; 0: no end), at most limit. */
int must_check boot_event_list(struct db *db, const char *host, int64_t since,
			       int64_t until, size_t limit,
			       struct boot_event_rows *rows,
			       struct error *err);

struct power_action_row {
	int64_t id;
	char *host;
	char *method;		/* as configured, without secrets */
	char *action;		/* on, off, reset, status */
	char *state_before;	/* on, off, unknown */
	char *state_after;
	char *result;		/* verified, unverified, failed */
	int attempts;
	char *error;		/* NULL when none */
	int64_t started, finished;
	char *device, *outlet;	/* only written; outlet NULL: it has one */
};

/* What its rows say of an outlet, whichever hosts they were for. */
struct power_outlet {
	char *state;		/* it had last; the caller frees */
	int64_t when;		/* UTC ms; 0: never */
	int64_t switches;	/* from on to off or back: its wear */
};

struct power_action_rows {
	struct power_action_row *v;
	size_t count;
};

void power_action_rows_release(struct power_action_rows *rows);
int must_check power_action_add(struct db *db,
				const struct power_action_row *row,
				struct error *err);
/* Newest first; host NULL: all. */
int must_check power_action_list(struct db *db, const char *host,
				 size_t limit, struct power_action_rows *rows,
				 struct error *err);
int must_check power_outlet_get(struct db *db, const char *device,
				const char *outlet, struct power_outlet *got,
				struct error *err);
/* Newest first, those that ended from since to until (UTC ms; 0: no end). */
int must_check power_action_list_between(struct db *db, const char *host,
					 int64_t since, int64_t until,
					 size_t limit,
					 struct power_action_rows *rows,
					 struct error *err);

#endif
