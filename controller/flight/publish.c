/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/strbuf.h"
#include "db/flights.h"
#include "db/published.h"
#include "flight/publish.h"
#include "flight/rsync.h"

#define LOCK_LIMIT_MS (10 * 60 * 1000)

static bool is_wanted(const struct config *config)
{
	AUTO_FREE char *logs = rsync_destination(config, "LogsPublish");
	AUTO_FREE char *results = rsync_destination(config, "ResultsPublish");

	return logs || results;
}

int publish_is_due(const struct config *config, struct db *db,
		   const char *flight, int64_t finished, struct error *err)
{
	AUTO_FREE char *to = rsync_destination(config, "LogsPublish");
	int64_t at;

	if (!to || !finished)
		return 0;
	if (published_at(db, flight, to, &at, err) < 0)
		return -1;
	return at < finished;
}

/* from and to end with a slash: what is in the one is then in the other. */
static int copy(const struct config *config, const char *what,
		const char *from, const char *to, struct error *err)
{
	AUTO_FREE char *sentence = xasprintf("%s cannot be published to %s",
					     what, to);
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_pushl(&words, "-rlt", "--chmod=D755,F644", "--safe-links",
		     "--exclude=.lock", "--partial-dir=.rsync-partial", "--",
		     from, to, NULL);
	return rsync_run(config, sentence, &words, err);
}

/* --- logs and pages ---------------------------------------------------------- */

struct publishing {
	const struct config *config;
	struct db *db;
	struct strvec *done;
	struct error first;	/* of the copies that failed */
	bool failed;
};

static void note(struct publishing *p, int rc, const struct error *err,
		 const char *what, const char *to)
{
	if (rc == 0 && p->done)
		strvec_pushf(p->done, "%s: published to %s", what, to);
	if (rc < 0 && !p->failed)
		p->first = *err;
	p->failed |= rc < 0;
}

static void publish_flight(struct publishing *p, const char *flight,
			   const char *to)
{
	AUTO_FREE char *what = xasprintf("the logs of flight %s", flight);
	AUTO_FREE char *from = xasprintf("%s/%s/",
					 config_get(p->config, "Logs"),
					 flight);
	AUTO_FREE char *folder = xasprintf("%s/%s/", to, flight);
	struct error err = ERROR_INIT;
	int64_t now = clock_now_ms();
	int rc;

	if (!file_exists(from))
		return;
	rc = copy(p->config, what, from, folder, &err);
	if (rc == 0)
		rc = published_set(p->db, flight, to, now, &err);
	note(p, rc, &err, what, to);
}

/* Those that are over and have not arrived, the oldest first. */
static int publish_due(struct publishing *p, const char *to,
		       struct error *err)
{
	AUTO_STRVEC flights = STRVEC_INIT;

	if (published_due(p->db, to, &flights, err) < 0)
		return -1;
	for (size_t i = 0; i < flights.count; i++)
		publish_flight(p, flights.v[i], to);
	return 0;
}

static int publish_logs(struct publishing *p, const struct strvec *flights,
			struct error *err)
{
	AUTO_FREE char *to = rsync_destination(p->config, "LogsPublish");

	if (!to)
		return 0;
	if (!flights)
		return publish_due(p, to, err);
	for (size_t i = 0; i < flights->count; i++) {
		struct flight_row row;

		if (flight_get(p->db, flights->v[i], &row, err) < 0)
			return -1;
		if (!row.finished) {
			error_set(err, ERROR_USAGE, "flight %s is not over: "
				  "its logs are not complete", row.flight);
			flight_row_release(&row);
			return -1;
		}
		flight_row_release(&row);
		publish_flight(p, flights->v[i], to);
	}
	return 0;
}

static void publish_pages(struct publishing *p)
{
	AUTO_FREE char *to = rsync_destination(p->config, "ResultsPublish");
	AUTO_FREE char *from = xasprintf("%s/", config_get(p->config,
							   "Results"));
	AUTO_FREE char *folder = to ? xasprintf("%s/", to) : NULL;
	struct error err = ERROR_INIT;
	int rc;

	if (!to || !file_exists(from))
		return;
	rc = copy(p->config, "the pages", from, folder, &err);
	note(p, rc, &err, "the pages", to);
}

int publish_lock(const struct config *config, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/publish.lock",
					 config_get(config, "StateDir"));

	return file_lock(path, LOCK_LIMIT_MS, err);
}

int publish(const struct config *config, struct db *db,
	    const struct strvec *flights, struct strvec *done,
	    struct error *err)
{
	struct publishing p = { .config = config, .db = db, .done = done };
	AUTO_CLOSE int lock = -1;

	if (!is_wanted(config))
		return flights ? error_set(err, ERROR_USAGE, "neither "
					   "LogsPublish nor ResultsPublish is "
					   "set: where to?") : 0;
	lock = publish_lock(config, err);
	if (lock < 0 || publish_logs(&p, flights, err) < 0)
		return -1;
	/* pages last: what they link to is there then */
	publish_pages(&p);
	if (p.failed)
		*err = p.first;
	return p.failed ? -1 : 0;
}
