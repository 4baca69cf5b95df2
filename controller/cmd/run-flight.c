/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All jobs of a flight, as OSSTest's sg-execute-flight. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/jobspec.h"
#include "db/flights.h"
#include "flight/mailing.h"
#include "flight/publish.h"
#include "flight/publisher.h"
#include "flight/run.h"
#include "run/outcome.h"
#include "run/plan.h"

#define HAND_MADE "mg-execute-flight"	/* tells by mail, unless asked not */

static bool yes, publishing;
static const char *mail_to, *that_flight, *blessing;
static struct flight_run_options run_options;

static const struct option_row options[] = {
	OPTION_FLAG('r', "resume", &run_options.resume,
		    "run only what has no verdict yet"),
	OPTION_FLAG('q', "quiet", &run_options.quiet,
		    "no line for what happens"),
	OPTION_STRING('p', "priority", "NUMBER", &run_options.priority,
		      "of flights that share hosts, lower numbers go first"),
	OPTION_FLAG('y', "yes", &yes, "do not ask before a disk is wiped"),
	OPTION_STRING('E', "mail", "ADDRESS", &mail_to,
		      "judge it at the end, and mail the report"),
	OPTION_STRING('f', "that-flight", "FLIGHT", &that_flight,
		      "compare with the revisions of FLIGHT"),
	OPTION_STRING('B', "blessing", "BLESSING", &blessing,
		      "what it will be blessed, as the second argument"),
	OPTION_FLAG('P', "publish", &publishing,
		    "copy its logs to LogsPublish, again if need be"),
	OPTION_END
};

/*
 * What any of its jobs would wipe; a job without a plan says so when run.
 * Whether a host can be reused depends on the jobs before: asked all the same.
 */
static int find_wipes(struct context *ctx, const char *flight,
		      struct strvec *sentences, struct error *err)
{
	static const struct step_selection all = { .fresh = true };
	struct job_rows rows = { .v = NULL };
	AUTO_STRVEC reused = STRVEC_INIT;
	int rc = 0;

	if (job_list(ctx->db, flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && rc == 0; i++) {
		struct job_plan plan;

		if (rows.v[i].status == JOB_PASS ||
		    job_plan_load(&plan, ctx->config, ctx->db, flight,
				  rows.v[i].job, &all, NULL) < 0)
			continue;
		rc = job_plan_wipes(&plan, ctx->config, ctx->db, sentences,
				    &reused, err);
		job_plan_release(&plan);
	}
	job_rows_release(&rows);
	return rc;
}

static int ask(struct context *ctx, const char *flight, struct error *err)
{
	AUTO_STRVEC sentences = STRVEC_INIT;

	if (yes || !isatty(STDIN_FILENO))
		return 0;
	if (find_wipes(ctx, flight, &sentences, err) < 0)
		return -1;
	return wipe_ask(&sentences, err);
}

/* What would be wrong hours later is said now. */
static int check_mail(struct context *ctx, struct error *err)
{
	struct flight_row row;

	if (!mail_to && that_flight)
		return error_set(err, ERROR_USAGE, "run-flight: --that-flight "
				 "is for the report of --mail");
	if (mail_to && (!*mail_to || strpbrk(mail_to, "\r\n")))
		return error_set(err, ERROR_USAGE, "run-flight: '%.60s' is no "
				 "address", mail_to);
	if (!that_flight)
		return 0;
	if (flight_get(ctx->db, that_flight, &row, err) < 0)
		return -1;
	flight_row_release(&row);
	return 0;
}

static int check_known(struct context *ctx, const char *flight,
		       struct error *err)
{
	struct flight_row row;

	if (flight_get(ctx->db, flight, &row, err) < 0)
		return -1;
	flight_row_release(&row);
	return 0;
}

/* While its pages are made: they have the verdict, too. */
static char *judge_flight(struct context *ctx, const char *flight)
{
	struct error err = ERROR_INIT;
	char *text = NULL;

	if (mail_to && mailing_judge(ctx->config, ctx->db, flight, that_flight,
				     &text, &err) < 0)
		log_warn("%s", err.text);
	return text;
}

/* Whether others can read of it is no part of the verdict. */
static void tell_others(struct context *ctx, const char *flight,
			const char *mail)
{
	AUTO_STRVEC these = STRVEC_INIT;
	struct error err = ERROR_INIT;

	strvec_push(&these, flight);
	/* before the mail, which says where they are */
	if (publish(ctx->config, ctx->db, publishing ? &these : NULL, NULL,
		    &err) < 0)
		log_warn("%s", err.text);
	if (mail && mailing_send(ctx->config, mail_to, mail, &err) < 0)
		log_warn("%s", err.text);
}

/* OSSTest's command for a flight made by hand: play, and mail for its user. */
static void take_defaults(const struct context *ctx)
{
	const struct passwd *user = getpwuid(getuid());

	if (strcmp(ctx->called, HAND_MADE) != 0)
		return;
	if (!blessing)
		blessing = "play";
	if (!mail_to)
		mail_to = user ? user->pw_name : "root";
}

/* The worst of its jobs, once all that can be told of it is told. */
static int run_and_tell(struct context *ctx, const char *flight,
			enum job_status *worst, struct error *err)
{
	struct publisher *publisher =
		publisher_start(ctx->config, ctx->db, flight);
	int rc = flight_run(ctx->config, ctx->db, flight, &run_options, worst,
			    err);
	AUTO_FREE char *mail = rc < 0 ? NULL : judge_flight(ctx, flight);

	publisher_stop(publisher);
	if (rc < 0)
		return -1;
	tell_others(ctx, flight, mail);
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	enum job_status worst;
	const char *flight;

	if (args_check(args, "run-flight", 0, 2, err) < 0)
		return -1;
	take_defaults(ctx);
	flight = args->count ? args->v[0] : default_flight(ctx);
	if (args->count > 1)
		blessing = args->v[1];
	if (check_mail(ctx, err) < 0 || check_known(ctx, flight, err) < 0 ||
	    (blessing && flight_set_intended(ctx->db, flight, blessing,
					     err) < 0) ||
	    ask(ctx, flight, err) < 0 ||
	    run_and_tell(ctx, flight, &worst, err) < 0)
		return -1;
	printf("%s: %s; ironbird report %s tells more\n", flight,
	       job_status_name(worst), flight);
	return outcome_exit(worst);
}

const struct command cmd_run_flight = {
	.name = "run-flight",
	.aliases = "sg-execute-flight " HAND_MADE,
	.summary = "Run all jobs of a flight on all the hosts that there are",
	.usage = "[--yes] [--resume] [--quiet] [FLIGHT [BLESSING]]\n"
		 "--priority NUMBER [FLIGHT [BLESSING]]\n"
		 "--mail ADDRESS [--that-flight FLIGHT] [--publish] FLIGHT",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
