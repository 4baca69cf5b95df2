/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The revisions that a flight's builds are of. */
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "build/environment.h"
#include "build/tree.h"
#include "flight/condition.h"
#include "flight/expand.h"

/* What was asked before: pairs of a question and its commit, "" for none. */
struct pins {
	const struct config *config;
	struct strvec known;
	struct strvec *sentences;
};

static const char *find_known(const struct pins *pins, const char *question)
{
	for (size_t i = 0; i < pins->known.count; i += 2)
		if (strcmp(pins->known.v[i], question) == 0)
			return pins->known.v[i + 1];
	return NULL;
}

static int resolve(const struct pins *pins, const char *name, const char *url,
		   const char *revision, char commit[COMMIT_SIZE],
		   struct error *err)
{
	AUTO_TREE tree = TREE_INIT;

	if (!tree_origin(pins->config, name, url)) {
		strvec_pushf(pins->sentences, "nobody says where the tree %s "
			     "comes from: 'ironbird tree import %s' makes it "
			     "from Debian's source package, or set Tree_%s; "
			     "then each build finds out for itself which "
			     "commit '%s' is", name, name, name, revision);
		*commit = '\0';
		return 0;
	}
	if (tree_open(&tree, pins->config, name, url, err) < 0 ||
	    tree_resolve(&tree, revision, commit, err) < 0)
		return error_prefix(err, "no flight is made, as all its "
				    "builds are to be of one commit");
	return 0;
}

static const char *ask(struct pins *pins, const char *name, const char *url,
		       const char *revision, struct error *err)
{
	AUTO_FREE char *question = xasprintf("%s %s %s", name,
					     str_or(url, ""), revision);
	const char *known = find_known(pins, question);
	char commit[COMMIT_SIZE];

	if (known)
		return known;
	if (resolve(pins, name, url, revision, commit, err) < 0)
		return NULL;
	strvec_pushl(&pins->known, question, commit, NULL);
	return find_known(pins, question);
}

static int set(struct strvec *runvars, const char *what, const char *tree,
	       const char *value, struct error *err)
{
	AUTO_FREE char *text = xasprintf("%s_%s=%s", what, tree, value);

	return runvar_set(runvars, text, err);
}

static int pin(struct pins *pins, struct planned_job *job, const char *tree,
	       struct error *err)
{
	AUTO_FREE char *url_name = xasprintf("tree_%s", tree);
	AUTO_FREE char *revision_name = xasprintf("revision_%s", tree);
	AUTO_FREE char *revision =
		tree_revision(pins->config, tree,
			      fact_find(&job->runvars, revision_name));
	const char *commit = ask(pins, tree,
				 fact_find(&job->runvars, url_name), revision,
				 err);

	if (!commit)
		return -1;
	if (!*commit || strcmp(commit, revision) == 0)
		return 0;
	if (set(&job->runvars, "revision", tree, commit, err) < 0)
		return -1;
	return set(&job->runvars, "asked_revision", tree, revision, err);
}

static bool is_made(const struct planned_job *job)
{
	return !job->disabled && !job->left_out;
}

static void add_new(const struct planned_job *job, const char *name,
		    const struct config *config, struct strvec *sentences)
{
	AUTO_FREE char *url_name = xasprintf("tree_%s", name);
	AUTO_FREE char *sentence = NULL;
	AUTO_TREE tree = TREE_INIT;

	/* what is wrong with it is told when it is asked */
	if (tree_open(&tree, config, name, fact_find(&job->runvars, url_name),
		      NULL) < 0 || !tree_is_new(&tree))
		return;
	sentence = xasprintf("the tree %s is fetched from %s for the first "
			     "time", name, tree.url);
	if (!strvec_has(sentences, sentence))
		strvec_push(sentences, sentence);
}

void flight_plan_new_trees(const struct flight_plan *plan,
			   const struct config *config,
			   struct strvec *sentences)
{
	for (size_t i = 0; i < plan->count; i++)
		for (size_t t = 0; t < plan->jobs[i].trees.count; t++)
			if (is_made(&plan->jobs[i]))
				add_new(&plan->jobs[i],
					plan->jobs[i].trees.v[t], config,
					sentences);
}

int flight_plan_environment(const struct flight_plan *plan,
			    struct strvec *sentences, struct error *err)
{
	AUTO_STRVEC trees = STRVEC_INIT;

	for (size_t i = 0; i < plan->count; i++)
		for (size_t t = 0; t < plan->jobs[i].trees.count; t++)
			if (is_made(&plan->jobs[i]) &&
			    !strvec_has(&trees, plan->jobs[i].trees.v[t]))
				strvec_push(&trees, plan->jobs[i].trees.v[t]);
	return tree_environment_check(&trees, sentences, err);
}

int flight_plan_pin(struct flight_plan *plan, const struct config *config,
		    struct strvec *sentences, struct error *err)
{
	struct pins pins = {
		.config = config, .known = STRVEC_INIT,
		.sentences = sentences,
	};
	int rc = flight_plan_environment(plan, sentences, err);

	for (size_t i = 0; i < plan->count && rc == 0; i++) {
		struct planned_job *job = &plan->jobs[i];

		for (size_t t = 0; t < job->trees.count && rc == 0; t++)
			if (is_made(job))
				rc = pin(&pins, job, job->trees.v[t], err);
	}
	strvec_release(&pins.known);
	return rc;
}
