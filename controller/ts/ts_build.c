/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "config/reads.h"
#include "db/stash.h"
#include "ts/state.h"
#include "ts/ts_build.h"

#define SUFFIX ".tar.zst"

static void tell_stage(void *arg, const char *text)
{
	(void)arg;
	ts_stage("%s", text);
}

static void tell_output(const char *data, size_t len, void *arg)
{
	(void)arg;
	/* a log that cannot be written does not end a build */
	if (fwrite(data, 1, len, stdout) == len)
		fflush(stdout);
}

static void store_dist(const struct dist *dist, const char *line)
{
	AUTO_STRVEC words = STRVEC_INIT;
	const char *name;

	strvec_split(&words, line, " ");
	if (words.count < 2 || !str_ends(words.v[1], SUFFIX))
		return;
	name = words.v[1];
	ts_runvar_store(ts_text("path_%.*s", (int)(strlen(name) -
						   strlen(SUFFIX)), name),
			ts_text("%s/%s", dist->name, name));
}

static void store_runvars(const struct build *build, const struct dist *dist)
{
	const char *tree = build->part->tree;

	ts_runvar_store(ts_text("revision_%s", tree), build->revision);
	ts_runvar_store(ts_text("built_revision_%s", tree), build->commit);
	ts_runvar_store(ts_text("%s_built_by", build->part->name),
			str_or(dist_value(dist, "built_by"), "unknown"));
	for (size_t i = 0; i < dist->manifest.count; i++) {
		const char *line = dist->manifest.v[i];
		size_t n = strcspn(line, "=");

		if (str_starts(line, "file "))
			store_dist(dist, line);
		else if (str_starts(line, "built_revision_") && line[n])
			ts_runvar_store(ts_text("%.*s", (int)n, line),
					line + n + 1);
	}
}

static void release_build(void *arg)
{
	build_release(arg);
}

/* The job's row says what to build: by hand it must be there too. */
static struct build *describe(const struct build_part *part)
{
	struct build *build = ts_keep(xcalloc(1, sizeof(*build)));
	struct error err;

	if (!ts_job())
		ts_broken("a build needs a job, whose runvars say what is "
			  "built: give --job");
	ts_build_system();
	ts_stage("which revision of %s", part->tree);
	if (build_describe(build, part, ts_config(), ts_db(),
			   ts_state.record.flight, ts_state.record.job,
			   &err) < 0)
		ts_end(&err);
	ts_at_end(release_build, build);
	return build;
}

void ts_build(const struct build_part *part)
{
	struct build_watcher watcher = {
		.stage = tell_stage, .output = tell_output,
	};
	int64_t limit_ms = (int64_t)ts_case.timeout_s * 1000;
	AUTO_DIST dist = DIST_INIT;
	struct build *build;
	struct error err;
	bool made;

	if (!ts_host_is_local(0)) {
		watcher.run = ts_build_run_on_host;
		watcher.arg = ts_host(0);
	}
	build = describe(part);
	ts_log("%s %s is %s; the key of this build is %s", part->tree,
	       build->revision, build->commit, build->key);
	if (build_make(build, limit_ms, &watcher, &dist, &made, &err) < 0)
		ts_end(&err);
	if (!made)
		ts_stage("taken from the stash: %s, built by %s", dist.name,
			 str_or(dist_value(&dist, "built_by"), "unknown"));
	store_runvars(build, &dist);
}

static void release_dist(void *arg)
{
	dist_release(arg);
}

/* "<ident>_xenbuildjob" before "xenbuildjob". */
static const char *build_job(const char *ident, const char *part)
{
	const char *own = ts_runvar_or(ts_text("%s_%sbuildjob", ident, part),
				       NULL);

	return own ? own : ts_runvar_or(ts_text("%sbuildjob", part), NULL);
}

/* Path of the dist, which is named by all that went into it; NULL: none. */
static const char *dist_path(const char *ident, const char *part,
			     const char **job)
{
	const char *path;

	reads_pause();	/* what the job that made it is called does not count */
	*job = build_job(ident, part);
	path = *job ? ts_runvar_of(*job, ts_text("path_%sdist", dist_word(part))) :
		NULL;
	reads_go_on();
	reads_tell("dist", part, path);
	return path;
}

const struct dist *ts_dist(const char *ident, const char *part, bool whole)
{
	const char *job;
	const char *path = dist_path(ident, part, &job);
	struct dist *dist;
	struct error err;

	if (!job)
		return NULL;
	if (!path)
		ts_blocked("build job %s has no runvar path_%sdist: it made no "
			   "such dist", job, dist_word(part));
	dist = ts_keep(xcalloc(1, sizeof(*dist)));
	if (stash_of_path(ts_config(), path, dist, &err) < 0)
		ts_blocked("build job %s: %s", job, err.text);
	ts_at_end(release_dist, dist);
	if ((whole ? dist_verify(dist, &err) : dist_glance(dist, &err)) < 0)
		ts_blocked("build job %s: %s", job, err.text);
	return dist;
}

static const char *tools_text(const char *entry, const char *revision)
{
	return entry ? ts_text("the tools %.*s (revision %.12s)",
			       (int)strcspn(entry, "/"), entry,
			       str_or(revision, "unknown")) :
		"the packages' tools";
}

void ts_dists_fit(const struct dist *libvirt, const struct dist *tools)
{
	const char *built, *runs;

	if (!libvirt)
		return;
	built = str_or(dist_value(libvirt, "need_tools_id"), "packages");
	runs = tools ? ts_dist_value(tools, "tools_id") : "packages";
	if (strcmp(built, runs) == 0)
		return;
	ts_broken("%s was built against %s, but this job installs %s: its "
		  "buildjob must be that of its libvirtbuildjob",
		  libvirt->name,
		  tools_text(dist_value(libvirt, "need"),
			     dist_value(libvirt, "need_revision")),
		  tools_text(tools ? tools->name : NULL, tools ?
			     dist_value(tools, "built_revision") : NULL));
}

static const char *dist_file(const struct dist *dist, const char *name)
{
	return ts_text("%s/%s" SUFFIX, dist->dir, name);
}

const char *ts_dist_publish(struct ts_host *host, const struct dist *dist,
			    const char *name, const char **sha256)
{
	const char *file = dist_file(dist, name);
	char hex[SHA256_HEX_SIZE];
	struct error err;
	char *url;

	ts_check(file_sha256(file, hex, &err), &err);
	ts_check(web_publish_file(&host->host->site, dist->name, file, &url,
				  &err), &err);
	*sha256 = ts_text("%s", hex);
	return ts_keep(url);
}

const char *ts_dist_value(const struct dist *dist, const char *key)
{
	const char *value = dist_value(dist, key);

	if (!value)
		ts_blocked("the manifest of dist %s has no line %s=",
			   dist->name, key);
	return value;
}
