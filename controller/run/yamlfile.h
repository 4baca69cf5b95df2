/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * YAML files read with libcyaml, complaints with file and line.
 *
 * libcyaml checks a file against a schema but keeps no lines. A first pass
 * with libyaml's events notes on which line each item of the top-level lists
 * stands, so that what only we can see to be wrong (a testid used twice) has
 * its line as well.
 */
#ifndef IRONBIRD_RUN_YAMLFILE_H
#define IRONBIRD_RUN_YAMLFILE_H

#include <cyaml/cyaml.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/strvec.h"

#define YAMLFILE_KEY ((size_t)-1)	/* the key itself, not an item */

struct yamlfile_mark {
	char *key;
	size_t item;
	int line;
};

struct yamlfile {
	char *path;
	const cyaml_schema_value_t *schema;
	void *data;		/* what the schema describes */
	struct yamlfile_mark *marks;
	size_t mark_count;
};

#define AUTO_YAMLFILE __attribute__((cleanup(yamlfile_release))) \
	struct yamlfile

/* A value that is true, yes, false or no, and nothing else. */
extern const cyaml_strval_t yamlfile_bool_words[4];
#define YAMLFILE_FIELD_BOOL(key, structure, member)			\
	CYAML_FIELD_ENUM(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,	\
			 structure, member, yamlfile_bool_words,	\
			 CYAML_ARRAY_LEN(yamlfile_bool_words))

/* ERROR_USAGE beginning "PATH:LINE: ". Files are at most 1 MiB. */
int must_check yamlfile_load(struct yamlfile *file, const char *path,
			     const cyaml_schema_value_t *schema,
			     struct error *err);
void yamlfile_release(struct yamlfile *file);
/* The line of an item (from 0) of a top-level list, or of the key; 1 if
 * there is none. */
int yamlfile_line(const struct yamlfile *file, const char *key, size_t item);
/* Is the key there at all? libcyaml does not tell [] from nothing. */
bool yamlfile_has(const struct yamlfile *file, const char *key);

/*
 * The path of NAME.yaml in the first folder of the colon list in the
 * environment variable that has it, else in FOLDER of Ironbird's own files.
 * NULL when there is none. The caller frees.
 */
char *yamlfile_find(const char *variable, const char *folder,
		    const char *name);
/* Pushes the names that yamlfile_find knows, sorted, each once. */
void yamlfile_names(const char *variable, const char *folder,
		    struct strvec *names);

#endif
