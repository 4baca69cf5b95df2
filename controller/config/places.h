/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where Ironbird itself is, from where its program is.
 *
 * $IRONBIRD_SHARE, else the nearest folder above the program that has
 * share/ironbird in it (an installation) or jobs and controller (a checkout).
 * Nothing is compiled in.
 */
#ifndef IRONBIRD_CONFIG_PLACES_H
#define IRONBIRD_CONFIG_PLACES_H

#include <stdbool.h>

#include "base/alloc.h"

/* As config_share_dir for a program in the folder exe_dir; caller frees. */
char *places_share(const char *exe_dir);
/* As config_program_dir, likewise. */
char *places_programs(const char *exe_dir);
bool places_is_checkout(const char *dir);
/* The default of StateDir, for the caller to free. */
char *places_state_dir(void);

#endif
