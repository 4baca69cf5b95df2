/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One job of a flight: started, taken up, and its verdict. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "base/strbuf.h"
#include "flight/state.h"
#include "flight/told.h"

/* A run-job that is killed again and again is broken in the end. */
#define RESUMES_MAX 3

static int job_over(struct flight_state *state, size_t j, struct error *err);

static void forget_child(struct flight_state *state, size_t j)
{
	struct flight_child *child = &state->children[j];

	sd_event_source_disable_unref(child->source);
	child->source = NULL;
	close_descriptor(&child->pidfd);
	if (child->pid)
		state->running--;
	child->pid = 0;
}

int flight_leave(struct flight_state *state, const struct error *err)
{
	state->error = *err;
	state->failed = true;
	return sd_event_exit(state->event, 1);
}

static int on_child(sd_event_source *source, int fd, uint32_t revents,
		    void *arg)
{
	struct flight_child *child = arg;
	struct flight_state *state = child->state;
	struct error err = ERROR_INIT;
	size_t j = child - state->children;

	(void)source;
	(void)fd;
	(void)revents;
	if (child->ours)
		waitpid(child->pid, NULL, 0);
	forget_child(state, j);
	/* others may want the hosts that are free now, and go first */
	if (job_over(state, j, &err) < 0 ||
	    board_look(&state->board, &err) < 0 ||
	    flight_turn(state, &err) < 0)
		return flight_leave(state, &err);
	return 0;
}

static int watch_child(struct flight_state *state, size_t j, pid_t pid,
		       bool ours, struct error *err)
{
	struct flight_child *child = &state->children[j];
	int rc;

	child->pidfd = pidfd_open(pid, 0);
	if (child->pidfd < 0)
		return error_errno(err, "cannot watch process %d", (int)pid);
	fcntl(child->pidfd, F_SETFD, FD_CLOEXEC);
	rc = sd_event_add_io(state->event, &child->source, child->pidfd,
			     EPOLLIN, on_child, child);
	if (rc < 0) {
		errno = -rc;
		return error_errno(err, "cannot watch process %d", (int)pid);
	}
	child->state = state;
	child->pid = pid;
	child->ours = ours;
	state->running++;
	return 0;
}

int flight_adopt(struct flight_state *state, size_t j, struct error *err)
{
	const struct job_row *row = &state->board.jobs[j].row;
	const char *job = state->board.jobs[j].job;

	if (!proc_alive(row->owner.pid, row->owner.start))
		return error_set(err, ERROR_AGAIN, "job %s.%s is run on "
				 "machine %s; run the flight from there",
				 state->flight, job, row->owner.machine);
	state->children[j].resumed = true;
	flight_view_line(state->view, "goes on", "%s (process %d)", job,
			 row->owner.pid);
	return watch_child(state, j, row->owner.pid, false, err);
}

/* --- starting ------------------------------------------------------------ */

static void name_hosts(const struct board *board,
		       const struct plan_start *start, struct strvec *env)
{
	const struct strvec *idents = &board->jobs[start->job].idents;

	for (size_t i = 0; i < start->roles; i++) {
		AUTO_FREE char *ident = xstrdup(idents->v[i]);

		for (char *p = ident; *p; p++)
			*p = toupper((unsigned char)*p);
		strvec_pushf(env, "OSSTEST_HOST_%s=%s", ident,
			     board->hosts.v[start->hosts[i]]);
	}
}

static char *log_path(const struct flight_state *state, const char *job)
{
	return xasprintf("%s/%s/%s/run-job.log",
			 config_get(state->config, "Logs"), state->flight,
			 job);
}

static int open_log(const struct flight_state *state, const char *job,
		    struct error *err)
{
	AUTO_FREE char *path = log_path(state, job);
	int fd;

	if (dir_make_parent(path, err) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return fd < 0 ? error_errno(err, "cannot make the log %s", path) : fd;
}

/* The descriptor with its words, before it begins, is in *told. */
static pid_t spawn(const struct flight_state *state,
		   const struct plan_start *start, bool resume, int *told,
		   struct error *err)
{
	const struct board_job *row = &state->board.jobs[start->job];
	const char *job = row->job;
	AUTO_CLOSE int log = open_log(state, job, err);
	AUTO_STRVEC argv = STRVEC_INIT;
	AUTO_STRVEC env = STRVEC_INIT;
	struct proc_spec spec = { .out = log, .error = log };
	struct told_pipe pipe;
	pid_t pid;

	if (log < 0 ||
	    told_open(&pipe, resume ? 0 : row->row.run + 1, &env, err) < 0)
		return -1;
	strvec_pushf(&argv, "%s/ironbird", config_program_dir());
	strvec_pushl(&argv, "run-job", "--yes", "--no-wait", NULL);
	if (resume)
		strvec_push(&argv, "--resume");
	strvec_pushl(&argv, "--", state->flight, job, NULL);
	name_hosts(&state->board, start, &env);
	spec.argv = argv.v;
	spec.env = env.v;
	spec.keep_fd = pipe.write;
	pid = proc_spawn(&spec, err);
	close(pipe.write);
	*told = pipe.read;
	return pid;
}

/* From here on the hosts are run-job's: it may outlive us. */
static int hand_over(const struct flight_state *state, const char *job,
		     pid_t pid, struct error *err)
{
	struct owner owner;

	owner_of_process(&owner, pid);
	return hosts_hand_over(state->db, state->flight, job, &owner, err);
}

static int take_hosts(const struct flight_state *state,
		      const struct plan_start *start, struct error *err)
{
	const struct board *board = &state->board;
	const struct board_job *job = &board->jobs[start->job];
	struct allocation_wish wishes[PLAN_ROLES_MAX];
	struct owner self;

	for (size_t i = 0; i < start->roles; i++)
		wishes[i] = (struct allocation_wish){
			job->idents.v[i], board->hosts.v[start->hosts[i]],
		};
	owner_self(&self);
	return hosts_allocate(state->db, state->flight, job->job, &self,
			      wishes, start->roles, err);
}

/* Somebody was faster: the plan learns who has what now. */
static int wait_again(struct flight_state *state, size_t j,
		      struct error *err)
{
	size_t sets[PLAN_ROLES_MAX];

	board_sets(&state->board, j, sets);
	plan_again(state->board.plan, j, PLAN_END_FAIL, sets);
	return board_look(&state->board, err) < 0 ? -1 : 1;
}

static void tell_start(const struct flight_state *state,
		       const struct plan_start *start, bool resume)
{
	const struct board *board = &state->board;
	int64_t now = clock_now_ms();
	AUTO_FREE char *where = board_where(board, start->roles,
					    start->hosts);
	AUTO_FREE char *end = board_clock(
		plan_expected_end(board->plan, start->job, now), now);

	flight_view_line(state->view, resume ? "resumes" : "begins",
			 "%s on %s, until about %s",
			 board->jobs[start->job].job, where, end);
}

static int start_process(struct flight_state *state,
			 const struct plan_start *start, bool resume,
			 struct error *err)
{
	const char *job = state->board.jobs[start->job].job;
	struct flight_child *child = &state->children[start->job];
	pid_t pid;

	close_descriptor(&child->told);
	pid = spawn(state, start, resume, &child->told, err);
	child->run_before = state->board.jobs[start->job].row.run;
	child->resumed = resume;
	if (pid < 0 || hand_over(state, job, pid, err) < 0 ||
	    watch_child(state, start->job, pid, true, err) < 0)
		return -1;
	tell_start(state, start, resume);
	return 0;
}

int flight_start(struct flight_state *state, const struct plan_start *start,
		 struct error *err)
{
	const struct job_row *row = &state->board.jobs[start->job].row;
	bool resume = row->run && !job_status_final(row->status) &&
		row->status != JOB_QUEUED;

	if (start->roles && take_hosts(state, start, err) < 0)
		return err->kind == ERROR_AGAIN ?
			wait_again(state, start->job, err) : -1;
	return start_process(state, start, resume, err);
}

/* --- the end ------------------------------------------------------------- */

static void tell_end(const struct flight_state *state, size_t j)
{
	const struct board_job *job = &state->board.jobs[j];
	const struct job_row *row = &job->row;
	char took[DURATION_TEXT_SIZE] = "no time";

	if (row->started && row->finished)
		duration_text(row->finished - row->started, took);
	flight_view_line(state->view, job_status_name(row->status),
			 "%s, %s%s%s", job->job, took, row->reason ? ": " : "",
			 str_or(row->reason, ""));
}

/* run-job wrote no row: it has said why, unless it came to nothing at all. */
static int not_begun(struct flight_state *state, size_t j, struct error *err)
{
	const char *job = state->board.jobs[j].job;
	AUTO_FREE char *said = told_read(state->children[j].told);
	AUTO_FREE char *path = log_path(state, job), *reason = NULL;
	int run;

	reason = said ? xasprintf("run-job did not begin: %s", said) :
		xasprintf("run-job did not begin; %s may say why", path);
	if (job_begin_run(state->db, state->flight, job, false, &run,
			  err) < 0 ||
	    hosts_free(state->db, state->flight, job, err) < 0 ||
	    job_end_run(state->db, state->flight, job, JOB_BROKEN, reason,
			err) < 0)
		return -1;
	return board_read_job(&state->board, j, err);
}

/* run-job was killed in the middle of the run. 1: there is no verdict yet. */
static int cut_off(struct flight_state *state, size_t j, struct error *err)
{
	const struct board *board = &state->board;
	struct plan_start start = { .job = j };

	if (state->stops) {	/* it can be resumed, but nobody wants it now */
		plan_end(board->plan, j, PLAN_END_FAIL);
		return 1;
	}
	start.roles = plan_job_hosts(board->plan, j, start.hosts);
	if (state->children[j].resumes++ < RESUMES_MAX)
		return start_process(state, &start, true, err) < 0 ? -1 : 1;
	if (hosts_free(state->db, state->flight, board->jobs[j].job,
		       err) < 0 ||
	    job_end_run(state->db, state->flight, board->jobs[j].job,
			JOB_BROKEN, "run-job was killed again and again",
			err) < 0)
		return -1;
	return board_read_job(&state->board, j, err);
}

/* Broken: once more, on hosts that it has not been on. 1: so it is. */
static int try_elsewhere(struct flight_state *state, size_t j,
			 struct error *err)
{
	struct board *board = &state->board;
	struct board_job *job = &board->jobs[j];
	AUTO_FREE char *reason = NULL;
	size_t sets[PLAN_ROLES_MAX];

	if (state->stops || state->children[j].again ||
	    job->row.status != JOB_BROKEN || job->broken_on.count ||
	    !board_elsewhere(board, j))
		return 0;
	state->children[j].again = true;
	reason = xasprintf("is run again on another host: %s",
			   str_or(job->row.reason, "it was broken"));
	flight_view_line(state->view, "again", "%s, on another host",
			 job->job);
	if (job_set_status(state->db, state->flight, job->job, JOB_QUEUED,
			   reason, err) < 0 ||
	    board_read_job(board, j, err) < 0)
		return -1;
	board_sets(board, j, sets);
	plan_again(board->plan, j, PLAN_END_BROKEN, sets);
	return 1;
}

static enum plan_end plan_end_of(enum job_status status)
{
	switch (status) {
	case JOB_PASS: return PLAN_END_PASS;
	case JOB_BROKEN: return PLAN_END_BROKEN;
	default: return PLAN_END_FAIL;
	}
}

/* A run-job is over: its verdict, into the plan. */
static int job_over(struct flight_state *state, size_t j, struct error *err)
{
	struct board_job *job = &state->board.jobs[j];
	const struct flight_child *child = &state->children[j];
	int rc = 0;

	if (board_read_job(&state->board, j, err) < 0)
		return -1;
	if (!child->resumed && job->row.run == child->run_before)
		rc = not_begun(state, j, err);
	else if (!job_status_final(job->row.status))
		rc = cut_off(state, j, err);
	if (rc)
		return rc < 0 ? -1 : 0;
	tell_end(state, j);
	/* a run-job that ended at once did not have them from us yet */
	if (hosts_free(state->db, state->flight, job->job, err) < 0)
		return -1;
	rc = try_elsewhere(state, j, err);
	if (rc == 0) {
		plan_end(state->board.plan, j, plan_end_of(job->row.status));
		state->children[j].settled = true;
	}
	return rc < 0 ? -1 : 0;
}

/* --- jobs that will not begin -------------------------------------------- */

static int settle(struct flight_state *state, size_t j,
		  enum job_status status, const char *reason,
		  struct error *err)
{
	const char *job = state->board.jobs[j].job;
	int run;

	state->children[j].settled = true;
	if (job_begin_run(state->db, state->flight, job, false, &run,
			  err) < 0 ||
	    job_end_run(state->db, state->flight, job, status, reason,
			err) < 0 ||
	    board_read_job(&state->board, j, err) < 0)
		return -1;
	flight_view_line(state->view, job_status_name(status), "%s: %s", job,
			 reason);
	return 0;
}

/* 1: it was, and has its row. */
static int settle_one(struct flight_state *state, size_t j,
		      struct error *err)
{
	struct board *board = &state->board;
	enum plan_state now = plan_job_state(board->plan, j);
	AUTO_FREE char *reason = NULL;
	size_t role;

	if (now == PLAN_BLOCKED && board->jobs[j].row.status != JOB_BLOCKED) {
		size_t blocker = plan_job_blocker(board->plan, j);

		reason = xasprintf("job %s did not pass",
				   board->jobs[blocker].job);
		return settle(state, j, JOB_BLOCKED, reason, err) < 0 ? -1 : 1;
	}
	role = plan_job_starved(board->plan, j);
	if (now != PLAN_WAITING || role == PLAN_NONE)
		return 0;
	reason = board_why_no_host(board, j, role);
	plan_end(board->plan, j, PLAN_END_FAIL);
	return settle(state, j, JOB_STARVED, reason, err) < 0 ? -1 : 1;
}

/* Somebody stopped it (flight/stop.h) before we began it. */
static int take_stop(struct flight_state *state, size_t j, struct error *err)
{
	const struct board_job *job = &state->board.jobs[j];

	if (board_read_job(&state->board, j, err) < 0)
		return -1;
	plan_end(state->board.plan, j, PLAN_END_FAIL);
	state->children[j].settled = true;
	flight_view_line(state->view, job_status_name(job->row.status),
			 "%s: %s", job->job, str_or(job->row.reason, ""));
	return 1;
}

int flight_take_stops(struct flight_state *state, struct error *err)
{
	const struct board *board = &state->board;
	struct job_rows rows = { .v = NULL };
	int rc = 0, taken = 0;

	if (job_list_aborted(state->db, state->flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && rc >= 0; i++) {
		size_t j = board_find_job(board, rows.v[i].job);

		if (j == PLAN_NONE ||
		    plan_job_state(board->plan, j) != PLAN_WAITING ||
		    (rows.v[i].run == board->jobs[j].row.run &&
		     board->jobs[j].row.status == JOB_ABORTED))
			continue;
		rc = take_stop(state, j, err);
		taken |= rc > 0;
	}
	job_rows_release(&rows);
	return rc < 0 ? -1 : taken;
}

int flight_settle(struct flight_state *state, struct error *err)
{
	size_t done;

	do {	/* a job that is starved blocks others in its turn */
		done = 0;
		for (size_t j = 0; j < state->board.count; j++) {
			int rc = state->children[j].settled ? 0 :
				settle_one(state, j, err);

			if (rc < 0)
				return -1;
			done += rc > 0;
		}
	} while (done);
	return 0;
}
