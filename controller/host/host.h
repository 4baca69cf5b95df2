/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine that can be tested on, as everything knows it together: its
 * properties and flags from the settings and the database, and the site it
 * stands in (whose TFTP, web and DHCP serve it; which network namespace).
 */
#ifndef IRONBIRD_HOST_HOST_H
#define IRONBIRD_HOST_HOST_H

#include <stdbool.h>

#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

/* Folders, logs and addresses of the services that a host boots from. */
struct site {
	char *dir;		/* a lab's folder, or NULL: a real network */
	char *netns;		/* network namespace of a lab, or NULL */
	char *interface;	/* NetInterface, where hosts are, or NULL */
	char *tftp_dir;		/* TftpPath */
	char *pxe_dir;		/* below tftp_dir: pxelinux.cfg */
	char *pxe_templates;	/* TftpPxeTemplates */
	char *web_dir;		/* WebspaceFile/WebspaceCommon */
	char *web_url;		/* WebspaceUrl/WebspaceCommon, ends in '/' */
	char *web_log;		/* WebspaceLog */
	char *dhcp_log, *dhcp_leases, *dhcp_hosts_dir;
	char *tftp_log;
};

struct host {
	char *name;
	char *ether;		/* "52:54:00:..." lower case, or NULL */
	char *address;		/* IPv4 dotted, or NULL */
	char *fqdn;
	char *console_log;	/* or NULL */
	struct strvec flags;
	struct site site;
	/* what host_prop looks at */
	const struct config *config;
	struct strvec props;	/* "name=value" of the database */
};

/*
 * ERROR_USAGE with the nearest name when neither settings nor database know
 * it. config must outlive the host.
 */
int must_check host_load(struct host **out, struct db *db,
			 const struct config *config, const char *name,
			 struct error *err);
/* Is there one? Errors as host_load's. */
int must_check host_check(struct db *db, const struct config *config,
			  const char *name, struct error *err);
void host_free(struct host *host);
/*
 * OSSTest's order, the last wins: HostProp_<Prop>, database, group,
 * HostProp_<host>_<Prop>. NULL when nowhere.
 */
const char *host_prop(const struct host *host, const char *prop);
const char *host_prop_or(const struct host *host, const char *prop,
			 const char *fallback);
int64_t host_prop_duration_ms(const struct host *host, const char *prop,
			      int64_t fallback);
/*
 * Is the word one of its flags? As in OSSTest, "PropMinVer:PROP:VERSION" is a
 * flag of every host whose property PROP is that version, or number, or more.
 */
bool host_has_flag(const struct host *host, const char *flag);
/*
 * May flights that are intended to be blessed so have it? All may when none of
 * its flags begins with "blessed-"; else those that one of these names, their
 * retests and their bisections ("blessed-real": real, real-retest).
 */
bool host_serves(const struct host *host, const char *intended);
/*
 * Pushes those of the flags that the host has not, and "blessed-INTENDED" if
 * it does not serve such flights (NULL: that is not asked); are there any?
 */
bool host_lacks(const struct host *host, const struct strvec *flags,
		const char *intended, struct strvec *lacks);
/*
 * Is it never to be installed, whatever is on it? The flag no-reinstall says
 * so, and OSSTEST_HOST_REUSE=1 for one run.
 */
bool host_is_kept(const struct host *host);
/* All hosts of settings and database, by name. */
int must_check host_names(struct db *db, const struct config *config,
			  struct strvec *names, struct error *err);

/* The host wished for an ident: $OSSTEST_HOST_<IDENT>, TestHost_<ident>,
 * TestHost, or NULL. */
const char *host_wish(const struct config *config, const char *ident);

/*
 * This machine, as the place where builds run (build/sandbox.h): no machine
 * that is booted, allocated or wiped.
 */
bool host_is_local(const char *name);
/* As host_wish, but jobs called build-* run on BuildHost. job may be NULL. */
const char *host_wish_of_job(const struct config *config, const char *ident,
			     const char *job);

/* A site by settings alone, or that of the lab in the folder dir. */
int must_check site_load(struct site *site, const struct config *config,
			 const char *lab_dir, struct error *err);
/* The TFTP server of a scope instead: TftpPath_<scope> and its like. */
void site_take_scope(struct site *site, const struct config *config,
		     const char *scope);
void site_release(struct site *site);
/* ERROR_USAGE unless hosts can be booted from it: web and TFTP are known. */
int must_check site_check(const struct site *site, struct error *err);

/*
 * Where the console is recorded: property console-log, else a file of the
 * host below ConsoleLogs if its property Console names a module; else NULL.
 * The file beside it, ".times", has the arrival times (host/console_log.h).
 */
const char *host_console_log(const struct host *host);

#endif
