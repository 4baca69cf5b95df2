/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One job from its first step to its verdict, as OSSTest's sg-run-job. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/table.h"
#include "cmd/jobspec.h"
#include "db/steps.h"
#include "flight/deps.h"
#include "flight/in_turn.h"
#include "flight/publisher.h"
#include "flight/told.h"
#include "run/outcome.h"
#include "run/plan.h"

static struct job_run_options run_options;
static bool dry_run, yes, deps;
static int64_t repeat = 1;

static const struct option_row options[] = {
	OPTION_FLAG('d', "deps", &deps,
		    "run what it needs and has not passed, or has changed"),
	OPTION_FLAG('r', "resume", &run_options.resume,
		    "carry on the run whose run-job was killed"),
	OPTION_STRING(0, "from", "STEP", &run_options.steps.from,
		      "begin with this step, on the hosts of the last run"),
	OPTION_STRING(0, "until", "STEP", &run_options.steps.until,
		      "end after this step (and the always-steps)"),
	OPTION_STRING(0, "only", "STEP", &run_options.steps.only,
		      "nothing but this step, on the hosts of the last run"),
	OPTION_FLAG('n', "dry-run", &dry_run,
		    "show what would be run, where, and for how long"),
	OPTION_NUMBER(0, "repeat", "COUNT", &repeat,
		      "run it so often; the worst verdict is the one told"),
	OPTION_DURATION(0, "hold-on-fail", "TIME", &run_options.hold_ms,
			"keep the hosts of a failed job so long (\"2h\")"),
	OPTION_FLAG(0, "fresh", &run_options.steps.fresh,
		    "prepare the hosts, also those that could be reused"),
	OPTION_FLAG('y', "yes", &yes, "do not ask before a disk is wiped"),
	OPTION_FLAG(0, "no-wait", &run_options.no_wait,
		    "do not wait for hosts that others have"),
	OPTION_FLAG('q', "quiet", &run_options.quiet,
		    "no line for each step"),
	OPTION_END
};

static int check_options(struct error *err)
{
	const struct step_selection *steps = &run_options.steps;

	if (repeat < 1 || repeat > 1000000)
		return error_set(err, ERROR_USAGE, "option --repeat takes a "
				 "number from 1 to 1000000");
	if (run_options.resume && (repeat > 1 || steps->from ||
				   steps->until || steps->only))
		return error_set(err, ERROR_USAGE, "--resume goes on with the "
				 "run as it is: without --from, --until, "
				 "--only and --repeat");
	return 0;
}

static const char *host_of(const struct job_plan *plan, size_t step)
{
	int ident = job_plan_ident(plan, step);

	if (ident < 0)
		return NULL;
	return *plan->hosts.v[ident] ? plan->hosts.v[ident] : "(a free one)";
}

/* What is planned for the hosts: a verdict for each ident, if decided. */
struct hosts_plan {
	struct reuse_verdict *verdicts;
	bool *decided;
	size_t count;
};

static void hosts_plan_release(struct hosts_plan *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (hosts->decided[i])
			reuse_verdict_release(&hosts->verdicts[i]);
	free(hosts->verdicts);
	free(hosts->decided);
}

static int judge_hosts(struct context *ctx, const struct job_plan *plan,
		       struct hosts_plan *hosts, struct error *err)
{
	size_t count = plan->hosts.count;

	hosts->verdicts = xcalloc(count + 1, sizeof(*hosts->verdicts));
	hosts->decided = xcalloc(count + 1, sizeof(*hosts->decided));
	for (hosts->count = 0; hosts->count < count; hosts->count++) {
		size_t i = hosts->count;
		int rc = job_plan_reuse(plan, ctx->config, ctx->db, i,
					&hosts->verdicts[i], err);

		if (rc < 0)
			return -1;
		hosts->decided[i] = rc;
	}
	return 0;
}

static bool is_reused(const struct hosts_plan *hosts,
		      const struct job_plan *plan, size_t i)
{
	const struct recipe_step *step = &plan->recipe->steps[i];
	int ident = job_plan_ident(plan, i);

	if (!step->prepares || ident < 0 || !hosts->decided[ident])
		return false;
	switch (hosts->verdicts[ident].way) {
	case REUSE_AS_IT_IS: case REUSE_SNAPSHOT: return true;
	case REUSE_PRISTINE: return !step->wipes;
	default: return false;
	}
}

struct listing {
	struct table table;
	size_t count;
	int64_t total;
};

static int add_step(struct context *ctx, const struct job_plan *plan,
		    const struct hosts_plan *hosts, size_t i,
		    struct listing *listing, struct error *err)
{
	const struct recipe_step *step = &plan->recipe->steps[i];
	AUTO_FREE char *command = strvec_join(&step->argv, " ");
	bool reused = is_reused(hosts, plan, i);
	char time[DURATION_TEXT_SIZE];
	int64_t ms = 0;

	if (!reused && step_expected_ms(ctx->db, plan->job, step->testid, &ms,
					err) < 0)
		return -1;
	if (ms > 0)
		listing->total += ms;
	listing->count += !reused;
	table_row(&listing->table, step->testid, command, host_of(plan, i),
		  ms < 0 || reused ? NULL : duration_text(ms, time),
		  reused ? "not run: the host is reused" :
		  step->wipes ? "wipes a disk" : NULL);
	return 0;
}

static void print_hosts(const struct job_plan *plan,
			const struct hosts_plan *hosts)
{
	for (size_t i = 0; i < hosts->count; i++) {
		AUTO_FREE char *sentence = hosts->decided[i] ?
			reuse_sentence(&hosts->verdicts[i],
				       plan->hosts.v[i]) : NULL;

		if (sentence)
			puts(sentence);
	}
}

static int print_plan(struct context *ctx, const struct job_plan *plan,
		      const struct hosts_plan *hosts, struct error *err)
{
	char time[DURATION_TEXT_SIZE];
	struct listing listing = { .count = 0 };
	int rc = 0;

	table_init(&listing.table, "TESTID", "COMMAND", "HOST", "TAKES ABOUT",
		   "NOTE", NULL);
	for (size_t i = 0; i < plan->recipe->count && rc == 0; i++)
		if (plan->wanted[i])
			rc = add_step(ctx, plan, hosts, i, &listing, err);
	if (rc == 0) {
		table_print(&listing.table, stdout);
		print_hosts(plan, hosts);
		printf("%zu steps, %s%s; nothing was run\n", listing.count,
		       listing.total ? "by the passes so far about " :
		       "none of which ever passed",
		       listing.total ? duration_text(listing.total, time) :
		       "");
	}
	table_release(&listing.table);
	return rc;
}

static int show_plan(struct context *ctx, const char *flight,
		     const char *job, struct error *err)
{
	struct hosts_plan hosts = { .count = 0 };
	struct job_plan plan;
	int rc;

	if (job_plan_load(&plan, ctx->config, ctx->db, flight, job,
			  &run_options.steps, err) < 0)
		return -1;
	rc = judge_hosts(ctx, &plan, &hosts, err);
	if (rc == 0)
		rc = print_plan(ctx, &plan, &hosts, err);
	hosts_plan_release(&hosts);
	job_plan_release(&plan);
	return rc;
}

static int run_once(struct context *ctx, const char *flight, const char *job,
		    enum job_status *status, struct error *err)
{
	struct job_row row;

	if (job_run_in_turn(ctx->config, ctx->db, flight, job, &run_options,
			    status, err) < 0 ||
	    job_get(ctx->db, flight, job, &row, err) < 0)
		return -1;
	printf("%s.%s: %s%s%s\n", flight, job, job_status_name(*status),
	       row.reason ? ", " : "", str_or(row.reason, ""));
	fflush(stdout);
	job_row_release(&row);
	return 0;
}

static int run_often(struct context *ctx, const char *flight, const char *job,
		     struct error *err)
{
	enum job_status status, worst = JOB_PASS;
	int64_t done = 0, passed = 0;

	while (done < repeat && worst != JOB_ABORTED) {
		if (run_once(ctx, flight, job, &status, err) < 0)
			return -1;
		done++;
		passed += status == JOB_PASS;
		worst = status == JOB_ABORTED ? status :
			outcome_join(worst, status, false);
	}
	if (repeat > 1)
		printf("%s.%s: passed %lld of %lld times\n", flight, job,
		       (long long)passed, (long long)done);
	printf("ironbird report %s tells more\n", flight);
	return outcome_exit(worst);
}

/* 1: what it needs has passed; 0: the job is blocked, as *exit says. */
static int run_deps(struct context *ctx, const char *flight, const char *job,
		    int *exit, struct error *err)
{
	AUTO_FREE char *blocker = NULL, *reason = NULL;
	enum job_status status;
	int number;

	if (deps_run(ctx->config, ctx->db, flight, job, &run_options, &status,
		     &blocker, err) < 0)
		return -1;
	if (!blocker)
		return 1;
	*exit = outcome_exit(status == JOB_ABORTED ? status : JOB_BLOCKED);
	if (status == JOB_ABORTED)
		return 0;
	reason = xasprintf("job %s did not pass", blocker);
	printf("%s.%s: blocked, %s\n", flight, job, reason);
	if (job_begin_run(ctx->db, flight, job, false, &number, err) < 0 ||
	    job_end_run(ctx->db, flight, job, JOB_BLOCKED, reason, err) < 0)
		return -1;
	return 0;
}

/* The steps hear of what was asked for, and what was not. */
static int ask(struct context *ctx, const char *flight, const char *job,
	       struct error *err)
{
	struct step_selection steps = run_options.steps;

	steps.fresh |= repeat > 1;	/* what it leaves, nobody knows now */
	if (!yes && !run_options.resume &&
	    job_plan_ask(ctx->config, ctx->db, flight, job, &steps, err) < 0)
		return -1;
	if (run_options.steps.fresh)
		setenv(REUSE_FRESH_VARIABLE, "1", 1);
	return 0;
}

static int run_it(struct context *ctx, const char *flight, const char *job,
		  struct error *err)
{
	int exit, ready = 1;

	if (deps)
		ready = run_deps(ctx, flight, job, &exit, err);
	if (ready <= 0)
		return ready < 0 ? -1 : exit;
	return run_often(ctx, flight, job, err);
}

static int run_named(struct context *ctx, const struct strvec *args,
		     struct error *err)
{
	AUTO_FREE char *flight = NULL, *job = NULL;
	struct publisher *publisher;
	int rc;

	if (args_check(args, "run-job", 1, 2, err) < 0 ||
	    jobspec_parse(ctx, args->v, args->count, &flight, &job, err) < 0)
		return -1;
	if (dry_run)
		return show_plan(ctx, flight, job, err);
	if (ask(ctx, flight, job, err) < 0)
		return -1;
	publisher = publisher_start(ctx->config, ctx->db, flight);
	rc = run_it(ctx, flight, job, err);
	publisher_stop(publisher);
	return rc;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	int told, rc;

	told_take(&told, &run_options.begins_run);
	rc = check_options(err);
	if (rc == 0)
		rc = run_named(ctx, args, err);
	if (rc < 0)
		told_say(told, err->text);
	return rc;
}

const struct command cmd_run_job = {
	.name = "run-job",
	.aliases = "sg-run-job",
	.summary = "Run all steps of one job, or some of them",
	.usage = "[--yes] [--fresh] [--quiet] [FLIGHT.]JOB\n"
		 "--deps [--yes] [--quiet] [FLIGHT.]JOB\n"
		 "[--from STEP] [--until STEP] [--only STEP] [FLIGHT.]JOB\n"
		 "--resume [FLIGHT.]JOB\n"
		 "[--no-wait] [FLIGHT.]JOB\n"
		 "--dry-run [--from STEP] [--until STEP] [FLIGHT.]JOB\n"
		 "[--repeat COUNT] [--hold-on-fail TIME] [FLIGHT.]JOB",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
