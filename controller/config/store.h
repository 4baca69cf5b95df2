/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was set, where, and in which order; private to config/.
 *
 * Strings handed out live in a pool until the config is freed, so that a
 * caller's value survives a later change of the setting.
 */
#ifndef IRONBIRD_CONFIG_STORE_H
#define IRONBIRD_CONFIG_STORE_H

#include <stdbool.h>

#include "base/strvec.h"
#include "config/config.h"

struct config_entry {
	char *name;
	char *value;
	char *dir;		/* what a relative path in it means */
	char *origin;		/* "standalone.config:12" */
	unsigned order;		/* of setting: the higher came later */
	bool exported;		/* a variable, not only a setting */
	bool judged;		/* its warning was given */
};

struct config {
	struct config_entry **entries;	/* in the order they first came */
	size_t count;
	unsigned order;
	void *by_name;		/* tsearch(3) over entries */
	void *pool;		/* tsearch(3) over strings */
	struct strvec exports;	/* "NAME=value" */
};

struct config *store_new(void);
struct config_entry *store_find(const struct config *config, const char *name);
/* Sets or replaces; origin and dir are copied. */
struct config_entry *store_set(struct config *config, const char *name,
			const char *value, const char *dir,
			const char *origin);
/* The pool's copy of s. The pool is a cache: config stays const. */
const char *store_keep(const struct config *config, const char *s);

/*
 * The value of name as config_get gives it, or NULL. *loop is set when the
 * setting refers to itself.
 */
char *value_resolve(const struct config *config, const char *name,
		    bool *loop);

/* Hosts whose name stands alone in some setting, so is beyond doubt. */
void hosts_certain(const struct config *config, struct strvec *hosts);
/*
 * The property in HostProp_<host>_<Prop> or HostGroupProps_, in canonical
 * spelling, for the caller to free; hosts as from hosts_certain.
 */
char *hosts_property(const struct strvec *hosts, const char *name);

/* Where complaints go: warnings and errors, each a sentence with its place. */
struct verdict {
	struct config *config;
	struct strvec *warnings;
	struct strvec *errors;
	bool strict;		/* unknown settings are errors */
};

/*
 * Reads path over what is there; -1 when it cannot be read. What is wrong in
 * it is in the verdict.
 */
int must_check verdict_read(struct verdict *v, const char *path,
			    struct error *err);
/* Judges the names of all settings that were not judged before. */
void verdict_finish(struct verdict *v);

#endif
