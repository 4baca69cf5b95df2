/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps before found out about the host becomes its properties
 * (runvar hw_cpus: property hw-cpus) and flags. Flags that examination decides
 * and that do not hold any more are taken off.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "db/hosts.h"
#include "db/runvars.h"
#include "ts/ts_host.h"

#define PREFIX "hw_"

/* Those that ts-examine-cpu gives; it alone takes them away. */
static const char *const decided[] = {
	"hvm", "hvm-amd", "hvm-intel", "hap", "hw-smt", "hw-iommu",
	"firmware-bios", "firmware-uefi",
};

static void save_prop(const char *host, const char *runvar,
		      const char *value)
{
	AUTO_FREE char *prop = xstrdup(runvar);
	struct error err;

	for (char *p = prop; *p; p++)
		if (*p == '_')
			*p = '-';
	ts_log("host %s: property %s is %s", host, prop, value);
	if (host_prop_set(ts_db(), host, prop, value, &err) < 0)
		ts_end(&err);
}

static void set_flag(const char *host, const char *flag, bool on)
{
	struct error err;

	if (host_flag_set(ts_db(), host, flag, on, &err) < 0)
		ts_end(&err);
}

static void save_flags(const char *host, const char *words)
{
	AUTO_STRVEC flags = STRVEC_INIT;

	strvec_split(&flags, words, ",");
	for (size_t i = 0; i < ARRAY_SIZE(decided); i++)
		if (!strvec_has(&flags, decided[i]))
			set_flag(host, decided[i], false);
	for (size_t i = 0; i < flags.count; i++)
		set_flag(host, flags.v[i], true);
	ts_log("host %s: flags %s", host, words);
}

static void save(const char *host)
{
	struct runvars vars;
	struct error err;

	if (host_row_add(ts_db(), host, &err) < 0 ||
	    runvar_list(ts_db(), ts_flight(), ts_job(), &vars, &err) < 0)
		ts_end(&err);
	for (size_t i = 0; i < vars.count; i++) {
		if (strcmp(vars.v[i].name, "hw_flags") == 0)
			save_flags(host, vars.v[i].value);
		else if (str_starts(vars.v[i].name, PREFIX))
			save_prop(host, vars.v[i].name, vars.v[i].value);
	}
	runvars_release(&vars);
}

static void run(void)
{
	/* only its name: nothing is asked of the host itself */
	const char *host = ts_host_given(0) ? ts_host_given(0) :
		ts_runvar_or(ts_host_ident(0), NULL);
	char stamp[CLOCK_STAMP_SIZE];
	struct error err;

	if (!ts_job())
		ts_skip("without a job there is nothing that was found out");
	if (!host)
		ts_broken("the job has no host yet");
	if (db_begin(ts_db(), &err) < 0)
		ts_end(&err);
	save(host);
	save_prop(host, "hw_examined", clock_stamp(clock_now_ms(), stamp));
	if (db_commit(ts_db(), &err) < 0)
		ts_end(&err);
}

const struct ts_case ts_case = {
	.summary = "Make what was found out properties and flags of the host",
	.args = "host",
	.hosts = 1,
	.timeout_s = 60,
	.run = run,
};
