/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/wait.h"
#include "boot/keys.h"
#include "config/reads.h"
#include "ts/await.h"
#include "ts/boot.h"
#include "ts/remote.h"
#include "ts/state.h"
#include "ts/stop.h"

#define CONNECT_LIMIT_MS 30000
#define PORT_POLL_MS 200
#define CRASH_GRACE_MS 3000

/* Attempts of one step have one tag; NULL by hand. */
static const char *step_tag(void)
{
	const char *testid = getenv("OSSTEST_TESTID");
	char *tag;

	if (!ts_state.record.job || !testid)
		return NULL;
	tag = ts_keep(xasprintf("%s.%s.%d.%s", ts_state.record.flight,
				ts_state.record.job, ts_state.record.run,
				testid));
	for (char *p = tag; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-", *p))
			*p = '_';
	return tag;
}

/*
 * An attempt of this step that was killed may still be at work there: it is
 * ended, once, before this one does anything.
 */
static int end_attempt_before(const struct remote *remote, struct error *err)
{
	static struct strvec done = STRVEC_INIT;
	const char *tag = getenv("IRONBIRD_AGAIN") ? step_tag() : NULL;

	if (!tag || strvec_has(&done, remote->what))
		return 0;
	strvec_push(&done, remote->what);
	return ssh_kill_tagged(*remote->ssh, tag, err);
}

int remote_open(const struct remote *remote, int64_t limit_ms,
		struct error *err)
{
	AUTO_STRBUF host_key = STRBUF_INIT;
	AUTO_FREE char *login = NULL;
	struct ssh_target target = {
		/* ssh's sentences begin with "host" themselves */
		.name = remote->what + (str_starts(remote->what, "host ") ?
					strlen("host ") : 0),
		.address = remote->address,
		.netns = remote->netns,
	};
	int rc;

	if (*remote->ssh)
		return 0;
	if (!remote->address)
		return error_set(err, ERROR_BROKEN, "%s has no known address",
				 remote->what);
	reads_pause();	/* how we get there is not what is done there */
	rc = keys_login(ts_config(), &login, err);
	if (rc == 0)
		rc = keys_of_host(ts_config(), remote->key_name, NULL,
				  &host_key, err);
	reads_go_on();
	if (rc < 0)
		return -1;
	target.key_path = login;
	target.host_key = host_key.buf;
	if (ssh_connect(remote->ssh, &target, limit_ms, err) < 0)
		return -1;
	return end_attempt_before(remote, err);
}

int remote_ssh_run(struct ssh *ssh, const struct ssh_command *command,
		   struct ssh_result *result, struct error *err)
{
	struct ssh_command run = *command;
	int rc;

	run.tag = step_tag();
	run.stop_fd = stop_hold();
	rc = ssh_run(ssh, &run, result, err);
	stop_release(run.stop_fd);
	return rc;
}

static int64_t session_limit(const struct remote *remote)
{
	return remote->session_ms ? remote->session_ms : CONNECT_LIMIT_MS;
}

static enum wait_answer port_is_open(void *arg)
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
	if (remote_open(remote, session_limit(remote), &err) < 0)
		ts_exit(TS_BROKEN, ts_text("%s%s", err.text,
					   boot_where(host->name)));
}

static void log_output(const char *data, size_t len, bool is_error, void *arg)
{
	AUTO_STRBUF text = STRBUF_INIT;
	char *line, *end;

	(void)arg;
	strbuf_add(&text, data, len);
	strbuf_replace_nuls(&text);
	line = text.buf;
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

/* No answer may be the first sign of a crash: give it time to show. */
static void lost(const struct error *err)
{
	await_crash(CRASH_GRACE_MS);
	ts_end(err);
}

int64_t remote_limit_ms(int limit_s)
{
	return limit_s ? (int64_t)limit_s * 1000 : ts_limit_ms("CommandLimit");
}

int remote_run(const struct remote *remote, const char *command, int limit_s,
	       struct strbuf *out)
{
	AUTO_SSH_RESULT result = { .out = STRBUF_INIT, .error = STRBUF_INIT };
	const struct ssh_command run = {
		.command = command, .limit_ms = remote_limit_ms(limit_s),
		.sink = log_output, .wake = await_wake,
		.wake_fd = await_descriptor(),
	};
	struct error err;

	if (remote_open(remote, session_limit(remote), &err) < 0)
		lost(&err);
	ts_log("%s# %s", remote->what, command);
	if (remote_ssh_run(*remote->ssh, &run, &result, &err) < 0)
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
