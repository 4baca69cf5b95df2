/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "db/libpq.h"
#include "db/statedb.h"

#define READ_SQL \
	"SELECT desired_power, current_power FROM control WHERE asset = $1"
#define WANT_SQL "UPDATE control SET desired_power = $2 WHERE asset = $1"

struct statedb {
	const struct libpq *lib;
	PGconn *conn;
	int64_t deadline;	/* of the call that runs */
};

/* libpq's text has several lines; the first says it. */
static int failed(const char *text, struct error *err)
{
	return error_set(err, ERROR_BROKEN, "the state database: %.*s",
			 (int)strcspn(text, "\n"), text);
}

/* False at the deadline. */
static bool wait_socket(struct statedb *db, short events)
{
	struct pollfd pfd = {
		.fd = db->lib->socket(db->conn), .events = events,
	};
	int64_t left = db->deadline - clock_mono_ms();

	return left > 0 && poll(&pfd, 1, (int)left) != 0;
}

/* What a server says of somebody that it does not let in. */
static bool is_refusal(const char *text)
{
	return strstr(text, "authentication") || strstr(text, "password") ||
	       strstr(text, "role \"") || strstr(text, "pg_hba.conf");
}

static int connect_to(struct statedb *db, const struct statedb_target *target,
		      struct error *err)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (state == PGRES_POLLING_READING ||
	       state == PGRES_POLLING_WRITING) {
		if (!wait_socket(db, state == PGRES_POLLING_READING ? POLLIN :
								      POLLOUT))
			return failed("no answer in time", err);
		state = db->lib->connect_poll(db->conn);
	}
	if (state == PGRES_POLLING_OK)
		return 0;
	if (target->refused)
		*target->refused = is_refusal(db->lib->error(db->conn));
	return failed(db->lib->error(db->conn), err);
}

int statedb_open(struct statedb **out, const struct statedb_target *target,
		 int64_t limit_ms, struct error *err)
{
	/* the first one may be a whole conninfo; those behind go before it */
	const char *const keywords[] = {
		"dbname", target->password ? "password" : NULL, NULL
	};
	const char *const values[] = {
		target->conninfo, target->password, NULL
	};
	const struct libpq *lib = libpq_load(err);
	struct statedb *db;

	if (!lib)
		return -1;
	db = xcalloc(1, sizeof(*db));
	*db = (struct statedb){
		.lib = lib, .deadline = clock_mono_ms() + limit_ms,
		.conn = lib->connect_start(keywords, values, 1),
	};
	if (connect_to(db, target, err) < 0) {
		statedb_close(db);
		return -1;
	}
	*out = db;
	return 0;
}

void statedb_close(struct statedb *db)
{
	if (!db)
		return;
	db->lib->finish(db->conn);
	free(db);
}

/* The result of one statement, to be cleared; NULL: failed. */
static PGresult *ask(struct statedb *db, const char *sql,
		     const char *const *values, int count, struct error *err)
{
	const struct libpq *lib = db->lib;
	PGresult *result;
	ExecStatusType status;

	if (!lib->send_query(db->conn, sql, count, NULL, values, NULL, NULL,
			     0)) {
		failed(lib->error(db->conn), err);
		return NULL;
	}
	while (lib->is_busy(db->conn)) {
		if (!wait_socket(db, POLLIN)) {
			failed("no answer in time", err);
			return NULL;
		}
		if (!lib->consume(db->conn)) {
			failed(lib->error(db->conn), err);
			return NULL;
		}
	}
	result = lib->get_result(db->conn);
	status = lib->status(result);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
		/* it is the only one: the NULL that ends it */
		lib->clear(lib->get_result(db->conn));
		return result;
	}
	failed(result ? lib->result_error(result) :
			    lib->error(db->conn), err);
	lib->clear(result);
	return NULL;
}

int statedb_read(struct statedb *db, const char *asset, int64_t limit_ms,
		 struct statedb_row *row, struct error *err)
{
	PGresult *result;
	int count;

	db->deadline = clock_mono_ms() + limit_ms;
	result = ask(db, READ_SQL, &asset, 1, err);
	if (!result)
		return -1;
	count = db->lib->count(result);
	if (count) {
		row->desired = xstrdup(db->lib->value(result, 0, 0));
		row->current = xstrdup(db->lib->value(result, 0, 1));
	}
	db->lib->clear(result);
	return count > 0;
}

int statedb_want(struct statedb *db, const char *asset, const char *desired,
		 int64_t limit_ms, struct error *err)
{
	const char *const values[] = { asset, desired };
	PGresult *result;
	int changed;

	db->deadline = clock_mono_ms() + limit_ms;
	result = ask(db, WANT_SQL, values, 2, err);
	if (!result)
		return -1;
	changed = atoi(db->lib->changed(result));
	db->lib->clear(result);
	return changed > 0;
}
