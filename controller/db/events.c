/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/clock.h"
#include "db/events.h"
#include "db/statement.h"

static int64_t sql_limit(size_t limit)
{
	return limit ? (int64_t)limit : -1;
}

static int64_t sql_until(int64_t until)
{
	return until ? until : INT64_MAX;
}

static void boot_event_release(struct boot_event_row *row)
{
	free(row->host);
	free(row->source);
	free(row->stage);
	free(row->detail);
	free(row->file);
}

void boot_event_rows_release(struct boot_event_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		boot_event_release(&rows->v[i]);
	free(rows->v);
	*rows = (struct boot_event_rows){ .v = NULL };
}

int boot_event_add(struct db *db, const struct boot_event_row *row,
		   struct error *err)
{
	return statement_run(db, err, STMT_BOOT_EVENT_INSERT, "slssssl",
			     row->host, row->at, row->source, row->stage,
			     row->detail, row->file, row->offset) < 0 ? -1 : 0;
}

static void read_boot_event(const struct statement *st,
			    struct boot_event_row *row)
{
	*row = (struct boot_event_row){
		.host = statement_dup(st, 0),
		.at = statement_int64(st, 1),
		.source = statement_dup(st, 2),
		.stage = statement_dup(st, 3),
		.detail = statement_dup(st, 4),
		.file = statement_dup(st, 5),
		.offset = statement_int64(st, 6),
	};
}

int boot_event_list(struct db *db, const char *host, int64_t since,
		    int64_t until, size_t limit, struct boot_event_rows *rows,
		    struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct boot_event_rows got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, STMT_BOOT_EVENT_LIST, "slll", host,
			   since, sql_until(until), sql_limit(limit)) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		read_boot_event(&st, &got.v[got.count++]);
	}
	if (rc < 0)
		boot_event_rows_release(&got);
	else
		*rows = got;
	return rc;
}

static void power_action_release(struct power_action_row *row)
{
	free(row->host);
	free(row->method);
	free(row->action);
	free(row->state_before);
	free(row->state_after);
	free(row->result);
	free(row->error);
}

void power_action_rows_release(struct power_action_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		power_action_release(&rows->v[i]);
	free(rows->v);
	*rows = (struct power_action_rows){ .v = NULL };
}

int power_action_add(struct db *db, const struct power_action_row *row,
		     struct error *err)
{
	return statement_run(db, err, STMT_POWER_ACTION_INSERT,
			     "ssssssisllss",
			     row->host, row->method, row->action,
			     row->state_before, row->state_after, row->result,
			     row->attempts, row->error,
			     row->started ? row->started : clock_now_ms(),
			     row->finished, row->device, row->outlet) < 0 ?
		-1 : 0;
}

static void read_power_action(const struct statement *st,
			      struct power_action_row *row)
{
	*row = (struct power_action_row){
		.id = statement_int64(st, 0),
		.host = statement_dup(st, 1),
		.method = statement_dup(st, 2),
		.action = statement_dup(st, 3),
		.state_before = statement_dup(st, 4),
		.state_after = statement_dup(st, 5),
		.result = statement_dup(st, 6),
		.attempts = (int)statement_int64(st, 7),
		.error = statement_dup(st, 8),
		.started = statement_int64(st, 9),
		.finished = statement_int64(st, 10),
	};
}

static int read_power_actions(struct statement *st,
			      struct power_action_rows *rows,
			      struct error *err)
{
	struct power_action_rows got = { .v = NULL };
	int rc;

	while ((rc = statement_step(st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		read_power_action(st, &got.v[got.count++]);
	}
	if (rc < 0)
		power_action_rows_release(&got);
	else
		*rows = got;
	return rc;
}

int power_action_list(struct db *db, const char *host, size_t limit,
		      struct power_action_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	rc = host ? statement_open(&st, db, err, STMT_POWER_ACTION_LIST_HOST,
				   "sl", host, sql_limit(limit))
		  : statement_open(&st, db, err, STMT_POWER_ACTION_LIST, "l",
				   sql_limit(limit));
	return rc < 0 ? -1 : read_power_actions(&st, rows, err);
}

int power_action_list_between(struct db *db, const char *host, int64_t since,
			      int64_t until, size_t limit,
			      struct power_action_rows *rows,
			      struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_POWER_ACTION_LIST_BETWEEN,
			   "slll", host, since, sql_until(until),
			   sql_limit(limit)) < 0)
		return -1;
	return read_power_actions(&st, rows, err);
}

int power_outlet_get(struct db *db, const char *device, const char *outlet,
		     struct power_outlet *got, struct error *err)
{
	AUTO_STATEMENT last = STATEMENT_INIT, wear = STATEMENT_INIT;
	int rc;

	*got = (struct power_outlet){ .state = NULL };
	if (statement_open(&wear, db, err, STMT_POWER_OUTLET_WEAR, "ss",
			   device, outlet) < 0 ||
	    statement_step(&wear, err) < 0 ||
	    statement_open(&last, db, err, STMT_POWER_OUTLET_LAST, "ss",
			   device, outlet) < 0 ||
	    (rc = statement_step(&last, err)) < 0)
		return -1;
	got->switches = statement_int64(&wear, 0);
	got->state = rc ? statement_dup(&last, 0) : xstrdup("unknown");
	got->when = rc ? statement_int64(&last, 1) : 0;
	return 0;
}
