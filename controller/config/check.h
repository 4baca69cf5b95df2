/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The settings as a whole: what is wrong with files, what is set, and the
 * example file. For the command 'config' and its tests.
 */
#ifndef IRONBIRD_CONFIG_CHECK_H
#define IRONBIRD_CONFIG_CHECK_H

#include <stdbool.h>

#include "config/config.h"

/* Pushes the files that config_load reads, in that order. */
void config_files(struct strvec *files);
/*
 * Reads files as config_load would, and pushes every error and warning, each
 * with file and line; unknown settings are errors. -1 when there are errors.
 */
int must_check config_check(const struct strvec *files, struct strvec *errors,
			    struct strvec *warnings);
/* Pushes the names of all that is set, or also of all that could be. */
void config_names(const struct config *config, bool with_defaults,
		  struct strvec *names);
/* The text of standalone.config.example, for the caller to free. */
char *config_example(void);

#endif
