/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PDU's command line over telnet (RFC 854), options all refused. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/tcp.h"
#include "pdu/argument.h"
#include "pdu/menu.h"
#include "pdu/modules.h"

#define IAC 255
#define DONT 254
#define WONT 252
#define WILL 251
#define DO 253

struct telnet {
	struct menu menu;	/* first: menu.c takes it from there */
	int fd;
	unsigned char command[3];
	size_t command_len;	/* of an IAC that is not whole yet */
};

static int check_arguments(const struct pdu_port *port, struct error *err)
{
	return menu_check(port, false, err);
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
			strbuf_addch(&t->menu.seen, (char)c);
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

static int receive(struct pdu_port *port, struct error *err)
{
	struct telnet *t = port->state;
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN };
	unsigned char chunk[512];
	ssize_t n;

	if (poll(&pfd, 1, (int)pdu_left(port)) <= 0)
		return menu_lost(port, "no answer in time", err);
	n = recv(t->fd, chunk, sizeof(chunk), 0);
	if (n <= 0)
		return menu_lost(port, "it closed the connection", err);
	for (ssize_t i = 0; i < n; i++)
		take_byte(t, chunk[i]);
	return 0;
}

static int send_all(struct pdu_port *port, const char *data, size_t len,
		    struct error *err)
{
	const struct telnet *t = port->state;

	/* a line is less than what a socket takes at once */
	if (send(t->fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		return menu_lost(port, "it closed the connection", err);
	return 0;
}

static void telnet_close(struct pdu_port *port)
{
	struct telnet *t = port->state;

	if (t->fd >= 0) {
		menu_end(port);
		shutdown(t->fd, SHUT_WR);
		close(t->fd);
	}
	strbuf_release(&t->menu.seen);
	free(t);
}

static int telnet_open(struct pdu_port *port, struct error *err)
{
	const struct menu_model *model = menu_model_find(pdu_word(port));
	const char *reason = "no answer";
	int number = model->port, rc;
	AUTO_FREE char *address = pdu_address(port, &number);
	struct telnet *t = xcalloc(1, sizeof(*t));

	*t = (struct telnet){
		.menu = {
			.model = model,
			.seen = STRBUF_INIT, .line_end = "\r\n",
			.receive = receive, .send = send_all,
		},
		.fd = -1,
	};
	port->state = t;
	rc = tcp_connect(NULL, address, number, pdu_left(port), &t->fd,
			 &reason, err);
	if (rc == 0)
		rc = menu_lost(port, reason, err);
	if (rc > 0 && menu_log_in(port, err) == 0)
		return 0;
	telnet_close(port);
	port->state = NULL;
	return -1;
}

const struct pdu_module pdu_telnet = {
	.name = "telnet",
	.summary = "a PDU's command line by telnet: apc, wti, netio",
	.usage = "MODEL host=ADDRESS[:PORT] outlet=N [user=NAME] "
		 "password=@FILE",
	.min_args = 1, .max_args = 1,
	.keys = "host! outlet! user password",
	.check = check_arguments,
	.open = telnet_open, .set = menu_set, .get = menu_get,
	.close = telnet_close,
};
