/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PDU's command line over telnet (RFC 854), options all refused. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/names.h"
#include "base/strvec.h"
#include "net/tcp.h"
#include "pdu/argument.h"
#include "pdu/modules.h"
#include "pdu/telnet_models.h"

#define SEEN_MAX 65536
#define IAC 255
#define DONT 254
#define WONT 252
#define WILL 251
#define DO 253

struct telnet {
	const struct telnet_model *model;
	int fd;
	struct strbuf seen;	/* since the last line was sent */
	unsigned char command[3];
	size_t command_len;	/* of an IAC that is not whole yet */
};

static const struct telnet_model *find_model(const char *name)
{
	for (size_t i = 0; telnet_models[i].name; i++)
		if (strcmp(telnet_models[i].name, name) == 0)
			return &telnet_models[i];
	return NULL;
}

static int check_arguments(const struct pdu_port *port, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *all = NULL, *hint = NULL;
	const char *name = pdu_word(port), *outlet = pdu_arg(port, "outlet");

	if (outlet[strspn(outlet, "0123456789")] || !*outlet)
		return error_set(err, ERROR_USAGE, "outlet= is a number");
	if (find_model(name))
		return 0;
	for (size_t i = 0; telnet_models[i].name; i++)
		strvec_push(&names, telnet_models[i].name);
	all = strvec_join(&names, ", ");
	hint = name_hint(name, &names);
	return error_set(err, ERROR_USAGE, "unknown model '%.40s'%s; there "
			 "are: %s", name, hint, all);
}

static int lost(struct pdu_port *port, const char *reason, struct error *err)
{
	return pdu_fail(port, POWER_FAILURE_UNREACHABLE, err, "the PDU %s: %s",
			pdu_arg(port, "host"), reason);
}

/* "Will you?" No. "I will." Do not. */
static void refuse_option(struct telnet *t)
{
	unsigned char reply[3] = { IAC, 0, t->command[2] };

	if (t->command[1] == DO)
		reply[1] = WONT;
	else if (t->command[1] == WILL)
		reply[1] = DONT;
	else
		return;
	/* a device that is gone is seen at the next reading */
	if (send(t->fd, reply, sizeof(reply), MSG_NOSIGNAL) < 0)
		return;
}

static void take_byte(struct telnet *t, unsigned char c)
{
	if (!t->command_len && c != IAC) {
		if (c)
			strbuf_addch(&t->seen, (char)c);
		return;
	}
	t->command[t->command_len++] = c;
	if (t->command_len == 2 && c < WILL)
		t->command_len = 0;
	if (t->command_len < 3)
		return;
	refuse_option(t);
	t->command_len = 0;
}

/* Until one of the two is seen (1, 2); other may be NULL. */
static int expect(struct pdu_port *port, const char *wanted,
		  const char *other, struct error *err)
{
	struct telnet *t = port->state;
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN };
	unsigned char chunk[512];
	ssize_t n;

	for (;;) {
		if (strstr(t->seen.buf, wanted))
			return 1;
		if (other && strstr(t->seen.buf, other))
			return 2;
		if (poll(&pfd, 1, (int)pdu_left(port)) <= 0)
			return lost(port, "no answer in time", err);
		n = recv(t->fd, chunk, sizeof(chunk), 0);
		if (n <= 0 || t->seen.len > SEEN_MAX)
			return lost(port, "it closed the connection", err);
		for (ssize_t i = 0; i < n; i++)
			take_byte(t, chunk[i]);
	}
}

static void fill_in(const struct pdu_port *port, const char *template,
		    const char *password, struct strbuf *out)
{
	const struct {
		const char *field, *value;
	} fields[] = {
		{ "{outlet}", pdu_arg(port, "outlet") },
		{ "{user}", pdu_arg_or(port, "user", "apc") },
		{ "{password}", password },
	};

	while (*template) {
		size_t i = 0;

		while (i < ARRAY_SIZE(fields) &&
		       !str_starts(template, fields[i].field))
			i++;
		if (i == ARRAY_SIZE(fields)) {
			strbuf_addch(out, *template++);
			continue;
		}
		strbuf_addstr(out, fields[i].value);
		template += strlen(fields[i].field);
	}
}

static int say(struct pdu_port *port, const char *template, struct error *err)
{
	struct telnet *t = port->state;
	AUTO_STRBUF password = STRBUF_INIT, line = STRBUF_INIT;
	ssize_t n;

	if (pdu_secret(port, "password", &password, err) < 0)
		return -1;
	fill_in(port, template, password.buf, &line);
	strbuf_addstr(&line, "\r\n");
	strbuf_clear(&t->seen);
	n = send(t->fd, line.buf, line.len, MSG_NOSIGNAL);
	explicit_bzero(password.buf, password.len);
	explicit_bzero(line.buf, line.len);
	return n < 0 ? lost(port, "it closed the connection", err) : 0;
}

static int log_in(struct pdu_port *port, struct error *err)
{
	const struct telnet *t = port->state;
	const struct telnet_model *m = t->model;
	const struct {
		const char *question, *answer;
	} steps[] = {
		{ m->ask_user, "{user}" },
		{ m->ask_password, "{password}" },
		{ m->hello, m->login },
	};
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i].question &&
		    (expect(port, steps[i].question, NULL, err) < 0 ||
		     say(port, steps[i].answer, err) < 0))
			return -1;
	rc = expect(port, m->prompt, m->denied, err);
	if (rc == 2)
		return pdu_fail(port, POWER_FAILURE_AUTHENTICATION, err, "the "
				"PDU %s refuses user or password",
				pdu_arg(port, "host"));
	return rc < 0 ? -1 : 0;
}

static void telnet_close(struct pdu_port *port)
{
	struct telnet *t = port->state;

	/* it has room for one: it shall not wait until we time out */
	if (t->fd >= 0 && say(port, t->model->bye, NULL) == 0)
		shutdown(t->fd, SHUT_WR);
	if (t->fd >= 0)
		close(t->fd);
	strbuf_release(&t->seen);
	free(t);
}

static int telnet_open(struct pdu_port *port, struct error *err)
{
	const char *host = pdu_arg(port, "host"), *reason = "no answer";
	const char *colon = strrchr(host, ':');
	AUTO_FREE char *address = xstrndup(host, colon ?
		(size_t)(colon - host) : strlen(host));
	struct telnet *t = xcalloc(1, sizeof(*t));
	enum power_failure failure;
	int rc;

	*t = (struct telnet){
		.fd = -1, .seen = STRBUF_INIT,
		.model = find_model(pdu_word(port)),
	};
	port->state = t;
	rc = tcp_connect(NULL, address, colon ? atoi(colon + 1) :
			 t->model->port, pdu_left(port), &t->fd, &reason, err);
	if (rc == 0)
		rc = lost(port, reason, err);
	if (rc > 0 && log_in(port, err) == 0)
		return 0;
	failure = port->failure;
	telnet_close(port);
	port->failure = failure;
	port->state = NULL;
	return -1;
}

/* The command, and its answer up to the next prompt. */
static int command(struct pdu_port *port, const char *template,
		   struct error *err)
{
	const struct telnet *t = port->state;

	if (say(port, template, err) < 0)
		return -1;
	return expect(port, t->model->prompt, NULL, err) < 0 ? -1 : 0;
}

static int telnet_set(struct pdu_port *port, enum power_state wanted,
		      struct error *err)
{
	const struct telnet *t = port->state;
	const struct telnet_model *m = t->model;

	if (command(port, wanted == POWER_ON ? m->on : m->off, err) < 0)
		return -1;
	if (!m->accepted || strstr(t->seen.buf, m->accepted))
		return 0;
	return pdu_fail(port, POWER_FAILURE_REFUSED, err, "the PDU %s "
			"refuses: %.200s", pdu_arg(port, "host"),
			t->seen.buf);
}

/* The word behind "before" in its line, for there may be others. */
static bool line_has(const char *seen, const char *before, const char *word)
{
	const char *p = strstr(seen, before);
	AUTO_FREE char *line = NULL;

	if (!p)
		return false;
	p += strlen(before);
	line = xstrndup(p, strcspn(p, "\r\n"));
	return strstr(line, word) != NULL;
}

static int telnet_get(struct pdu_port *port, enum power_state *state,
		      struct error *err)
{
	const struct telnet *t = port->state;
	const struct telnet_model *m = t->model;
	AUTO_STRBUF before = STRBUF_INIT;

	if (command(port, m->status, err) < 0)
		return -1;
	/* the prompt of some is what the line begins with: all of the line */
	if (expect(port, "\n", NULL, err) < 0)
		return -1;
	fill_in(port, m->before, "", &before);
	*state = POWER_UNKNOWN;
	if (line_has(t->seen.buf, before.buf, m->reads_on))
		*state = POWER_ON;
	else if (line_has(t->seen.buf, before.buf, m->reads_off))
		*state = POWER_OFF;
	if (*state != POWER_UNKNOWN)
		return 0;
	return pdu_fail(port, POWER_FAILURE_REFUSED, err, "the PDU %s tells "
			"no state of outlet %s: %.200s",
			pdu_arg(port, "host"), pdu_arg(port, "outlet"),
			t->seen.buf);
}

const struct pdu_module pdu_telnet = {
	.name = "telnet",
	.summary = "a PDU's command line by telnet: apc, wti, netio",
	.usage = "MODEL host=ADDRESS[:PORT] outlet=N [user=NAME] "
		 "password=@FILE",
	.min_args = 1, .max_args = 1,
	.keys = "host! outlet! user password",
	.check = check_arguments,
	.open = telnet_open, .set = telnet_set, .get = telnet_get,
	.close = telnet_close,
};
