/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which host somebody wants for an ident, where neither the job nor the
 * command names one. The nearest word counts, as in OSSTest: the environment
 * of this command, the setting for the ident, the setting for all.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "host/host.h"

static const char *setting(const struct config *config, const char *name)
{
	const char *value = config_get(config, name);

	return value && *value ? value : NULL;
}

bool host_is_local(const char *name)
{
	return strcmp(name, "local") == 0;
}

const char *host_wish_of_job(const struct config *config, const char *ident,
			     const char *job)
{
	if (job && str_starts(job, "build-") && strcmp(ident, "host") == 0)
		return setting(config, "BuildHost");
	return host_wish(config, ident);
}

const char *host_wish(const struct config *config, const char *ident)
{
	AUTO_FREE char *env = xasprintf("OSSTEST_HOST_%s", ident);
	AUTO_FREE char *own = xasprintf("TestHost_%s", ident);
	const char *value;

	for (char *p = env; *p; p++)
		*p = toupper((unsigned char)*p);
	value = getenv(env);
	if (value && *value)
		return value;
	value = setting(config, own);
	return value ? value : setting(config, "TestHost");
}
