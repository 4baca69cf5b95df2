/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/jobs.h"
#include "db/runvars.h"
#include "host/host.h"
#include "run/plan.h"

/* Runvars of an earlier run count only for one that goes on with them. */
static void choose_host(struct job_plan *plan, const struct config *config,
			const struct runvars *vars, const char *ident,
			const char *job)
{
	const char *host = NULL;

	for (size_t i = 0; i < vars->count; i++)
		if (strcmp(vars->v[i].name, ident) == 0 &&
		    (!vars->v[i].synth || !plan->wanted[0]))
			host = vars->v[i].value;
	if (!host)
		host = host_wish_of_job(config, ident, job);
	strvec_push(&plan->hosts, str_or(host, ""));
}

static int choose_hosts(struct job_plan *plan, const struct config *config,
			struct db *db, const char *flight, const char *job,
			struct error *err)
{
	struct runvars vars = { .v = NULL };

	if (runvar_list(db, flight, job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->recipe->hosts.count; i++)
		choose_host(plan, config, &vars, plan->recipe->hosts.v[i],
			    job);
	runvars_release(&vars);
	return 0;
}

static int load_recipe(struct job_plan *plan, struct db *db,
		       const char *flight, const char *job,
		       const struct step_selection *selection,
		       struct error *err)
{
	if (recipe_load_job(&plan->recipe, db, flight, job, err) < 0)
		return -1;
	plan->wanted = xcalloc(plan->recipe->count + 1,
			       sizeof(*plan->wanted));
	return select_steps(plan->recipe, selection, plan->wanted, err);
}

int job_plan_load(struct job_plan *plan, const struct config *config,
		  struct db *db, const char *flight, const char *job,
		  const struct step_selection *selection, struct error *err)
{
	struct job_plan got = {
		.hosts = STRVEC_INIT, .flight = xstrdup(flight),
		.job = xstrdup(job),
		.fresh = selection->fresh || getenv(REUSE_FRESH_VARIABLE),
	};

	if (load_recipe(&got, db, flight, job, selection, err) < 0 ||
	    choose_hosts(&got, config, db, flight, job, err) < 0) {
		job_plan_release(&got);
		return -1;
	}
	*plan = got;
	return 0;
}

void job_plan_release(struct job_plan *plan)
{
	recipe_free(plan->recipe);
	free(plan->wanted);
	free(plan->flight);
	free(plan->job);
	strvec_release(&plan->hosts);
	*plan = (struct job_plan){ .hosts = STRVEC_INIT };
}

int job_plan_ident(const struct job_plan *plan, size_t i)
{
	const struct recipe *recipe = plan->recipe;
	const struct recipe_step *step = &recipe->steps[i];

	if (step->parallel)
		return step->lane;
	for (size_t h = 0; h < recipe->hosts.count; h++)
		if (strvec_has(&step->argv, recipe->hosts.v[h]))
			return (int)h;
	return -1;
}

int wipe_sentence(const struct config *config, struct db *db,
		  const char *name, char **sentence, struct error *err)
{
	struct host *host;
	const char *disk;

	*sentence = NULL;
	if (host_is_local(name))
		return 0;
	if (host_load(&host, db, config, name, err) < 0)
		return -1;
	disk = host_prop(host, "disk-device");
	if (!host_is_kept(host))
		*sentence = disk ?
			xasprintf("host %s: all that is on its disk %s", name,
				  disk) :
			xasprintf("host %s: nothing, as it has no property "
				  "disk-device", name);
	host_free(host);
	return 0;
}

/* Does one of the steps that will be run decide about hosts of the ident? */
static bool decides(const struct job_plan *plan, size_t ident)
{
	const struct recipe *recipe = plan->recipe;

	for (size_t i = 0; i < recipe->count; i++)
		if (plan->wanted[i] && job_plan_ident(plan, i) == (int)ident &&
		    strcmp(recipe->steps[i].argv.v[0], REUSE_SCRIPT) == 0)
			return reuse_applies(recipe, recipe->hosts.v[ident]);
	return false;
}

int job_plan_reuse(const struct job_plan *plan, const struct config *config,
		   struct db *db, size_t ident, struct reuse_verdict *verdict,
		   struct error *err)
{
	struct reuse_question question = {
		.config = config, .db = db, .recipe = plan->recipe,
		.ident = plan->recipe->hosts.v[ident], .flight = plan->flight,
		.job = plan->job, .fresh = plan->fresh,
	};
	struct host *host;
	int rc;

	if (!*plan->hosts.v[ident] || !decides(plan, ident))
		return 0;
	if (host_load(&host, db, config, plan->hosts.v[ident], err) < 0)
		return -1;
	question.host = host;
	rc = reuse_judge(&question, verdict, err);
	host_free(host);
	return rc < 0 ? -1 : 1;
}

/* 1: it would be. */
static int is_reused(const struct job_plan *plan, const struct config *config,
		     struct db *db, int ident, struct error *err)
{
	struct reuse_verdict verdict;
	int rc = job_plan_reuse(plan, config, db, ident, &verdict, err);
	bool reused;

	if (rc <= 0)
		return rc;
	reused = verdict.way == REUSE_AS_IT_IS ||
		 verdict.way == REUSE_SNAPSHOT;
	reuse_verdict_release(&verdict);
	return reused;
}

static int add_wipe(const struct job_plan *plan, const struct config *config,
		    struct db *db, int ident, struct strvec *sentences,
		    struct strvec *reused, struct error *err)
{
	const char *host = ident < 0 ? "" : plan->hosts.v[ident];
	AUTO_FREE char *sentence = NULL;
	int rc = *host ? is_reused(plan, config, db, ident, err) : 0;

	if (rc < 0)
		return -1;
	if (rc > 0) {
		strvec_push(reused, host);
		return 0;
	}
	if (!*host)
		sentence = xstrdup("a free host: all that is on the disk its "
				   "property disk-device names");
	else if (wipe_sentence(config, db, host, &sentence, err) < 0)
		return -1;
	if (sentence && !strvec_has(sentences, sentence))
		strvec_push(sentences, sentence);
	return 0;
}

int job_plan_wipes(const struct job_plan *plan, const struct config *config,
		   struct db *db, struct strvec *sentences,
		   struct strvec *reused, struct error *err)
{
	for (size_t i = 0; i < plan->recipe->count; i++)
		if (plan->wanted[i] && plan->recipe->steps[i].wipes &&
		    add_wipe(plan, config, db, job_plan_ident(plan, i),
			     sentences, reused, err) < 0)
			return -1;
	return 0;
}

int wipe_ask(const struct strvec *sentences, struct error *err)
{
	char answer[16] = "";

	if (!sentences->count || !isatty(STDIN_FILENO))
		return 0;
	puts("This will be wiped:");
	for (size_t i = 0; i < sentences->count; i++)
		printf("  %s\n", sentences->v[i]);
	fputs("Go on? [y/N] ", stdout);
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) &&
	    (answer[0] == 'y' || answer[0] == 'Y'))
		return 0;
	return error_set(err, ERROR_ABORTED, "nothing was begun, nothing was "
			 "wiped (option --yes does not ask)");
}

int job_plan_ask(const struct config *config, struct db *db,
		 const char *flight, const char *job,
		 const struct step_selection *selection, struct error *err)
{
	AUTO_STRVEC sentences = STRVEC_INIT;
	AUTO_STRVEC reused = STRVEC_INIT;
	struct job_plan plan;
	int rc;

	if (!isatty(STDIN_FILENO))
		return 0;
	if (job_plan_load(&plan, config, db, flight, job, selection, err) < 0)
		return -1;
	rc = job_plan_wipes(&plan, config, db, &sentences, &reused, err);
	job_plan_release(&plan);
	if (rc < 0 || wipe_ask(&sentences, err) < 0)
		return -1;
	reuse_set_unasked(&reused);
	return 0;
}
