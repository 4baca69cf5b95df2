/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command runs with IRONBIRD_RUN=TAG-ID in its environment, which its
 * children inherit whatever process groups and sessions they make. Over the
 * limit, a second channel of the same session kills all that have it: no tool
 * is needed on the other side beyond a shell and grep, busybox's will do.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "net/ssh_session.h"

#define CHUNK 32768		/* libssh2 sends no more in one packet */
#define OUT_MAX (1024 * 1024)
#define ERROR_MAX (64 * 1024)
#define KILL_MS 10000		/* for killing and for what ends then */
#define ID_BYTES 8

/* One channel while its command runs. */
struct run {
	struct ssh *ssh;
	const struct ssh_command *command;
	struct ssh_result *result;
	LIBSSH2_CHANNEL *channel;
	int64_t deadline;
	int input_fd;		/* -1: none */
	const char *input;	/* what is to be sent next */
	size_t left;
	bool eof_sent;
	bool moved;		/* something came or went in this round */
	char piece[CHUNK];
	char incoming[CHUNK];
};

void ssh_result_release(struct ssh_result *result)
{
	strbuf_release(&result->out);
	strbuf_release(&result->error);
}

/* The command's first line for sentences, in out. */
static const char *title(const struct ssh_command *command, char out[64])
{
	size_t len = strcspn(command->command, "\n");

	len = len < 60 ? len : 60;
	memcpy(out, command->command, len);
	memcpy(out + len, command->command[len] ? "..." : "",
	       command->command[len] ? 4 : 1);
	return out;
}

static int broken(struct ssh *ssh, const struct ssh_command *command,
		  struct error *err)
{
	char *reason = NULL;
	char name[64];

	ssh->broken = true;
	libssh2.session_last_error(ssh->session, &reason, NULL, 0);
	return error_set(err, ERROR_BROKEN, "host %s: the ssh session broke "
			 "during '%s' (%s)", ssh->name, title(command, name),
			 reason);
}

static int over_limit(const struct run *run, const char *what,
		      struct error *err)
{
	char limit[DURATION_TEXT_SIZE], name[64];

	run->result->timed_out = true;
	return error_set(err, ERROR_BROKEN, "host %s: '%s' was not done "
			 "within %s%s", run->ssh->name,
			 title(run->command, name),
			 duration_text(run->command->limit_ms, limit), what);
}

static int stopped(struct run *run, const char *what, struct error *err)
{
	char name[64];

	return error_set(err, ERROR_ABORTED, "host %s: '%s' was stopped%s",
			 run->ssh->name, title(run->command, name), what);
}

static int given_up(struct run *run, struct error *err)
{
	char name[64];

	run->ssh->broken = true;
	return error_set(err, ERROR_BROKEN, "host %s: '%s' was given up",
			 run->ssh->name, title(run->command, name));
}

static void keep_last(struct strbuf *sb, const char *data, size_t len,
		      size_t max)
{
	strbuf_add(sb, data, len);
	/* Moved rarely: twice as much may be there for a while. */
	if (sb->len > 2 * max)
		strbuf_consume(sb, sb->len - max);
}

static void take(struct run *run, size_t len, bool is_error)
{
	const struct ssh_command *command = run->command;
	size_t max = command->out_max ? command->out_max : OUT_MAX;
	struct strbuf *out = &run->result->out;

	if (is_error)
		keep_last(&run->result->error, run->incoming, len, ERROR_MAX);
	else if (out->len < max)
		strbuf_add(out, run->incoming,
			   len < max - out->len ? len : max - out->len);
	if (command->sink)
		command->sink(run->incoming, len, is_error,
			      command->sink_arg);
}

/* Takes what has come on stdout or stderr; -1: the session broke. */
static int pump_out(struct run *run, bool is_error)
{
	for (;;) {
		ssize_t n = libssh2.channel_read_ex(run->channel,
			is_error ? SSH_EXTENDED_DATA_STDERR : 0,
			run->incoming, sizeof(run->incoming));

		if (n == 0 || n == LIBSSH2_ERROR_EAGAIN)
			return 0;
		if (n < 0)
			return -1;
		run->moved = true;
		take(run, (size_t)n, is_error);
	}
}

/* The next piece of stdin; false at its end. */
static bool next_piece(struct run *run)
{
	ssize_t n;

	if (run->input_fd < 0)
		return false;
	do
		n = read(run->input_fd, run->piece, sizeof(run->piece));
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	run->input = run->piece;
	run->left = (size_t)n;
	return true;
}

/*
 * Sends what the other side takes. A command that ends without reading all
 * its input is none of our troubles. -1: the session broke.
 */
static int pump_in(struct run *run)
{
	ssize_t n = 0;

	while (!run->eof_sent) {
		if (run->left || next_piece(run))
			n = libssh2.channel_write_ex(run->channel, 0,
				run->input,
				run->left < CHUNK ? run->left : CHUNK);
		else
			n = libssh2.channel_send_eof(run->channel);
		if (n == LIBSSH2_ERROR_EAGAIN || (n == 0 && run->left))
			return 0;
		run->moved = true;
		if (n == LIBSSH2_ERROR_CHANNEL_CLOSED ||
		    n == LIBSSH2_ERROR_CHANNEL_EOF_SENT ||
		    (n == 0 && !run->left))
			run->eof_sent = true;
		else if (n < 0)
			return -1;
		run->input += n > 0 ? n : 0;
		run->left -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* A packet is sent in part: only the same call may go on with it. */
static bool sending(const struct run *run)
{
	return libssh2.session_block_directions(run->ssh->session) &
	       LIBSSH2_SESSION_BLOCK_OUTBOUND;
}

/* 0 at the end of all output, 1 when it is too late, -1: broken. */
static int pump(struct run *run)
{
	for (;;) {
		run->moved = false;
		if (pump_in(run) < 0)
			return -1;
		if (!sending(run) &&
		    (pump_out(run, false) < 0 || pump_out(run, true) < 0))
			return -1;
		if (!sending(run) && libssh2.channel_eof(run->channel))
			return 0;
		if (run->moved && clock_mono_ms() < run->deadline)
			continue;
		if (!ssh_wait(run->ssh, run->deadline))
			return 1;
	}
}

/* RFC 4254, 6.10: names without SIG. */
static int signal_status(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {
		{ "HUP", 1 }, { "INT", 2 }, { "QUIT", 3 }, { "ILL", 4 },
		{ "ABRT", 6 }, { "FPE", 8 }, { "KILL", 9 }, { "USR1", 10 },
		{ "SEGV", 11 }, { "USR2", 12 }, { "PIPE", 13 },
		{ "ALRM", 14 }, { "TERM", 15 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (strcmp(signals[i].name, name) == 0)
			return 128 + signals[i].number;
	return -1;
}

static int exit_status(struct run *run)
{
	char *name = NULL;
	int status = libssh2.channel_get_exit_status(run->channel);

	libssh2.channel_get_exit_signal(run->channel, &name, NULL, NULL, NULL,
					NULL, NULL);
	if (name) {
		status = signal_status(name);
		libssh2.free(run->ssh->session, name);
	}
	return status;
}

/*
 * The other side closes when the command has ended, and said how before: our
 * own close must not come first. 0, 1: too late, -1: broken.
 */
static int finish(struct run *run)
{
	int rc = SSH_UNTIL(run->ssh, run->deadline,
			   libssh2.channel_wait_closed(run->channel));

	if (rc == 0)
		run->result->status = exit_status(run);
	return rc == 0 ? 0 : rc == LIBSSH2_ERROR_EAGAIN ? 1 : -1;
}

static void wrap(struct strbuf *sb, const char *command, const char *id)
{
	strbuf_addf(sb, "IRONBIRD_RUN=%s exec sh -c ", id);
	strbuf_add_quoted(sb, command);
}

/* 0 when the command runs, 1: too late, -1: broken. */
static int open_channel(struct run *run, const char *text)
{
	LIBSSH2_SESSION *session = run->ssh->session;
	int rc;

	for (;;) {
		run->channel = libssh2_open_channel(session);
		if (run->channel)
			break;
		if (libssh2.session_last_errno(session) !=
		    LIBSSH2_ERROR_EAGAIN)
			return -1;
		if (!ssh_wait(run->ssh, run->deadline))
			return 1;
	}
	rc = SSH_UNTIL(run->ssh, run->deadline,
		       libssh2.channel_process_startup(run->channel,
				"exec", 4, text, strlen(text)));
	return rc == 0 ? 0 : rc == LIBSSH2_ERROR_EAGAIN ? 1 : -1;
}

static void close_channel(struct run *run)
{
	int64_t deadline = clock_mono_ms() + KILL_MS;

	if (run->channel &&
	    SSH_UNTIL(run->ssh, deadline,
		      libssh2.channel_free(run->channel)) != 0)
		run->ssh->broken = true;
}

/* Runs the text as it is, for the second channel. True when it ended well. */
static bool run_plain(struct ssh *ssh, const char *text)
{
	struct ssh_command command = { .command = text, .limit_ms = KILL_MS };
	struct ssh_result result = {
		.status = -1, .out = STRBUF_INIT, .error = STRBUF_INIT,
	};
	struct run *run = xcalloc(1, sizeof(*run));
	bool good;

	run->ssh = ssh;
	run->command = &command;
	run->result = &result;
	run->input_fd = -1;
	run->deadline = clock_mono_ms() + KILL_MS;
	good = open_channel(run, text) == 0 && pump(run) == 0 &&
	       finish(run) == 0 && result.status == 0;
	close_channel(run);
	ssh_result_release(&result);
	free_pointer(&run);
	return good;
}

/* The dots of a tag are dots. */
static void add_literal(struct strbuf *sb, const char *id)
{
	for (; *id; id++)
		if (*id == '.')
			strbuf_addstr(sb, "[.]");
		else
			strbuf_addch(sb, *id);
}

/*
 * Kills whatever has the id, and more text of the pattern behind it, again
 * until nothing has: some may be forking.
 */
static bool kill_remote(struct ssh *ssh, const char *id, const char *more)
{
	AUTO_STRBUF pattern = STRBUF_INIT;
	AUTO_FREE char *text = NULL;

	add_literal(&pattern, id);
	strbuf_addstr(&pattern, more);
	text = xasprintf("exec sh -c '"
		"i=0; while [ $i -lt 30 ]; do "
		"found=$(grep -lszx \"IRONBIRD_RUN=%s\" "
		"/proc/[0-9]*/environ); "
		"[ -n \"$found\" ] || exit 0; "
		"for file in $found; do "
		"pid=${file#/proc/}; pid=${pid%%/environ}; "
		"kill -9 -$pid; kill -9 $pid; "
		"done 2>/dev/null; "
		"sleep 0.1 2>/dev/null || sleep 1; i=$((i+1)); "
		"done; exit 1'", pattern.buf);
	return run_plain(ssh, text);
}

int ssh_kill_tagged(struct ssh *ssh, const char *tag, struct error *err)
{
	if (!ssh->broken && kill_remote(ssh, tag, "-[0-9a-f]*"))
		return 0;
	return error_set(err, ERROR_BROKEN, "host %s: what runs there since "
			 "an attempt before this one could not be ended",
			 ssh->name);
}

/*
 * The limit has passed: the packet that is half sent is finished, the command
 * killed, and what it still said is taken. True when it is gone and the
 * session can be used again.
 */
static bool stop_remote(struct run *run, const char *id)
{
	bool gone;

	run->deadline = clock_mono_ms() + KILL_MS;
	while (sending(run))
		if (pump_in(run) < 0 || (sending(run) &&
		    !ssh_wait(run->ssh, run->deadline)))
			return false;
	/* No more input: sending it could begin another packet. */
	run->left = 0;
	run->eof_sent = true;
	gone = kill_remote(run->ssh, id, "");
	run->deadline = clock_mono_ms() + KILL_MS;
	return gone && pump(run) == 0 && finish(run) == 0;
}

/* Too late, or stopped. */
static int end_remote(struct run *run, const char *id, struct error *err)
{
	bool wished = run->ssh->stopped;
	const char *what = "";

	if (!stop_remote(run, id)) {
		run->ssh->broken = true;
		what = ", and could not be ended there";
	}
	return wished ? stopped(run, what, err) : over_limit(run, what, err);
}

static int run_channel(struct run *run, const char *id, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;
	int rc;

	wrap(&text, run->command->command, id);
	rc = open_channel(run, text.buf);
	if (rc > 0 && run->ssh->given_up)
		return given_up(run, err);
	if (rc > 0 && run->ssh->stopped) {
		run->ssh->broken = true;
		return stopped(run, " before it was known to run", err);
	}
	if (rc > 0) {
		/* Whether it runs is not known, nor what libssh2 waits for. */
		run->ssh->broken = true;
		return over_limit(run, " (the ssh session does not answer)",
				  err);
	}
	if (rc == 0)
		rc = pump(run);
	if (rc == 0)
		rc = finish(run);
	if (rc < 0)
		return broken(run->ssh, run->command, err);
	if (rc == 0)
		return 0;
	if (run->ssh->given_up)
		return given_up(run, err);
	return end_remote(run, id, err);
}

int ssh_run_from(struct ssh *ssh, const struct ssh_command *command,
		 int input, struct ssh_result *result, struct error *err)
{
	AUTO_FREE char *hex = random_hex(ID_BYTES);
	AUTO_FREE char *id = xasprintf("%s-%s", str_or(command->tag, ""), hex);
	struct run *run;
	char name[64];
	int rc;

	*result = (struct ssh_result){
		.status = -1, .out = STRBUF_INIT, .error = STRBUF_INIT,
	};
	if (ssh->broken)
		return error_set(err, ERROR_BROKEN, "host %s: '%s' not run, "
				 "the ssh session broke before", ssh->name,
				 title(command, name));
	run = xcalloc(1, sizeof(*run));
	run->ssh = ssh;
	run->command = command;
	run->result = result;
	run->deadline = clock_mono_ms() + command->limit_ms;
	run->input_fd = input;
	run->input = command->input;
	run->left = command->input ? command->input_len : 0;
	ssh->running = command;
	ssh->stopped = false;
	rc = run_channel(run, id, err);
	ssh->running = NULL;
	/* What is left of a broken session goes with it. */
	if (!ssh->broken)
		close_channel(run);
	free_pointer(&run);
	if (result->error.len > ERROR_MAX)
		strbuf_consume(&result->error, result->error.len - ERROR_MAX);
	return rc;
}

int ssh_run(struct ssh *ssh, const struct ssh_command *command,
	    struct ssh_result *result, struct error *err)
{
	return ssh_run_from(ssh, command, -1, result, err);
}
