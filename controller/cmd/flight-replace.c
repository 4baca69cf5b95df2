/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "base/log.h"
#include "base/names.h"
#include "cmd/flight-replace.h"
#include "db/flights.h"
#include "flight/file.h"
#include "host/host.h"

static bool exists(struct db *db, const char *flight)
{
	struct flight_row row;

	if (flight_get(db, flight, &row, NULL) < 0)
		return false;
	flight_row_release(&row);
	return true;
}

/* The name an earlier flight gets, or NULL when there is none. */
static char *kept_name(struct db *db, const char *flight)
{
	char *name;

	if (!exists(db, flight))
		return NULL;
	name = xasprintf("%s.1", flight);
	for (int n = 2; exists(db, name); n++) {
		free_pointer(&name);
		name = xasprintf("%s.%d", flight, n);
	}
	return name;
}

static int move_folder(const char *from, const char *to, struct error *err)
{
	if (rename(from, to) == 0 || errno == ENOENT)
		return 0;
	return error_errno(err, "cannot move the logs %s to %s", from, to);
}

static int keep_rows(struct db *db, const char *flight, const char *name,
		     const char *from, const char *to, struct error *err)
{
	AUTO_FREE char *from_slash = xasprintf("%s/", from);
	AUTO_FREE char *to_slash = xasprintf("%s/", to);

	if (flight_rename(db, flight, name, err) < 0)
		return -1;
	return flight_move_logs(db, name, from_slash, to_slash, err);
}

/* Its jobs: before the transaction, for trees may have to be fetched. */
static int find_jobs(struct context *ctx, const char *file,
		     struct flight_plan **plan, struct error *err)
{
	AUTO_STRVEC hosts = STRVEC_INIT, sentences = STRVEC_INIT;
	AUTO_STRVEC news = STRVEC_INIT;
	const struct flight_wish wish = {
		.branch = file, .config = ctx->config, .hosts = &hosts,
	};
	int rc;

	if (host_names(ctx->db, ctx->config, &hosts, err) < 0 ||
	    flight_plan_load(plan, &wish, err) < 0)
		return -1;
	flight_plan_new_trees(*plan, ctx->config, &news);
	for (size_t i = 0; i < news.count; i++)
		log_info("%s", news.v[i]);
	rc = flight_plan_pin(*plan, ctx->config, &sentences, err);
	for (size_t i = 0; i < sentences.count; i++)
		log_warn("%s", sentences.v[i]);
	return rc;
}

static int make(struct context *ctx, const struct new_flight *flight,
		const struct flight_plan *plan, struct error *err)
{
	if (flight_create(ctx->db, flight->name, flight->intended,
			  flight->branch, NULL, err) < 0)
		return -1;
	return plan ? flight_plan_create(plan, ctx->db, flight->name, err) : 0;
}

static int replace(struct context *ctx, const struct new_flight *flight,
		   const struct flight_plan *plan, char **kept,
		   struct error *err)
{
	const char *logs = config_get(ctx->config, "Logs");
	AUTO_FREE char *from = xasprintf("%s/%s", logs, flight->name);
	AUTO_FREE char *name = NULL, *to = NULL;

	if (db_begin(ctx->db, err) < 0)
		return -1;
	name = kept_name(ctx->db, flight->name);
	if (name)
		to = xasprintf("%s/%s", logs, name);
	if ((name && keep_rows(ctx->db, flight->name, name, from, to,
			       err) < 0) ||
	    make(ctx, flight, plan, err) < 0 ||
	    (name && move_folder(from, to, err) < 0)) {
		db_rollback(ctx->db);
		return -1;
	}
	if (db_commit(ctx->db, err) < 0) {
		if (name && move_folder(to, from, NULL) < 0)
			return error_prefix(err, "the logs stay in %s", to);
		return -1;
	}
	*kept = name;
	name = NULL;
	return 0;
}

int flight_replace(struct context *ctx, const struct new_flight *flight,
		   char **kept, struct error *err)
{
	struct flight_plan *plan = NULL;
	int rc;

	if (name_check("flight", flight->name, err) < 0)
		return -1;
	rc = flight->file ? find_jobs(ctx, flight->file, &plan, err) : 0;
	if (rc == 0)
		rc = replace(ctx, flight, plan, kept, err);
	flight_plan_free(plan);
	return rc;
}
