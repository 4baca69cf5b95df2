/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what was set, or the default, to what callers get. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "config/parse.h"
#include "config/places.h"
#include "config/reads.h"
#include "config/settings.h"
#include "config/store.h"

#define REFERENCE_DEPTH_MAX 8

static char *resolve(const struct config *config, const char *name,
		     int depth, bool *loop);

static bool refers_to(const char *name)
{
	return isupper((unsigned char)*name) && setting_find(name);
}

/*
 * Replaces the %Name% of settings; everything else between two percent signs
 * (%ipaddrhex% of PXE templates) stays. *missing: one of them is unset.
 */
static char *expand(const struct config *config, const char *text, int depth,
		    bool *loop, bool *missing)
{
	struct strbuf sb = STRBUF_INIT;

	for (;;) {
		size_t plain = strcspn(text, "%");
		size_t n = text[plain] ? strcspn(text + plain + 1, "%") : 0;
		AUTO_FREE char *name = xstrndup(text + plain + !!n, n);
		AUTO_FREE char *value = NULL;

		strbuf_add(&sb, text, plain);
		text += plain;
		if (!*text)
			break;
		if (!n || text[n + 1] != '%' || !refers_to(name)) {
			strbuf_addch(&sb, *text++);
			continue;
		}
		value = resolve(config, name, depth + 1, loop);
		if (!value)
			*missing = true;
		strbuf_addstr(&sb, str_or(value, ""));
		text += n + 2;
	}
	return strbuf_detach(&sb);
}

static void trim_slashes(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
}

/* Takes text and gives it back in the form that the type promises. */
static char *finish(const struct setting *row, char *text, const char *dir)
{
	AUTO_FREE char *old = text;
	char *done;

	if (row->type == SETTING_PATH && *text)
		done = parse_path(text, dir);
	else
		done = xstrdup(text);
	if (row->type == SETTING_PATH || row->type == SETTING_FOLDER ||
	    row->type == SETTING_URL)
		trim_slashes(done);
	return done;
}

/* The variable that overrides the setting, or NULL. */
static const char *override(const struct setting *row, const char *name)
{
	AUTO_STRBUF variable = STRBUF_INIT;
	const char *value;

	if (!row || !row->environment)
		return NULL;
	strbuf_addstr(&variable, row->environment);
	if (row->argument) {
		for (name += strlen(row->name); *name; name++)
			strbuf_addch(&variable, *name == '-' ? '_' :
				     toupper((unsigned char)*name));
		/* OSSTest's switch, not the host of a role "reuse". */
		if (strcmp(variable.buf, "OSSTEST_HOST_REUSE") == 0)
			return NULL;
	}
	value = getenv(variable.buf);
	return value && *value ? value : NULL;
}

static char *resolve_default(const struct config *config,
			     const struct setting *row, int depth, bool *loop)
{
	AUTO_FREE char *text = NULL;
	bool missing = false;

	if (row->base)
		return resolve(config, row->base, depth + 1, loop);
	if (strcmp(row->name, "StateDir") == 0)
		return places_state_dir();
	if (!row->fallback)
		return NULL;
	text = expand(config, row->fallback, depth, loop, &missing);
	return missing ? NULL : finish(row, xstrdup(text), "/");
}

static char *resolve(const struct config *config, const char *name,
		     int depth, bool *loop)
{
	const struct setting *row = setting_find(name);
	const struct config_entry *e;
	const char *variable;
	bool missing = false;

	if (depth > REFERENCE_DEPTH_MAX) {
		*loop = true;
		return NULL;
	}
	if (row && row->same_as)
		return resolve(config, row->same_as, depth, loop);
	variable = override(row, name);
	if (variable) {
		AUTO_FREE char *cwd = getcwd(NULL, 0);

		return finish(row, xstrdup(variable), str_or(cwd, "/"));
	}
	e = store_find(config, name);
	if (!e)
		return row ? resolve_default(config, row, depth, loop) : NULL;
	if (!row || row->type == SETTING_HERE)
		return xstrdup(e->value);
	return finish(row, expand(config, e->value, depth, loop, &missing),
		      e->dir);
}

char *value_resolve(const struct config *config, const char *name, bool *loop)
{
	return resolve(config, name, 0, loop);
}

const char *config_get(const struct config *config, const char *name)
{
	bool loop = false;
	AUTO_FREE char *value = resolve(config, name, 0, &loop);

	reads_tell("setting", name, value);
	return value ? store_keep(config, value) : NULL;
}

const char *config_origin(const struct config *config, const char *name)
{
	const struct setting *row = setting_find(name);
	const struct config_entry *e;

	if (row && row->same_as)
		return config_origin(config, row->same_as);
	if (override(row, name))
		return "environment";
	e = store_find(config, name);
	if (e)
		return e->origin;
	if (row && row->base)
		return config_origin(config, row->base);
	return config_get(config, name) ? "default" : "unset";
}

bool config_bool(const struct config *config, const char *name)
{
	bool yes;

	return setting_parse_bool(str_or(config_get(config, name), ""),
				  &yes) == 0 && yes;
}

/* A value that does not fit can only come from config_set. */
static const char *fitting(const struct config *config, const char *name)
{
	const struct setting *row = setting_find(name);
	const char *value = config_get(config, name);

	if (value && row && setting_check(row, value, NULL) < 0)
		return row->fallback;
	return value;
}

int64_t config_duration_ms(const struct config *config, const char *name)
{
	const char *value = fitting(config, name);
	int64_t ms;

	return value && duration_parse(value, &ms, NULL) == 0 ? ms : 0;
}

int64_t config_number(const struct config *config, const char *name)
{
	const char *value = fitting(config, name);

	return value ? strtoll(value, NULL, 10) : 0;
}

int64_t config_size(const struct config *config, const char *name)
{
	const char *value = fitting(config, name);
	int64_t bytes;

	return value && setting_parse_size(value, &bytes, NULL) == 0 ? bytes :
								       0;
}

void config_paths(const struct config *config, const char *name,
		  struct strvec *paths)
{
	const struct config_entry *e = store_find(config, name);
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, str_or(config_get(config, name), ""), ": \t\n");
	for (size_t i = 0; i < words.count; i++) {
		AUTO_FREE char *path = parse_path(words.v[i],
						  e ? e->dir : "/");

		strvec_push(paths, path);
	}
}

char *config_state_path(const struct config *config, const char *fmt, ...)
{
	AUTO_FREE char *rest = NULL;
	va_list ap;

	va_start(ap, fmt);
	rest = xvasprintf(fmt, ap);
	va_end(ap);
	return xasprintf("%s/%s", str_or(config_get(config, "StateDir"), "."),
			 rest);
}
