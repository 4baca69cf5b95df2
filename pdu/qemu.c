/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "pdu/modules.h"
#include "pdu/qemu.h"
#include "pdu/qmp.h"

#define ARGS_MAX 65536
#define IP_LIMIT_MS 10000
#define QUIT_LIMIT_MS 3000
#define QMP_LIMIT_MS 3000
#define SETTLE_LIMIT_MS 15000

static pid_t recorded_pid(const char *dir)
{
	AUTO_FREE char *path = xasprintf("%s/qemu.pid", dir);
	AUTO_STRBUF text = STRBUF_INIT;

	if (!file_exists(path) || file_read(path, 64, &text, NULL) < 0)
		return 0;
	return (pid_t)strtol(text.buf, NULL, 10);
}

/* Is pid a QEMU that was started with DIR/qemu.pid? A zombie is not. */
static bool is_machine(pid_t pid, const char *dir)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/cmdline", (int)pid);
	AUTO_STRBUF cmdline = STRBUF_INIT, wanted = STRBUF_INIT;

	if (pid <= 0 || file_read(path, 1 << 20, &cmdline, NULL) < 0)
		return false;
	/* the whole argument, with the NUL before it and the one behind */
	strbuf_addch(&wanted, '\0');
	strbuf_addf(&wanted, "%s/qemu.pid", dir);
	return memmem(cmdline.buf, cmdline.len, wanted.buf,
		      wanted.len + 1) != NULL;
}

pid_t qemu_pid(const char *dir)
{
	pid_t pid = recorded_pid(dir);

	return is_machine(pid, dir) ? pid : 0;
}

static int read_args(const char *dir, struct strvec *args, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/qemu.args", dir);
	AUTO_STRBUF text = STRBUF_INIT;

	if (file_read(path, ARGS_MAX, &text, err) < 0)
		return -1;
	strvec_split(args, text.buf, "\n");
	if (!args->count)
		return error_set(err, ERROR_USAGE, "%s is empty", path);
	return 0;
}

static int run_ip(const char *netns, const char *commands, bool forgive,
		  struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	struct proc_spec spec = {
		.input = commands, .limit_ms = IP_LIMIT_MS,
		.merge_errors = true,
	};

	strvec_push(&argv, "ip");
	if (netns)
		strvec_pushl(&argv, "-n", netns, NULL);
	strvec_pushl(&argv, "-batch", "-", NULL);
	spec.argv = argv.v;
	return forgive ? proc_run(&spec, &result, err) :
			 proc_check(&spec, err);
}

/* A tap left behind by a machine that was killed is used again. */
static int make_tap(const char *name, const char *netns, const char *bridge,
		    struct error *err)
{
	AUTO_FREE char *add = xasprintf("tuntap add dev %s mode tap\n", name);
	AUTO_FREE char *join = xasprintf("link set dev %s master %s up\n",
					 name, bridge);

	if (run_ip(netns, add, true, err) < 0 ||
	    run_ip(netns, join, false, err) < 0)
		return error_prefix(err, "network device %s", name);
	return 0;
}

static int make_taps(const struct strvec *args, const char *netns,
		     const char *bridge, struct error *err)
{
	for (size_t i = 0; i < args->count; i++) {
		const char *p = strstr(args->v[i], "ifname=");
		AUTO_FREE char *name = NULL;

		if (!str_starts(args->v[i], "tap,") || !p)
			continue;
		p += strlen("ifname=");
		name = xstrndup(p, strcspn(p, ","));
		if (make_tap(name, netns, bridge, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * Control is ours, whatever the file says. "-d plugin" logs nothing by
 * itself; with it, -D keeps the stderr of a daemonised QEMU in the file.
 */
static void add_control(struct strvec *args, const char *dir)
{
	strvec_pushl(args, "-daemonize", "-d", "plugin", "-D", NULL);
	strvec_pushf(args, "%s/qemu.log", dir);
	strvec_push(args, "-pidfile");
	strvec_pushf(args, "%s/qemu.pid", dir);
	strvec_push(args, "-qmp");
	strvec_pushf(args, "unix:%s/qmp.sock,server=on,wait=off", dir);
}

int qemu_on(const char *dir, const char *netns, const char *bridge,
	    int64_t limit_ms, struct error *err)
{
	AUTO_FREE char *ns_path = xasprintf("/run/netns/%s",
					    str_or(netns, ""));
	AUTO_STRVEC args = STRVEC_INIT;
	struct proc_spec spec = {
		.netns = netns, .limit_ms = limit_ms, .dir = dir,
	};

	if (qemu_pid(dir))
		return 0;
	if (netns && !file_exists(ns_path))
		return error_set(err, ERROR_BROKEN, "its network namespace %s "
				 "is not there: is its lab up?", netns);
	if (read_args(dir, &args, err) < 0 ||
	    make_taps(&args, netns, bridge, err) < 0)
		return -1;
	add_control(&args, dir);
	spec.argv = args.v;
	return proc_check(&spec, err);
}

struct ending {
	const char *dir;
	pid_t pid;
};

static enum wait_answer has_ended(void *arg, struct error *err)
{
	const struct ending *ending = arg;

	(void)err;
	return is_machine(ending->pid, ending->dir) ? WAIT_MORE : WAIT_DONE;
}

static int wait_for_end(const char *dir, pid_t pid, int64_t limit_ms,
			struct error *err)
{
	struct ending ending = { .dir = dir, .pid = pid };
	AUTO_FREE char *what = xasprintf("QEMU, process %d, did not end",
					 (int)pid);
	const struct wait_spec spec = {
		.what = what, .limit_ms = limit_ms, .poll_ms = 10,
		.check = has_ended, .arg = &ending,
	};

	return wait_for(&spec, err);
}

/* A pid descriptor, checked after it was opened, names one process only. */
static int kill_machine(const char *dir, pid_t pid, struct error *err)
{
	AUTO_CLOSE int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0 || !is_machine(pid, dir))
		return 0;
	if (syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) < 0 &&
	    errno != ESRCH)
		return error_errno(err, "cannot kill QEMU, process %d",
				   (int)pid);
	return 0;
}

int qemu_off(const char *dir, int64_t limit_ms, struct error *err)
{
	AUTO_FREE char *monitor = xasprintf("%s/qmp.sock", dir);
	pid_t pid = qemu_pid(dir);

	if (!pid)
		return 0;
	if (qmp_command(monitor, "quit", QMP_LIMIT_MS, NULL, NULL) == 0 &&
	    wait_for_end(dir, pid, QUIT_LIMIT_MS, NULL) == 0)
		return 0;
	if (kill_machine(dir, pid, err) < 0)
		return -1;
	return wait_for_end(dir, pid, limit_ms, err);
}

static int64_t time_left(const struct pdu_port *port)
{
	int64_t left = port->deadline - clock_mono_ms();

	return left > 1000 ? left : 1000;
}

static int set_machine(struct pdu_port *port, enum power_state wanted,
		       struct error *err)
{
	const char *bridge = port->args.count > 1 ? port->args.v[1] : "br0";

	if (wanted == POWER_OFF)
		return qemu_off(port->args.v[0], time_left(port), err);
	return qemu_on(port->args.v[0], port->host->site.netns, bridge,
		       time_left(port), err);
}

static int get_machine(struct pdu_port *port, enum power_state *state,
		       struct error *err)
{
	const char *dir = port->args.v[0];
	AUTO_FREE char *monitor = xasprintf("%s/qmp.sock", dir);
	AUTO_FREE char *status = NULL;

	*state = POWER_OFF;
	if (!qemu_pid(dir))
		return 0;
	if (qmp_command(monitor, "query-status", QMP_LIMIT_MS, &status,
			err) < 0) {
		/* it may have ended while it was asked */
		return qemu_pid(dir) ? -1 : 0;
	}
	*state = status && strcmp(status, "shutdown") == 0 ? POWER_OFF :
							     POWER_ON;
	return 0;
}

static int special_machine(struct pdu_port *port, enum power_special special,
			   struct error *err)
{
	const char *dir = port->args.v[0];
	AUTO_FREE char *monitor = xasprintf("%s/qmp.sock", dir);

	if (!qemu_pid(dir))
		return error_set(err, ERROR_BROKEN, "the machine is off");
	if (special == POWER_RESET)
		return qmp_command(monitor, "system_reset", QMP_LIMIT_MS,
				   NULL, err);
	if (special == POWER_NMI)
		return qmp_command(monitor, "inject-nmi", QMP_LIMIT_MS, NULL,
				   err);
	return error_set(err, ERROR_USAGE, "a virtual host boots as its "
			 "qemu.args say: network first");
}

const struct pdu_module pdu_qemu = {
	.name = "qemu",
	.summary = "a virtual host: QEMU with the arguments in DIR/qemu.args",
	.usage = "DIR [BRIDGE]",
	.min_args = 1, .max_args = 2,
	.set = set_machine, .get = get_machine,
	.special = special_machine, .self_evident = true,
	.settle_ms = SETTLE_LIMIT_MS,
};
