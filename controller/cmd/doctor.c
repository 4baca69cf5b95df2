/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ironbird doctor: every finding of doctor/doctor.h, as it comes. The exit
 * status says whether anything failed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "doctor/doctor.h"

static bool as_json, do_wipe_check, yes;
static const char *lab;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &as_json, "print JSON"),
	OPTION_STRING('l', "lab", "NAME", &lab,
		      "look at that lab's network"),
	OPTION_FLAG('w', "wipe-check", &do_wipe_check,
		    "cut and restore HOST's power to prove whose it is"),
	OPTION_FLAG('y', "yes", &yes, "do not ask before that"),
	OPTION_END
};

static void print_finding(const struct doctor_finding *finding, void *arg)
{
	cJSON *array = arg, *one;

	if (!array) {
		printf("%-4s %s: %s\n",
		       doctor_verdict_name(finding->verdict), finding->check,
		       finding->seen);
		if (finding->mend)
			printf("     -> %s\n", finding->mend);
		fflush(stdout);
		return;
	}
	one = cJSON_CreateObject();
	json_add_text(one, "check", finding->check);
	json_add_text(one, "result", doctor_verdict_name(finding->verdict));
	json_add_text(one, "seen", finding->seen);
	json_add_text(one, "mend", finding->mend);
	cJSON_AddItemToArray(array, one);
}

static int run_doctor(struct context *ctx, const char *host)
{
	cJSON *array = as_json ? cJSON_CreateArray() : NULL;
	const struct doctor_spec spec = {
		.config = ctx->config, .host = host, .lab = lab,
		.found = print_finding, .arg = array,
	};
	enum doctor_verdict worst = doctor_run(&spec);

	if (array)
		json_print(array);
	return worst == DOCTOR_FAIL ? ERROR_BROKEN : 0;
}

static void tell(const char *text)
{
	puts(text);
	fflush(stdout);
}

static int ask_first(const struct host *host, struct error *err)
{
	char answer[16];

	if (yes)
		return 0;
	if (!isatty(STDIN_FILENO))
		return error_set(err, ERROR_USAGE, "--wipe-check cuts the "
				 "power of host %s, and there is no terminal "
				 "to ask on: say --yes", host->name);
	printf("This cuts the power of host %s by '%s', whatever it is doing. "
	       "Go on? [y/N] ", host->name,
	       host_prop_or(host, "power-method", ""));
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) &&
	    (answer[0] == 'y' || answer[0] == 'Y'))
		return 0;
	return error_set(err, ERROR_ABORTED, "nothing was switched");
}

static int run_wipe_check(struct context *ctx, const char *name,
			  struct error *err)
{
	struct wipe_check_spec spec = {
		.config = ctx->config, .tell = tell,
	};
	struct host *host;
	int rc;

	if (db_open(&ctx->db, config_get(ctx->config, "JobDB"), err) < 0 ||
	    host_load(&host, ctx->db, ctx->config, name, err) < 0)
		return -1;
	spec.db = ctx->db;
	spec.host = host;
	rc = ask_first(host, err);
	if (rc == 0)
		rc = wipe_check(&spec, err);
	if (rc == 0)
		printf("host %s: the outlet is its\n", name);
	host_free(host);
	return rc;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	if (args_check(args, "doctor", do_wipe_check ? 1 : 0, 1, err) < 0 ||
	    (lab && name_check("lab", lab, err) < 0))
		return -1;
	if (do_wipe_check)
		return run_wipe_check(ctx, args->v[0], err);
	return run_doctor(ctx, args->count ? args->v[0] : NULL);
}

/* It opens the database by itself: that it does not open is a finding. */
const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "Check every prerequisite the way it is used",
	.usage = "[--json] [--lab NAME] [HOST]\n"
		 "--wipe-check [--yes] HOST",
	.options = options,
	.needs = NEEDS_CONFIG,
	.run = run,
};
