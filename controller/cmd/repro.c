/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What it takes to see a job's failure again: shown, or done. */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "cmd/jobspec.h"
#include "db/flights.h"
#include "db/runvars.h"
#include "db/steps.h"
#include "flight/in_turn.h"
#include "run/outcome.h"
#include "run/plan.h"

static bool run_it, yes;

static const struct option_row options[] = {
	OPTION_FLAG('r', "run", &run_it, "do it: a new job, up to that step"),
	OPTION_FLAG('y', "yes", &yes, "do not ask before a disk is wiped"),
	OPTION_END
};

struct repro {
	struct job_row job;
	struct recipe *recipe;
	struct step_rows steps;
	const struct step_row *bad;	/* that it failed at, or NULL */
	struct strvec runvars;	/* of the new job: "name=value" */
};

static void release(struct repro *repro)
{
	strvec_release(&repro->runvars);
	step_rows_release(&repro->steps);
	recipe_free(repro->recipe);
	job_row_release(&repro->job);
}

/* The first one that ended the job's passing. */
static const struct step_row *find_bad(const struct repro *repro)
{
	for (size_t i = 0; i < repro->steps.count; i++) {
		const struct step_row *row = &repro->steps.v[i];
		const struct recipe_step *step = recipe_find(repro->recipe,
							     row->testid);

		if (step && row->status != STEP_RUNNING &&
		    outcome_is_bad(step, row->status))
			return row;
	}
	return NULL;
}

/* What it was told, and, of what it found out, its hosts. */
static int take_runvars(struct context *ctx, struct repro *repro,
			struct error *err)
{
	struct runvars vars = { .v = NULL };

	if (runvar_list(ctx->db, repro->job.flight, repro->job.job, &vars,
			err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count; i++)
		if (!vars.v[i].synth ||
		    strvec_has(&repro->recipe->hosts, vars.v[i].name))
			strvec_pushf(&repro->runvars, "%s=%s", vars.v[i].name,
				     vars.v[i].value);
	runvars_release(&vars);
	return 0;
}

/* A step by hand has no recipe to run again. */
static int check_recipe(const struct repro *repro, struct error *err)
{
	if (strcmp(repro->job.recipe, "adhoc") != 0)
		return 0;
	return error_set(err, ERROR_USAGE, "job %s.%s was a step by hand: "
			 "'ironbird step show %s.%s.1' has its command",
			 repro->job.flight, repro->job.job, repro->job.flight,
			 repro->job.job);
}

static int load(struct context *ctx, const struct strvec *args,
		struct repro *repro, struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;

	if (jobspec_parse(ctx, args->v, args->count, &flight, &job, err) < 0 ||
	    job_get(ctx->db, flight, job, &repro->job, err) < 0 ||
	    check_recipe(repro, err) < 0 ||
	    recipe_load(&repro->recipe, repro->job.recipe, err) < 0 ||
	    step_list(ctx->db, flight, job, 0, &repro->steps, err) < 0 ||
	    take_runvars(ctx, repro, err) < 0)
		return -1;
	repro->bad = find_bad(repro);
	return 0;
}

/* The step's command with the hosts that the job had. */
static void add_command(const struct repro *repro, struct strbuf *line)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, repro->bad->command, " ");
	strbuf_addf(line, "ironbird adhoc --flight %s --job %s",
		    repro->job.flight, repro->job.job);
	for (size_t i = 0; i < words.count; i++) {
		strbuf_addch(line, ' ');
		strbuf_add_quoted(line, words.v[i]);
	}
}

static void print_again(const struct repro *repro)
{
	AUTO_STRBUF line = STRBUF_INIT;

	strbuf_addf(&line, "F=$(ironbird flight-create adhoc repro)\n"
		    "ironbird job-create $F %s %s", repro->job.job,
		    repro->job.recipe);
	for (size_t i = 0; i < repro->runvars.count; i++) {
		strbuf_addstr(&line, " \\\n\t");
		strbuf_add_quoted(&line, repro->runvars.v[i]);
	}
	strbuf_addstr(&line, "\nironbird run-job ");
	if (repro->bad) {
		strbuf_addstr(&line, "--until ");
		strbuf_add_quoted(&line, repro->bad->testid);
		strbuf_addch(&line, ' ');
	}
	strbuf_addf(&line, "$F %s", repro->job.job);
	printf("%s\n", line.buf);
}

static void print(const struct repro *repro)
{
	const struct step_row *bad = repro->bad;
	AUTO_STRBUF line = STRBUF_INIT;

	printf("# %s.%s, run %d: %s\n", repro->job.flight, repro->job.job,
	       repro->job.run, job_status_name(repro->job.status));
	if (!bad) {
		puts("# no step of it was bad; from the beginning:");
		print_again(repro);
		return;
	}
	strbuf_add_printable(&line, str_or(bad->reason, "no reason known"));
	printf("# step %d, %s, was %s: %s\n", bad->stepno, bad->testid,
	       step_status_name(bad->status), line.buf);
	strbuf_clear(&line);
	add_command(repro, &line);
	printf("# on the host as it is now:\n%s\n"
	       "# the steps from there on, on that host:\n"
	       "ironbird run-job --from %s %s %s\n"
	       "# from the beginning (ironbird repro --run %s.%s):\n",
	       line.buf, bad->testid, repro->job.flight, repro->job.job,
	       repro->job.flight, repro->job.job);
	print_again(repro);
}

static int create(struct context *ctx, const struct repro *repro,
		  char **flight, struct error *err)
{
	if (flight_create(ctx->db, NULL, "adhoc", "repro", flight, err) < 0 ||
	    job_create(ctx->db, *flight, repro->job.job, repro->job.recipe,
		       err) < 0)
		return -1;
	for (size_t i = 0; i < repro->runvars.count; i++) {
		const char *word = repro->runvars.v[i];
		const char *equals = strchr(word, '=');
		AUTO_FREE char *name = xstrndup(word, equals - word);

		if (runvar_define(ctx->db, *flight, repro->job.job, name,
				  equals + 1, err) < 0)
			return -1;
	}
	return 0;
}

static int run_again(struct context *ctx, const struct repro *repro,
		     struct error *err)
{
	const struct job_run_options how = {
		.steps.until = repro->bad ? repro->bad->testid : NULL,
	};
	AUTO_FREE char *flight = NULL;
	enum job_status status;


	if (!yes && job_plan_ask(ctx->config, ctx->db, repro->job.flight,
				 repro->job.job, &how.steps, err) < 0)
		return -1;
	if (db_begin(ctx->db, err) < 0)
		return -1;
	if (create(ctx, repro, &flight, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	if (db_commit(ctx->db, err) < 0 ||
	    job_run_in_turn(ctx->config, ctx->db, flight, repro->job.job,
			    &how, &status, err) < 0)
		return -1;
	printf("%s.%s: %s, was %s in %s.%s\nironbird report %s tells more\n",
	       flight, repro->job.job, job_status_name(status),
	       job_status_name(repro->job.status), repro->job.flight,
	       repro->job.job, flight);
	return outcome_exit(status);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct repro repro = { .runvars = STRVEC_INIT };
	int rc = args_check(args, "repro", 1, 2, err);

	if (rc == 0)
		rc = load(ctx, args, &repro, err);
	if (rc == 0 && run_it)
		rc = run_again(ctx, &repro, err);
	else if (rc == 0)
		print(&repro);
	release(&repro);
	return rc;
}

const struct command cmd_repro = {
	.name = "repro",
	.summary = "Show, or run, what makes a job's failure come again",
	.usage = "[--run] [--yes] [FLIGHT.]JOB",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
