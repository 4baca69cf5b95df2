/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/wait.h"
#include "boot/keys.h"
#include "ts/await.h"
#include "ts/boot.h"
#include "ts/remote.h"
#include "ts/state.h"

#define CONNECT_LIMIT_MS 30000
#define PORT_POLL_MS 200
#define CRASH_GRACE_MS 3000

int remote_open(const struct remote *remote, int64_t limit_ms,
		struct error *err)
{
	AUTO_STRBUF host_key = STRBUF_INIT;
	AUTO_FREE char *login = NULL;
	struct ssh_target target = {
		.name = remote->what, .address = remote->address,
		.netns = remote->netns,
	};

	if (*remote->ssh)
		return 0;
	if (!remote->address)
		return error_set(err, ERROR_BROKEN, "%s has no known address",
				 remote->what);
	if (keys_login(ts_config(), &login, err) < 0 ||
	    keys_of_host(ts_config(), remote->key_name, NULL, &host_key,
			 err) < 0)
		return -1;
	target.key_path = login;
	target.host_key = host_key.buf;
	return ssh_connect(remote->ssh, &target, limit_ms, err);
}

static int port_is_open(void *arg)
{
	const struct remote *remote = arg;

	return tcp_port_open(remote->netns, remote->address, 22, PORT_POLL_MS,
			     NULL) == 1 ? WAIT_DONE : WAIT_MORE;
}

void remote_await(struct ts_host *host, const struct remote *remote,
		  int64_t limit_ms)
{
	struct error err;

	if (!*remote->ssh)
		ts_await(host, ts_text("%s: no ssh answer", remote->what),
			 limit_ms, PORT_POLL_MS, port_is_open,
			 (void *)remote);
	if (remote_open(remote, CONNECT_LIMIT_MS, &err) < 0)
		ts_exit(TS_BROKEN, ts_text("%s%s", err.text,
					   boot_where(host->name)));
}

static void log_output(const char *data, size_t len, bool is_error, void *arg)
{
	AUTO_FREE char *text = xstrndup(data, len);
	char *line = text, *end;

	(void)arg;
	while (*line) {
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		ts_log("  %s %s", is_error ? "!" : "|", line);
		if (!end)
			break;
		line = end + 1;
	}
}

/* A lost session may be the first sign of a crash: give it time to show. */
static void lost(const struct error *err)
{
	await_crash(CRASH_GRACE_MS);
	ts_end(err);
}

int remote_run(const struct remote *remote, const char *command, int limit_s,
	       struct strbuf *out)
{
	AUTO_SSH_RESULT result = { .out = STRBUF_INIT, .error = STRBUF_INIT };
	const struct ssh_command run = {
		.command = command, .limit_ms = (int64_t)limit_s * 1000,
		.sink = log_output, .wake = await_wake,
		.wake_fd = await_descriptor(),
	};
	struct error err;

	ts_check(remote_open(remote, CONNECT_LIMIT_MS, &err), &err);
	ts_log("%s# %s", remote->what, command);
	if (ssh_run(*remote->ssh, &run, &result, &err) < 0)
		lost(&err);
	strbuf_add(out, result.out.buf, result.out.len);
	return result.status;
}

void remote_script(struct strbuf *command, const char *script, va_list words)
{
	const char *word;

	strbuf_addstr(command, "sh -euc ");
	strbuf_add_quoted(command, script);
	strbuf_addstr(command, " sh");
	while ((word = va_arg(words, const char *))) {
		strbuf_addch(command, ' ');
		strbuf_add_quoted(command, word);
	}
}
