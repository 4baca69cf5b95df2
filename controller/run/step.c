/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/proc.h"
#include "run/consoles.h"
#include "run/guard.h"
#include "run/leftover.h"
#include "run/orphans.h"
#include "run/record.h"
#include "run/room.h"
#include "run/showlog.h"
#include "run/step.h"
#include "run/steplog.h"
#include "run/telling.h"

#define REASON_MAX 900
#define CRASH_GRACE_MS 5000	/* for those that see it, and say more */
#define STAGE_PAUSE_MS 500	/* between two writes of a stage */

struct step_run {
	struct step_context *ctx;
	const struct recipe_step *step;
	int stepno, handle;
	char *log;
	pid_t pid;
	int pipe_fd;
	sd_event_source *child, *pipe, *limit, *kill;
	struct telling telling;
	struct showlog *show;	/* NULL: not shown */
	int64_t started, limit_ms, stage_written;
	struct step_history history;
	enum step_stop why;
	bool done, starved;
	char *crash;		/* of its host, while it ran */
	sd_event_source *crash_over;
	struct child_end end;
	char *start_error;
};

bool step_done(const struct step_run *run)
{
	return run->done;
}

int step_number(const struct step_run *run)
{
	return run->stepno;
}

const char *step_stage(const struct step_run *run)
{
	return run->telling.stage;
}

static void signal_group(const struct step_run *run, int sig)
{
	if (run->pid > 0 && !run->done)
		kill(-run->pid, sig);
}

static int on_grace_over(sd_event_source *source, uint64_t now, void *arg)
{
	(void)source;
	(void)now;
	signal_group(arg, SIGKILL);
	return 0;
}

static void set_timer(struct step_run *run, sd_event_source **source,
		      int64_t ms, sd_event_time_handler_t handler)
{
	*source = sd_event_source_disable_unref(*source);
	if (sd_event_add_time_relative(run->ctx->event, source,
				       CLOCK_MONOTONIC, (uint64_t)ms * 1000,
				       1000, handler, run) < 0)
		abort();	/* only out of memory or by a bug of ours */
}

void step_stop(struct step_run *run, enum step_stop why, bool at_once)
{
	if (run->done)
		return;
	if (run->why == STEP_STOP_NONE)
		run->why = why;
	if (at_once) {
		signal_group(run, SIGKILL);
	} else if (!run->kill) {
		signal_group(run, SIGTERM);
		set_timer(run, &run->kill, run->ctx->grace_ms, on_grace_over);
	}
}

static int on_limit(sd_event_source *source, uint64_t now, void *arg)
{
	(void)source;
	(void)now;
	step_stop(arg, STEP_STOP_LIMIT, false);
	return 0;
}

static int on_crash_over(sd_event_source *source, uint64_t now, void *arg)
{
	(void)source;
	(void)now;
	step_stop(arg, STEP_STOP_CRASH, false);
	return 0;
}

void step_crashed(struct step_run *run, const char *text)
{
	if (run->done || run->crash)
		return;
	run->crash = xstrdup(text);
	set_timer(run, &run->crash_over, run->telling.watches ?
		  CRASH_GRACE_MS : 0, on_crash_over);
}

const char *step_crash(const struct step_run *run)
{
	return run->crash;
}

bool step_minds(const struct step_run *run, const char *pattern)
{
	return !run->step->always &&
	       !strvec_has(&run->telling.crash_off, "all") &&
	       !strvec_has(&run->telling.crash_off, pattern);
}

static void write_stage(struct step_run *run)
{
	const struct step_context *ctx = run->ctx;
	struct error err = ERROR_INIT;

	if (!run->telling.stage_new)
		return;
	run->telling.stage_new = false;
	run->stage_written = clock_mono_ms();
	progress_stage(ctx->progress, run->handle, run->telling.stage);
	/* a stage that is not written costs a hint, not a verdict */
	if (step_set_stage(ctx->db, ctx->flight, ctx->job, ctx->run,
			   run->stepno, run->telling.stage, &err) < 0)
		run->telling.stage_new = true;
}

static void set_limit(struct step_run *run, int64_t ms)
{
	set_timer(run, &run->limit, ms, on_limit);
	guard_promise(run->ctx->guard, ms + run->ctx->slack_ms);
}

/* The test case's own limit counts from the step's start, too. */
static void take_limit(struct step_run *run)
{
	int64_t left;

	if (!run->telling.limit_ms || run->step->limit_ms)
		return;
	run->limit_ms = run->telling.limit_ms;
	run->telling.limit_ms = 0;
	left = run->started + run->limit_ms - clock_mono_ms();
	set_limit(run, left > 0 ? left : 0);
}

static int on_pipe(sd_event_source *source, int fd, uint32_t events,
		   void *arg)
{
	struct step_run *run = arg;

	(void)events;
	if (telling_read(&run->telling, fd) == 0)
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	take_limit(run);
	consoles_told(run->ctx->consoles, &run->telling.reboots);
	if (clock_mono_ms() - run->stage_written >= STAGE_PAUSE_MS)
		write_stage(run);
	return 0;
}

static int on_child(sd_event_source *source, const siginfo_t *si, void *arg)
{
	struct step_run *run = arg;

	(void)source;
	run->end = (struct child_end){
		.exited = si->si_code == CLD_EXITED, .status = si->si_status,
	};
	run->starved = !run->end.exited && run->end.status == SIGKILL &&
		starved_lately(&run->ctx->starved);
	run->done = true;
	return 0;
}

void step_tick(struct step_run *run)
{
	write_stage(run);
	if (file_size(run->log) > run->ctx->log_max)
		step_stop(run, STEP_STOP_LOG, false);
}

static void make_environment(const struct step_run *run, int progress_fd,
			     struct strvec *env)
{
	const struct step_context *ctx = run->ctx;

	strvec_pushf(env, "OSSTEST_FLIGHT=%s", ctx->flight);
	strvec_pushf(env, "OSSTEST_JOB=%s", ctx->job);
	strvec_pushf(env, "OSSTEST_TESTID=%s", run->step->testid);
	strvec_pushf(env, "IRONBIRD_RUN=%d", ctx->run);
	strvec_pushf(env, "IRONBIRD_STEP=%d", run->stepno);
	strvec_pushf(env, "IRONBIRD_LOGS=%s", ctx->logs);
	strvec_pushf(env, "IRONBIRD_OWNER_PID=%d", ctx->owner.pid);
	strvec_pushf(env, "IRONBIRD_SESSION=%d", (int)getsid(0));
	strvec_pushf(env, "IRONBIRD_PROGRESS_FD=%d", progress_fd);
	strvec_pushf(env, "PATH=%s:%s", config_program_dir(),
		     str_or(getenv("PATH"), "/usr/bin:/bin"));
	if (run->history.cut_off)
		strvec_push(env, "IRONBIRD_AGAIN=1");
	if (ctx->env)
		strvec_pushv(env, ctx->env->v);
}

static int spawn(struct step_run *run, int log_fd, int progress_fd,
		 struct error *err)
{
	AUTO_FREE char *program = run->step->program ?
		xstrdup(run->step->program) :
		step_find_program(run->step->argv.v[0], err);
	AUTO_STRVEC argv = STRVEC_INIT;
	AUTO_STRVEC env = STRVEC_INIT;
	struct proc_spec spec = {
		.out = log_fd, .error = log_fd, .keep_fd = progress_fd,
		.die_with_parent = true,
	};

	if (!program)
		return -1;
	strvec_push(&argv, program);
	strvec_pushv(&argv, run->step->argv.v + 1);
	make_environment(run, progress_fd, &env);
	spec.argv = argv.v;
	spec.env = env.v;
	run->pid = proc_spawn(&spec, err);
	return run->pid < 0 ? -1 : 0;
}

static int watch(struct step_run *run, struct error *err)
{
	sd_event *event = run->ctx->event;
	int rc;

	rc = sd_event_add_child(event, &run->child, run->pid, WEXITED,
				on_child, run);
	if (rc >= 0)
		rc = sd_event_add_io(event, &run->pipe, run->pipe_fd, EPOLLIN,
				     on_pipe, run);
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "cannot watch %s",
				   run->step->argv.v[0]);
	}
	set_limit(run, run->limit_ms);
	if (run->ctx->show_logs)
		return showlog_open(&run->show, event, run->log, err);
	return 0;
}

static int add_row(void *arg, struct error *err)
{
	struct step_run *run = arg;
	struct step_context *ctx = run->ctx;
	AUTO_FREE char *command = strvec_join(&run->step->argv, " ");
	const struct step_row row = {
		.flight = (char *)ctx->flight, .job = (char *)ctx->job,
		.run = ctx->run, .command = command,
		.testid = run->step->testid, .status = STEP_RUNNING,
		.log = run->log, .started = clock_now_ms(),
		.owner = ctx->owner,
	};
	int stepno = 0;

	if (step_begin(ctx->db, &row, &stepno, err) < 0)
		return -1;
	if (stepno != run->stepno)
		return error_set(err, ERROR_BROKEN, "job %s.%s: somebody else "
				 "adds steps to run %d", ctx->flight, ctx->job,
				 ctx->run);
	return 0;
}

static int set_owner(void *arg, struct error *err)
{
	const struct step_run *run = arg;
	const struct step_context *ctx = run->ctx;
	struct owner owner = ctx->owner;

	owner.pid = run->pid;
	owner.start = proc_start_time(run->pid);
	return step_set_owner(ctx->db, ctx->flight, ctx->job, ctx->run,
			      run->stepno, &owner, err);
}

/* The row says so; the job goes on to its verdict. */
static int not_started(struct step_run *run, const struct error *why)
{
	run->start_error = xstrdup(why->text);
	run->done = true;
	return 0;
}

static int begin(struct step_run *run, struct error *err)
{
	AUTO_CLOSE int log_fd = steplog_open(run->log, err);
	AUTO_CLOSE int progress_fd = -1;
	struct error why = ERROR_INIT;
	int pipes[2];

	if (log_fd < 0 || room_write(run->ctx, add_row, run, err) < 0)
		return -1;
	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_errno(err, "cannot make a pipe");
	run->pipe_fd = pipes[0];
	progress_fd = pipes[1];
	fcntl(progress_fd, F_SETFL, 0);	/* the test case may block, not us */
	run->ctx->next_stepno++;
	if (spawn(run, log_fd, progress_fd, &why) < 0)
		return not_started(run, &why);
	/* the step runs, and may have filled the disk by now */
	if (room_write(run->ctx, set_owner, run, err) < 0)
		return -1;
	return watch(run, err);
}

int step_start(struct step_context *ctx, const struct recipe_step *step,
	       const struct step_history *history, struct step_run **out,
	       struct error *err)
{
	struct step_run *run = xcalloc(1, sizeof(*run));
	int64_t expected = -1;

	run->ctx = ctx;
	run->step = step;
	run->history = *history;
	run->pipe_fd = -1;
	run->stepno = ctx->next_stepno;
	run->limit_ms = step->limit_ms ? step->limit_ms
				       : ctx->default_limit_ms;
	run->started = clock_mono_ms();
	telling_init(&run->telling);
	/* an estimate is a comfort: without one, the step runs as well */
	if (progress_live(ctx->progress) &&
	    step_expected_ms(ctx->db, ctx->job, step->testid, &expected,
			     NULL) < 0)
		expected = -1;
	run->log = xasprintf("%s/%d.%s.log", ctx->logs, run->stepno,
			     step->argv.v[0]);
	run->handle = progress_start(ctx->progress, step->testid, expected);
	if (begin(run, err) < 0) {
		step_discard(run);
		return -1;
	}
	*out = run;
	return 0;
}

static struct step_facts facts_of(const struct step_run *run)
{
	return (struct step_facts){
		.step = run->step, .end = run->end, .why = run->why,
		.history = run->history, .starved = run->starved,
		.start_error = run->start_error,
		.stage = run->telling.stage, .told = run->telling.reason,
		.limit_ms = run->limit_ms, .log_max = run->ctx->log_max,
		.job_limit_ms = run->ctx->job_limit_ms, .crash = run->crash,
	};
}

/*
 * What the step left in its group is killed, and said to have been there; of
 * a step that was stopped, its children may only not have died yet.
 */
static char *with_leftovers(const struct step_run *run, bool stopped,
			    char *reason)
{
	AUTO_FREE char *left = run->pid > 0 ? leftover_kill(run->pid) : NULL;
	char *both;

	if (!left || stopped)
		return reason;
	both = reason ? xasprintf("%.*s; %s", REASON_MAX, reason, left)
		      : xstrdup(left);
	free(reason);
	return both;
}

/*
 * Programs that a step ran have groups of their own. One that ended by itself
 * waited for them; one that was killed could not.
 */
static void kill_orphans(const struct step_run *run)
{
	const struct orphans orphans = {
		.logs = run->ctx->logs, .pid = run->ctx->owner.pid,
		.stepno = run->stepno,
	};
	struct error err = ERROR_INIT;

	if (run->pid > 0 && !run->end.exited &&
	    orphans_kill(&orphans, &err) < 0)
		log_warn("%s: %s", run->step->testid, err.text);
}

static int record(const struct step_run *run, enum step_status status,
		  const char *reason, struct error *err)
{
	const struct step_record record = {
		.ctx = run->ctx, .stepno = run->stepno, .log = run->log,
		.stage = run->telling.stage_new ? run->telling.stage : NULL,
		.status = status, .reason = reason,
		.took_ms = clock_mono_ms() - run->started,
	};

	return record_outcome(&record, err);
}

int step_end(struct step_run *run, enum step_status *status, char **reason,
	     struct error *err)
{
	struct step_facts facts;
	int rc;

	kill_orphans(run);
	telling_drain(&run->telling, run->pipe_fd);
	facts = facts_of(run);
	*status = verdict_status(&facts);
	*reason = with_leftovers(run, verdict_was_stopped(&facts) ||
				 *status == STEP_LOST, verdict_reason(&facts));
	steplog_cut(run->log, run->ctx->log_max);
	showlog_close(run->show);
	run->show = NULL;
	rc = record(run, *status, *reason, err);
	progress_stop(run->ctx->progress, run->handle);
	run->handle = -1;
	if (rc == 0)
		progress_line(run->ctx->progress, *status, run->step->testid,
			      clock_mono_ms() - run->started, *reason);
	step_discard(run);
	return rc;
}

void step_discard(struct step_run *run)
{
	signal_group(run, SIGKILL);
	sd_event_source_disable_unref(run->child);
	sd_event_source_disable_unref(run->pipe);
	sd_event_source_disable_unref(run->limit);
	sd_event_source_disable_unref(run->kill);
	sd_event_source_disable_unref(run->crash_over);
	if (run->handle >= 0)
		progress_stop(run->ctx->progress, run->handle);
	showlog_close(run->show);
	close_descriptor(&run->pipe_fd);
	telling_release(&run->telling);
	free(run->start_error);
	free(run->crash);
	free(run->log);
	free(run);
}
