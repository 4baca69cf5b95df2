/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash KILLS FLIGHT JOB: runs the job over and over, kills run-job or a step
 * of it at random moments, resumes, and then looks at what the database says
 * beside what the steps noted that they did (tests/e2e/ts/ts-work: the file
 * "work", a line "RUN STEP TESTID" as a step's last act).
 *
 * A row is wrong when it says passed and nothing was done, when a step that
 * passed was done again, when a step of a job that passed has no row or a
 * step stays running. What is left over are processes that outlive the end.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "config/config.h"
#include "db/steps.h"
#include "run/recipe.h"
#include "tests/bench/bench.h"

#define WORK "work"
#define WORK_MAX (16 << 20)
#define DELAY_MAX_MS 180
#define STEP_VICTIM 3		/* one kill of so many is a step's */

struct crash {
	struct db *db;
	const char *flight, *job;
	struct recipe *recipe;
	pid_t runner;
	bool cut_off;		/* the last run-job was killed */
	int run;
	long kills, resumes, step_kills, wrong, leftovers, runs;
};

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

static void complain(struct crash *c, int run, const char *testid,
		     const char *what)
{
	c->wrong++;
	fprintf(stderr, "run %d, %s: %s\n", run, testid, what);
}

static int start(struct crash *c, struct error *err)
{
	char *argv[] = { "ironbird", "run-job", "--quiet", "--resume",
			 (char *)c->flight, (char *)c->job, NULL };
	char *fresh[] = { "ironbird", "run-job", "--quiet",
			  (char *)c->flight, (char *)c->job, NULL };
	const struct proc_spec spec = {
		.argv = c->cut_off ? argv : fresh,
	};

	c->resumes += c->cut_off;
	c->runner = proc_spawn(&spec, err);
	return c->runner < 0 ? -1 : 0;
}

/* A step that runs now, or 0. */
static pid_t running_step(struct crash *c)
{
	struct step_rows rows = { .v = NULL };
	pid_t pid = 0;

	if (step_list(c->db, c->flight, c->job, 0, &rows, NULL) < 0)
		return 0;
	for (size_t i = 0; i < rows.count; i++)
		if (rows.v[i].status == STEP_RUNNING &&
		    rows.v[i].owner.pid != c->runner &&
		    owner_alive(&rows.v[i].owner))
			pid = rows.v[i].owner.pid;
	step_rows_release(&rows);
	return pid;
}

static void kill_something(struct crash *c)
{
	pid_t step = rand() % STEP_VICTIM == 0 ? running_step(c) : 0;

	if (waitpid(c->runner, NULL, WNOHANG) == c->runner) {
		c->runner = 0;	/* it had ended: nothing to kill */
		return;
	}
	c->kills++;
	c->step_kills += step != 0;
	kill(step ? step : c->runner, SIGKILL);
	if (step)
		return;
	waitpid(c->runner, NULL, 0);
	c->runner = 0;
}

/* Orphans come to us; those that have ended are told from those that live. */
static void reap(struct crash *c)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		if (pid == c->runner)
			c->runner = 0;
}

static bool was_done(const char *work, int run, const struct step_row *row)
{
	AUTO_FREE char *line = xasprintf("\n%d %d %s\n", run, row->stepno,
					 row->testid);

	return strstr(work, line) != NULL;
}

static bool was_done_later(const char *work, int run,
			   const struct step_row *row)
{
	for (int n = row->stepno + 1; n < row->stepno + 1000; n++) {
		AUTO_FREE char *line = xasprintf("\n%d %d %s\n", run, n,
						 row->testid);

		if (strstr(work, line))
			return true;
	}
	return false;
}

static void check_row(struct crash *c, const struct step_row *row, int run,
		      const char *work)
{
	switch (row->status) {
	case STEP_PASS:
		if (!was_done(work, run, row))
			complain(c, run, row->testid, "passed, but was not "
				 "done");
		if (was_done_later(work, run, row))
			complain(c, run, row->testid, "passed, and was done "
				 "again");
		break;
	case STEP_LOST:
		if (!strstr(row->testid, ".lost"))
			complain(c, run, row->testid, "lost under its own "
				 "testid");
		break;
	case STEP_BROKEN:
		if (!row->reason || !strstr(row->reason, "signal 9"))
			complain(c, run, row->testid, "broken, but was not "
				 "killed");
		break;
	default:
		complain(c, run, row->testid, step_status_name(row->status));
	}
}

static void check_all_there(struct crash *c, const struct step_rows *rows,
			    int run)
{
	for (size_t i = 0; i < c->recipe->count; i++) {
		const char *testid = c->recipe->steps[i].testid;
		size_t passed = 0;

		for (size_t r = 0; r < rows->count; r++)
			passed += strcmp(rows->v[r].testid, testid) == 0 &&
				rows->v[r].status == STEP_PASS;
		if (passed != 1)
			complain(c, run, testid, "the job passed without it");
	}
}

/* A run has ended: is what it says what happened? */
static int check_run(struct crash *c, struct error *err)
{
	AUTO_STRBUF work = STRBUF_INIT;
	struct step_rows rows = { .v = NULL };
	struct job_row job;

	/* a first newline, so that every line has one on both sides */
	strbuf_addch(&work, '\n');
	if (file_exists(WORK) && file_read(WORK, WORK_MAX, &work, err) < 0)
		return -1;
	if (job_get(c->db, c->flight, c->job, &job, err) < 0)
		return -1;
	/* killed before the first run began: there is nothing to look at */
	if (!job.run) {
		job_row_release(&job);
		return 0;
	}
	if (step_list(c->db, c->flight, c->job, job.run, &rows, err) < 0) {
		job_row_release(&job);
		return -1;
	}
	c->runs++;
	for (size_t i = 0; i < rows.count; i++)
		check_row(c, &rows.v[i], job.run, work.buf);
	if (job.status == JOB_PASS)
		check_all_there(c, &rows, job.run);
	else if (job.status != JOB_BROKEN)
		complain(c, job.run, "the job", job_status_name(job.status));
	step_rows_release(&rows);
	job_row_release(&job);
	return 0;
}

/* Was the run cut off before its verdict, so that there is one to resume? */
static int is_cut_off(struct crash *c, struct error *err)
{
	struct job_row job;
	int cut_off;

	if (job_get(c->db, c->flight, c->job, &job, err) < 0)
		return -1;
	cut_off = job.owner.pid != 0;
	job_row_release(&job);
	return cut_off;
}

static int settle(struct crash *c, struct error *err)
{
	int cut_off;

	reap(c);
	if (c->runner)
		return 0;
	cut_off = is_cut_off(c, err);
	if (cut_off < 0)
		return -1;
	c->cut_off = cut_off;
	return cut_off ? 0 : check_run(c, err);
}

/* The last one is let come to its end. */
static int finish(struct crash *c, struct error *err)
{
	if (!c->runner && !c->cut_off)
		return 0;
	if (!c->runner && start(c, err) < 0)
		return -1;
	while (c->runner) {
		pause_ms(5);
		reap(c);
	}
	return settle(c, err);
}

static int crash(struct crash *c, long wanted, struct error *err)
{
	while (c->kills < wanted) {
		if (!c->runner && start(c, err) < 0)
			return -1;
		pause_ms(rand() % DELAY_MAX_MS);
		kill_something(c);
		if (settle(c, err) < 0)
			return -1;
	}
	if (finish(c, err) < 0)
		return -1;
	pause_ms(100);
	reap(c);
	/* all that is there now was left over: they are our children */
	while (waitpid(-1, NULL, WNOHANG) == 0 && c->leftovers == 0)
		c->leftovers++;
	return 0;
}

static int open_all(struct crash *c, struct config **config,
		    struct error *err)
{
	AUTO_STRVEC warnings = STRVEC_INIT;
	struct job_row job;
	int rc;

	if (config_load(config, &warnings, err) < 0 ||
	    db_open(&c->db, config_get(*config, "JobDB"), err) < 0 ||
	    job_get(c->db, c->flight, c->job, &job, err) < 0)
		return -1;
	rc = recipe_load(&c->recipe, job.recipe, err);
	job_row_release(&job);
	return rc;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct config *config = NULL;
	struct crash c = { .flight = argc > 2 ? argv[2] : NULL };
	long wanted = argc == 4 ? atol(argv[1]) : 0;
	int rc;

	if (wanted < 1) {
		fputs("usage: crash KILLS FLIGHT JOB\n", stderr);
		return 2;
	}
	c.job = argv[3];
	srand(getpid());
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	rc = open_all(&c, &config, &err);
	if (rc == 0)
		rc = crash(&c, wanted, &err);
	if (rc < 0)
		return cannot("crash", &err);
	fprintf(stderr, "%ld kills (%ld of steps), %ld resumes, %ld runs\n",
		c.kills, c.step_kills, c.resumes, c.runs);
	tell("crash_kills", c.kills, "count");
	tell("crash_resumes", c.resumes, "count");
	tell("crash_rows_wrong", c.wrong, "count");
	tell("crash_leftovers", c.leftovers, "count");
	recipe_free(c.recipe);
	db_close(c.db);
	config_free(config);
	return 0;
}
