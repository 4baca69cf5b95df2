/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines without an outlet of their own, reached over ssh with the keys
 * that hosts are given: "soft" asks the host's own system, "wol" wakes it by
 * a magic packet and asks it to go down, "guest" is a guest of another host.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "boot/keys.h"
#include "net/netns.h"
#include "net/ssh.h"
#include "pdu/argument.h"
#include "pdu/modules.h"

#define CONNECT_MS 1000
#define SETTLE_LIMIT_MS 120000
#define SSH_PORT 22
#define DOWN_FIRST_MS 5
#define DOWN_POLL_MS 200
#define WOL_PORT 9
#define MAGIC_SIZE 102

static const char *address_of(const struct pdu_port *port)
{
	return pdu_arg_or(port, "host", port->host->address);
}

static int answers(struct pdu_port *port, bool *yes, struct error *err)
{
	int rc;

	if (!address_of(port))
		return pdu_fail(port, POWER_FAILURE_CONFIGURATION, err, "host "
				"%s has no ip-addr", port->host->name);
	rc = tcp_port_open(port->host->site.netns, address_of(port), SSH_PORT,
			   CONNECT_MS, err);
	*yes = rc == 1;
	return rc < 0 ? -1 : 0;
}

/* key_name: whose host key must be shown. */
static int connect_to(struct pdu_port *port, const char *key_name,
		      struct ssh **ssh, struct error *err)
{
	AUTO_STRBUF host_key = STRBUF_INIT;
	AUTO_FREE char *login = NULL;
	AUTO_FREE char *name = xasprintf("host %s", key_name);
	bool refused = false;
	struct ssh_target target = {
		.name = name, .address = address_of(port),
		.netns = port->host->site.netns, .refused = &refused,
	};

	if (keys_login(port->host->config, &login, err) < 0 ||
	    keys_of_host(port->host->config, key_name, NULL, &host_key,
			 err) < 0)
		return -1;
	target.key_path = login;
	target.host_key = host_key.buf;
	if (ssh_connect(ssh, &target, pdu_left(port), err) == 0)
		return 0;
	port->failure = refused ? POWER_FAILURE_AUTHENTICATION :
				  POWER_FAILURE_UNREACHABLE;
	return -1;
}

/* The command's status; -1: the session ended with the machine. */
static int run_in(struct ssh *ssh, const struct pdu_port *port,
		  const char *command)
{
	AUTO_SSH_RESULT result = {
		.out = STRBUF_INIT, .error = STRBUF_INIT,
	};
	const struct ssh_command spec = {
		.command = command, .limit_ms = pdu_left(port),
	};

	return ssh_run(ssh, &spec, &result, NULL) < 0 ? -1 : result.status;
}

static int run(struct pdu_port *port, const char *command, int *status,
	       struct error *err)
{
	struct ssh *ssh = NULL;

	if (connect_to(port, port->host->name, &ssh, err) < 0)
		return -1;
	*status = run_in(ssh, port, command);
	ssh_close(ssh);
	return 0;
}

struct going {
	struct pdu_port *port;
	int64_t pause_ms;
};

static enum wait_answer is_down(void *arg, struct error *err)
{
	struct going *going = arg;
	bool up;

	if (answers(going->port, &up, err) < 0)
		return WAIT_FAILED;
	return up ? WAIT_MORE : WAIT_DONE;
}

/* Soon at first, then less and less often. */
static int64_t next_look(void *arg)
{
	struct going *going = arg;
	int64_t ms = going->pause_ms;

	if (going->pause_ms < DOWN_POLL_MS)
		going->pause_ms *= 2;
	return ms;
}

static int await_down(struct pdu_port *port, struct error *err)
{
	struct going going = { .port = port, .pause_ms = DOWN_FIRST_MS };
	const struct wait_spec spec = {
		.what = "the end of its ssh", .limit_ms = pdu_left(port),
		.next_ms = next_look, .check = is_down, .arg = &going,
	};

	if (wait_for(&spec, NULL) == 0)
		return 0;
	return pdu_fail(port, POWER_FAILURE_UNVERIFIED, err, "it was told to "
			"go down, and %s still answers on port %d",
			address_of(port), SSH_PORT);
}

/* -f: what hangs in its shutdown shall not keep it up. */
static int power_off(struct pdu_port *port, struct error *err)
{
	bool up;
	int status;

	if (answers(port, &up, err) < 0)
		return -1;
	if (!up)
		return 0;
	if (run(port, "sync; poweroff -f", &status, err) < 0)
		return -1;
	return await_down(port, err);
}

static int soft_set(struct pdu_port *port, enum power_state wanted,
		    struct error *err)
{
	bool up;

	if (wanted == POWER_OFF)
		return power_off(port, err);
	if (answers(port, &up, err) < 0)
		return -1;
	return up ? 0 : pdu_fail(port, POWER_FAILURE_REFUSED, err, "a host "
				 "that is off cannot be switched on by its "
				 "own system");
}

static int soft_special(struct pdu_port *port, enum power_special special,
			struct error *err)
{
	static const char *const commands[] = {
		[POWER_RESET] = "sync; reboot -f",
		[POWER_NMI] = "echo 1 >/proc/sys/kernel/sysrq && "
			      "echo c >/proc/sysrq-trigger",
		[POWER_BOOT_SETUP] = NULL,
	};
	int status;

	if (!commands[special])
		return pdu_fail(port, POWER_FAILURE_REFUSED, err, "its own "
				"system cannot do '%s'",
				power_special_name(special));
	return run(port, commands[special], &status, err);
}

const struct pdu_module pdu_soft = {
	.name = "soft",
	.summary = "the host's own system, over ssh: off and reset; never on",
	.usage = "[host=ADDRESS]",
	.keys = "host",
	.set = soft_set, .special = soft_special,
};

/* Six times 255, sixteen times the MAC address (AMD, Magic Packet). */
static int make_packet(struct pdu_port *port, unsigned char *packet,
		       struct error *err)
{
	const char *ether = pdu_arg_or(port, "mac", port->host->ether);
	unsigned byte[6];

	if (!ether || sscanf(ether, "%2x:%2x:%2x:%2x:%2x:%2x", &byte[0],
			     &byte[1], &byte[2], &byte[3], &byte[4],
			     &byte[5]) != 6)
		return pdu_fail(port, POWER_FAILURE_CONFIGURATION, err, "host "
				"%s has no property ether", port->host->name);
	memset(packet, 255, 6);
	for (size_t i = 6; i < MAGIC_SIZE; i++)
		packet[i] = (unsigned char)byte[i % 6];
	return 0;
}

static int wake(struct pdu_port *port, struct error *err)
{
	const char *broadcast = pdu_arg_or(port, "broadcast",
					   "255.255.255.255");
	struct sockaddr_in to = { .sin_family = AF_INET };
	unsigned char packet[MAGIC_SIZE];
	AUTO_CLOSE int fd = -1;
	int yes = 1;
	long udp;

	if (pdu_number(port, "udp", 1, 65535, WOL_PORT, &udp, err) < 0 ||
	    make_packet(port, packet, err) < 0)
		return -1;
	to.sin_port = htons(udp);
	if (inet_pton(AF_INET, broadcast, &to.sin_addr) != 1)
		return pdu_fail(port, POWER_FAILURE_CONFIGURATION, err,
				"broadcast=%.40s is no address", broadcast);
	fd = netns_socket(port->host->site.netns, AF_INET, SOCK_DGRAM, err);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof(yes));
	if (sendto(fd, packet, sizeof(packet), 0, (void *)&to,
		   sizeof(to)) != sizeof(packet))
		return error_errno(err, "cannot send a magic packet to %s",
				   broadcast);
	return 0;
}

static int wol_set(struct pdu_port *port, enum power_state wanted,
		   struct error *err)
{
	return wanted == POWER_ON ? wake(port, err) : power_off(port, err);
}

const struct pdu_module pdu_wol = {
	.name = "wol",
	.summary = "on by a Wake-on-LAN packet, off by its own system over ssh",
	.usage = "[mac=MAC] [host=ADDRESS] [broadcast=ADDRESS] [udp=PORT]",
	.keys = "mac host broadcast udp",
	.set = wol_set, .special = soft_special,
};

static void guest_close(struct pdu_port *port)
{
	ssh_close(port->state);
	port->state = NULL;
}

/* One login for all that an action asks; one that broke is not asked again. */
static int xl(struct pdu_port *port, const char *verb, const char *word,
	      int *status, struct error *err)
{
	AUTO_STRBUF command = STRBUF_INIT;
	struct ssh *ssh = port->state;

	if (!ssh && connect_to(port, pdu_arg(port, "parent"), &ssh, err) < 0)
		return -1;
	port->state = ssh;
	strbuf_addf(&command, "xl %s ", verb);
	strbuf_add_quoted(&command, word);
	strbuf_addstr(&command, " >/dev/null");
	*status = run_in(ssh, port, command.buf);
	if (*status < 0)
		guest_close(port);
	return 0;
}

static int no_answer(struct pdu_port *port, struct error *err)
{
	return pdu_fail(port, POWER_FAILURE_UNREACHABLE, err, "host %s did "
			"not answer", pdu_arg(port, "parent"));
}

static int guest_get(struct pdu_port *port, enum power_state *state,
		     struct error *err)
{
	int status;

	if (xl(port, "domid", pdu_arg(port, "domain"), &status, err) < 0)
		return -1;
	if (status < 0)
		return no_answer(port, err);
	*state = status == 0 ? POWER_ON : POWER_OFF;
	return 0;
}

static int guest_set(struct pdu_port *port, enum power_state wanted,
		     struct error *err)
{
	const char *domain = pdu_arg(port, "domain");
	AUTO_FREE char *standard = xasprintf("/etc/xen/%s.cfg", domain);
	const char *file = pdu_arg_or(port, "config", standard);
	bool on = wanted == POWER_ON;
	enum power_state now;
	int status;

	if (pdu_state_before(port, &now, err) < 0)
		return -1;
	if (now == wanted)
		return 0;
	if (xl(port, on ? "create" : "destroy", on ? file : domain, &status,
	       err) < 0)
		return -1;
	if (status < 0)
		return no_answer(port, err);
	return status == 0 ? 0 :
		pdu_fail(port, POWER_FAILURE_REFUSED, err, "host %s: xl %s %s "
			 "ended with status %d", pdu_arg(port, "parent"),
			 on ? "create" : "destroy", domain, status);
}

const struct pdu_module pdu_guest = {
	.name = "guest",
	.summary = "a guest of another host (xl create, destroy over ssh)",
	.usage = "parent=HOST host=ADDRESS-OF-PARENT domain=NAME "
		 "[config=FILE]",
	.keys = "parent! host! domain! config",
	.set = guest_set, .get = guest_get, .close = guest_close,
	.self_evident = true,
	.settle_ms = SETTLE_LIMIT_MS,
};
