/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Outlets of a UPS or PDU that Network UPS Tools serves (upsd's protocol, NUT
 * developer guide, "Network protocol information"): lines over TCP.
 *
 * An outlet is switched by the instant command outlet.N.load.on, or where the
 * driver has none by the variable outlet.N.switch. Without outlet= it is the
 * whole load.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/tcp.h"
#include "pdu/argument.h"
#include "pdu/modules.h"

#define PORT 3493
#define LINE_MAX_BYTES 4096

struct nut {
	int fd;
	struct strbuf received;
};

static int unreachable(struct pdu_port *port, const char *reason,
		       struct error *err)
{
	return pdu_fail(port, POWER_FAILURE_UNREACHABLE, err, "upsd at %s: %s",
			pdu_arg(port, "host"), reason);
}

static int read_line(struct pdu_port *port, struct strbuf *line,
		     struct error *err)
{
	struct nut *nut = port->state;
	struct pollfd pfd = { .fd = nut->fd, .events = POLLIN };
	char chunk[512], *end;
	ssize_t n;

	while (!(end = memchr(nut->received.buf, '\n', nut->received.len))) {
		if (poll(&pfd, 1, (int)pdu_left(port)) <= 0)
			return unreachable(port, "no answer in time", err);
		n = recv(nut->fd, chunk, sizeof(chunk), 0);
		if (n <= 0 || nut->received.len > LINE_MAX_BYTES)
			return unreachable(port, "it closed the connection",
					   err);
		strbuf_add(&nut->received, chunk, n);
	}
	strbuf_clear(line);
	strbuf_add(line, nut->received.buf, end - nut->received.buf);
	strbuf_consume(&nut->received, end + 1 - nut->received.buf);
	return 0;
}

/* "ERR ACCESS-DENIED": by its word */
static int refused(struct pdu_port *port, const char *what, const char *answer,
		   struct error *err)
{
	static const char *const rights[] = {
		"ACCESS-DENIED", "INVALID-PASSWORD", "INVALID-USERNAME",
		"PASSWORD-REQUIRED", "USERNAME-REQUIRED",
	};
	enum power_failure failure = POWER_FAILURE_REFUSED;

	for (size_t i = 0; i < ARRAY_SIZE(rights); i++)
		if (strstr(answer, rights[i]))
			failure = POWER_FAILURE_AUTHENTICATION;
	if (strstr(answer, "UNKNOWN-UPS"))
		failure = POWER_FAILURE_CONFIGURATION;
	if (strstr(answer, "DATA-STALE") || strstr(answer, "DRIVER-NOT-CONN"))
		failure = POWER_FAILURE_UNREACHABLE;
	return pdu_fail(port, failure, err, "upsd at %s, %s: %s",
			pdu_arg(port, "host"), what, answer);
}

/* The answer is OK..., VAR..., or ERR... */
static int say(struct pdu_port *port, const char *line, struct strbuf *answer,
	       struct error *err)
{
	struct nut *nut = port->state;
	AUTO_FREE char *text = xasprintf("%s\n", line);
	ssize_t sent = send(nut->fd, text, strlen(text), MSG_NOSIGNAL);

	explicit_bzero(text, strlen(text));
	if (sent < 0)
		return unreachable(port, "it closed the connection", err);
	return read_line(port, answer, err);
}

static int say_ok(struct pdu_port *port, const char *line, const char *shown,
		  struct error *err)
{
	AUTO_STRBUF answer = STRBUF_INIT;

	if (say(port, line, &answer, err) < 0)
		return -1;
	return str_starts(answer.buf, "OK") ? 0 :
		refused(port, shown, answer.buf, err);
}

static int log_in(struct pdu_port *port, struct error *err)
{
	AUTO_STRBUF line = STRBUF_INIT;
	AUTO_FREE char *name = NULL;
	int rc;

	if (!pdu_arg(port, "password"))
		return 0;
	name = xasprintf("USERNAME %s", pdu_arg_or(port, "user", "admin"));
	strbuf_addstr(&line, "PASSWORD ");
	if (pdu_secret(port, "password", &line, err) < 0 ||
	    say_ok(port, name, name, err) < 0)
		return -1;
	rc = say_ok(port, line.buf, "PASSWORD", err);
	explicit_bzero(line.buf, line.len);
	return rc;
}

static void nut_close(struct pdu_port *port)
{
	struct nut *nut = port->state;

	if (nut->fd >= 0)
		close(nut->fd);
	strbuf_release(&nut->received);
	free(nut);
}

static int nut_open(struct pdu_port *port, struct error *err)
{
	const char *reason = "no answer";
	int number = PORT, rc;
	AUTO_FREE char *address = pdu_address(port, &number);
	struct nut *nut = xcalloc(1, sizeof(*nut));

	*nut = (struct nut){ .fd = -1, .received = STRBUF_INIT };
	port->state = nut;
	rc = tcp_connect(NULL, address, number, pdu_left(port), &nut->fd,
			 &reason, err);
	if (rc == 0)
		rc = unreachable(port, reason, err);
	if (rc > 0 && log_in(port, err) == 0)
		return 0;
	nut_close(port);
	port->state = NULL;
	return -1;
}

/* outlet.3.NAME, or the load's own NAME; the caller frees. */
static char *outlet_name(const struct pdu_port *port, const char *name)
{
	const char *outlet = pdu_arg(port, "outlet");

	return outlet ? xasprintf("outlet.%s.%s", outlet, name) :
			xstrdup(name);
}

static int nut_set(struct pdu_port *port, enum power_state wanted,
		   struct error *err)
{
	const char *word = power_state_name(wanted);
	const char *ups = pdu_arg(port, "ups");
	AUTO_FREE char *load = outlet_name(port, "load");
	AUTO_FREE char *command = xasprintf("INSTCMD %s %s.%s", ups, load,
					    word);
	AUTO_FREE char *variable = outlet_name(port, "switch");
	AUTO_FREE char *set = xasprintf("SET VAR %s %s \"%s\"", ups, variable,
					word);
	AUTO_STRBUF answer = STRBUF_INIT;

	if (say(port, command, &answer, err) < 0)
		return -1;
	if (str_starts(answer.buf, "OK"))
		return 0;
	if (strstr(answer.buf, "CMD-NOT-SUPPORTED"))
		return say_ok(port, set, set, err);
	return refused(port, command, answer.buf, err);
}

/* VAR UPS NAME "value": value on or off, yes or no; ups.status has words. */
static enum power_state state_of(const char *answer)
{
	const char *value = strchr(answer, '"');

	if (!value)
		return POWER_UNKNOWN;
	value++;
	if (str_starts(value, "on\"") || str_starts(value, "yes\""))
		return POWER_ON;
	if (str_starts(value, "off\"") || str_starts(value, "no\""))
		return POWER_OFF;
	if (strstr(value, "OFF"))
		return POWER_OFF;
	return strstr(value, "OL") || strstr(value, "OB") ? POWER_ON :
							    POWER_UNKNOWN;
}

static int nut_get(struct pdu_port *port, enum power_state *state,
		   struct error *err)
{
	const char *const names[] = { "status", "switch" };
	const char *ups = pdu_arg(port, "ups");
	AUTO_STRBUF answer = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_FREE char *name = pdu_arg(port, "outlet") ?
			outlet_name(port, names[i]) : xstrdup("ups.status");
		AUTO_FREE char *line = xasprintf("GET VAR %s %s", ups, name);

		if (say(port, line, &answer, err) < 0)
			return -1;
		*state = state_of(answer.buf);
		if (str_starts(answer.buf, "VAR "))
			return 0;
		if (!strstr(answer.buf, "VAR-NOT-SUPPORTED"))
			break;
	}
	return refused(port, "its state", answer.buf, err);
}

const struct pdu_module pdu_nut = {
	.name = "nut",
	.summary = "an outlet that Network UPS Tools (upsd) serves",
	.usage = "host=ADDRESS[:PORT] ups=NAME [outlet=N] [user=NAME "
		 "password=@FILE]",
	.keys = "host! ups! outlet user password",
	.open = nut_open, .set = nut_set, .get = nut_get, .close = nut_close,
};
