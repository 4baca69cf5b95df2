/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/strvec.h"
#include "build/cgroup.h"
#include "build/sandbox.h"

#define CHOWN_LIMIT_MS (5 * 60 * 1000)

struct limits {
	int64_t memory;
	struct cgroup group;
};

/* In the child: core files of compilers help nobody. */
static int set_limits(void *arg)
{
	const struct limits *limits = arg;
	const struct rlimit memory = { limits->memory, limits->memory };
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_AS, &memory) < 0 ||
	    setrlimit(RLIMIT_CORE, &none) < 0)
		return errno;
	return cgroup_enter(&limits->group);
}

static void make_group(const struct sandbox *sandbox, struct limits *limits)
{
	AUTO_FREE char *text = NULL;
	struct error why;

	if (sandbox->memory_all <= 0 ||
	    cgroup_make(&limits->group, sandbox->memory_all, &why) == 0)
		return;
	text = xasprintf("%s; each of its processes has a limit of its own\n",
			 why.text);
	if (sandbox->sink)
		sandbox->sink(text, strlen(text), sandbox->sink_arg);
}

static void add_system(struct strvec *argv, const struct sandbox *sandbox)
{
	strvec_pushl(argv, "bwrap", "--unshare-net", "--unshare-pid",
		     "--unshare-ipc", "--unshare-uts", "--hostname", "build",
		     "--die-with-parent", "--ro-bind", sandbox->root, "/",
		     "--dev", "/dev", "--proc", "/proc", "--perms", "1777",
		     "--tmpfs", "/tmp", "--bind", sandbox->build, "/build",
		     "--bind", sandbox->ccache, "/ccache", "--chdir",
		     "/build", "--clearenv", NULL);
}

static void add_environment(struct strvec *argv,
			    const struct sandbox *sandbox)
{
	strvec_pushl(argv, "--setenv", "PATH", "/usr/sbin:/usr/bin", "--setenv",
		     "HOME", "/build", "--setenv", "LC_ALL", "C", "--setenv",
		     "CCACHE_DIR", "/ccache", "--setenv", "CCACHE_UMASK",
		     "022", NULL);
	for (char *const *e = sandbox->env; e && *e; e++) {
		const char *equals = strchr(*e, '=');

		strvec_push(argv, "--setenv");
		strvec_pushf(argv, "%.*s", (int)(equals - *e), *e);
		strvec_push(argv, equals + 1);
	}
}

static void add_user(struct strvec *argv)
{
	strvec_push(argv, "setpriv");
	strvec_pushf(argv, "--reuid=%d", SANDBOX_UID);
	strvec_pushf(argv, "--regid=%d", SANDBOX_UID);
	strvec_pushl(argv, "--clear-groups", "--no-new-privs",
		     "--inh-caps=-all", "--bounding-set=-all", NULL);
}

static int give(const char *dir, const char *recursive, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = { .limit_ms = CHOWN_LIMIT_MS };

	if (dir_make(dir, 0755, err) < 0)
		return -1;
	strvec_pushl(&argv, "chown", "--no-dereference", recursive, NULL);
	strvec_pushf(&argv, "%d:%d", SANDBOX_UID, SANDBOX_UID);
	strvec_push(&argv, dir);
	spec.argv = argv.v;
	return proc_check(&spec, err);
}

static int run_limited(const struct sandbox *sandbox, char *const *argv,
		       struct limits *limits, struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = sandbox->limit_ms,
		.merge_errors = true, .output_max = 1, .sink = sandbox->sink,
		.sink_arg = sandbox->sink_arg, .die_with_parent = true,
		.before_exec = set_limits, .before_exec_arg = limits,
	};

	if (proc_run(&spec, &result, err) < 0)
		return -1;
	if (result.status != 0 && cgroup_was_over(&limits->group))
		return error_set(err, ERROR_BROKEN, "the build was ended: its "
				 "processes together needed more than the %lld "
				 "MB that BuildMemoryAll allows",
				 (long long)sandbox->memory_all >> 20);
	return result.status;
}

int sandbox_run(const struct sandbox *sandbox, struct error *err)
{
	struct limits limits = { sandbox->memory, CGROUP_INIT };
	AUTO_STRVEC argv = STRVEC_INIT;
	int rc;

	if (geteuid() != 0)
		return error_set(err, ERROR_USAGE, "builds on this machine "
				 "need root: they run as a user of their own");
	if (give(sandbox->build, "--recursive", err) < 0 ||
	    give(sandbox->ccache, "--verbose", err) < 0)
		return -1;
	add_system(&argv, sandbox);
	add_environment(&argv, sandbox);
	add_user(&argv);
	strvec_pushv(&argv, sandbox->argv);
	make_group(sandbox, &limits);
	rc = run_limited(sandbox, argv.v, &limits, err);
	cgroup_release(&limits.group);
	return rc;
}
