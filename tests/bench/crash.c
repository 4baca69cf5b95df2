/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash KILLS FLIGHT JOB [HOST]: runs the job over and over, kills something
 * of it at random moments, resumes, and then looks at what the database says
 * beside what the steps noted that they did (tests/e2e/ts/ts-work: the file
 * "work", a line "RUN STEP TESTID" as a step's last act). With the HOST of a
 * lab, which is brought up here, also its services, supervisor, recorder and
 * the host's QEMU (victims.h).
 *
 * A row is wrong when it says passed and nothing was done, when a step that
 * passed was done again, when a step of a job that passed has no row, a step
 * stays running, or something is broken that was not killed. What is left over
 * are processes that outlive the end.
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
#include "base/wait.h"
#include "config/config.h"
#include "db/steps.h"
#include "run/recipe.h"
#include "tests/bench/bench.h"
#include "tests/bench/victims.h"

#define WORK "work"
#define WORK_MAX (16 << 20)
#define DELAY_MAX_MS 180
#define RUNS_MAX 100
#define LAB "lab"
#define LAB_LIMIT_MS 60000

struct crash {
	struct db *db;
	const char *flight, *job;
	struct recipe *recipe;
	const char *host;	/* of the lab; NULL: there is none */
	struct service_set set;
	char *machine;		/* folder of its QEMU */
	pid_t runner;
	bool cut_off;		/* the last run-job was killed */
	int run;
	long of[VICTIMS], kills, resumes, wrong, leftovers, runs;
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

static int ironbird(const char *const *words, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = { .limit_ms = LAB_LIMIT_MS };

	strvec_push(&argv, "ironbird");
	for (; *words; words++)
		strvec_push(&argv, *words);
	spec.argv = argv.v;
	return proc_check(&spec, err);
}

static pid_t pid_of(struct crash *c, enum victim victim)
{
	switch (victim) {
	case RUN_JOB: return c->runner;
	case STEP: return running_step(c);
	case WATCHDOG: return child_called(c->runner, "ironbird-guard");
	case SUPERVISOR: return supervisor_pid(&c->set);
	case MACHINE: return qemu_pid(c->machine);
	default: return lab_child(&c->set, victims[victim].child);
	}
}

/* Nobody but a person starts a supervisor again. */
static int after_kill(struct crash *c, enum victim victim, struct error *err)
{
	static const char *const up[] = { "lab", "up", LAB, NULL };

	if (victim == RUN_JOB) {
		waitpid(c->runner, NULL, 0);
		c->runner = 0;
	}
	return victim == SUPERVISOR ? ironbird(up, err) : 0;
}

static int kill_something(struct crash *c, struct error *err)
{
	enum victim victim = choose_victim(c->of, c->host);
	pid_t pid;

	if (waitpid(c->runner, NULL, WNOHANG) == c->runner) {
		c->runner = 0;	/* it had ended: nothing to kill */
		return 0;
	}
	pid = pid_of(c, victim);
	if (pid <= 0 || kill(pid, SIGKILL) < 0)
		return 0;	/* there is none just now */
	c->kills++;
	c->of[victim]++;
	return after_kill(c, victim, err);
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

/* Killed in LOST_MAX attempts and one more. */
static bool was_killed_often(const struct step_row *row)
{
	return row->reason && strstr(row->reason, "signal 9") &&
	       strstr(row->reason, "attempts before");
}

/* A QEMU that is killed while its power is switched is a broken device. */
static bool is_power_lost(const struct crash *c, const struct step_row *row)
{
	return c->of[MACHINE] && str_starts(row->command, "ts-host-power") &&
	       row->reason && strstr(row->reason, "power");
}

static void check_row(struct crash *c, const struct step_row *row, int run,
		      const char *work)
{
	bool noted = str_starts(row->command, "ts-work");

	switch (row->status) {
	case STEP_PASS:
		if (!noted)
			break;
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
		if (!was_killed_often(row) && !is_power_lost(c, row))
			complain(c, run, row->testid,
				 str_or(row->reason, "broken without a "
					"reason"));
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
	while (c->kills < wanted || !all_killed(c->of, c->host)) {
		if (!c->runner && start(c, err) < 0)
			return -1;
		pause_ms(rand() % DELAY_MAX_MS);
		if (kill_something(c, err) < 0 || settle(c, err) < 0)
			return -1;
		/* a step that never comes, a QEMU that is never on */
		if (c->runs > wanted + RUNS_MAX)
			return error_set(err, ERROR_BROKEN, "there was not "
					 "one of each kind to be killed");
	}
	return finish(c, err);
}

static enum wait_answer is_whole(void *arg, struct error *err)
{
	(void)err;
	return lab_is_whole(arg) ? WAIT_DONE : WAIT_MORE;
}

/* A lab comes up before, and is whole again after, all kills. */
static int begin_lab(struct crash *c, const struct config *config,
		     struct error *err)
{
	static const char *const up[] = { "lab", "up", LAB, NULL };
	const char *const add[] = {
		"lab", "add-host", "-c", "1", "-m", "128", "-d", "1", c->host,
		NULL,
	};

	if (!c->host)
		return 0;
	if (ironbird(up, err) < 0 || ironbird(add, err) < 0 ||
	    lab_service_set(config, LAB, &c->set, err) < 0)
		return -1;
	c->machine = service_set_path(&c->set, "hosts/%s", c->host);
	return 0;
}

static int end_lab(struct crash *c, struct error *err)
{
	static const char *const down[] = { "lab", "down", LAB, NULL };
	const struct wait_spec whole = {
		.what = "the lab's services did not come back",
		.limit_ms = LAB_LIMIT_MS, .poll_ms = 20, .check = is_whole,
		.arg = &c->set,
	};

	if (!c->host)
		return 0;
	if (wait_for(&whole, err) < 0 || ironbird(down, err) < 0)
		return -1;
	service_set_release(&c->set);
	free(c->machine);
	return 0;
}

/* All that is there at the end was left over: they are our children. */
static void count_leftovers(struct crash *c)
{
	pid_t pid;

	pause_ms(300);
	reap(c);
	while ((pid = child_called(getpid(), NULL)) > 0) {
		fprintf(stderr, "process %d is left over\n", (int)pid);
		c->leftovers++;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

static int crash_all(struct crash *c, const struct config *config,
		     long wanted, struct error *err)
{
	int rc = begin_lab(c, config, err);

	if (rc == 0)
		rc = crash(c, wanted, err);
	if (rc == 0)
		rc = end_lab(c, err);
	if (rc == 0)
		count_leftovers(c);
	return rc;
}

static void print_results(const struct crash *c)
{
	fprintf(stderr, "%ld kills, %ld resumes, %ld runs\n", c->kills,
		c->resumes, c->runs);
	tell("crash_kills", c->kills, "count");
	for (int i = 0; i < victim_count(c->host); i++) {
		AUTO_FREE char *name = xasprintf("crash_kills_%s",
						 victims[i].name);

		tell(name, c->of[i], "count");
	}
	tell("crash_resumes", c->resumes, "count");
	tell("crash_rows_wrong", c->wrong, "count");
	tell("crash_leftovers", c->leftovers, "count");
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
	long wanted = argc == 4 || argc == 5 ? atol(argv[1]) : 0;
	int rc;

	if (wanted < 1) {
		fputs("usage: crash KILLS FLIGHT JOB [HOST]\n", stderr);
		return 2;
	}
	c.job = argv[3];
	c.host = argc == 5 ? argv[4] : NULL;
	srand(getpid());
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	rc = open_all(&c, &config, &err);
	if (rc == 0)
		rc = crash_all(&c, config, wanted, &err);
	if (rc < 0)
		return cannot("crash", &err);
	print_results(&c);
	recipe_free(c.recipe);
	db_close(c.db);
	config_free(config);
	return 0;
}
