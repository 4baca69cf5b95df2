/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every runvar that names a build job must name one that passed and whose dist
 * the stash still has, whole. From here on this job refers to it as well.
 */
#include <string.h>

#include "base/strbuf.h"
#include "db/jobs.h"
#include "db/stash.h"
#include "ts/ts_build.h"

/*
 * "src_host_xenbuildjob": the ident, and the part, which path_xendist is named
 * after.
 */
static void check_dist(const char *name)
{
	const char *end = name + strlen(name) - strlen("buildjob");
	const char *low = memrchr(name, '_', end - name);
	const char *part = low ? low + 1 : name;
	const struct dist *dist;
	struct error err;

	part = ts_text("%.*s", (int)(end - part), part);
	dist = ts_dist(low ? ts_text("%.*s", (int)(low - name), name) : "host",
		       part, true);
	if (dist && stash_use(ts_db(), dist->name, ts_flight(), ts_job(),
			      &err) < 0)
		ts_end(&err);
	ts_log("%s: %s is whole", name, dist ? dist->name : "-");
}

/* Before a host is touched. */
static void check_libvirt(const char *name)
{
	const char *end = strstr(name, "libvirtbuildjob");
	const char *ident = end > name ?
		ts_text("%.*s", (int)(end - name - 1), name) : "host";

	ts_dists_fit(ts_dist(ident, "libvirt", false),
		     ts_dist(ident, "", false));
}

static void check_build(const char *name, const char *spec)
{
	const char *dot = strchr(spec, '.');
	const char *flight = dot && dot > spec ?
		ts_text("%.*s", (int)(dot - spec), spec) : ts_flight();
	const char *job = dot ? dot + 1 : spec;
	struct job_row row;
	struct error err;

	if (job_get(ts_db(), flight, job, &row, &err) < 0)
		ts_blocked("runvar %s: %s", name, err.text);
	if (row.status != JOB_PASS)
		ts_blocked("build job %s.%s is %s", flight, job,
			   job_status_name(row.status));
	ts_log("%s: %s.%s passed", name, flight, job);
	job_row_release(&row);
	check_dist(name);
}

static void run(void)
{
	struct runvars vars;
	struct error err;
	int checked = 0;

	if (!ts_job())
		ts_skip("without a job there are no builds to check");
	if (runvar_list(ts_db(), ts_flight(), ts_job(), &vars, &err) < 0 ||
	    stash_unuse(ts_db(), ts_flight(), ts_job(), &err) < 0)
		ts_end(&err);
	for (size_t i = 0; i < vars.count; i++) {
		if (!str_ends(vars.v[i].name, "buildjob"))
			continue;
		check_build(vars.v[i].name, vars.v[i].value);
		if (str_ends(vars.v[i].name, "libvirtbuildjob"))
			check_libvirt(vars.v[i].name);
		checked++;
	}
	runvars_release(&vars);
	ts_log("%d build jobs checked", checked);
}

const struct ts_case ts_case = {
	.summary = "Check that the builds which this job needs have passed",
	.args = "",
	.timeout_s = 60,
	.run = run,
};
