/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything into dists, without touching a host: a flight of build jobs, run
 * one after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "build/build.h"
#include "build/environment.h"
#include "build/import.h"
#include "cmd/command.h"
#include "db/flights.h"
#include "run/job.h"
#include "run/outcome.h"

#define BRANCH "build"

/* A row for each part; the revision asked for, or NULL. */
static struct {
	const struct build_part *part;
	const char *revision;
} wanted[] = {
	{ &build_part_xen, NULL },
	{ &build_part_kernel, NULL },
	{ &build_part_libvirt, NULL },
};

static const struct option_row options[] = {
	OPTION_STRING('x', "xen", "REV", &wanted[0].revision,
		      "the hypervisor at this revision"),
	OPTION_STRING('l', "linux", "REV", &wanted[1].revision,
		      "the kernel at this revision"),
	OPTION_STRING(0, "libvirt", "REV", &wanted[2].revision,
		      "libvirt at this revision"),
	OPTION_END
};

static bool any_asked(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (wanted[i].revision)
			return true;
	return false;
}

/* Before anything is imported or made. */
static int check_words(const struct strvec *words, struct error *err)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->v[i], *equals = strchr(word, '=');
		AUTO_FREE char *name = xstrndup(word, strcspn(word, "="));

		if (!equals || !runvar_name_ok(name))
			return error_set(err, ERROR_USAGE, "'%.60s' is no "
					 "runvar: NAME=VALUE", word);
	}
	return 0;
}

static int define(struct context *ctx, const char *flight, const char *job,
		  const char *word, struct error *err)
{
	AUTO_FREE char *name = xstrndup(word, strcspn(word, "="));

	return runvar_define(ctx->db, flight, job, name,
			     word + strlen(name) + 1, err);
}

static bool is_wanted(size_t i)
{
	return !any_asked() || wanted[i].revision;
}

/* What is built here as well is what it is built against. */
static int define_need(struct context *ctx, const char *flight,
		       const struct build_part *part, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (part->need_part == wanted[i].part && is_wanted(i))
			return runvar_define(ctx->db, flight, part->job,
					     part->need_job,
					     part->need_part->job, err);
	return 0;
}

static int check_environment(struct error *err)
{
	AUTO_STRVEC trees = STRVEC_INIT, sentences = STRVEC_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (is_wanted(i))
			strvec_push(&trees, wanted[i].part->tree);
	if (tree_environment_check(&trees, &sentences, err) < 0)
		return -1;
	for (size_t i = 0; i < sentences.count; i++)
		log_warn("%s", sentences.v[i]);
	return 0;
}

/* A tree that nobody says where to get is Debian's. */
static int import_missing(struct context *ctx, const struct strvec *words,
			  struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const char *tree = wanted[i].part->tree;
		AUTO_FREE char *word = xasprintf("tree_%s=", tree);
		bool told = tree_origin(ctx->config, tree, NULL) != NULL;
		struct import import;

		for (size_t w = 0; w < words->count; w++)
			told |= str_starts(words->v[w], word);
		if (told || !is_wanted(i))
			continue;
		printf("== tree import %s\n", tree);
		fflush(stdout);
		if (import_tree(ctx->config, tree, NULL, false, &import,
				err) < 0)
			return -1;
		printf("%s %s, %d patches\n", tree, import.version,
		       import.patches);
		import_release(&import);
	}
	return 0;
}

static int make_job(struct context *ctx, const char *flight, size_t i,
		    const struct strvec *words, struct error *err)
{
	const struct build_part *part = wanted[i].part;
	AUTO_FREE char *runvar = xasprintf("revision_%s", part->tree);

	if (job_create(ctx->db, flight, part->job, part->recipe, err) < 0 ||
	    runvar_define(ctx->db, flight, part->job, "arch", "amd64",
			  err) < 0 ||
	    (wanted[i].revision &&
	     runvar_define(ctx->db, flight, part->job, runvar,
			   wanted[i].revision, err) < 0) ||
	    define_need(ctx, flight, part, err) < 0)
		return -1;
	for (size_t w = 0; w < words->count; w++)
		if (define(ctx, flight, part->job, words->v[w], err) < 0)
			return -1;
	return 0;
}

static int make_flight(struct context *ctx, const struct strvec *words,
		       char **flight, struct strvec *jobs, struct error *err)
{
	if (db_begin(ctx->db, err) < 0)
		return -1;
	if (flight_create(ctx->db, NULL, "adhoc", BRANCH, flight, err) < 0)
		goto failed;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (!is_wanted(i))
			continue;
		if (make_job(ctx, *flight, i, words, err) < 0)
			goto failed;
		strvec_push(jobs, wanted[i].part->job);
	}
	return db_commit(ctx->db, err);
failed:
	db_rollback(ctx->db);
	return -1;
}

static int print_dists(struct context *ctx, const char *flight,
		       const char *job, struct error *err)
{
	struct runvars vars = { .v = NULL };

	if (runvar_list(ctx->db, flight, job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count; i++)
		if (str_starts(vars.v[i].name, "path_"))
			printf("%s/%s\n", config_get(ctx->config, "Stash"),
			       vars.v[i].value);
	runvars_release(&vars);
	return 0;
}

/* What needs a build that did not pass is blocked by its own check. */
static int run_jobs(struct context *ctx, const char *flight,
		    const struct strvec *jobs, enum job_status *worst,
		    struct error *err)
{
	const struct job_run_options plain = { .quiet = false };

	for (size_t i = 0; i < jobs->count && *worst != JOB_ABORTED; i++) {
		enum job_status status;

		printf("== %s.%s\n", flight, jobs->v[i]);
		fflush(stdout);
		if (job_run(ctx->config, ctx->db, flight, jobs->v[i], &plain,
			    &status, err) < 0)
			return -1;
		if (status == JOB_PASS &&
		    print_dists(ctx, flight, jobs->v[i], err) < 0)
			return -1;
		*worst = status == JOB_ABORTED ? status :
			outcome_join(*worst, status, false);
	}
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *flight = NULL;
	AUTO_STRVEC jobs = STRVEC_INIT;
	enum job_status worst = JOB_PASS;

	if (check_words(args, err) < 0 || check_environment(err) < 0 ||
	    import_missing(ctx, args, err) < 0 ||
	    make_flight(ctx, args, &flight, &jobs, err) < 0 ||
	    run_jobs(ctx, flight, &jobs, &worst, err) < 0)
		return -1;
	printf("ironbird report %s tells more\n", flight);
	return outcome_exit(worst);
}

const struct command cmd_build = {
	.name = "build",
	.summary = "Build everything from source into dists, on no test host",
	.usage = "[--xen REV] [--linux REV] [--libvirt REV] [VAR=VALUE...]",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
