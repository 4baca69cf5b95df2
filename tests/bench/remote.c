/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * remote FOLDER: what `true` over an open ssh session takes beyond the command
 * itself. The server is a real sshd on loopback. "The command itself" is
 * `true` in the user's login shell, run here, from fork to exit; the second
 * shell that net/ssh_run.c puts around a command counts as our own time. The
 * two are measured in turns.
 */
#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "net/ssh.h"
#include "tests/bench/bench.h"

#define ROUNDS 200
#define LIMIT_MS 20000

struct server {
	char *folder, *key, *shown_key;
	char *shell, *user;
	int port;
	pid_t pid;
};

static char *make_key(const char *folder, const char *name,
		      struct error *err)
{
	char *path = xasprintf("%s/%s", folder, name);
	char *const argv[] = {
		(char *)"ssh-keygen", (char *)"-q", (char *)"-t",
		(char *)"ed25519", (char *)"-N", (char *)"", (char *)"-f",
		path, NULL
	};
	struct proc_spec spec = { .argv = argv, .limit_ms = LIMIT_MS };

	if (proc_check(&spec, err) == 0)
		return path;
	free(path);
	return NULL;
}

static int write_config(const struct server *server, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/sshd_config", server->folder);
	/* bash reads ~/.bashrc for sshd, unless it is an inner shell */
	AUTO_FREE char *text = xasprintf("Port %d\nListenAddress 127.0.0.1\n"
		"HostKey %s/host\nAuthorizedKeysFile %s/user.pub\n"
		"PidFile none\nUsePAM no\nStrictModes no\n"
		"PermitRootLogin yes\nPasswordAuthentication no\nUseDNS no\n"
		"SetEnv SHLVL=1\n", server->port, server->folder,
		server->folder);

	return file_publish(path, text, strlen(text), 0600, err);
}

static int read_host_key(struct server *server, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/host.pub", server->folder);
	AUTO_STRBUF text = STRBUF_INIT;

	if (file_read(path, 10000, &text, err) < 0)
		return -1;
	server->shown_key = strbuf_detach(&text);
	return 0;
}

static enum wait_answer answers(void *arg, struct error *err)
{
	const struct server *server = arg;
	int rc = tcp_port_open(NULL, "127.0.0.1", server->port, 1000, err);

	return rc < 0 ? WAIT_FAILED : rc ? WAIT_DONE : WAIT_MORE;
}

static int start(struct server *server, struct error *err)
{
	AUTO_FREE char *host_key = make_key(server->folder, "host", err);
	AUTO_FREE char *config = xasprintf("%s/sshd_config", server->folder);
	char *const argv[] = {
		(char *)"/usr/sbin/sshd", (char *)"-D", (char *)"-q",
		(char *)"-f", config, NULL
	};
	struct proc_spec spec = { .argv = argv, .die_with_parent = true };
	struct wait_spec wait = {
		.what = "no answer of our own sshd", .limit_ms = LIMIT_MS,
		.poll_ms = 10, .check = answers, .arg = server,
	};

	if (host_key)
		server->key = make_key(server->folder, "user", err);
	/* sshd wants /run/sshd; Debian makes it at boot */
	if (!server->key || read_host_key(server, err) < 0 ||
	    write_config(server, err) < 0 ||
	    dir_make("/run/sshd", 0755, err) < 0)
		return -1;
	server->pid = proc_spawn(&spec, err);
	return server->pid < 0 ? -1 : wait_for(&wait, err);
}

static int run_there(struct ssh *ssh, double *ms, struct error *err)
{
	struct ssh_command command = {
		.command = "true", .limit_ms = LIMIT_MS,
	};
	AUTO_SSH_RESULT result;
	double begun = now_ms();
	int rc = ssh_run(ssh, &command, &result, err);

	*ms = now_ms() - begun;
	if (rc == 0 && result.status)
		return error_set(err, ERROR_BROKEN, "true ended with %d",
				 result.status);
	return rc;
}

static int run_here(char *shell, double *ms, struct error *err)
{
	char *const argv[] = { shell, (char *)"-c", (char *)"true", NULL };
	char *const env[] = { (char *)"SHLVL=1", NULL };
	struct proc_spec spec = { .argv = argv, .env = env };
	double begun = now_ms();
	int status = -1;
	pid_t pid = proc_spawn(&spec, err);

	if (pid < 0)
		return -1;
	if (waitpid(pid, &status, 0) != pid || status)
		return error_set(err, ERROR_BROKEN, "%s did not run", shell);
	*ms = now_ms() - begun;
	return 0;
}

static int measure(struct ssh *ssh, char *shell, struct error *err)
{
	double there[ROUNDS], here[ROUNDS];
	double both, alone;

	for (int i = 0; i < ROUNDS; i++)
		if (run_there(ssh, &there[i], err) < 0 ||
		    run_here(shell, &here[i], err) < 0)
			return -1;
	both = quantile(there, ROUNDS, 0.5);
	alone = quantile(here, ROUNDS, 0.5);
	fprintf(stderr, "remote_command_ms: %.2f ms with the command, which "
		"takes %.2f ms\n", both, alone);
	tell("remote_command_ms", both - alone, "ms");
	return 0;
}

static int run(struct server *server, struct error *err)
{
	struct ssh_target target = {
		.name = "sshd", .address = "127.0.0.1", .port = server->port,
		.user = server->user,
	};
	struct ssh *ssh = NULL;
	int rc;

	if (start(server, err) < 0)
		return -1;
	target.key_path = server->key;
	target.host_key = server->shown_key;
	if (ssh_connect(&ssh, &target, LIMIT_MS, err) < 0)
		return -1;
	rc = measure(ssh, server->shell, err);
	ssh_close(ssh);
	return rc;
}

int main(int argc, char **argv)
{
	const struct passwd *user = getpwuid(getuid());
	struct server server = { .pid = -1 };
	struct error err = ERROR_INIT;
	int rc;

	if (argc != 2 || !user) {
		fputs("usage: remote FOLDER\n", stderr);
		return 2;
	}
	server.folder = xasprintf("%s/ssh", argv[1]);
	server.user = xstrdup(user->pw_name);
	server.shell = xstrdup(user->pw_shell);
	server.port = 20000 + getpid() % 20000;
	rc = dir_make(server.folder, 0700, &err);
	if (rc == 0)
		rc = run(&server, &err);
	if (server.pid > 0)
		proc_stop(server.pid, 2000);
	free(server.shown_key);
	free(server.key);
	free(server.shell);
	free(server.user);
	free(server.folder);
	return rc < 0 ? cannot("remote_command_ms", &err) : 0;
}
