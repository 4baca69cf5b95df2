/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host that is about to build: its compilers, and a trial of them. */
#include <stdio.h>

#include "ts/ts_build.h"

#define TRIAL_LIMIT_MS 60000

static void tell_output(const char *data, size_t len, void *arg)
{
	(void)arg;
	/* what a log that is full loses is no reason to stop */
	if (fwrite(data, 1, len, stdout) == len)
		fflush(stdout);
}

/* A folder of this run's own; nothing of it is kept. */
static void remove_trial(void *dir)
{
	struct error err;

	if (dir_remove(dir, &err) < 0)
		ts_log("%s", err.text);
}

/* Whether a build can run is seen by running one. */
static void try_sandbox(const char *root)
{
	const char *dir = ts_text("%s/trial.%s.%s",
				  config_get(ts_config(), "BuildDir"),
				  ts_flight(), str_or(ts_job(), "adhoc"));
	char *argv[] = {
		(char *)"sh", (char *)"-euc",
		(char *)"echo 'int main(void) { return 0; }' >t.c; "
			"gcc -o t t.c; ./t; id", NULL
	};
	const struct sandbox sandbox = {
		.root = root, .build = dir, .argv = argv,
		.ccache = config_get(ts_config(), "BuildCache"),
		.memory = config_size(ts_config(), "BuildMemory"),
		.limit_ms = TRIAL_LIMIT_MS, .sink = tell_output,
	};
	struct error err;
	int status;

	ts_at_end(remove_trial, (void *)dir);
	status = sandbox_run(&sandbox, &err);
	if (status < 0)
		ts_end(&err);
	if (status)
		ts_broken("host local: a program of one line does not compile "
			  "in %s: status %d", root, status);
}

static void run(void)
{
	ts_stage("the system that builds run in");
	if (ts_host_is_local(0))
		try_sandbox(ts_text("%s/root", ts_build_system()->dir));
	else
		ts_build_prepare(ts_host(0));
}

const struct ts_case ts_case = {
	.summary = "Prepare the host to build: compilers, and a trial of them",
	.args = "host",
	.hosts = 1,
	.timeout_s = 3000,
	.run = run,
};
