/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A test case by hand that is no C; ours do the same by themselves. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/jobspec.h"
#include "db/jobname.h"
#include "run/adhoc.h"
#include "run/outcome.h"
#include "run/step.h"

static const char *job_option, *flight_option;
static bool yes;

static const struct option_row options[] = {
	OPTION_STRING('j', "job", "[FLIGHT.]JOB", &job_option,
		      "the job whose runvars it uses (OSSTEST_JOB)"),
	OPTION_STRING('f', "flight", "FLIGHT", &flight_option,
		      "the job's flight (OSSTEST_FLIGHT, DefaultFlight)"),
	OPTION_FLAG('y', "yes", &yes, "do not ask before a disk is wiped"),
	OPTION_END
};

/* A test case of ours knows best what its words are. */
static int become(const char *program, const struct strvec *args,
		  struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;

	strvec_push(&argv, program);
	if (job_option)
		strvec_pushl(&argv, "--job", job_option, NULL);
	if (flight_option)
		strvec_pushl(&argv, "--flight", flight_option, NULL);
	if (yes)
		strvec_push(&argv, "--yes");
	strvec_push(&argv, "--");
	strvec_pushv(&argv, args->v + 1);
	execv(program, argv.v);
	return error_errno(err, "cannot run %s", program);
}

static int exit_status(enum step_status status)
{
	switch (status) {
	case STEP_PASS: return STEP_EXIT_PASS;
	case STEP_FAIL: return STEP_EXIT_FAIL;
	case STEP_SKIP: return STEP_EXIT_SKIP;
	case STEP_BLOCKED: return STEP_EXIT_BLOCKED;
	default: return STEP_EXIT_BROKEN;
	}
}

static int run_foreign(struct context *ctx, const char *program,
		       const struct strvec *args, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT, idents = STRVEC_INIT;
	AUTO_STRVEC runvars = STRVEC_INIT;
	AUTO_FREE char *flight = NULL, *of_flight = NULL, *job = NULL;
	struct adhoc_spec spec = {
		.argv = &argv, .program = program, .idents = &idents,
		.runvars = &runvars, .job = job_option,
		.flight = flight_option ? flight_option : default_flight(ctx),
	};
	enum step_status status;

	if (job_option && !flight_option) {
		if (job_named(ctx->db, spec.flight, job_option, &of_flight,
			      &job, err) < 0)
			return -1;
		spec.flight = of_flight;
		spec.job = job;
	}
	for (size_t i = 0; i < args->count; i++) {
		const char *word = args->v[i];

		strvec_push(i && adhoc_is_runvar(word) ? &runvars : &argv,
			    word);
		if (i && adhoc_is_ident(word))
			strvec_push(&idents, word);
	}
	if (adhoc_run(ctx->config, ctx->db, &spec, &status, &flight, err) < 0)
		return -1;
	log_info("%s: %s; 'ironbird report %s' tells more", args->v[0],
		 step_status_name(status), flight);
	return exit_status(status);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *program = NULL, *own = NULL;

	if (args_check(args, "adhoc", 1, -1, err) < 0)
		return -1;
	if (strncmp(args->v[0], "ts-", 3) != 0 || strchr(args->v[0], '/'))
		return error_set(err, ERROR_USAGE, "'%.60s' is not the name "
				 "of a test case: those begin with ts-",
				 args->v[0]);
	if (!job_option)
		job_option = getenv("OSSTEST_JOB");
	program = step_find_program(args->v[0], err);
	if (!program)
		return -1;
	own = xasprintf("%s/%s", config_program_dir(), args->v[0]);
	return strcmp(program, own) == 0 ? become(program, args, err) :
		run_foreign(ctx, program, args, err);
}

const struct command cmd_adhoc = {
	.name = "adhoc",
	.summary = "Run one test case by hand and record it as a flight",
	.usage = "[--job [FLIGHT.]JOB] [--flight FLIGHT] TESTCASE [WORD|VAR=VALUE]...",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
