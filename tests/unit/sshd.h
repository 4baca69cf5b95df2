/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real sshd of the test's own, with keys of its own. */
#ifndef IRONBIRD_TESTS_SSHD_H
#define IRONBIRD_TESTS_SSHD_H

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "net/ssh.h"
#include "tests/unit/loopback.h"

/* Made by set_up_sshd. */
static struct {
	char *key, *other_key, *host_key, *wrong_key;
	struct server sshd, busybox_sshd;
} lab;

/* more: another line of its configuration. */
static inline void start_sshd(struct server *server, const char *more)
{
	AUTO_FREE char *config = in_dir("sshd_config");
	AUTO_FREE char *log = in_dir("sshd.log");
	AUTO_FREE char *user = public_key(lab.key);
	AUTO_FREE char *text = NULL;
	const char *argv[] = {
		"/usr/sbin/sshd", "-D", "-f", config, "-E", log, NULL
	};

	server->port = free_port();
	put("authorized_keys", user);
	text = xasprintf("Port %d\nListenAddress 127.0.0.1\n"
			 "HostKey %s/host\nAuthorizedKeysFile "
			 "%s/authorized_keys\nPidFile none\nUsePAM no\n"
			 "StrictModes no\nPermitRootLogin yes\n"
			 "PasswordAuthentication no\nUseDNS no\n"
			 "MaxStartups 100\n%s\n", server->port, loopback_dir,
			 loopback_dir, more);
	put("sshd_config", text);
	/* sshd wants this folder; Debian makes it at boot. */
	assert_ok(dir_make("/run/sshd", 0755, &err));
	server_start(server, argv);
}

/* A server whose commands find busybox's tools and no others. */
static inline void start_busybox_sshd(void)
{
	static const char *const tools[] = {
		"sh", "env", "grep", "sleep", "setsid", "cat",
	};
	AUTO_FREE char *path = in_dir("tools");
	AUTO_FREE char *more = xasprintf("SetEnv SHLVL=1 PATH=%s", path);

	assert_ok(dir_make(path, 0755, &err));
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		AUTO_FREE char *tool = xasprintf("%s/%s", path, tools[i]);

		assert_int_equal(symlink("/bin/busybox", tool), 0);
	}
	start_sshd(&lab.busybox_sshd, more);
}

static inline int set_up_sshd(void **state)
{
	(void)state;
	/* what commands leave behind comes to us, and ends with us */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	snprintf(loopback_dir, sizeof(loopback_dir), "/tmp/test-net.XXXXXX");
	assert_non_null(mkdtemp(loopback_dir));
	free(make_key("host"));
	free(make_key("wrong"));
	lab.key = make_key("user");
	lab.other_key = make_key("other");
	lab.host_key = in_dir("host");
	lab.wrong_key = in_dir("wrong");
	/* bash reads the user's own ~/.bashrc unless it is an inner shell. */
	start_sshd(&lab.sshd, "SetEnv SHLVL=1");
	start_busybox_sshd();
	return 0;
}

/* The orphans of one that is killed are our children then. */
static inline void end_orphans(void)
{
	AUTO_FREE char *path = xasprintf("/proc/self/task/%d/children",
					 (int)getpid());
	char *rest;

	for (;;) {
		AUTO_STRBUF children = STRBUF_INIT;
		long pid;

		assert_ok(file_read(path, 1 << 16, &children, &err));
		pid = strtol(children.buf, &rest, 10);
		if (pid <= 0)
			return;
		kill((pid_t)pid, SIGKILL);
		waitpid((pid_t)pid, NULL, 0);
	}
}

static inline int tear_down_sshd(void **state)
{
	(void)state;
	server_stop(&lab.sshd);
	server_stop(&lab.busybox_sshd);
	end_orphans();
	assert_ok(dir_remove(loopback_dir, &err));
	free(lab.key);
	free(lab.other_key);
	free(lab.host_key);
	free(lab.wrong_key);
	return 0;
}

static inline struct ssh *connect_as(const char *user_key, const char *host_key,
			      int port, int64_t limit_ms)
{
	AUTO_FREE char *shown = public_key(host_key);
	struct ssh_target target = {
		.name = "iron1", .address = "127.0.0.1", .port = port,
		.key_path = user_key, .host_key = shown,
	};
	struct ssh *ssh = NULL;

	err = (struct error)ERROR_INIT;
	if (ssh_connect(&ssh, &target, limit_ms, &err) < 0)
		assert_null(ssh);
	return ssh;
}

static inline struct ssh *connect_well(void)
{
	struct ssh *ssh = connect_as(lab.key, lab.host_key, lab.sshd.port,
				     LIMIT);

	if (!ssh)
		fail_msg("%s", err.text);
	return ssh;
}

#endif
