/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands and files on hosts. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "boot/inputs.h"
#include "ts/await.h"
#include "ts/boot.h"
#include "ts/fullness.h"
#include "ts/remote.h"
#include "ts/state.h"

#define CONNECT_LIMIT_MS 30000
#define SEND_LIMIT_MS 120000

static struct remote remote_of(struct ts_host *host)
{
	const struct remote remote = {
		.what = ts_text("host %s", host->name),
		.key_name = host->name, .address = host->host->address,
		.netns = host->host->site.netns, .ssh = &host->ssh,
	};

	return remote;
}

void ts_drop_ssh(struct ts_host *host)
{
	ssh_close(host->ssh);
	host->ssh = NULL;
}

bool ts_try_ssh(struct ts_host *host, int limit_s, struct error *err)
{
	struct remote remote = remote_of(host);

	return remote_open(&remote, (int64_t)limit_s * 1000, err) == 0;
}

void ts_await_ssh(struct ts_host *host, int64_t limit_ms)
{
	struct remote remote = remote_of(host);

	ts_stage("host %s: waiting for ssh", host->name);
	ts_drop_ssh(host);
	remote_await(host, &remote, limit_ms);
	boot_ends(host->name);
	await_up(host->name);
}

/* The output as a string that is kept, without line ends at its end. */
static const char *kept_output(struct strbuf *out)
{
	strbuf_rtrim(out);
	return ts_keep(strbuf_detach(out));
}

static const char *last_line(const char *text)
{
	const char *line = strrchr(text, '\n');

	return line ? line + 1 : text;
}

static void failed(const struct remote *remote, const char *sentence)
{
	fullness_check(remote, sentence);
	ts_fail("%s", sentence);
}

/* What is wrong, if the status is not 0, else NULL. */
static const char *run_words(struct ts_host *host, int limit_s,
			     const struct strvec *words, const char **out)
{
	struct remote remote = remote_of(host);
	AUTO_STRBUF command = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;
	int status;

	for (size_t i = 0; i < words->count; i++) {
		if (command.len)
			strbuf_addch(&command, ' ');
		strbuf_add_quoted(&command, words->v[i]);
	}
	strbuf_addstr(&command, " 2>&1");
	status = remote_run(&remote, command.buf, limit_s, &text);
	*out = kept_output(&text);
	return !status ? NULL :
		ts_text("host %s: '%.200s' ended with status %d: %s",
			host->name, command.buf, status, last_line(*out));
}

const char *ts_cmdv(struct ts_host *host, int limit_s,
		    const struct strvec *words)
{
	struct remote remote = remote_of(host);
	const char *out, *sentence = run_words(host, limit_s, words, &out);

	if (sentence)
		failed(&remote, sentence);
	return out;
}

void ts_own_cmdv(struct ts_host *host, int limit_s,
		 const struct strvec *words)
{
	struct remote remote = remote_of(host);
	const char *out, *sentence = run_words(host, limit_s, words, &out);

	if (!sentence)
		return;
	fullness_check(&remote, sentence);
	ts_broken("%s", sentence);
}

const char *ts_cmd(struct ts_host *host, int limit_s, ...)
{
	AUTO_STRVEC words = STRVEC_INIT;
	const char *word;
	va_list ap;

	va_start(ap, limit_s);
	while ((word = va_arg(ap, const char *)))
		strvec_push(&words, word);
	va_end(ap);
	return ts_cmdv(host, limit_s, &words);
}

static int run_script(struct ts_host *host, int limit_s, const char **out,
		      const char *script, va_list words)
{
	struct remote remote = remote_of(host);
	AUTO_STRBUF command = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;
	int status;

	remote_script(&command, script, words);
	status = remote_run(&remote, command.buf, limit_s, &text);
	if (out)
		*out = kept_output(&text);
	else
		strbuf_release(&text);
	return status;
}

int ts_try_script(struct ts_host *host, int limit_s, const char **out,
		  const char *script, ...)
{
	va_list words;
	int status;

	va_start(words, script);
	status = run_script(host, limit_s, out, script, words);
	va_end(words);
	return status;
}

const char *ts_script(struct ts_host *host, int limit_s, const char *script,
		      ...)
{
	const char *out;
	va_list words;
	int status;

	va_start(words, script);
	status = run_script(host, limit_s, &out, script, words);
	va_end(words);
	if (status != 0) {
		struct remote remote = remote_of(host);

		failed(&remote, ts_text("host %s: a script ended with status "
					"%d: %s (it began '%.60s')",
					host->name, status, last_line(out),
					script + strspn(script, " \t\n")));
	}
	return out;
}

void ts_send_file(struct ts_host *host, const char *local, const char *remote,
		  int mode)
{
	struct error err;

	if (!ts_try_ssh(host, CONNECT_LIMIT_MS / 1000, &err))
		ts_end(&err);
	ts_log("host %s: %s <- %s", host->name, remote, local);
	ts_check(input_file(local, &err), &err);
	if (ssh_send_file(host->ssh, local, remote, mode, SEND_LIMIT_MS,
			  &err) < 0) {
		const struct remote there = remote_of(host);

		fullness_check(&there, err.text);
		ts_end(&err);
	}
}

struct file_sink {
	int fd;
	int64_t left;
	bool cut;
	int error;		/* errno of the first write that failed */
};

static void write_piece(const char *data, size_t len, bool is_error,
			void *arg)
{
	struct file_sink *sink = arg;

	if (is_error || sink->error)
		return;
	sink->cut |= sink->left < (int64_t)len;
	if (sink->cut)
		len = (size_t)sink->left;
	sink->left -= (int64_t)len;
	if (file_write(sink->fd, data, len) < 0)
		sink->error = errno;
}

int ts_fetch_output(struct ts_host *host, int limit_s, const char *local,
		    int64_t max, const char *script)
{
	AUTO_SSH_RESULT result = { .out = STRBUF_INIT, .error = STRBUF_INIT };
	AUTO_CLOSE int fd = open(local, O_WRONLY | O_CREAT | O_TRUNC |
				 O_CLOEXEC, 0644);
	struct file_sink sink = { .fd = fd, .left = max };
	const struct ssh_command run = {
		.command = script, .limit_ms = remote_limit_ms(limit_s),
		.out_max = 1, .sink = write_piece, .sink_arg = &sink,
	};
	struct error err;

	if (fd < 0)
		ts_broken("cannot write %s: %s", local, strerror(errno));
	if (!ts_try_ssh(host, CONNECT_LIMIT_MS / 1000, &err) ||
	    remote_ssh_run(host->ssh, &run, &result, &err) < 0)
		ts_end(&err);
	if (sink.error)
		ts_broken("cannot write %s: %s", local,
			  strerror(sink.error));
	if (sink.cut)
		ts_log("host %s: %s ends after %lld bytes, there was more",
		       host->name, local, (long long)max);
	return result.status;
}
