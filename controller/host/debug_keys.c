/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/console.h"
#include "host/debug_key.h"
#include "host/debug_keys.h"
#include "net/local.h"

#define CONNECT_LIMIT_MS 5000
#define ECHO_MS 3000
#define QUIET_MS 500
#define ANSWER_MS 30000
#define TEXT_MAX (16 << 20)
#define SWITCH_TRIES 3
#define SILENT_MAX 3		/* keys in a row: nobody is there */
#define SWITCHED "*** Serial input to "
#define MARK "(XEN)"	/* a line of Xen's, or that it hands through */

struct talk {
	const struct debug_keys *keys;
	struct strbuf *text;
	int fd;
	size_t from;		/* where the answer that is read begins */
};

void debug_keys_init(struct debug_keys *keys, const struct host *host)
{
	*keys = (struct debug_keys){
		.keys = config_get(host->config, "XenDebugKeys"),
		.conswitch = *host_prop_or(host, "xen-conswitch", "a"),
		.echo_ms = ECHO_MS, .quiet_ms = QUIET_MS,
		.answer_ms = ANSWER_MS,
	};
}

void debug_result_release(struct debug_result *result)
{
	strbuf_release(&result->text);
	strbuf_release(&result->silent);
	strbuf_release(&result->unknown);
}

char *debug_result_text(const struct debug_result *result)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "debug keys: %d answered", result->answered);
	if (result->silent.len)
		strbuf_addf(&text, ", without an answer: %s",
			    result->silent.buf);
	if (result->unknown.len)
		strbuf_addf(&text, ", not sent because Xen has no such key: "
			    "%s", result->unknown.buf);
	return strbuf_detach(&text);
}

static int lost(struct error *err)
{
	return error_set(err, ERROR_BROKEN, "the console recorder closed the "
			 "connection");
}

/* One read within ms: 1 something came, 0 nothing did. */
static int take(struct talk *t, int64_t ms, struct error *err)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN };
	char chunk[16384];
	ssize_t n;
	int rc = poll(&pfd, 1, ms > 0 ? (int)ms : 0);

	if (rc <= 0)
		return rc < 0 && errno != EINTR ? lost(err) : 0;
	n = recv(t->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 && errno == EAGAIN ? 0 : lost(err);
	if (t->text->len + (size_t)n < TEXT_MAX)
		strbuf_add(t->text, chunk, (size_t)n);
	return 1;
}

/* What came since the last key; a console may have zeros in it. */
static const char *find(const struct talk *t, const char *wanted)
{
	return memmem(t->text->buf + t->from, t->text->len - t->from, wanted,
		      strlen(wanted));
}

static bool find_any(const struct talk *t, const struct strvec *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (find(t, wanted->v[i]))
			return true;
	return false;
}

/* 1: one of the wanted has come, within ms. */
static int expect_any(struct talk *t, const struct strvec *wanted, int64_t ms,
		      struct error *err)
{
	int64_t end = clock_mono_ms() + ms, left;

	while (!find_any(t, wanted)) {
		left = end - clock_mono_ms();
		if (left <= 0)
			return 0;
		if (take(t, left, err) < 0)
			return -1;
	}
	return 1;
}

static int expect(struct talk *t, const char *wanted, int64_t ms,
		  struct error *err)
{
	AUTO_STRVEC one = STRVEC_INIT;

	strvec_push(&one, wanted);
	return expect_any(t, &one, ms, err);
}

/* Until nothing came for a while, or it never ends. */
static int expect_quiet(struct talk *t, struct error *err)
{
	int64_t end = clock_mono_ms() + t->keys->answer_ms;
	int rc = 1;

	while (rc > 0 && clock_mono_ms() < end)
		rc = take(t, t->keys->quiet_ms, err);
	return rc < 0 ? -1 : 0;
}

static int type(struct talk *t, const char *data, size_t len,
		struct error *err)
{
	t->from = t->text->len;
	if (send(t->fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		return lost(err);
	return 0;
}

/* "Xen" or "DOM0": 1 when the input is whose it should be, 0 when not. */
static int switch_input(struct talk *t, const char *whose, struct error *err)
{
	const char code = t->keys->conswitch & 0x1f;
	const char thrice[] = { code, code, code };
	AUTO_FREE char *wanted = xasprintf(SWITCHED "%s", whose);
	int rc;

	for (int i = 0; i < SWITCH_TRIES; i++) {
		if (type(t, thrice, sizeof(thrice), err) < 0)
			return -1;
		rc = expect(t, SWITCHED, t->keys->echo_ms, err);
		if (rc <= 0)
			return rc;
		/* the name behind it, and what else is on its way */
		if (expect(t, "\n", t->keys->quiet_ms, err) < 0)
			return -1;
		if (find(t, wanted))
			return 1;
	}
	return 0;
}

/* 1: it is answered, or no key; 0: not, though Xen may have said something. */
static int send_key(struct talk *t, char key, struct debug_result *result,
		    struct error *err)
{
	AUTO_STRVEC texts = STRVEC_INIT;
	int rc;

	if (!debug_key_answers(key, &texts)) {
		strbuf_addch(&result->unknown, key);
		return 1;
	}
	if (type(t, &key, 1, err) < 0)
		return -1;
	rc = expect_any(t, &texts, t->keys->echo_ms, err);
	if (rc > 0) {
		result->answered++;
		return expect_quiet(t, err) < 0 ? -1 : 1;
	}
	if (rc == 0)
		strbuf_addch(&result->silent, key);
	return rc;
}

static int send_all(struct talk *t, struct debug_result *result,
		    struct error *err)
{
	int silent = 0;

	for (const char *k = t->keys->keys; *k && silent < SILENT_MAX; k++) {
		int rc;

		if (*k == ' ')
			continue;
		rc = send_key(t, *k, result, err);
		if (rc < 0)
			return -1;
		/* lines of its guests: somebody is there */
		silent = rc || find(t, MARK) ? 0 : silent + 1;
	}
	return 0;
}

static int talk(struct talk *t, struct debug_result *result,
		struct error *err)
{
	int rc = switch_input(t, "Xen", err);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return error_set(err, ERROR_BROKEN, "no hypervisor takes the "
				 "serial input (Ctrl-%c three times)",
				 t->keys->conswitch);
	if (send_all(t, result, err) < 0)
		return -1;
	/* left with Xen, a person would type to it: worth a word, no more */
	if (switch_input(t, "DOM0", NULL) <= 0)
		strbuf_addstr(t->text, "\n[ironbird: the input stays with the "
			      "hypervisor]\n");
	return 0;
}

/* The recorder's first line: "write", or "busy PID". */
static int begin(struct talk *t, struct error *err)
{
	static const char request[] = "write 0\n";
	AUTO_FREE char *busy = NULL;
	int rc;

	if (type(t, request, strlen(request), err) < 0)
		return -1;
	rc = expect(t, "\n", CONNECT_LIMIT_MS, err);
	if (rc == 0)
		return error_set(err, ERROR_BROKEN, "the console recorder "
				 "does not answer");
	if (rc < 0)
		return -1;
	busy = str_starts(t->text->buf, "busy ") ?
		xstrndup(t->text->buf + 5, strcspn(t->text->buf + 5, "\n")) :
		NULL;
	strbuf_consume(t->text, strcspn(t->text->buf, "\n") + 1);
	if (!busy)
		return 0;
	return error_set(err, ERROR_AGAIN, "process %s is typing", busy);
}

int debug_keys_send(const struct host *host, const struct debug_keys *keys,
		    struct debug_result *result, struct error *err)
{
	const char *log = host_console_log(host);
	AUTO_FREE char *path = xasprintf("%s.sock", str_or(log, ""));
	AUTO_CLOSE int fd = -1;
	struct talk t = { .keys = keys, .text = &result->text };

	if (!log)
		return error_set(err, ERROR_USAGE, "host %s: its console is "
				 "not recorded (no property Console)",
				 host->name);
	fd = t.fd = local_connect(path, CONNECT_LIMIT_MS, err);
	if (fd < 0 || begin(&t, err) < 0 || talk(&t, result, err) < 0)
		return error_prefix(err, "debug keys of %s", host->name);
	return 0;
}
