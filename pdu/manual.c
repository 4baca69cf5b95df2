/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine that somebody switches by hand. The operator is asked on the
 * terminal, by mail, or both, and has done it when RETURN was pressed, when
 * 'ironbird power HOST done' was run, or, for on, when the machine itself
 * gives a sign of life: that is the one that counts as read back.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mail.h"
#include "base/wait.h"
#include "pdu/argument.h"
#include "pdu/modules.h"
#include "pdu/operator.h"
#include "pdu/sign.h"

/* Until somebody has walked to the machine. */
#define OPERATOR_LIMIT_MS (15 * 60000)
#define LOOK_MS 200

struct question {
	struct pdu_port *port;
	enum power_state wanted;
	struct sign sign;
	int64_t limit_ms;
	int tty;		/* -1: none */
	bool answers;		/* the terminal's keys are ours */
};

static int check_limit(const struct pdu_port *port, struct error *err)
{
	int64_t ms;

	return pdu_arg(port, "limit") ?
		duration_parse(pdu_arg(port, "limit"), &ms, err) : 0;
}

static int64_t limit_of(const struct pdu_port *port)
{
	int64_t ms = pdu_left(port);

	if (pdu_arg(port, "limit") &&
	    duration_parse(pdu_arg(port, "limit"), &ms, NULL) < 0)
		return OPERATOR_LIMIT_MS;
	return ms;
}

/* In the background keys are somebody else's, who would stop us for them. */
static void open_terminal(struct question *q)
{
	struct termios modes;

	q->tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (q->tty < 0)
		return;
	q->answers = tcgetpgrp(q->tty) == getpgrp();
	if (q->answers) {
		tcflush(q->tty, TCIFLUSH);
	} else if (tcgetattr(q->tty, &modes) < 0 || modes.c_lflag & TOSTOP) {
		close(q->tty);
		q->tty = -1;
	}
}

static int ask_on_terminal(const struct question *q, struct error *err)
{
	const char *name = q->port->host->name;
	AUTO_FREE char *text = xasprintf("\nironbird: please switch the power "
		"of host %s %s and %s%s%s: ", name,
		q->wanted == POWER_ON ? "ON" : "OFF",
		q->answers ? "press RETURN" : "run 'ironbird power ",
		q->answers ? "" : name, q->answers ? "" : " done'");

	if (write(q->tty, text, strlen(text)) < 0)
		return error_errno(err, "cannot write to the terminal");
	return 0;
}

static int ask_by_mail(const struct question *q, const char *to,
		       struct error *err)
{
	const char *name = q->port->host->name;
	const char *word = q->wanted == POWER_ON ? "ON" : "OFF";
	AUTO_FREE char *subject = xasprintf("ironbird: please switch host %s "
					    "%s", name, word);
	char stamp[CLOCK_STAMP_SIZE], host[256] = "";
	AUTO_FREE char *body = NULL;
	const struct mail mail = {
		.program = config_get(q->port->host->config, "Sendmail"),
		.to = to, .subject = subject,
		.body = body = xasprintf("Please switch the power of host %s "
			"%s, and then run\n\n    ironbird power %s done\n\n"
			"on %s. It is waited for until %s.\n", name, word,
			name, gethostname(host, sizeof(host) - 1) == 0 ? host :
			"the controller", clock_stamp(clock_now_ms() +
						      q->limit_ms, stamp)),
	};

	return mail_send(&mail, err);
}

/* WAIT_FAILED: the terminal is gone. */
static enum wait_answer read_key(const struct question *q, struct error *err)
{
	struct pollfd pfd = { .fd = q->tty, .events = POLLIN };
	char line[256];

	if (!q->answers || poll(&pfd, 1, 0) <= 0)
		return WAIT_MORE;
	if (read(q->tty, line, sizeof(line)) > 0)
		return WAIT_DONE;
	error_set(err, ERROR_BROKEN, "the terminal was closed before RETURN "
		  "was pressed");
	return WAIT_FAILED;
}

static enum wait_answer is_done(void *arg, struct error *err)
{
	struct question *q = arg;

	if (operator_has_answered(q->port->host))
		return WAIT_DONE;
	if (q->wanted == POWER_ON && sign_look(&q->sign)) {
		q->port->seen = POWER_ON;
		return WAIT_DONE;
	}
	return read_key(q, err);
}

static int await(struct question *q, struct error *err)
{
	const struct wait_spec spec = {
		.what = "its operator: no RETURN and no 'ironbird power HOST "
			"done'",
		.limit_ms = q->limit_ms, .poll_ms = LOOK_MS,
		.check = is_done, .arg = q,
	};

	if (wait_for(&spec, err) == 0)
		return 0;
	q->port->failure = POWER_FAILURE_UNREACHABLE;
	return -1;
}

static int ask(struct question *q, struct error *err)
{
	const char *to = pdu_arg(q->port, "mail");
	int rc = 0;

	open_terminal(q);
	if (q->tty >= 0)
		rc = ask_on_terminal(q, err);
	if (rc == 0 && to)
		rc = ask_by_mail(q, to, err);
	if (rc < 0 || q->tty >= 0 || to) {
		/* it is our mail that does not work, not the operator */
		q->port->failure = rc < 0 ? POWER_FAILURE_CONFIGURATION :
					    POWER_FAILURE_NONE;
		return rc;
	}
	q->port->failure = POWER_FAILURE_CONFIGURATION;
	return error_set(err, ERROR_BROKEN, "it is switched by hand, and "
			 "there is no terminal to ask on, nor mail=ADDRESS");
}

static int manual_set(struct pdu_port *port, enum power_state wanted,
		      struct error *err)
{
	struct question q = {
		.port = port, .wanted = wanted, .limit_ms = limit_of(port),
		.tty = -1,
	};
	int rc;

	sign_begin(&q.sign, port->host);
	rc = operator_ask(port->host, wanted, err);
	if (rc == 0)
		rc = ask(&q, err);
	if (rc == 0)
		rc = await(&q, err);
	operator_forget(port->host);
	if (q.tty >= 0)
		close(q.tty);
	return rc;
}

const struct pdu_module pdu_manual = {
	.name = "manual",
	.summary = "asks the operator, on the terminal or by mail, and waits",
	.usage = "[mail=ADDRESS] [limit=15m]",
	.keys = "mail limit",
	.check = check_limit, .set = manual_set,
	.settle_ms = OPERATOR_LIMIT_MS,
	.tries = 1,
};
