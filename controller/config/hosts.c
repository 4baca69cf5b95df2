/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts in settings: which there are, their properties and flags. */
#include <string.h>

#include "base/strbuf.h"
#include "config/config.h"
#include "config/settings.h"
#include "config/store.h"

/*
 * The entry that begins with prefix and ends with the property in any
 * spelling; of several the one that was set last.
 */
static const struct config_entry *find_property(const struct config *config,
					 const char *prefix, const char *prop)
{
	AUTO_FREE char *wanted = property_canonical(prop);
	const struct config_entry *found = NULL;

	for (size_t i = 0; i < config->count; i++) {
		const struct config_entry *e = config->entries[i];
		AUTO_FREE char *name = NULL;

		if (!str_starts(e->name, prefix))
			continue;
		name = property_canonical(e->name + strlen(prefix));
		if (strcmp(name, wanted) == 0 &&
		    (!found || e->order > found->order))
			found = e;
	}
	return found;
}

static const char *property_of(const struct config *config,
			       const char *family, const char *owner,
			       const char *prop)
{
	AUTO_FREE char *prefix = xasprintf("%s%s_", family, owner);
	const struct config_entry *e = find_property(config, prefix, prop);

	return e ? config_get(config, e->name) : NULL;
}

const char *config_host_prop_own(const struct config *config,
				 const char *host, const char *prop)
{
	AUTO_FREE char *key = xasprintf("HostGroup_%s", host);
	const char *value = property_of(config, "HostProp_", host, prop);
	const char *group = config_get(config, key);

	if (!value && group)
		value = property_of(config, "HostGroupProps_", group, prop);
	return value;
}

const char *config_host_prop(const struct config *config, const char *host,
			     const char *prop)
{
	const char *value = config_host_prop_own(config, host, prop);
	const struct config_entry *e;
	AUTO_FREE char *canonical = NULL;
	AUTO_FREE char *name = NULL;

	if (value)
		return value;
	e = find_property(config, "HostProp_", prop);
	if (e)
		return config_get(config, e->name);
	canonical = property_canonical(prop);
	name = xasprintf("HostProp_%s", canonical);
	return config_get(config, name);
}

static void push_words(const char *words, struct strvec *flags)
{
	AUTO_STRVEC found = STRVEC_INIT;

	strvec_split(&found, str_or(words, ""), " \t,");
	for (size_t i = 0; i < found.count; i++)
		if (!strvec_has(flags, found.v[i]))
			strvec_push(flags, found.v[i]);
}

void config_host_flags(const struct config *config, const char *host,
		       struct strvec *flags)
{
	AUTO_FREE char *group_key = xasprintf("HostGroup_%s", host);
	AUTO_FREE char *own_key = xasprintf("HostFlags_%s", host);
	const char *group = config_get(config, group_key);

	push_words(config_get(config, "HostFlags"), flags);
	if (group) {
		AUTO_FREE char *key = xasprintf("HostGroupFlags_%s", group);

		push_words(config_get(config, key), flags);
	}
	push_words(config_get(config, own_key), flags);
}

/* ---- names of hosts ----------------------------------------------------- */

static void push_host(const char *host, struct strvec *hosts)
{
	if (host && *host && !strvec_has(hosts, host))
		strvec_push(hosts, host);
}

void hosts_certain(const struct config *config, struct strvec *hosts)
{
	static const char *const families[] = { "HostFlags_", "HostGroup_" };

	push_host(config_get(config, "TestHost"), hosts);
	for (size_t i = 0; i < config->count; i++) {
		const char *name = config->entries[i]->name;

		if (str_starts(name, "TestHost_"))
			push_host(config_get(config, name), hosts);
		for (size_t j = 0; j < ARRAY_SIZE(families); j++)
			if (str_starts(name, families[j]))
				push_host(name + strlen(families[j]), hosts);
	}
}

/*
 * How many characters of HOST_Prop are the host; 0: it is a property of all
 * hosts. Host and property may both have '_' in them: a host that is named
 * elsewhere decides, then a known property at the end, then the first '_'.
 */
static size_t host_length(const struct strvec *certain, const char *rest)
{
	AUTO_FREE char *whole = property_canonical(rest);
	size_t longest = 0;
	const char *s;

	for (size_t i = 0; i < certain->count; i++) {
		size_t n = strlen(certain->v[i]);

		if (n > longest && strncmp(rest, certain->v[i], n) == 0 &&
		    rest[n] == '_')
			longest = n;
	}
	if (longest || property_find(whole))
		return longest;
	for (s = strchr(rest, '_'); s; s = strchr(s + 1, '_')) {
		AUTO_FREE char *prop = property_canonical(s + 1);

		if (property_find(prop))
			return s - rest;
	}
	s = strchr(rest, '_');
	return s ? (size_t)(s - rest) : 0;
}

void config_hosts(const struct config *config, struct strvec *hosts)
{
	AUTO_STRVEC certain = STRVEC_INIT;

	hosts_certain(config, &certain);
	for (size_t i = 0; i < certain.count; i++)
		push_host(certain.v[i], hosts);
	for (size_t i = 0; i < config->count; i++) {
		const char *name = config->entries[i]->name;
		AUTO_FREE char *host = NULL;

		if (!str_starts(name, "HostProp_"))
			continue;
		name += strlen("HostProp_");
		host = xstrndup(name, host_length(&certain, name));
		push_host(host, hosts);
	}
}

char *hosts_property(const struct strvec *hosts, const char *name)
{
	const char *rest = strchr(name, '_') + 1;
	size_t n = host_length(hosts, rest);

	return property_canonical(n ? rest + n + 1 : rest);
}
