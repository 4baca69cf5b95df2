/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings: OSSTest's names and file format, one table row a setting.
 *
 * Read from $OSSTEST_CONFIG (a colon list), else ~/.xen-osstest/config and
 * then standalone.config in the working folder; later values win. A lab adds
 * its own file on top (config_overlay). Where a value comes from is kept, so
 * that every complaint about it can say file and line.
 */
#ifndef IRONBIRD_CONFIG_CONFIG_H
#define IRONBIRD_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strvec.h"

struct config;

/* What was odd but can be lived with, one sentence for each. */
int must_check config_load(struct config **out, struct strvec *warnings,
			   struct error *err);
void config_free(struct config *config);
/* Reads one more file over what is there. */
int must_check config_overlay(struct config *config, const char *path,
			      struct strvec *warnings, struct error *err);
/* Sets one value as from the command line. */
void config_set(struct config *config, const char *name, const char *value);

/*
 * The value, or the table's default, or NULL. The string lives as long as
 * config or until the setting changes. ~/ is expanded in path settings and
 * relative paths are taken from the folder of the file that set them.
 */
const char *config_get(const struct config *config, const char *name);
/* "standalone.config:12", "environment", "command line", "default", "unset". */
const char *config_origin(const struct config *config, const char *name);
bool config_bool(const struct config *config, const char *name);
int64_t config_duration_ms(const struct config *config, const char *name);
int64_t config_number(const struct config *config, const char *name);
int64_t config_size(const struct config *config, const char *name);
/* Pushes the paths of a setting that is a list of files (colons, spaces). */
void config_paths(const struct config *config, const char *name,
		  struct strvec *paths);

/*
 * HostProp_<host>_<Prop>, else HostGroupProps_<group>_<Prop> of the host's
 * HostGroup_<host>, else HostProp_<Prop>, else NULL. prop is in either of
 * OSSTest's spellings: "power-method" or "PowerMethod".
 */
const char *config_host_prop(const struct config *config, const char *host,
			     const char *prop);
/* Only the host's own and its group's: what wins over the database. */
const char *config_host_prop_own(const struct config *config,
				 const char *host, const char *prop);
/* Pushes the words of HostFlags, HostGroupFlags_ and HostFlags_<host>. */
void config_host_flags(const struct config *config, const char *host,
		       struct strvec *flags);
/* Names of hosts that the settings mention, each once. */
void config_hosts(const struct config *config, struct strvec *hosts);

/*
 * Folders of Ironbird itself: from a checkout its root, installed
 * PREFIX/share/ironbird; found from /proc/self/exe.
 */
const char *config_share_dir(void);	/* jobs/ flights/ host-images/ ... */
const char *config_program_dir(void);	/* where ironbird and ts-* are */
/* StateDir/NAME; the caller frees. */
char *config_state_path(const struct config *config, const char *fmt, ...)
	printf_like(2, 3);

#endif
