/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/strbuf.h"
#include "report/runs.h"
#include "report/summary.h"

#define FAILURES_SHOWN 3

void run_lines_release(struct run_lines *lines)
{
	for (size_t i = 0; lines->v && i < lines->runs.count; i++) {
		free(lines->v[i].failure);
		strvec_release(&lines->v[i].hosts);
		strvec_release(&lines->v[i].revisions);
	}
	free(lines->v);
	strvec_release(&lines->trees);
	past_runs_release(&lines->runs);
	lines->v = NULL;
}

static char *failure_text(const struct bad_steps *steps)
{
	struct strbuf text = STRBUF_INIT;
	size_t shown = 0;

	for (size_t i = 0; i < steps->count; i++) {
		const struct bad_step *step = &steps->v[i];

		if (report_is_attempt(step->testid))
			continue;
		if (shown++ == FAILURES_SHOWN) {
			strbuf_addstr(&text, ", ...");
			break;
		}
		strbuf_addf(&text, "%s%s %s", text.len ? ", " : "",
			    step->testid, step_status_name(step->status));
	}
	return text.len ? strbuf_detach(&text) : NULL;
}

static int fill_line(struct db *db, struct run_line *line, bool revisions,
		     struct error *err)
{
	const struct past_run *run = line->run;
	struct bad_steps steps;

	if (past_job_bad_steps(db, run->flight, run->job, run->run, &steps,
			       err) < 0)
		return -1;
	line->failure = failure_text(&steps);
	bad_steps_release(&steps);
	if (past_hosts_of(db, run->flight, run->job, run->run, &line->hosts,
			  err) < 0)
		return -1;
	return revisions ? past_built(db, run->flight, &line->revisions, err) :
		0;
}

static void note_trees(struct run_lines *lines, const struct run_line *line)
{
	for (size_t i = 0; i < line->revisions.count; i += 2)
		if (!strvec_has(&lines->trees, line->revisions.v[i]))
			strvec_push(&lines->trees, line->revisions.v[i]);
}

static int fill(struct db *db, struct run_lines *lines, bool revisions,
		struct error *err)
{
	lines->v = xcalloc(lines->runs.count + 1, sizeof(*lines->v));
	for (size_t i = 0; i < lines->runs.count; i++)
		lines->v[i] = (struct run_line){
			.run = &lines->runs.v[i], .hosts = STRVEC_INIT,
			.revisions = STRVEC_INIT,
		};
	for (size_t i = 0; i < lines->runs.count; i++) {
		if (fill_line(db, &lines->v[i], revisions, err) < 0) {
			run_lines_release(lines);
			return -1;
		}
		note_trees(lines, &lines->v[i]);
	}
	strvec_sort(&lines->trees);
	return 0;
}

int run_lines_of_job(struct db *db, const char *job, const char *branch,
		     const char *blessings, size_t limit,
		     struct run_lines *lines, struct error *err)
{
	*lines = (struct run_lines){ .trees = STRVEC_INIT };
	if (past_job(db, job, branch, blessings, limit, &lines->runs,
		     err) < 0)
		return -1;
	return fill(db, lines, true, err);
}

int run_lines_of_host(struct db *db, const char *host, size_t limit,
		      struct run_lines *lines, struct error *err)
{
	*lines = (struct run_lines){ .trees = STRVEC_INIT };
	if (past_host(db, host, limit, &lines->runs, err) < 0)
		return -1;
	return fill(db, lines, false, err);
}
