/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files are read, in which order, and what is said about them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "config/check.h"
#include "config/parse.h"
#include "config/places.h"
#include "config/settings.h"
#include "config/store.h"

static void add(struct strvec *to, const char *file, unsigned line,
		const char *text)
{
	if (to)
		strvec_pushf(to, "%s:%u: %s", file, line, text);
}

/* ---- the parser's sink -------------------------------------------------- */

static void on_complaint(void *arg, const struct parse_place *at,
			 bool is_error, const char *text)
{
	struct verdict *v = arg;

	add(is_error ? v->errors : v->warnings, at->file, at->line, text);
}

/* Whether the value is a word that OSSTest puts there: said, and not set. */
static bool is_ignored(struct verdict *v, const struct parse_place *at,
		       const struct setting *row, const char *value)
{
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_FREE char *text = NULL;

	if (!row || !row->ignored_words)
		return false;
	strvec_split(&words, row->ignored_words, " ");
	if (!strvec_has(&words, value))
		return false;
	text = xasprintf("setting '%s': '%s' is OSSTest's and has no meaning "
			 "here: the default is used", row->name, value);
	add(v->warnings, at->file, at->line, text);
	return true;
}

static void on_set(void *arg, const struct parse_place *at, const char *name,
		   const char *value)
{
	struct verdict *v = arg;
	const struct setting *row = setting_find(name);
	AUTO_FREE char *origin = xasprintf("%s:%u", at->file, at->line);
	struct error err = ERROR_INIT;

	if (is_ignored(v, at, row, value))
		return;
	if (row && setting_check(row, value, &err) < 0) {
		AUTO_FREE char *text = xasprintf("setting '%s': %s", name,
						 err.text);

		on_complaint(v, at, true, text);
		return;
	}
	if (row && row->same_as)
		name = row->same_as;
	store_set(v->config, name, value, at->dir, origin)->judged = false;
}

static void on_export(void *arg, const struct parse_place *at,
		      const char *name, const char *value)
{
	struct verdict *v = arg;
	struct config_entry *e = value ? NULL : store_find(v->config, name);
	AUTO_FREE char *text = NULL;

	if (e) {
		e->exported = true;
		value = e->value;
	}
	if (value) {
		strvec_pushf(&v->config->exports, "%s=%s", name, value);
	} else if (!getenv(name)) {
		text = xasprintf("export %s: it has no value, neither here "
				 "nor in the environment", name);
		on_complaint(v, at, false, text);
	}
}

int verdict_read(struct verdict *v, const char *path, struct error *err)
{
	const struct parse_sink sink = {
		.set = on_set, .export = on_export,
		.complain = on_complaint, .arg = v,
	};

	return parse_file(&sink, path, err);
}

/* ---- names -------------------------------------------------------------- */

static void judge_unknown(struct verdict *v, const struct config_entry *e)
{
	struct strvec *to = v->strict ? v->errors : v->warnings;
	AUTO_FREE char *hint = setting_hint(e->name);

	if (!*hint && str_starts(e->name, "OSSTEST_"))
		strvec_pushf(to, "%s: setting '%s' is not known: a variable "
			     "is set by 'export %s=VALUE'", e->origin,
			     e->name, e->name);
	else
		strvec_pushf(to, "%s: setting '%s' is not known%s", e->origin,
			     e->name, hint);
}

/* Properties are open to test cases: only a near miss of a known one counts. */
static void judge_property(struct verdict *v, const struct strvec *hosts,
			   const struct config_entry *e)
{
	AUTO_FREE char *prop = hosts_property(hosts, e->name);
	const struct host_property *row = property_find(prop);
	AUTO_STRVEC known = STRVEC_INIT;
	const char *near;

	if (row && row->foreign)
		strvec_pushf(v->warnings, "%s: setting '%s' is OSSTest's and "
			     "has no meaning here: %s", e->origin, e->name,
			     row->foreign);
	if (row)
		return;
	for (row = host_properties; row->name; row++)
		strvec_push(&known, row->name);
	near = name_nearest(prop, &known);
	if (near && !strchr(near, '*'))
		strvec_pushf(v->warnings, "%s: setting '%s': no property "
			     "'%s' is known (did you mean '%s'?)", e->origin,
			     e->name, prop, near);
}

static void judge(struct verdict *v, const struct strvec *hosts,
		  struct config_entry *e)
{
	const char *foreign = setting_foreign(e->name);
	const struct setting *row = setting_find(e->name);
	bool loop = false;

	e->judged = true;
	if (foreign) {
		strvec_pushf(v->warnings, "%s: setting '%s' is OSSTest's and "
			     "has no meaning here: %s", e->origin, e->name,
			     foreign);
		return;
	}
	if (!row) {
		if (!e->exported)
			judge_unknown(v, e);
		return;
	}
	if (strchr(e->value, '%')) {
		free(value_resolve(v->config, e->name, &loop));
		if (loop)
			strvec_pushf(v->errors, "%s: setting '%s' refers to "
				     "itself", e->origin, e->name);
	}
	if (str_starts(e->name, "HostProp_") ||
	    str_starts(e->name, "HostGroupProps_"))
		judge_property(v, hosts, e);
}

void verdict_finish(struct verdict *v)
{
	AUTO_STRVEC hosts = STRVEC_INIT;

	hosts_certain(v->config, &hosts);
	for (size_t i = 0; i < v->config->count; i++)
		if (!v->config->entries[i]->judged)
			judge(v, &hosts, v->config->entries[i]);
}

/* ---- files -------------------------------------------------------------- */

void config_files(struct strvec *files)
{
	const char *list = getenv("OSSTEST_CONFIG");
	const char *home = getenv("HOME");
	const char *share = config_share_dir();
	AUTO_FREE char *own = xasprintf("%s/.xen-osstest/config",
					str_or(home, ""));
	AUTO_FREE char *root = xasprintf("%s/standalone.config", share);

	if (list && *list) {
		strvec_split(files, list, ":");
		return;
	}
	if (home && *home && file_exists(own))
		strvec_push(files, own);
	if (file_exists("standalone.config"))
		strvec_push(files, "standalone.config");
	else if (places_is_checkout(share) && file_exists(root))
		strvec_push(files, root);
}

/* The first error, and how many more there are. */
static int first_error(const struct strvec *errors, struct error *err)
{
	if (!errors->count)
		return 0;
	if (errors->count == 1)
		return error_set(err, ERROR_USAGE, "%s", errors->v[0]);
	return error_set(err, ERROR_USAGE, "%s (and %zu more: 'ironbird "
			 "config --check' lists them)", errors->v[0],
			 errors->count - 1);
}

/* What the user gave the command itself counts more than the file's line. */
static void set_environment(const struct config *config)
{
	AUTO_STRVEC ours = STRVEC_INIT;

	for (size_t i = 0; i < config->exports.count; i++) {
		const char *line = config->exports.v[i];
		size_t n = strcspn(line, "=");
		AUTO_FREE char *name = xstrndup(line, n);

		if (getenv(name) && !strvec_has(&ours, name))
			continue;
		strvec_push(&ours, name);
		setenv(name, line + n + 1, 1);
	}
}

static int read_into(struct config *config, const struct strvec *files,
		     struct strvec *warnings, struct error *err)
{
	AUTO_STRVEC errors = STRVEC_INIT;
	struct verdict v = {
		.config = config, .warnings = warnings, .errors = &errors,
	};

	for (size_t i = 0; i < files->count; i++)
		if (verdict_read(&v, files->v[i], err) < 0)
			return -1;
	verdict_finish(&v);
	if (first_error(&errors, err) < 0)
		return -1;
	set_environment(config);
	return 0;
}

int config_load(struct config **out, struct strvec *warnings,
		struct error *err)
{
	struct config *config = store_new();
	AUTO_STRVEC files = STRVEC_INIT;

	config_files(&files);
	if (read_into(config, &files, warnings, err) < 0) {
		config_free(config);
		return -1;
	}
	*out = config;
	return 0;
}

int config_overlay(struct config *config, const char *path,
		   struct strvec *warnings, struct error *err)
{
	AUTO_STRVEC files = STRVEC_INIT;

	strvec_push(&files, path);
	return read_into(config, &files, warnings, err);
}

void config_set(struct config *config, const char *name, const char *value)
{
	const struct setting *row = setting_find(name);
	AUTO_FREE char *cwd = getcwd(NULL, 0);

	store_set(config, row && row->same_as ? row->same_as : name, value,
		  str_or(cwd, "/"), "command line")->judged = true;
}
