/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PDU's command line over ssh (libssh2). Its key must be the one that the
 * settings name: a password is given to nobody else.
 */
#include <stdlib.h>
#include <string.h>

#include "net/ssh.h"
#include "pdu/argument.h"
#include "pdu/menu.h"
#include "pdu/modules.h"

struct ssh_menu {
	struct menu menu;	/* first: menu.c takes it from there */
	struct ssh *ssh;
};

static int check_arguments(const struct pdu_port *port, struct error *err)
{
	if (!pdu_arg(port, "password") && !pdu_arg(port, "key"))
		return error_set(err, ERROR_USAGE, "password=@FILE or "
				 "key=FILE is missing");
	return menu_check(port, true, err);
}

static int broke(struct pdu_port *port)
{
	port->failure = POWER_FAILURE_UNREACHABLE;
	return -1;
}

static int receive(struct pdu_port *port, struct error *err)
{
	struct ssh_menu *s = port->state;

	return ssh_shell_receive(s->ssh, &s->menu.seen, pdu_left(port),
				 err) < 0 ? broke(port) : 0;
}

static int send_all(struct pdu_port *port, const char *data, size_t len,
		    struct error *err)
{
	struct ssh_menu *s = port->state;

	return ssh_shell_send(s->ssh, data, len, pdu_left(port), err) < 0 ?
		broke(port) : 0;
}

static int connect_to(struct pdu_port *port, struct ssh_target *target,
		      struct error *err)
{
	struct ssh_menu *s = port->state;
	AUTO_STRBUF password = STRBUF_INIT, host_key = STRBUF_INIT;
	bool refused = false;
	int rc;

	if (pdu_secret(port, "password", &password, err) < 0 ||
	    pdu_secret(port, "host-key", &host_key, err) < 0)
		return -1;
	target->host_key = host_key.buf;
	target->key_path = pdu_arg(port, "key");
	target->password = target->key_path ? NULL : password.buf;
	target->refused = &refused;
	rc = ssh_connect(&s->ssh, target, pdu_left(port), err);
	explicit_bzero(password.buf, password.len);
	/* what cannot be read here is our settings' fault, not its */
	if (rc < 0 && (refused || !err || err->kind != ERROR_USAGE))
		port->failure = refused ? POWER_FAILURE_AUTHENTICATION :
					  POWER_FAILURE_UNREACHABLE;
	return rc;
}

static void ssh_menu_close(struct pdu_port *port)
{
	struct ssh_menu *s = port->state;

	if (s->ssh)
		menu_end(port);
	ssh_close(s->ssh);
	strbuf_release(&s->menu.seen);
	free(s);
}

static int ssh_menu_open(struct pdu_port *port, struct error *err)
{
	int number = 0;
	AUTO_FREE char *address = pdu_address(port, &number);
	struct ssh_target target = {
		.name = pdu_arg(port, "host"), .address = address,
		.port = number,
		.user = pdu_arg_or(port, "user", "apc"),
	};
	struct ssh_menu *s = xcalloc(1, sizeof(*s));

	s->menu = (struct menu){
		.model = menu_model_find(pdu_word(port)),
		.seen = STRBUF_INIT, .line_end = "\r",
		.receive = receive, .send = send_all,
	};
	port->state = s;
	if (connect_to(port, &target, err) == 0) {
		if (ssh_shell_open(s->ssh, pdu_left(port), err) < 0)
			broke(port);
		else if (menu_begin(port, err) == 0)
			return 0;
	}
	ssh_close(s->ssh);
	s->ssh = NULL;
	ssh_menu_close(port);
	port->state = NULL;
	return -1;
}

const struct pdu_module pdu_ssh = {
	.name = "ssh",
	.summary = "a PDU's command line by ssh: apc, wti",
	.usage = "MODEL host=ADDRESS[:PORT] outlet=N host-key=@FILE "
		 "[user=NAME] password=@FILE|key=FILE",
	.min_args = 1, .max_args = 1,
	.keys = "host! outlet! host-key! user password key",
	.check = check_arguments,
	.open = ssh_menu_open, .set = menu_set, .get = menu_get,
	.close = ssh_menu_close,
};
