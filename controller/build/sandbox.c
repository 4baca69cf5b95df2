/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/strvec.h"
#include "build/sandbox.h"

#define CHOWN_LIMIT_MS (5 * 60 * 1000)

/* In the child: core files of compilers help nobody. */
static int set_limits(void *arg)
{
	const struct sandbox *sandbox = arg;
	const struct rlimit memory = { sandbox->memory, sandbox->memory };
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_AS, &memory) < 0 ||
	    setrlimit(RLIMIT_CORE, &none) < 0)
		return errno;
	return 0;
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

int sandbox_run(const struct sandbox *sandbox, struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = {
		.limit_ms = sandbox->limit_ms, .merge_errors = true,
		.output_max = 1, .sink = sandbox->sink,
		.sink_arg = sandbox->sink_arg, .die_with_parent = true,
		.before_exec = set_limits, .before_exec_arg = (void *)sandbox,
	};

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
	spec.argv = argv.v;
	if (proc_run(&spec, &result, err) < 0)
		return -1;
	return result.status;
}
