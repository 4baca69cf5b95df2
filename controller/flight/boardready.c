/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which hosts need not be prepared, for which of the next jobs. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/states.h"
#include "flight/board.h"
#include "run/reuse.h"

/* Of one host; more than that are looked at when these have begun. */
#define SUITORS_MAX 64

enum answer { UNKNOWN, READY, NOT_READY };

/* What is known of a host, as long as its state is the same. */
struct known_host {
	char *state;
	unsigned char *answers;	/* one a job */
};

struct board_ready {
	struct known_host *hosts;
	struct strvec names;	/* of recipes */
	struct recipe **recipes;
};

void board_ready_free(struct board *board)
{
	struct board_ready *ready = board->ready;

	if (!ready)
		return;
	for (size_t h = 0; h < board->hosts.count; h++) {
		free(ready->hosts[h].state);
		free(ready->hosts[h].answers);
	}
	for (size_t i = 0; i < ready->names.count; i++)
		recipe_free(ready->recipes[i]);
	free(ready->hosts);
	free(ready->recipes);
	strvec_release(&ready->names);
	free(ready);
	board->ready = NULL;
}

static struct board_ready *get(struct board *board)
{
	struct board_ready *ready = board->ready;

	if (ready)
		return ready;
	ready = xcalloc(1, sizeof(*ready));
	ready->hosts = xcalloc(board->hosts.count + 1, sizeof(*ready->hosts));
	ready->recipes = xcalloc(board->count + 1, sizeof(*ready->recipes));
	strvec_init(&ready->names);
	board->ready = ready;
	return ready;
}

static int get_recipe(struct board_ready *ready, const char *name,
		      const struct recipe **recipe, struct error *err)
{
	struct board_ready *r = ready;

	for (size_t i = 0; i < r->names.count; i++) {
		if (strcmp(r->names.v[i], name) == 0) {
			*recipe = r->recipes[i];
			return 0;
		}
	}
	if (recipe_load(&r->recipes[r->names.count], name, err) < 0)
		return -1;
	*recipe = r->recipes[r->names.count];
	strvec_push(&r->names, name);
	return 0;
}

static bool is_ready(const struct reuse_verdict *verdict)
{
	return verdict->way == REUSE_AS_IT_IS ||
	       verdict->way == REUSE_SNAPSHOT;
}

/* The role that the job would have the host for. */
static size_t role_on(const struct board *board, const struct board_job *job,
		      size_t h)
{
	size_t role = 0;

	while (role + 1 < job->idents.count &&
	       !board_host_will_do(board, job, role, h))
		role++;
	return role;
}

/* A host that is asked about. */
struct asking {
	struct host *host;
	size_t number;
	struct reads known;	/* what is the same for all jobs */
};

static int judge(struct board *board, struct asking *asking, size_t j,
		 enum answer *answer, struct error *err)
{
	const struct board_job *job = &board->jobs[j];
	struct reuse_question question = {
		.config = board->config, .db = board->db,
		.host = asking->host, .known = &asking->known,
		.ident = job->idents.v[role_on(board, job, asking->number)],
		.flight = board->flight, .job = job->job,
		.fresh = getenv(REUSE_FRESH_VARIABLE) != NULL,
	};
	struct reuse_verdict verdict;

	*answer = NOT_READY;
	if (get_recipe(board->ready, job->recipe, &question.recipe, err) < 0)
		return -1;
	if (!reuse_applies(question.recipe, question.ident))
		return 0;
	if (reuse_judge(&question, &verdict, err) < 0)
		return err->kind == ERROR_USAGE ? 0 : -1;
	if (is_ready(&verdict))
		*answer = READY;
	reuse_verdict_release(&verdict);
	return 0;
}

/* Everything that was known is forgotten when the host's state is another. */
static void note_state(const struct board *board, struct known_host *known,
		       const struct host_state *state)
{
	char *now = xasprintf("%s %s %lld %s.%s.%d",
			      host_condition_name(state->condition),
			      str_or(state->hash, ""),
			      (long long)state->since,
			      str_or(state->flight, ""),
			      str_or(state->job, ""), state->run);

	if (known->state && strcmp(known->state, now) == 0) {
		free(now);
		return;
	}
	free(known->state);
	free(known->answers);
	known->state = now;
	known->answers = xcalloc(board->count + 1, 1);
}

static int ask(struct board *board, size_t h, struct error *err)
{
	struct known_host *known = &get(board)->hosts[h];
	size_t jobs[SUITORS_MAX], ready[SUITORS_MAX], count = 0;
	size_t suitors = plan_suitors(board->plan, h, jobs, SUITORS_MAX);
	struct asking asking = { .number = h };
	int rc = 0;

	for (size_t i = 0; i < suitors && rc == 0; i++) {
		enum answer answer = known->answers[jobs[i]];

		if (answer == UNKNOWN && !asking.host)
			rc = host_load(&asking.host, board->db, board->config,
				       board->hosts.v[h], err);
		if (answer == UNKNOWN && rc == 0)
			rc = judge(board, &asking, jobs[i], &answer, err);
		known->answers[jobs[i]] = (unsigned char)answer;
		if (rc == 0 && answer == READY)
			ready[count++] = jobs[i];
	}
	host_free(asking.host);
	reads_release(&asking.known);
	if (rc == 0)
		plan_host_ready(board->plan, h, ready, count);
	/* one that is in no inventory any more is as nobody wants it */
	return rc < 0 && err->kind == ERROR_USAGE ? 0 : rc;
}

static int read_host(struct board *board, size_t h, struct error *err)
{
	struct host_state state;
	int rc = host_state_get(board->db, board->hosts.v[h], &state, err);

	if (rc <= 0)
		return rc;	/* the plan goes by what it has seen itself */
	note_state(board, &get(board)->hosts[h], &state);
	host_state_release(&state);
	return ask(board, h, err);
}

int board_read_ready(struct board *board, struct error *err)
{
	if (!config_bool(board->config, "HostReuse"))
		return 0;
	for (size_t h = 0; h < board->hosts.count; h++)
		if (!plan_host_busy(board->plan, h) &&
		    !plan_host_left_out(board->plan, h) &&
		    read_host(board, h, err) < 0)
			return -1;
	return 0;
}
