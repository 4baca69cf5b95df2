/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "db/hosts.h"
#include "db/statement.h"
#include "db/states.h"

static void row_release(struct allocation_row *row)
{
	free(row->host);
	free(row->flight);
	free(row->job);
	free(row->ident);
}

void allocation_rows_release(struct allocation_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		row_release(&rows->v[i]);
	free(rows->v);
	*rows = (struct allocation_rows){ .v = NULL };
}

static void read_row(const struct statement *st, struct allocation_row *row)
{
	*row = (struct allocation_row){
		.host = statement_dup(st, 0),
		.flight = statement_dup(st, 1),
		.job = statement_dup(st, 2),
		.ident = statement_dup(st, 3),
		.since = statement_int64(st, 7),
	};
	statement_owner(st, 4, &row->owner);
}

int allocation_list(struct db *db, struct allocation_rows *rows,
		    struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct allocation_rows got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, STMT_ALLOCATION_LIST, "") < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		read_row(&st, &got.v[got.count++]);
	}
	if (rc < 0)
		allocation_rows_release(&got);
	else
		*rows = got;
	return rc;
}

/* 1: row is filled; 0: nobody has the host. */
static int holder(struct db *db, const char *host, struct allocation_row *row,
		  struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_ALLOCATION_GET, "s", host) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0)
		read_row(&st, row);
	return rc;
}

/* pid 0: a person keeps it, who is always there. */
static bool held(const struct allocation_row *row)
{
	return !row->owner.pid || owner_alive(&row->owner);
}

static int taken(const struct allocation_row *row, struct error *err)
{
	char since[CLOCK_STAMP_SIZE];
	AUTO_FREE char *who = row->owner.pid ?
		xasprintf("process %d on %s", row->owner.pid,
			  row->owner.machine) : xstrdup("kept by a person");

	return error_set(err, ERROR_AGAIN, "host %s is allocated to %s.%s as "
			 "%s since %s (%s)", row->host, row->flight, row->job,
			 row->ident, clock_stamp(row->since, since), who);
}

struct claim {
	struct db *db;
	const char *flight, *job;
	const struct owner *owner;
};

/* From here on it is whoever has it who knows what is on the host. */
static int put(const struct claim *claim, const struct allocation_wish *wish,
	       struct error *err)
{
	if (host_state_take(claim->db, wish->host, claim->flight, claim->job,
			    err) < 0)
		return -1;
	return statement_run(claim->db, err, STMT_ALLOCATION_PUT, "sssssill",
			     wish->host, claim->flight, claim->job,
			     wish->ident, claim->owner->machine,
			     claim->owner->pid, (int64_t)claim->owner->start,
			     clock_now_ms());
}

static int allocate_one(const struct claim *claim,
			const struct allocation_wish *wish, struct error *err)
{
	struct allocation_row row = { .host = NULL };
	int rc = holder(claim->db, wish->host, &row, err);

	if (rc < 0)
		return -1;
	if (rc == 0 || !held(&row))
		rc = put(claim, wish, err);
	else if (strcmp(row.flight, claim->flight) == 0 &&
		 strcmp(row.job, claim->job) == 0)
		/* an ad-hoc step must not end what run-job keeps */
		rc = host_state_take(claim->db, wish->host, claim->flight,
				     claim->job, err) < 0 ? -1 :
			statement_run(claim->db, err,
				      STMT_ALLOCATION_SET_IDENT, "ss",
				      wish->host, wish->ident);
	else
		rc = taken(&row, err);
	row_release(&row);
	return rc < 0 ? -1 : 0;
}

static int check_wishes(const struct allocation_wish *wishes, size_t count,
			struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (name_check("host", wishes[i].host, err) < 0)
			return -1;
		for (size_t j = 0; j < i; j++)
			if (strcmp(wishes[i].host, wishes[j].host) == 0)
				return error_set(err, ERROR_USAGE, "host %s "
						 "cannot be both %s and %s",
						 wishes[i].host,
						 wishes[j].ident,
						 wishes[i].ident);
	}
	return 0;
}

int hosts_allocate(struct db *db, const char *flight, const char *job,
		   const struct owner *owner,
		   const struct allocation_wish *wishes, size_t count,
		   struct error *err)
{
	const struct claim claim = { db, flight, job, owner };

	if (check_wishes(wishes, count, err) < 0 || db_begin(db, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (allocate_one(&claim, &wishes[i], err) < 0) {
			db_rollback(db);
			return -1;
		}
	}
	return db_commit(db, err);
}

int hosts_hand_over(struct db *db, const char *flight, const char *job,
		    const struct owner *owner, struct error *err)
{
	return statement_run(db, err, STMT_ALLOCATION_HAND_OVER, "sssil",
			     flight, job, owner->machine, owner->pid,
			     (int64_t)owner->start) < 0 ? -1 : 0;
}

int hosts_free(struct db *db, const char *flight, const char *job,
	       struct error *err)
{
	return statement_run(db, err, STMT_ALLOCATION_FREE, "ss", flight,
			     job) < 0 ? -1 : 0;
}

int hosts_free_own(struct db *db, const char *flight, const char *job,
		   struct error *err)
{
	struct owner self;

	owner_self(&self);
	return statement_run(db, err, STMT_ALLOCATION_FREE_OWN, "sssil",
			     flight, job, self.machine, self.pid,
			     (int64_t)self.start) < 0 ? -1 : 0;
}
