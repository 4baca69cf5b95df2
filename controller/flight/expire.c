/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/strbuf.h"
#include "db/flights.h"
#include "db/judgements.h"
#include "db/past.h"
#include "db/steps.h"
#include "flight/expire.h"
#include "flight/publish.h"
#include "flight/unpublish.h"
#include "report/pages.h"

#define MEGABYTE 1048576

/* The newest of its branch that ended; or that was let through. */
static bool is_newest(const struct expire_flight *flights, size_t count,
		      size_t at, bool pushed)
{
	if (pushed && !flights[at].pushed)
		return false;
	for (size_t i = 0; i < count; i++)
		if (flights[i].id > flights[at].id &&
		    (!pushed || flights[i].pushed) &&
		    strcmp(flights[i].branch, flights[at].branch) == 0)
			return false;
	return true;
}

static int importance(const struct expire_flight *flight)
{
	if (!str_starts(flight->blessing, "real"))
		return 0;
	return flight->overall && (strcmp(flight->overall, "perfect") == 0 ||
				   strcmp(flight->overall, "tolerable") == 0) ?
		1 : 2;
}

static int by_importance(const void *a, const void *b)
{
	const struct expire_flight *x = a, *y = b;
	int more = importance(x) - importance(y);

	return more ? more : (x->id > y->id) - (x->id < y->id);
}

size_t expire_order(struct expire_flight *flights, size_t count, int64_t now,
		    int64_t min_age_ms)
{
	bool *keep = xcalloc(count + 1, sizeof(*keep));
	size_t may_go = 0;

	for (size_t i = 0; i < count; i++)
		keep[i] = !flights[i].finished || flights[i].due ||
			now - flights[i].finished < min_age_ms ||
			is_newest(flights, count, i, false) ||
			is_newest(flights, count, i, true);
	for (size_t i = 0; i < count; i++) {
		struct expire_flight one = flights[i];

		if (keep[i])
			continue;
		flights[i] = flights[may_go];
		flights[may_go++] = one;
	}
	free(keep);
	if (may_go)
		qsort(flights, may_go, sizeof(*flights), by_importance);
	return may_go;
}

struct folder {
	struct expire_flight *v;
	size_t count;
};

static void release(struct folder *folder)
{
	for (size_t i = 0; i < folder->count; i++) {
		free(folder->v[i].flight);
		free(folder->v[i].branch);
		free(folder->v[i].blessing);
		free(folder->v[i].overall);
	}
	free(folder->v);
}

/* A folder that no flight has is somebody else's. */
static int add_flight(const struct config *config, struct db *db,
		      const char *name, struct folder *folder,
		      struct error *err)
{
	struct expire_flight *flight;
	struct judgement_row judgement = { .overall = NULL };
	struct flight_row row;
	int64_t id;
	int due;

	if (flight_get(db, name, &row, NULL) < 0)
		return 0;
	due = publish_is_due(config, db, name, row.finished, err);
	if (due < 0 || past_flight_id(db, name, &id, err) < 0 ||
	    judgement_get(db, name, &judgement, err) < 0) {
		flight_row_release(&row);
		return -1;
	}
	folder->v = xrealloc(folder->v, folder->count + 1,
			     sizeof(*folder->v));
	flight = &folder->v[folder->count++];
	*flight = (struct expire_flight){
		.flight = xstrdup(name), .branch = xstrdup(row.branch),
		.blessing = xstrdup(row.blessing),
		.overall = xstrdup(judgement.overall),
		.pushed = judgement.pushed, .id = id,
		.finished = row.finished, .due = due,
	};
	judgement_row_release(&judgement);
	flight_row_release(&row);
	return 0;
}

static int read_folder(const struct config *config, struct db *db,
		       const char *logs, struct folder *folder,
		       struct error *err)
{
	AUTO_STRVEC flights = STRVEC_INIT;
	int rc = 0;

	if (file_exists(logs) && dir_list(logs, &flights, err) < 0)
		return -1;
	for (size_t i = 0; i < flights.count && rc == 0; i++)
		rc = add_flight(config, db, flights.v[i], folder, err);
	return rc;
}

static bool has_room(const struct config *config, const char *logs)
{
	int64_t wanted = config_number(config, "LogsMinSpaceMby") * MEGABYTE;
	struct statvfs fs;

	return statvfs(logs, &fs) < 0 ||
		(int64_t)fs.f_bavail * (int64_t)fs.f_frsize >= wanted;
}

/* Its pages must not offer what is gone. */
static int remake_pages(const struct config *config, struct db *db,
			const char *flight, struct error *err)
{
	AUTO_FREE char *path = NULL;
	struct pages pages;
	struct job_rows jobs;
	int rc = 0;

	pages_init(&pages, config, db, NULL);
	pages.force = true;
	path = xasprintf("%s/flight/%s", pages.root, flight);
	if (file_exists(path)) {
		rc = job_list(db, flight, &jobs, err);
		for (size_t i = 0; rc == 0 && i < jobs.count; i++)
			rc = page_job(&pages, flight, jobs.v[i].job, err);
		if (rc == 0)
			job_rows_release(&jobs);
	}
	pages_release(&pages);
	return rc;
}

static int expire(const struct config *config, struct db *db,
		  const char *logs, const char *flight, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/%s", logs, flight);

	/* rows first: a path that leads nowhere is worse than a lost file */
	if (unpublish_note(config, db, flight, err) < 0 ||
	    steps_forget_logs(db, flight, err) < 0 ||
	    dir_remove(path, err) < 0)
		return -1;
	return remake_pages(config, db, flight, err);
}

static int make_room(const struct config *config, struct db *db,
		     struct strvec *gone, struct error *err)
{
	const char *logs = config_get(config, "Logs");
	struct folder folder = { .v = NULL };
	size_t may_go;
	int rc;

	if (has_room(config, logs))
		return 0;
	rc = read_folder(config, db, logs, &folder, err);
	may_go = rc < 0 ? 0 :
		expire_order(folder.v, folder.count, clock_now_ms(),
			     config_duration_ms(config, "LogsMinExpireAge"));
	for (size_t i = 0; rc == 0 && i < may_go && !has_room(config, logs);
	     i++) {
		rc = expire(config, db, logs, folder.v[i].flight, err);
		if (rc == 0 && gone)
			strvec_push(gone, folder.v[i].flight);
	}
	release(&folder);
	return rc;
}

int expire_logs(const struct config *config, struct db *db,
		struct strvec *gone, struct error *err)
{
	if (make_room(config, db, gone, err) < 0)
		return -1;
	/* also what could not be removed before */
	return unpublish(config, err);
}
