/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ts/running.h"

char *running_value(const struct running *r, const char *key)
{
	const char *line = r->out;
	size_t n = strlen(key);

	while (line && !(strncmp(line, key, n) == 0 && line[n] == '=')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return line ? xstrndup(line + n + 1, strcspn(line + n + 1, "\n")) :
		NULL;
}

static int check_came_up(const struct running *r, struct error *err)
{
	AUTO_FREE char *trouble = running_value(r, "xl_error");
	AUTO_FREE char *kernel = running_value(r, "kernel");

	if (r->status == 0)
		return 0;
	if (trouble)
		return error_set(err, ERROR_FAIL, "host %s came up with the "
				 "hypervisor, but xl info fails: %s", r->host,
				 trouble);
	return error_set(err, ERROR_FAIL, "host %s came up without the "
			 "hypervisor: '%s'", r->host, str_or(kernel, "?"));
}

/* What is noted and what is printed under the same name. */
static const struct {
	const char *name, *what;
} parts[] = {
	{ "xen_build_id", "the hypervisor with build id" },
	{ "xen_debug", "a hypervisor with assertions (y or n)" },
	{ "xen_policy", "the XSM policy of" },
	{ "tools_id", "the tools" },
	{ "kernel_build_id", "the kernel with build id" },
};

static int check_parts(const struct running *r, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *wanted = r->noted(parts[i].name, r->arg);
		AUTO_FREE char *runs = running_value(r, parts[i].name);

		if (wanted && (!runs || strcmp(runs, wanted) != 0))
			return error_set(err, ERROR_BROKEN, "host %s runs %s "
					 "%s, but %s was installed", r->host,
					 parts[i].what, str_or(runs, "none"),
					 wanted);
	}
	return 0;
}

/*
 * Xen takes its default for a scheduler that it was built without, and says
 * so; then it is the build, not the hypervisor, that is not what was wanted.
 */
static int check_scheduler(const struct running *r, struct error *err)
{
	const char *wanted = str_or(r->noted("xen_scheduler", r->arg),
				    "default");
	AUTO_FREE char *runs = running_value(r, "xen_scheduler");
	AUTO_FREE char *lacks = running_value(r, "xen_scheduler_missing");

	if (strcmp(wanted, "default") == 0 ||
	    strcmp(str_or(runs, ""), wanted) == 0)
		return 0;
	if (lacks && strcmp(lacks, "y") == 0)
		return error_set(err, ERROR_BROKEN, "host %s: the hypervisor "
				 "that was installed has no scheduler %s, and "
				 "runs %s", r->host, wanted,
				 str_or(runs, "none"));
	return error_set(err, ERROR_FAIL, "host %s runs the scheduler %s, but "
			 "%s was asked for", r->host, str_or(runs, "none"),
			 wanted);
}

/* A toolstack with a daemon must answer. */
static int check_toolstack(const struct running *r, struct error *err)
{
	AUTO_FREE char *version = r->version_key ?
		running_value(r, r->version_key) : NULL;
	AUTO_FREE char *trouble = running_value(r, "libvirt_error");

	if (!r->version_key || (version && *version))
		return 0;
	return error_set(err, ERROR_FAIL, "host %s came up, but toolstack %s "
			 "does not answer: %s", r->host, r->toolstack,
			 str_or(trouble, "it is not there"));
}

static int check_libvirt(const struct running *r, struct error *err)
{
	const char *wanted = r->noted("libvirt_id", r->arg);
	AUTO_FREE char *runs = running_value(r, "libvirt_id");
	AUTO_FREE char *version = running_value(r, "libvirt_version");

	if (!wanted || (runs && strcmp(runs, wanted) == 0))
		return 0;
	return error_set(err, ERROR_BROKEN, "host %s runs libvirt %s with "
			 "hash %s, but %s was installed", r->host,
			 str_or(version, "?"), str_or(runs, "none"), wanted);
}

/*
 * A host may have two of Xen's libraries: libvirt's must be the tested one.
 * The packages' xl is a script, and there is but one.
 */
static int check_libraries(const struct running *r, struct error *err)
{
	AUTO_FREE char *tools = running_value(r, "tools_libxl");
	AUTO_FREE char *libvirt = running_value(r, "libvirt_libxl");

	if (!tools || !*tools || !libvirt || !*libvirt ||
	    strcmp(tools, libvirt) == 0)
		return 0;
	return error_set(err, ERROR_BROKEN, "host %s: libvirtd has loaded %s, "
			 "but xl is used with %s", r->host, libvirt, tools);
}

/* The policy is loaded: whether it is enforced is the product's part. */
static int check_flask(const struct running *r, struct error *err)
{
	AUTO_FREE char *mode = running_value(r, "xen_flask");

	if (!strstr(r->append, "flask=enforcing") ||
	    strcmp(str_or(mode, ""), "Enforcing") == 0)
		return 0;
	return error_set(err, ERROR_FAIL, "host %s was booted with "
			 "flask=enforcing, but xl getenforce says: %s",
			 r->host, str_or(mode, "none"));
}

int running_check(const struct running *r, struct error *err)
{
	static int (*const checks[])(const struct running *r,
				     struct error *err) = {
		check_came_up, check_parts, check_scheduler, check_toolstack,
		check_libvirt, check_libraries, check_flask,
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (checks[i](r, err) < 0)
			return -1;
	return 0;
}
