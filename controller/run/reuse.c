/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "boot/inputs.h"
#include "db/runvars.h"
#include "run/reuse.h"

#define SHOWN_MAX 60

void reuse_verdict_release(struct reuse_verdict *verdict)
{
	free(verdict->why);
	free(verdict->hash);
	free(verdict->snapshot);
	free(verdict->boot_id);
	free(verdict->what);
	free(verdict->since);
	*verdict = (struct reuse_verdict){ .way = REUSE_FRESH };
}

static bool is_of(const struct recipe *recipe, const struct recipe_step *step,
		  const char *ident)
{
	return step->parallel &&
	       strcmp(recipe->hosts.v[step->lane], ident) == 0;
}

bool reuse_applies(const struct recipe *recipe, const char *ident)
{
	bool decides = false, prepares = false;

	for (size_t i = 0; i < recipe->count; i++) {
		const struct recipe_step *step = &recipe->steps[i];

		if (!is_of(recipe, step, ident))
			continue;
		decides |= strcmp(step->argv.v[0], REUSE_SCRIPT) == 0;
		prepares |= step->prepares;
	}
	return decides && prepares;
}

void reuse_steps(const struct recipe *recipe, const char *ident,
		 struct reads *facts)
{
	int place = 0;

	for (size_t i = 0; i < recipe->count; i++) {
		const struct recipe_step *step = &recipe->steps[i];
		AUTO_STRBUF command = STRBUF_INIT;
		char number[16];

		if (!step->prepares || !is_of(recipe, step, ident))
			continue;
		for (size_t w = 0; w < step->argv.count; w++)
			strbuf_addf(&command, "%s%s", w ? " " : "",
				    strcmp(step->argv.v[w], ident) == 0 ?
				    "{host}" : step->argv.v[w]);
		snprintf(number, sizeof(number), "%d", ++place);
		reads_add(facts, "step", command.buf, number);
	}
}

char *reuse_runvar(const char *ident)
{
	return xasprintf("%s_reused", ident);
}

char *reuse_restore_runvar(const char *ident)
{
	return xasprintf("%s_restore", ident);
}

void reuse_set_unasked(const struct strvec *hosts)
{
	AUTO_FREE char *list = strvec_join(hosts, " ");

	if (hosts->count)
		setenv(REUSE_UNASKED_VARIABLE, list, 1);
}

bool reuse_is_unasked(const char *host)
{
	const char *list = getenv(REUSE_UNASKED_VARIABLE);
	AUTO_STRVEC hosts = STRVEC_INIT;

	strvec_split(&hosts, str_or(list, ""), " ");
	return strvec_has(&hosts, host);
}

int reuse_decided(struct db *db, const char *flight, const char *job,
		  const char *ident, char **sentence, struct error *err)
{
	AUTO_FREE char *name = reuse_runvar(ident);

	*sentence = NULL;
	if (runvar_get(db, flight, job, name, sentence, err) < 0)
		return -1;
	if (*sentence && strcmp(*sentence, REUSE_NO) == 0) {
		free(*sentence);
		*sentence = NULL;
	}
	return 0;
}

/* --- what differs -------------------------------------------------------- */

struct judging {
	const struct reuse_question *q;
	struct reads steps;	/* of the recipe */
	struct runvars vars;
};

/* Of a run that has not begun, what an earlier one found out is gone. */
static const char *runvar(const char *name, void *arg)
{
	const struct judging *j = arg;

	for (size_t i = 0; i < j->vars.count; i++)
		if (strcmp(j->vars.v[i].name, name) == 0 &&
		    (!j->vars.v[i].synth || j->q->run))
			return j->vars.v[i].value;
	return NULL;
}

static char *difference(const struct read_fact *fact, const char *now)
{
	if (strcmp(fact->kind, "step") == 0)
		return xasprintf("step %s: %s", fact->name, now ?
				 "in another place" : "not in this recipe");
	if (!now)
		return xasprintf("%s %s cannot be read again", fact->kind,
				 fact->name);
	return xasprintf("%s %s differs: '%.*s', was '%.*s'", fact->kind,
			 fact->name, SHOWN_MAX, now, SHOWN_MAX, fact->value);
}

/* Runvars are the job's, and which build's results it takes. */
static bool is_of_job(const struct read_fact *fact)
{
	return strcmp(fact->kind, "runvar") == 0 ||
	       strcmp(fact->kind, "dist") == 0;
}

/* As this job would read it. */
static int read_now(struct judging *j, const struct read_fact *fact,
		    char **now, struct error *err)
{
	const struct inputs inputs = {
		.config = j->q->config, .db = j->q->db, .host = j->q->host,
		.ident = j->q->ident, .flight = j->q->flight,
		.runvar = runvar, .arg = j,
	};
	struct reads *known = is_of_job(fact) ? NULL : j->q->known;
	const char *value = known ? reads_value(known, fact->kind,
						fact->name) : NULL;

	if (value) {
		*now = xstrdup(value);
		return 0;
	}
	if (input_now(&inputs, fact->kind, fact->name, now, err) < 0)
		return -1;
	if (known && *now)
		reads_add(known, fact->kind, fact->name, *now);
	return 0;
}

/* Adds what differs about this fact, if anything. */
static int compare(struct judging *j, const struct read_fact *fact,
		   struct strvec *differences, struct error *err)
{
	AUTO_FREE char *now = NULL, *text = NULL;

	if (strcmp(fact->kind, "result") == 0)
		return 0;
	if (strcmp(fact->kind, "step") == 0)
		now = xstrdup(reads_value(&j->steps, "step", fact->name));
	else if (read_now(j, fact, &now, err) < 0)
		return -1;
	if (now && strcmp(now, fact->value) == 0)
		return 0;
	text = difference(fact, now);
	strvec_push(differences, text);
	return 0;
}

/* What the recipe has that the preparation had not. */
static void compare_steps(const struct judging *j, const struct reads *facts,
			  struct strvec *differences)
{
	for (size_t i = 0; i < j->steps.count; i++)
		if (!reads_value(facts, "step", j->steps.v[i].name))
			strvec_pushf(differences, "step %s: was not run",
				     j->steps.v[i].name);
}

/* What a person knows the host's system by. */
static bool is_part(const struct read_fact *fact)
{
	if (strcmp(fact->kind, "image") == 0)
		return strcmp(fact->name, "installer") != 0;
	return *fact->value && (strcmp(fact->kind, "xen") == 0 ||
				strcmp(fact->kind, "dist") == 0);
}

/* *why is NULL when nothing differs; *what names the parts. */
static int compare_all(struct judging *j, const char *hash, char **why,
		       char **what, struct error *err)
{
	AUTO_STRVEC differences = STRVEC_INIT;
	struct reads facts = { .v = NULL };
	AUTO_STRBUF parts = STRBUF_INIT;
	int rc = preparation_facts(j->q->db, j->q->host->name, hash, &facts,
				   err);

	for (size_t i = 0; i < facts.count && rc == 0; i++) {
		const struct read_fact *fact = &facts.v[i];

		rc = compare(j, fact, &differences, err);
		if (is_part(fact))
			strbuf_addf(&parts, "%s%.*s", parts.len ? " + " : "",
				    (int)strcspn(fact->value, ":/"),
				    fact->value);
	}
	if (rc == 0)
		compare_steps(j, &facts, &differences);
	reads_release(&facts);
	if (rc < 0)
		return -1;
	*what = xstrdup(parts.len ? parts.buf : "its preparation");
	*why = !differences.count ? NULL : differences.count == 1 ?
		xstrdup(differences.v[0]) :
		xasprintf("%s (and %zu more)", differences.v[0],
			  differences.count - 1);
	return 0;
}

/* --- the verdict --------------------------------------------------------- */

static bool is_for_us(const struct reuse_question *q,
		      const struct host_state *state)
{
	return state->condition == HOST_CLEAN && state->hash &&
	       (!state->flight ||
		(q->run && host_state_is_of(state, q->flight, q->job,
					    q->run)));
}

static void take_preparation(struct reuse_verdict *verdict,
			     const struct preparation *p, char *what)
{
	verdict->hash = xstrdup(p->hash);
	verdict->snapshot = xstrdup(p->snapshot);
	verdict->boot_id = xstrdup(p->boot_id);
	verdict->since = xasprintf("%s.%s", p->flight, p->job);
	verdict->what = what;
	free(verdict->why);
	verdict->why = NULL;
}

/* Is the preparation what is wanted? Then it is taken. 1: yes. */
static int try_preparation(struct judging *j, const struct preparation *p,
			   struct reuse_verdict *verdict, char **why,
			   struct error *err)
{
	AUTO_FREE char *differs = NULL;
	char *what;

	if (compare_all(j, p->hash, &differs, &what, err) < 0)
		return -1;
	if (!differs) {
		take_preparation(verdict, p, what);
		return 1;
	}
	free(what);
	if (why)
		*why = xstrdup(differs);
	return 0;
}

static int try_as_it_is(struct judging *j, const struct preparations *all,
			struct reuse_verdict *verdict, struct error *err)
{
	const struct reuse_question *q = j->q;
	struct host_state state;
	int rc = host_state_get(q->db, q->host->name, &state, err);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		verdict->why = xstrdup("nothing is recorded of what is on it");
		return 0;
	}
	rc = 0;
	if (!is_for_us(q, &state))
		verdict->why = host_state_trouble(&state);
	for (size_t i = 0; i < all->count && !verdict->why && rc == 0; i++)
		if (strcmp(all->v[i].hash, state.hash) == 0)
			rc = try_preparation(j, &all->v[i], verdict,
					     &verdict->why, err);
	if (rc > 0) {
		verdict->way = REUSE_AS_IT_IS;
		free(verdict->boot_id);
		verdict->boot_id = xstrdup(state.boot_id);
	} else if (rc == 0 && !verdict->why) {
		verdict->why = xstrdup("nothing is recorded of how it was "
				       "prepared");
	}
	host_state_release(&state);
	return rc;
}

/* What the host can go back to: a snapshot, or its pristine partition. */
static int try_copies(struct judging *j, const struct preparations *all,
		      enum reuse_way way, struct reuse_verdict *verdict,
		      struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < all->count && rc == 0; i++)
		if (way == REUSE_SNAPSHOT ? all->v[i].snapshot != NULL :
		    all->v[i].pristine)
			rc = try_preparation(j, &all->v[i], verdict, NULL,
					     err);
	if (rc > 0)
		verdict->way = way;
	return rc;
}

/* 0: neither as it is nor by a snapshot, and why. */
static int judge(struct judging *j, struct reuse_verdict *verdict,
		 struct error *err)
{
	const struct reuse_question *q = j->q;
	struct preparations all = { .v = NULL };
	int rc;

	if (preparation_list(q->db, q->host->name, &all, err) < 0)
		return -1;
	rc = try_as_it_is(j, &all, verdict, err);
	if (rc == 0)
		rc = try_copies(j, &all, REUSE_SNAPSHOT, verdict, err);
	if (rc == 0 && !host_is_kept(q->host))
		rc = try_copies(j, &all, REUSE_PRISTINE, verdict, err);
	preparations_release(&all);
	return rc < 0 ? -1 : 0;
}

/* Why the host must be prepared whatever is on it, or NULL. */
static const char *must_be_fresh(const struct reuse_question *q)
{
	if (q->fresh)
		return "a fresh preparation is asked for";
	if (q->recipe->fresh)
		return "the recipe says 'reuse: no'";
	return config_bool(q->config, "HostReuse") ? NULL :
		"the setting HostReuse is off";
}

int reuse_judge(const struct reuse_question *q, struct reuse_verdict *verdict,
		struct error *err)
{
	struct judging j = { .q = q };
	const char *fresh = must_be_fresh(q);
	int rc = 0;

	*verdict = (struct reuse_verdict){ .way = REUSE_FRESH };
	if (fresh) {
		verdict->why = xstrdup(fresh);
	} else {
		reuse_steps(q->recipe, q->ident, &j.steps);
		rc = runvar_list(q->db, q->flight, q->job, &j.vars, err);
		if (rc == 0)
			rc = judge(&j, verdict, err);
		reads_release(&j.steps);
		runvars_release(&j.vars);
	}
	if (rc < 0)
		reuse_verdict_release(verdict);
	else if (verdict->way == REUSE_FRESH && host_is_kept(q->host))
		verdict->way = REUSE_KEPT;
	return rc;
}

char *reuse_sentence(const struct reuse_verdict *verdict, const char *host)
{
	switch (verdict->way) {
	case REUSE_AS_IT_IS:
		return xasprintf("reused: %s has %s since %s", host,
				 verdict->what, verdict->since);
	case REUSE_SNAPSHOT:
		return xasprintf("reused: %s goes back to its snapshot of %s, "
				 "made by %s", host, verdict->what,
				 verdict->since);
	case REUSE_PRISTINE:
		return xasprintf("reused: %s goes back to its pristine "
				 "partition, %s, made by %s", host,
				 verdict->what, verdict->since);
	case REUSE_KEPT:
		return xasprintf("kept: %s is not installed anew, as asked "
				 "for, though %s", host, verdict->why);
	default:
		return xasprintf("fresh: %s is prepared anew: %s", host,
				 verdict->why);
	}
}
