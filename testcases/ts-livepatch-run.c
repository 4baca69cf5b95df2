/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's own test patches (xen/test/livepatch of its source) are loaded,
 * stacked, replaced and taken out again, and those that cannot fit are
 * refused. Most of them patch the function that tells Xen's extra version, so
 * that every action shows in `xl info`.
 *
 * xen_nop is left out: it takes a return for one byte long, and is a jump to a
 * thunk where Xen is built against Spectre.
 */
#include <string.h>

#include "ts/ts_host.h"

#define FOLDER "/usr/lib/debug/xen-livepatch"
#define HELLO "Hello World"
#define BYE "Bye World!"
#define AGAIN "Hello Again Wor"	/* Xen tells no more than 15 characters */

enum outcome { DONE, REFUSED };

struct action {
	const char *verb, *patch;	/* of xen-livepatch */
	enum outcome outcome;
	const char *extra;	/* the version after it; NULL: Xen's own */
};

static const struct action actions[] = {
	{ "load", "xen_hello_world", DONE, HELLO },
	/* it is there, and in use */
	{ "upload", "xen_hello_world", REFUSED, HELLO },
	{ "unload", "xen_hello_world", REFUSED, HELLO },

	/* one that is on top of it, and goes first */
	{ "load", "xen_bye_world", DONE, BYE },
	{ "revert", "xen_hello_world", REFUSED, BYE },
	{ "revert", "xen_bye_world", DONE, HELLO },
	{ "unload", "xen_bye_world", DONE, HELLO },

	/* one that takes the place of all others */
	{ "upload", "xen_replace_world", DONE, HELLO },
	{ "replace", "xen_replace_world", DONE, AGAIN },
	{ "unload", "xen_hello_world", DONE, AGAIN },
	{ "revert", "xen_replace_world", DONE, NULL },
	{ "unload", "xen_replace_world", DONE, NULL },

	/* without what it was before, nothing is there to be on top of */
	{ "load", "xen_bye_world", REFUSED, NULL },
	{ "upload", "xen_no_xen_buildid", REFUSED, NULL },

	/* one that looks at what it is about to patch */
	{ "load", "xen_expectations", DONE, HELLO },
	{ "revert", "xen_expectations", DONE, NULL },
	{ "unload", "xen_expectations", DONE, NULL },
	{ "load", "xen_expectations_fail", REFUSED, NULL },

	/* hooks; one refuses to be reverted the first time */
	{ "load", "xen_prepost_hooks", DONE, HELLO },
	{ "revert", "xen_prepost_hooks", REFUSED, HELLO },
	{ "revert", "xen_prepost_hooks", DONE, NULL },
	{ "unload", "xen_prepost_hooks", DONE, NULL },
	{ "load", "xen_prepost_hooks_fail", REFUSED, NULL },
	/* hooks that are run instead of patching, and patch nothing */
	{ "load", "xen_action_hooks", DONE, NULL },
	{ "revert", "xen_action_hooks", DONE, NULL },
	{ "unload", "xen_action_hooks", DONE, NULL },
	{ "load", "xen_action_hooks_nofunc", DONE, NULL },
	{ "revert", "xen_action_hooks_nofunc", DONE, NULL },
	{ "unload", "xen_action_hooks_nofunc", DONE, NULL },
};

static const char *extra_version(struct ts_host *host)
{
	return ts_script(host, 0, "xl info xen_extra", NULL);
}

static void check_none(struct ts_host *host, const char *when)
{
	const char *names = ts_script(host, 0,
		"list=$(xen-livepatch list)\n"
		"echo \"$list\" | sed 1,2d | cut -d' ' -f1 | xargs\n", NULL);

	if (*names)
		ts_fail("host %s has live patches %s: %s", host->name, when,
			names);
}

static int act(struct ts_host *host, const struct action *action,
	       const char **out)
{
	return ts_try_script(host, 0, out,
		"file=$3/$2.livepatch\n"
		"case $1 in\n"
		"upload) xen-livepatch upload \"$2\" \"$file\" ;;\n"
		"load) xen-livepatch load \"$file\" ;;\n"
		"*) xen-livepatch \"$1\" \"$2\" ;;\n"
		"esac 2>&1\n", action->verb, action->patch, FOLDER, NULL);
}

static void check(struct ts_host *host, const struct action *action,
		  const char *own)
{
	const char *wanted = action->extra ? action->extra : own;
	const char *extra, *out;
	int status;

	ts_stage("host %s: %s %s", host->name, action->verb, action->patch);
	status = act(host, action, &out);
	if (status && action->outcome == DONE)
		ts_fail("xen-livepatch %s %s: status %d: %s", action->verb,
			action->patch, status, out);
	if (!status && action->outcome == REFUSED)
		ts_fail("xen-livepatch %s %s was to be refused, and was not",
			action->verb, action->patch);
	extra = extra_version(host);
	if (strcmp(extra, wanted) != 0)
		ts_fail("after xen-livepatch %s %s the extra version is '%s' "
			"instead of '%s'", action->verb, action->patch, extra,
			wanted);
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	const char *own;

	if (ts_try_script(host, 0, NULL, "test -e " FOLDER
			  "/xen_hello_world.livepatch", NULL) != 0)
		ts_broken("host %s has no " FOLDER ": ts-livepatch-install "
			  "brings it", host->name);
	check_none(host, "before any was loaded");
	own = extra_version(host);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		check(host, &actions[i], own);
	check_none(host, "after all were unloaded");
}

const struct ts_case ts_case = {
	.summary = "Load, stack, replace and revert Xen's own test patches",
	.args = "host",
	.hosts = 1,
	.timeout_s = 1200,
	.run = run,
};
