/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every setting there is, as rows.
 *
 * The parser, the defaults, 'ironbird config', standalone.config.example and
 * the hints for misspelt names all read these tables. A row with an argument
 * is a family: its name is the beginning of many settings' names
 * (HostProp_kodo4_PowerMethod). OSSTest's settings that mean nothing here are
 * rows of a second table, each with the reason people are told.
 */
#ifndef IRONBIRD_CONFIG_SETTINGS_H
#define IRONBIRD_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strvec.h"

enum setting_type {
	SETTING_HEADING,	/* no setting: name begins a section */
	SETTING_TEXT,
	SETTING_PATH,		/* ~/ and relative paths are completed */
	SETTING_FOLDER,		/* relative, below another path */
	SETTING_BOOL,
	SETTING_NUMBER,
	SETTING_SIZE,		/* bytes, with K, M, G or T: powers of 1024 */
	SETTING_DURATION,
	SETTING_LIST,		/* words */
	SETTING_URL,
	SETTING_HERE,		/* text of several lines, kept as it is */
};

struct setting {
	enum setting_type type;
	const char *name;
	/*
	 * The default, or NULL: unset. %Name% in it, as in any value but a
	 * here-document, stands for another setting of these tables.
	 */
	const char *fallback;
	const char *help;	/* one or two sentences for a person */
	const char *example;	/* value where there is no default */
	const char *environment;	/* variable that overrides it */
	const char *argument;	/* family: "<host>_<Prop>" */
	/* A family's member that is unset is this setting: TftpPath_<scope>. */
	const char *base;
	const char *same_as;	/* OSSTest's other name for that setting */
	/* Words that OSSTest puts here and that mean the default here. */
	const char *ignored_words;
	bool may_be_empty;	/* a path: then there is none */
};

/* Ends with a NULL name. */
extern const struct setting settings[];

struct foreign_setting {
	const char *name;	/* with "*" at the end: all that begin so */
	const char *reason;	/* completes "has no meaning here: " */
};

extern const struct foreign_setting foreign_settings[];

/*
 * Host properties that Ironbird or its test cases read. Any other property
 * may be set too; this table is for help, hints and for telling the host
 * from the property in HostProp_<host>_<Prop>.
 */
struct host_property {
	const char *name;	/* "PowerMethod"; "Preseed_*" takes a rest */
	const char *help;	/* NULL: OSSTest's, see foreign */
	const char *foreign;	/* the reason it has no meaning here */
};

extern const struct host_property host_properties[];

/* The row of a setting or of its family, or NULL. */
const struct setting *setting_find(const char *name);
/* Why OSSTest's setting means nothing here, or NULL. */
const char *setting_foreign(const char *name);
/* " (did you mean 'X'?)" or "", for the caller to free. */
char *setting_hint(const char *name);
/* ERROR_USAGE with what the type takes when the value does not fit. */
int must_check setting_check(const struct setting *setting,
			     const char *value, struct error *err);
/* The words of y n yes no true false on off 1 0 and nothing. */
int must_check setting_parse_bool(const char *text, bool *value);
/* "512M", "1G", "65536": bytes. */
int must_check setting_parse_size(const char *text, int64_t *bytes,
				  struct error *err);

/*
 * "power-method" and "PowerMethod" are one property, as are "preseed wheezy"
 * and "Preseed_wheezy": the one spelling of all, for the caller to free.
 */
char *property_canonical(const char *prop);
/* The row of a property in canonical spelling, or NULL. */
const struct host_property *property_find(const char *canonical);

#endif
