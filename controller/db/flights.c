/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/strvec.h"
#include "base/version.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "db/statement.h"

void flight_row_release(struct flight_row *row)
{
	free(row->harness);
	free(row->flight);
	free(row->blessing);
	free(row->intended);
	free(row->branch);
	*row = (struct flight_row){ .flight = NULL };
}

void flight_rows_release(struct flight_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		flight_row_release(&rows->v[i]);
	free(rows->v);
	*rows = (struct flight_rows){ .v = NULL };
}

static void read_row(const struct statement *st, struct flight_row *row)
{
	*row = (struct flight_row){
		.flight = statement_dup(st, 0),
		.blessing = statement_dup(st, 1),
		.intended = statement_dup(st, 2),
		.branch = statement_dup(st, 3),
		.created = statement_int64(st, 4),
		.started = statement_int64(st, 5),
		.finished = statement_int64(st, 6),
		.harness = statement_dup(st, 7),
	};
}

static int unknown(struct db *db, const char *flight, struct error *err)
{
	struct flight_rows rows = { .v = NULL };
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	if (name_check("flight", flight, err) < 0 ||
	    flight_list(db, NULL, 1000, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++)
		strvec_push(&names, rows.v[i].flight);
	flight_rows_release(&rows);
	if (!names.count)
		return error_set(err, ERROR_USAGE, "there is no flight '%s', "
				 "nor any other: 'ironbird standalone-reset' "
				 "makes one to run by hand", flight);
	hint = name_hint(flight, &names);
	return error_set(err, ERROR_USAGE, "there is no flight '%s'%s",
			 flight, hint);
}

static int next_number(struct db *db, char **flight, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_FLIGHT_NEXT_NUMBER, "") < 0 ||
	    statement_step(&st, err) < 0)
		return -1;
	*flight = statement_dup(&st, 0);
	return 0;
}

static int insert(struct db *db, const char *flight, const char *intended,
		  const char *branch, struct error *err)
{
	if (statement_run(db, err, STMT_FLIGHT_INSERT, "sssl", flight,
			  intended, branch, clock_now_ms()) >= 0)
		return 0;
	if (db_was_duplicate(db))
		error_set(err, ERROR_USAGE, "there is a flight '%s' already",
			  flight);
	return -1;
}

int flight_create(struct db *db, const char *name, const char *intended,
		  const char *branch, char **flight, struct error *err)
{
	AUTO_FREE char *chosen = xstrdup(name);

	if ((name && name_check("flight", name, err) < 0) ||
	    name_check("blessing", intended, err) < 0 ||
	    name_check("branch", branch, err) < 0 || db_begin(db, err) < 0)
		return -1;
	if ((!name && next_number(db, &chosen, err) < 0) ||
	    insert(db, chosen, intended, branch, err) < 0) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db, err) < 0)
		return -1;
	if (flight) {
		*flight = chosen;
		chosen = NULL;
	}
	return 0;
}

int flight_get(struct db *db, const char *flight, struct flight_row *row,
	       struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_FLIGHT_GET, "s", flight) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0)
		read_row(&st, row);
	return rc ? (rc > 0 ? 0 : -1) : unknown(db, flight, err);
}

int flight_list(struct db *db, const char *blessing, size_t limit,
		struct flight_rows *rows, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct flight_rows got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, STMT_FLIGHT_LIST, "sl", blessing,
			   limit ? (int64_t)limit : (int64_t)-1) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		read_row(&st, &got.v[got.count++]);
	}
	if (rc < 0)
		flight_rows_release(&got);
	else
		*rows = got;
	return rc;
}

static int not_blessed(struct db *db, const char *flight, char *const *olds,
		       struct error *err)
{
	struct flight_row row;
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_FREE char *all = NULL;

	if (flight_get(db, flight, &row, err) < 0)
		return -1;
	strvec_pushv(&words, olds);
	all = strvec_join(&words, " or ");
	error_set(err, ERROR_USAGE, "flight %s is blessed '%s', not %s",
		  flight, row.blessing, all);
	flight_row_release(&row);
	return -1;
}

int flight_bless(struct db *db, const char *flight, const char *blessing,
		 char *const *olds, struct error *err)
{
	int changed = 0;

	if (name_check("blessing", blessing, err) < 0)
		return -1;
	for (char *const *old = olds; *old && !changed; old++) {
		changed = statement_run(db, err, STMT_FLIGHT_BLESS, "sss",
					flight, blessing, *old);
		if (changed < 0)
			return -1;
	}
	return changed ? 0 : not_blessed(db, flight, olds, err);
}

int flight_set_times(struct db *db, const char *flight, int64_t started,
		     int64_t finished, struct error *err)
{
	int changed = statement_run(db, err, STMT_FLIGHT_SET_TIMES, "sll",
				    flight, started, finished);

	return changed ? (changed < 0 ? -1 : 0) : unknown(db, flight, err);
}

/* ERROR_AGAIN when a living process runs one of its jobs. */
static int check_idle(struct db *db, const char *flight, struct error *err)
{
	struct job_rows rows = { .v = NULL };
	int rc = job_list(db, flight, &rows, err);

	for (size_t i = 0; i < rows.count && rc == 0; i++)
		if (owner_alive(&rows.v[i].owner))
			rc = error_set(err, ERROR_AGAIN, "flight %s is in use: "
				       "process %d on %s runs its job %s",
				       flight, rows.v[i].owner.pid,
				       rows.v[i].owner.machine, rows.v[i].job);
	job_rows_release(&rows);
	return rc;
}

static int delete_idle(struct db *db, const char *flight, struct error *err)
{
	int changed;

	if (check_idle(db, flight, err) < 0)
		return -1;
	changed = statement_run(db, err, STMT_FLIGHT_DELETE, "s", flight);
	return changed ? (changed < 0 ? -1 : 0) : unknown(db, flight, err);
}

int flight_delete(struct db *db, const char *flight, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (delete_idle(db, flight, err) == 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

static int rename_idle(struct db *db, const char *flight, const char *name,
		       struct error *err)
{
	int changed;

	if (check_idle(db, flight, err) < 0)
		return -1;
	changed = statement_run(db, err, STMT_FLIGHT_RENAME, "ss", flight,
				name);
	if (changed < 0 && db_was_duplicate(db))
		error_set(err, ERROR_USAGE, "there is a flight '%s' already",
			  name);
	return changed ? (changed < 0 ? -1 : 0) : unknown(db, flight, err);
}

int flight_rename(struct db *db, const char *flight, const char *name,
		  struct error *err)
{
	if (name_check("flight", name, err) < 0 || db_begin(db, err) < 0)
		return -1;
	if (rename_idle(db, flight, name, err) == 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

int flight_move_logs(struct db *db, const char *flight, const char *from,
		     const char *to, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (statement_run(db, err, STMT_FLIGHT_MOVE_LOGS, "sss", flight, from,
			  to) >= 0 &&
	    statement_run(db, err, STMT_FLIGHT_MOVE_ARTIFACTS, "sss", flight,
			  from, to) >= 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

int flight_runner(struct db *db, const char *flight, struct owner *runner,
		  struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_FLIGHT_RUNNER, "s",
			   flight) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return unknown(db, flight, err);
	statement_owner(&st, 0, runner);
	return 0;
}

/* 1: somebody else who lives runs it. */
static int has_runner(struct db *db, const char *flight,
		      const struct owner *self, struct owner *found,
		      struct error *err)
{
	if (flight_runner(db, flight, found, err) < 0)
		return -1;
	return owner_alive(found) && !owner_same(found, self);
}

static int take_flight(struct db *db, const char *flight,
		       const struct owner *owner, struct error *err)
{
	static const struct owner nobody;
	struct owner found;
	int rc = owner ? has_runner(db, flight, owner, &found, err) : 0;

	if (rc < 0)
		return -1;
	if (rc > 0)
		return error_set(err, ERROR_AGAIN, "flight %s is run already: "
				 "by process %d on %s", flight, found.pid,
				 found.machine);
	if (!owner)
		owner = &nobody;
	return statement_run(db, err, STMT_FLIGHT_SET_RUNNER, "ssil", flight,
			     owner->pid ? owner->machine : NULL, owner->pid,
			     (int64_t)owner->start) < 0 ? -1 : 0;
}

int flight_touch(struct db *db, const char *flight, struct error *err)
{
	return statement_run(db, err, STMT_FLIGHT_TOUCH, "ss", flight,
			     ironbird_version());
}

int flight_set_runner(struct db *db, const char *flight,
		      const struct owner *owner, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (take_flight(db, flight, owner, err) == 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

bool flight_is_run(struct db *db, const char *flight)
{
	const struct owner nobody = { .pid = 0 };
	struct owner found;

	return has_runner(db, flight, &nobody, &found, NULL) > 0;
}

bool flight_is_run_elsewhere(struct db *db, const char *flight)
{
	struct owner self, found;

	owner_self(&self);
	return has_runner(db, flight, &self, &found, NULL) > 0;
}

static int set_word(struct db *db, enum statement_id id, const char *what,
		    const char *flight, const char *word, struct error *err)
{
	int changed;

	if (name_check(what, word, err) < 0)
		return -1;
	changed = statement_run(db, err, id, "ss", flight, word);
	return changed ? (changed < 0 ? -1 : 0) : unknown(db, flight, err);
}

int flight_set_intended(struct db *db, const char *flight,
			const char *intended, struct error *err)
{
	return set_word(db, STMT_FLIGHT_SET_INTENDED, "blessing", flight,
			intended, err);
}

int flight_set_branch(struct db *db, const char *flight, const char *branch,
		      struct error *err)
{
	return set_word(db, STMT_FLIGHT_SET_BRANCH, "branch", flight, branch,
			err);
}
