/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pages there are to make. */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "db/flights.h"
#include "db/judgements.h"
#include "db/past.h"
#include "report/assess.h"
#include "report/pages.h"
#include "report/style.h"

#define RUNS_SHOWN 100

static char *without_slash(const char *text)
{
	size_t n = strlen(text);

	while (n > 1 && text[n - 1] == '/')
		n--;
	return xstrndup(text, n);
}

void pages_init(struct pages *pages, const struct config *config,
		struct db *db, const char *root)
{
	*pages = (struct pages){
		.db = db,
		.root = without_slash(root ? root :
				      config_get(config, "Results")),
		.logs_dir = without_slash(config_get(config, "Logs")),
		.logs_url = without_slash(config_get(config, "LogsUrl")),
	};
}

void pages_release(struct pages *pages)
{
	free(pages->root);
	free(pages->logs_dir);
	free(pages->logs_url);
}

/* What came of a finished flight is kept, so that lists of flights are quick
 * to make: as of then, without what was tested later. */
static int keep_verdict(struct pages *pages, const struct flight_row *row,
			struct error *err)
{
	struct evidence_request request = {
		.flight = row->flight, .these = STRVEC_INIT,
		.those = STRVEC_INIT,
	};
	struct judgement_row there;
	struct judgement judgement;
	struct evidence evidence;
	int rc = judgement_get(pages->db, row->flight, &there, err);

	if (rc > 0)
		judgement_row_release(&there);
	if (rc || !row->finished)
		return rc < 0 ? -1 : 0;
	if (past_flight_id(pages->db, row->flight, &request.until, err) < 0 ||
	    assess_verdict(pages->db, &request, NULL, &evidence, &judgement,
			   err) < 0)
		return -1;
	rc = assess_record(pages->db, &evidence, &judgement, err);
	judgement_release(&judgement);
	evidence_release(&evidence);
	return rc;
}

static int build_job(struct pages *pages, const struct flight_row *flight,
		     const char *job, struct error *err)
{
	if (page_job(pages, flight->flight, job, err) < 0 ||
	    page_job_history(pages, job, flight->branch, NULL, RUNS_SHOWN,
			     err) < 0)
		return -1;
	return page_job_history(pages, job, NULL, NULL, RUNS_SHOWN, err);
}

static int build_jobs(struct pages *pages, const struct flight_row *flight,
		      struct error *err)
{
	struct job_rows jobs;
	int rc = job_list(pages->db, flight->flight, &jobs, err);

	if (rc < 0)
		return -1;
	for (size_t i = 0; i < jobs.count && rc == 0; i++)
		rc = build_job(pages, flight, jobs.v[i].job, err);
	job_rows_release(&jobs);
	return rc;
}

/* Its jobs are looked at only when the grid, which shows them all, is new. */
static int build_flight(struct pages *pages, const char *flight, bool alone,
			struct error *err)
{
	struct flight_row row;
	int before = pages->built;
	int rc;

	if (flight_get(pages->db, flight, &row, err) < 0)
		return -1;
	rc = keep_verdict(pages, &row, err);
	if (rc == 0)
		rc = page_flight(pages, flight, err);
	if (rc == 0 && pages->built != before)
		rc = build_jobs(pages, &row, err);
	if (rc == 0 && alone)
		rc = page_branch(pages, row.branch, err);
	flight_row_release(&row);
	return rc;
}

static int build_hosts(struct pages *pages, struct error *err)
{
	AUTO_STRVEC hosts = STRVEC_INIT;

	if (past_hosts(pages->db, &hosts, err) < 0)
		return -1;
	for (size_t i = 0; i < hosts.count; i++)
		if (page_host_history(pages, hosts.v[i], RUNS_SHOWN, err) < 0)
			return -1;
	return 0;
}

static int build_branch(struct pages *pages, const char *branch, size_t count,
			struct error *err)
{
	struct past_flights flights;
	int rc = 0;

	if (past_flight_list(pages->db, branch, NULL, 0, count, &flights,
			     err) < 0)
		return -1;
	/* the oldest first: histories then are made once more, not twice */
	for (size_t i = flights.count; i-- > 0 && rc == 0; )
		rc = build_flight(pages, flights.v[i].flight, false, err);
	past_flights_release(&flights);
	return rc < 0 ? -1 : page_branch(pages, branch, err);
}

int pages_build(struct pages *pages, size_t count, struct error *err)
{
	AUTO_STRVEC branches = STRVEC_INIT;

	if (style_publish(pages, err) < 0 ||
	    past_branches(pages->db, &branches, err) < 0)
		return -1;
	for (size_t i = 0; i < branches.count; i++)
		if (build_branch(pages, branches.v[i], count, err) < 0)
			return -1;
	return build_hosts(pages, err) < 0 ? -1 : page_index(pages, err);
}

int pages_build_flight(struct pages *pages, const char *flight,
		       struct error *err)
{
	if (style_publish(pages, err) < 0 ||
	    build_flight(pages, flight, true, err) < 0 ||
	    build_hosts(pages, err) < 0)
		return -1;
	return page_index(pages, err);
}

static int no_page(const char *path, struct error *err)
{
	return error_set(err, ERROR_USAGE, "there is no page '%.200s': "
			 "index.html, branch/BRANCH.html, "
			 "flight/FLIGHT/index.html, "
			 "flight/FLIGHT/JOB/index.html, "
			 "history/JOB/BRANCH.html or host/HOST.html", path);
}

/* "NAME.html" without its end, in place; false when it is not that. */
static bool cut_html(char *name)
{
	size_t n = strlen(name);

	if (!str_ends(name, ".html") || n == 5)
		return false;
	name[n - 5] = '\0';
	return name_ok(name);
}

static int build_parts(struct pages *pages, struct strvec *parts,
		       const char *path, struct error *err)
{
	char **p = parts->v;
	size_t n = parts->count;

	for (size_t i = 0; i < n; i++)
		if (!name_ok(p[i]))
			return no_page(path, err);
	if (n == 1 && strcmp(p[0], "index.html") == 0)
		return page_index(pages, err);
	if (n == 3 && strcmp(p[0], "flight") == 0 &&
	    strcmp(p[2], "index.html") == 0)
		return page_flight(pages, p[1], err);
	if (n == 4 && strcmp(p[0], "flight") == 0 &&
	    strcmp(p[3], "index.html") == 0)
		return page_job(pages, p[1], p[2], err);
	if (n < 2 || !cut_html(p[n - 1]))
		return no_page(path, err);
	if (n == 2 && strcmp(p[0], "branch") == 0)
		return page_branch(pages, p[1], err);
	if (n == 2 && strcmp(p[0], "host") == 0)
		return page_host_history(pages, p[1], RUNS_SHOWN, err);
	if (n == 3 && strcmp(p[0], "history") == 0)
		return page_job_history(pages, p[1],
					strcmp(p[2], "ALL") ? p[2] : NULL,
					NULL, RUNS_SHOWN, err);
	return no_page(path, err);
}

int pages_build_path(struct pages *pages, const char *path, struct error *err)
{
	AUTO_STRVEC parts = STRVEC_INIT;

	strvec_split(&parts, path, "/");
	if (style_publish(pages, err) < 0)
		return -1;
	return build_parts(pages, &parts, path, err);
}
