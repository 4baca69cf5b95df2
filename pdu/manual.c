/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "pdu/modules.h"

/* Until somebody has walked to the machine. */
#define OPERATOR_LIMIT_MS (15 * 60000)

static int wait_for_return(const struct pdu_port *port, int tty,
			   struct error *err)
{
	struct pollfd pfd = { .fd = tty, .events = POLLIN };
	int64_t left = port->deadline - clock_mono_ms();
	char line[256];
	int rc = poll(&pfd, 1, left > 0 ? (int)left : 0);

	if (rc < 0)
		return error_errno(err, "cannot read the terminal");
	if (rc == 0)
		return error_set(err, ERROR_BROKEN, "nobody pressed RETURN on "
				 "the terminal");
	if (read(tty, line, sizeof(line)) <= 0)
		return error_set(err, ERROR_BROKEN, "the terminal was closed "
				 "before RETURN was pressed");
	return 0;
}

static int ask_operator(struct pdu_port *port, enum power_state wanted,
			struct error *err)
{
	AUTO_CLOSE int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	AUTO_FREE char *text = NULL;

	if (tty < 0)
		return error_set(err, ERROR_BROKEN, "it is switched by hand, "
				 "and there is no terminal to ask on");
	tcflush(tty, TCIFLUSH);
	text = xasprintf("\nironbird: please switch the power of host %s %s "
			 "and press RETURN: ", port->host->name,
			 wanted == POWER_ON ? "ON" : "OFF");
	if (write(tty, text, strlen(text)) < 0)
		return error_errno(err, "cannot write to the terminal");
	return wait_for_return(port, tty, err);
}

const struct pdu_module pdu_manual = {
	.name = "manual",
	.summary = "asks the operator on the terminal and waits for RETURN",
	.usage = "",
	.set = ask_operator,
	.settle_ms = OPERATOR_LIMIT_MS,
};
