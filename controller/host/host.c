/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "config/reads.h"
#include "db/hosts.h"
#include "host/host.h"

#define MIN_VERSION "PropMinVer:"

int host_names(struct db *db, const struct config *config,
	       struct strvec *names, struct error *err)
{
	AUTO_STRVEC all = STRVEC_INIT;

	config_hosts(config, &all);
	if (host_row_list(db, &all, err) < 0)
		return -1;
	strvec_sort(&all);
	for (size_t i = 0; i < all.count; i++)
		if (!strvec_has(names, all.v[i]))
			strvec_push(names, all.v[i]);
	return 0;
}

static int check_known(struct db *db, const struct config *config,
		       const char *name, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	if (name_check("host", name, err) < 0 ||
	    host_names(db, config, &names, err) < 0)
		return -1;
	if (strvec_has(&names, name))
		return 0;
	hint = name_hint(name, &names);
	return error_set(err, ERROR_USAGE, "there is no host '%s'%s: neither "
			 "the settings nor the database have one", name, hint);
}

/* The value of "name=value" in props, or NULL. */
static const char *find_prop(const struct strvec *props, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < props->count; i++)
		if (strncmp(props->v[i], name, n) == 0 &&
		    props->v[i][n] == '=')
			return props->v[i] + n + 1;
	return NULL;
}

const char *host_prop(const struct host *host, const char *prop)
{
	const char *value;

	reads_pause();	/* it is the value that counts, not where it stood */
	value = config_host_prop_own(host->config, host->name, prop);
	if (!value)
		value = find_prop(&host->props, prop);
	if (!value)
		value = config_host_prop(host->config, host->name, prop);
	reads_go_on();
	reads_tell("property", prop, value);
	return value;
}

const char *host_prop_or(const struct host *host, const char *prop,
			 const char *fallback)
{
	return str_or(host_prop(host, prop), fallback);
}

int64_t host_prop_duration_ms(const struct host *host, const char *prop,
			      int64_t fallback)
{
	const char *text = host_prop(host, prop);
	int64_t ms;

	return text && duration_parse(text, &ms, NULL) == 0 ? ms : fallback;
}

/* What follows "PropMinVer:" in a flag: PROP:VERSION. */
static bool has_at_least(const struct host *host, const char *condition)
{
	const char *version = strchr(condition, ':');
	AUTO_FREE char *prop = NULL;
	const char *value;

	if (!version)
		return false;
	prop = xstrndup(condition, version - condition);
	value = host_prop(host, prop);
	return value && strverscmp(value, version + 1) >= 0;
}

bool host_has_flag(const struct host *host, const char *flag)
{
	bool has = str_starts(flag, MIN_VERSION) ?
		has_at_least(host, flag + strlen(MIN_VERSION)) :
		strvec_has(&host->flags, flag);

	reads_tell("flag", flag, has ? "set" : "not set");
	return has;
}

bool host_is_kept(const struct host *host)
{
	const char *reuse = getenv("OSSTEST_HOST_REUSE");

	return host_has_flag(host, "no-reinstall") ||
	       (reuse && *reuse && strcmp(reuse, "0") != 0);
}

const char *host_console_log(const struct host *host)
{
	return host->console_log;
}

static char *lower(const char *s)
{
	char *copy = xstrdup(s);

	for (char *p = copy; p && *p; p++)
		*p = tolower((unsigned char)*p);
	return copy;
}

/* Where the property says, else in a folder of the host's own. */
static char *choose_console_log(const struct host *host)
{
	const char *log = host_prop(host, "console-log");
	const char *console = host_prop(host, "console");

	if (log)
		return xstrdup(log);
	if (!console || strcmp(console, "none") == 0 ||
	    strcmp(console, "noop") == 0)
		return NULL;
	return xasprintf("%s/%s/console.log",
			 config_get(host->config, "ConsoleLogs"), host->name);
}

static int fill(struct host *host, struct db *db, struct error *err)
{
	const struct config *config = host->config;

	if (host_prop_list(db, host->name, &host->props, err) < 0 ||
	    host_flag_list(db, host->name, &host->flags, err) < 0)
		return -1;
	config_host_flags(config, host->name, &host->flags);
	if (site_load(&host->site, config, host_prop(host, "lab"), err) < 0)
		return error_prefix(err, "host %s", host->name);
	/* a lab has one TFTP server */
	if (host_prop(host, "tftp-scope") && !host_prop(host, "lab"))
		site_take_scope(&host->site, config,
				host_prop(host, "tftp-scope"));
	host->ether = lower(host_prop(host, "ether"));
	host->address = xstrdup(host_prop(host, "ip-addr"));
	host->console_log = choose_console_log(host);
	host->fqdn = xstrdup(host_prop(host, "fqdn"));
	if (!host->fqdn) {
		const char *domain = config_get(config, "TestHostDomain");

		host->fqdn = domain && *domain ?
			xasprintf("%s.%s", host->name, domain) :
			xstrdup(host->name);
	}
	return 0;
}

int host_load(struct host **out, struct db *db, const struct config *config,
	      const char *name, struct error *err)
{
	struct host *host;

	if (check_known(db, config, name, err) < 0)
		return -1;
	host = xcalloc(1, sizeof(*host));
	host->name = xstrdup(name);
	host->config = config;
	strvec_init(&host->props);
	strvec_init(&host->flags);
	if (fill(host, db, err) < 0) {
		host_free(host);
		return -1;
	}
	*out = host;
	return 0;
}

int host_check(struct db *db, const struct config *config, const char *name,
	       struct error *err)
{
	struct host *host;

	if (host_load(&host, db, config, name, err) < 0)
		return -1;
	host_free(host);
	return 0;
}

void host_free(struct host *host)
{
	if (!host)
		return;
	free(host->name);
	free(host->ether);
	free(host->address);
	free(host->fqdn);
	free(host->console_log);
	strvec_release(&host->flags);
	strvec_release(&host->props);
	site_release(&host->site);
	free(host);
}
