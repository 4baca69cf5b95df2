/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/wait.h"
#include "db/flights.h"
#include "db/wants.h"
#include "flight/in_turn.h"
#include "flight/priority.h"
#include "run/simulate.h"

#define FOR_EVER_MS (1000LL * 3600 * 24 * 365)
/* Where the kernel wakes nobody: a flight that goes first sleeps or dies. */
#define LOOK_MS 5000

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, JOB_STOP_SIGNAL };

/* Whoever has a host: his end wakes us, though he may not say it. */
struct holder {
	struct owner owner;
	int pidfd;
	sd_event_source *source;
};

struct turn {
	struct flight_state state;	/* of a flight of this one job */
	const char *job;
	struct holder *holders;	/* for each host */
	struct strvec named;	/* variables of the environment, ours */
	char *said;		/* why it waits, as it was told last */
	bool waits, runs;	/* runs: its flight is ours to tell wants for */
	bool taken;
	bool blind;		/* not all that we wait for wakes us */
};

/* --- events -------------------------------------------------------------- */

static int on_signal(sd_event_source *source,
		     const struct signalfd_siginfo *si, void *arg)
{
	struct turn *turn = arg;

	(void)source;
	(void)si;
	turn->state.stops++;
	return 0;
}

/* wait_for looks after every event; what it was does not matter. */
static int on_database(sd_event_source *source,
		       const struct inotify_event *event, void *arg)
{
	(void)source;
	(void)event;
	(void)arg;
	return 0;
}

static int on_death(sd_event_source *source, int fd, uint32_t revents,
		    void *arg)
{
	(void)fd;
	(void)revents;
	(void)arg;
	return sd_event_source_set_enabled(source, SD_EVENT_OFF);
}

static int open_events(struct turn *turn, struct error *err)
{
	struct flight_state *state = &turn->state;
	AUTO_FREE char *log = xasprintf("%s-wal", config_get(state->config,
							     "JobDB"));
	int rc = sd_event_new(&state->event);

	for (size_t i = 0; i < ARRAY_SIZE(signals) && rc >= 0; i++)
		rc = sd_event_add_signal(state->event, NULL, signals[i],
					 on_signal, turn);
	if (rc >= 0)
		rc = sd_event_add_inotify(state->event, &state->database, log,
					  IN_MODIFY, on_database, turn);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "cannot make an event loop");
}

static void forget(struct holder *holder)
{
	sd_event_source_disable_unref(holder->source);
	holder->source = NULL;
	close_descriptor(&holder->pidfd);
	holder->owner = (struct owner){ .pid = 0 };
}

static void watch(struct turn *turn, struct holder *holder,
		  const struct owner *owner)
{
	struct owner self;

	owner_self(&self);
	if (!owner->pid || strcmp(owner->machine, self.machine) != 0)
		return;		/* a person's, or out of sight */
	holder->pidfd = pidfd_open(owner->pid, 0);
	if (holder->pidfd < 0 ||
	    sd_event_add_io(turn->state.event, &holder->source,
			    holder->pidfd, EPOLLIN, on_death, turn) < 0) {
		forget(holder);
		return;
	}
	holder->owner = *owner;
}

static void watch_holders(struct turn *turn)
{
	const struct board *board = &turn->state.board;

	turn->blind = false;
	for (size_t h = 0; h < board->hosts.count; h++) {
		const struct board_kept *kept = &board->kept[h];
		struct holder *holder = &turn->holders[h];

		if (!kept->holder || !owner_same(&kept->owner, &holder->owner))
			forget(holder);
		if (kept->holder && !holder->source)
			watch(turn, holder, &kept->owner);
		turn->blind |= kept->flight ||
			(kept->holder && kept->owner.pid && !holder->source);
	}
}

/* --- waiting ------------------------------------------------------------- */

static void name_hosts(struct turn *turn, const struct plan_start *start)
{
	const struct board *board = &turn->state.board;
	const struct strvec *idents = &board->jobs[start->job].idents;

	for (size_t i = 0; i < start->roles; i++) {
		AUTO_FREE char *name = xasprintf("OSSTEST_HOST_%s",
						 idents->v[i]);

		for (char *p = name; *p; p++)
			*p = toupper((unsigned char)*p);
		if (getenv(name))
			continue;
		setenv(name, board->hosts.v[start->hosts[i]], 1);
		strvec_push(&turn->named, name);
	}
}

/* 0: somebody was faster. */
static int take(struct turn *turn, const struct plan_start *start,
		struct error *err)
{
	struct board *board = &turn->state.board;
	const struct board_job *job = &board->jobs[start->job];
	struct allocation_wish wishes[PLAN_ROLES_MAX];
	size_t sets[PLAN_ROLES_MAX];
	struct owner self;

	for (size_t i = 0; i < start->roles; i++)
		wishes[i] = (struct allocation_wish){
			job->idents.v[i], board->hosts.v[start->hosts[i]],
		};
	owner_self(&self);
	if (hosts_allocate(turn->state.db, turn->state.flight, turn->job,
			   &self, wishes, start->roles, err) == 0) {
		turn->taken = true;
		name_hosts(turn, start);
		return 1;
	}
	if (err->kind != ERROR_AGAIN)
		return -1;
	board_sets(board, start->job, sets);
	plan_again(board->plan, start->job, PLAN_END_FAIL, sets);
	return board_look(board, err) < 0 ? -1 : 0;
}

/* Others are to know that it waits, unless somebody tells of its flight. */
static int take_flight(struct turn *turn, struct error *err)
{
	struct flight_state *state = &turn->state;
	struct owner self;

	if (turn->waits)
		return 0;
	turn->waits = true;
	owner_self(&self);
	if (flight_set_runner(state->db, state->flight, &self, err) < 0)
		return err->kind == ERROR_AGAIN ? 0 : -1;
	turn->runs = true;
	return flight_set_priority(state->db, state->flight,
				   state->board.priority, err);
}

static int give_flight_back(struct turn *turn, struct error *err)
{
	const struct want_rows none = { .v = NULL };
	struct flight_state *state = &turn->state;

	if (!turn->runs)
		return 0;
	if (state->told && wants_set(state->db, state->flight, &none, err) < 0)
		return -1;
	return flight_set_runner(state->db, state->flight, NULL, err);
}

static void tell(struct turn *turn, const struct plan_slot *slot)
{
	const struct flight_state *state = &turn->state;
	char *why = board_why(&state->board, 0, clock_now_ms(), slot);

	if (!turn->said || strcmp(turn->said, why) != 0)
		log_info("%s.%s waits %s", state->flight, turn->job, why);
	free(turn->said);
	turn->said = why;
}

static enum wait_answer wait_on(struct turn *turn, bool changed,
				struct error *err)
{
	struct board *board = &turn->state.board;
	struct plan_reason reason;
	struct plan_slot slot;

	plan_project(board->plan, clock_now_ms(), &slot);
	plan_why(board->plan, 0, clock_now_ms(), &slot, &reason);
	if (reason.what == PLAN_WAIT_FOREVER)
		return WAIT_DONE;	/* the step says why */
	if (take_flight(turn, err) < 0)
		return WAIT_FAILED;
	if (changed || !turn->said)
		tell(turn, &slot);
	watch_holders(turn);
	if (turn->runs && flight_tell_wants(&turn->state, err) < 0)
		return WAIT_FAILED;
	return WAIT_MORE;
}

/* By a signal, or in the job's row (flight/stop.h). */
static int check_stops(const struct turn *turn, struct error *err)
{
	const struct flight_state *state = &turn->state;
	struct job_row row;
	bool stopped;

	if (job_get(state->db, state->flight, turn->job, &row, err) < 0)
		return -1;
	stopped = row.status == JOB_ABORTED &&
		row.run != state->board.jobs[0].row.run;
	job_row_release(&row);
	if (!stopped && !state->stops)
		return 0;
	return error_set(err, ERROR_ABORTED, "job %s.%s was stopped while it "
			 "waited for its hosts", state->flight, turn->job);
}

static enum wait_answer may_begin(void *arg, struct error *err)
{
	struct turn *turn = arg;
	struct board *board = &turn->state.board;
	struct plan_start start;
	int changed, rc;

	if (check_stops(turn, err) < 0)
		return WAIT_FAILED;
	changed = board_look(board, err);
	if (changed < 0 || board_read_ready(board, err) < 0)
		return WAIT_FAILED;
	if (!plan_choose(board->plan, clock_now_ms(), &start, 1))
		return wait_on(turn, changed, err);
	rc = take(turn, &start, err);
	if (rc)
		return rc < 0 ? WAIT_FAILED : WAIT_DONE;
	return wait_on(turn, true, err);
}

static int64_t next_look(void *arg)
{
	const struct turn *turn = arg;

	return turn->blind ? LOOK_MS : FOR_EVER_MS;
}

static int wait_long(struct turn *turn, struct error *err)
{
	int64_t limit = config_duration_ms(turn->state.config,
					   "HostWaitLimit");
	const struct wait_spec spec = {
		.what = "its hosts were not free", .check = may_begin,
		.limit_ms = limit ? limit : FOR_EVER_MS,
		.event = turn->state.event, .next_ms = next_look, .arg = turn,
	};
	char text[DURATION_TEXT_SIZE];

	if (wait_for(&spec, err) == 0)
		return 0;
	if (err->kind != ERROR_BROKEN || !turn->said || !limit)
		return -1;
	return error_set(err, ERROR_AGAIN, "job %s.%s has waited %s "
			 "(HostWaitLimit) %s", turn->state.flight, turn->job,
			 duration_text(limit, text), turn->said);
}

/* --- the turn ------------------------------------------------------------ */

/* Is it being run, or are there no hosts that it could wait for? */
static bool has_no_turn(const struct turn *turn)
{
	const struct board_job *job = &turn->state.board.jobs[0];

	return !job->idents.count ||
		(job->row.owner.pid && owner_alive(&job->row.owner));
}

static int load(struct turn *turn, bool again, struct error *err)
{
	struct flight_state *state = &turn->state;
	struct flight_row row;
	int rc;

	if (board_load_job(&state->board, state->config, state->db,
			   state->flight, turn->job, again, err) < 0 ||
	    flight_get(state->db, state->flight, &row, err) < 0)
		return -1;
	rc = priority_of(state->config, &row, NULL, &state->board.priority,
			 err);
	flight_row_release(&row);
	return rc;
}

static int await(struct turn *turn, bool again, struct error *err)
{
	struct flight_state *state = &turn->state;
	int rc;

	if (load(turn, again, err) < 0)
		return -1;
	if (has_no_turn(turn))
		return 0;
	turn->holders = xcalloc(state->board.hosts.count + 1,
				sizeof(*turn->holders));
	for (size_t h = 0; h < state->board.hosts.count; h++)
		turn->holders[h].pidfd = -1;
	rc = open_events(turn, err);
	if (rc == 0)
		rc = wait_long(turn, err);
	for (size_t h = 0; h < state->board.hosts.count; h++)
		forget(&turn->holders[h]);
	sd_event_source_disable_unref(state->database);
	sd_event_unref(state->event);
	return rc;
}

static void release(struct turn *turn)
{
	board_release(&turn->state.board);
	free(turn->holders);
	free(turn->said);
}

/* sd-event takes signals only while they are blocked. */
static int take_turn(struct turn *turn, bool again, struct error *err)
{
	sigset_t set, before;
	int rc;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&set, signals[i]);
	if (sigprocmask(SIG_BLOCK, &set, &before) < 0)
		return error_errno(err, "cannot block signals");
	rc = await(turn, again, err);
	if (give_flight_back(turn, rc < 0 ? NULL : err) < 0)
		rc = -1;
	release(turn);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

int job_run_in_turn(const struct config *config, struct db *db,
		    const char *flight, const char *job,
		    const struct job_run_options *options,
		    enum job_status *status, struct error *err)
{
	const struct step_selection *steps = &options->steps;
	struct turn turn = {
		.state = { .config = config, .db = db, .flight = flight },
		.job = job, .named = STRVEC_INIT,
	};
	bool again = options->resume || options->keep_runvars ||
		steps->from || steps->only;
	int rc = 0;

	if (!options->no_wait && !simulate_wanted())
		rc = take_turn(&turn, again, err);
	if (rc == 0)
		rc = job_run(config, db, flight, job, options, status, err);
	/* a run that did not begin has not given them back */
	if (rc < 0 && turn.taken &&
	    hosts_free_own(db, flight, job, NULL) < 0)
		log_warn("the hosts of job %s.%s are free when this process "
			 "has ended", flight, job);
	for (size_t i = 0; i < turn.named.count; i++)
		unsetenv(turn.named.v[i]);
	strvec_release(&turn.named);
	return rc;
}
