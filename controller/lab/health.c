/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the services answer; asked from inside their network. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "lab/services.h"
#include "lab/supervisor.h"
#include "lab/web.h"
#include "net/http.h"
#include "net/netns.h"

#define HEALTH_LIMIT_MS 20000
#define PROBE_LIMIT_MS 1000
#define POLL_MS 50
/* A service that ended this often will not come up by itself. */
#define HOPELESS_STARTS 4

#define PORT_DHCP 67
#define PORT_TFTP 69
#define PORT_HTTP 80

#define TFTP_DATA 3
#define TFTP_ACK 4

/*
 * Does a line of /proc/PID/net/{tcp,udp}[6] say that port is bound, to this
 * address (network order) or to all? 0x0A is TCP_LISTEN.
 */
static bool line_binds(const char *line, bool tcp, int port, in_addr_t only)
{
	char address[33];
	unsigned bound, state;

	if (sscanf(line, " %*d: %32[0-9A-F]:%4x %*[0-9A-F]:%*x %2x", address,
		   &bound, &state) != 3)
		return false;
	if ((int)bound != port || (tcp && state != 0x0A))
		return false;
	if (!only || strlen(address) > 8)
		return true;
	return strtoul(address, NULL, 16) == 0 ||
	       strtoul(address, NULL, 16) == only;
}

static bool port_bound(int pid, const char *protocol, int port,
		       in_addr_t only)
{
	static const char *const versions[] = { "", "6" };

	for (size_t v = 0; v < ARRAY_SIZE(versions); v++) {
		AUTO_FREE char *path = xasprintf("/proc/%d/net/%s%s", pid,
						 protocol, versions[v]);
		AUTO_STRBUF text = STRBUF_INIT;
		AUTO_STRVEC lines = STRVEC_INIT;

		if (file_read(path, 16 << 20, &text, NULL) < 0)
			continue;
		strvec_split(&lines, text.buf, "\n");
		for (size_t i = 0; i < lines.count; i++)
			if (line_binds(lines.v[i], protocol[0] == 't', port,
				       only))
				return true;
	}
	return false;
}

/* In the order of services[]. */
static const struct {
	const char *kind, *protocol;
	int port;
	bool any_address;	/* DHCP servers hear broadcasts: one machine,
				   one server */
} ports[SERVICE_COUNT] = {
	{ "DHCP", "udp", PORT_DHCP, true },
	{ "TFTP", "udp", PORT_TFTP, false },
	{ "web", "tcp", PORT_HTTP, false },
};

static bool is_bound(const struct service_set *set, size_t i, int pid)
{
	return port_bound(pid, ports[i].protocol, ports[i].port,
			  ports[i].any_address ? 0 : inet_addr(set->address));
}

static int port_taken(const struct service_set *set, size_t i,
		      struct error *err)
{
	return error_set(err, ERROR_BROKEN, "%s: %s port %d is taken by "
			 "another %s server; 'ss -lnp sport = %d' names it",
			 set->what, ports[i].protocol, ports[i].port,
			 ports[i].kind, ports[i].port);
}

int services_check_ports(const struct service_set *set, int pid,
			 struct error *err)
{
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (is_bound(set, i, pid))
			return port_taken(set, i, err);
	return 0;
}

static bool dhcp_answers(const struct service_set *set, int pid)
{
	return is_bound(set, 0, pid);
}

static bool web_answers(const struct service_set *set, int pid)
{
	AUTO_FREE char *url = xasprintf("http://%s/" WEB_READY, set->address);
	AUTO_STRBUF body = STRBUF_INIT;
	int status = 0;

	(void)pid;
	return http_get(set->netns, url, PROBE_LIMIT_MS, &status, &body,
			NULL) == 0 && status == 200;
}

static bool read_first_block(const struct service_set *set, int fd)
{
	static const char request[] = "\0\1ironbird-ready\0octet";
	const struct timeval limit = { .tv_sec = PROBE_LIMIT_MS / 1000 };
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(PORT_TFTP),
		.sin_addr.s_addr = inet_addr(set->address),
	}, from;
	socklen_t from_len = sizeof(from);
	unsigned char answer[600], ack[4] = { 0, TFTP_ACK, 0, 1 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (sendto(fd, request, sizeof(request), 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0 ||
	    recvfrom(fd, answer, sizeof(answer), 0, (struct sockaddr *)&from,
		     &from_len) < 4 || answer[1] != TFTP_DATA)
		return false;
	/* without it the server would send the block again and again */
	return sendto(fd, ack, sizeof(ack), 0, (struct sockaddr *)&from,
		      from_len) == sizeof(ack);
}

static bool tftp_answers(const struct service_set *set, int pid)
{
	AUTO_CLOSE int fd = -1;

	if (!is_bound(set, 1, pid))
		return false;
	fd = netns_socket(set->netns, AF_INET, SOCK_DGRAM, NULL);
	return fd >= 0 && read_first_block(set, fd);
}

/* In the order of services[]. */
static bool (*const probes[SERVICE_COUNT])(const struct service_set *,
					   int) = {
	dhcp_answers, tftp_answers, web_answers,
};

struct health {
	const struct service_set *set;
	int pid;
	size_t waiting_for;	/* index in services[] */
};

/* The child of this name; all 0 when there is none. */
static struct child_row find_child(const struct service_set *set,
				   const char *name)
{
	struct child_row found = { .pid = 0 };
	struct child_rows rows;

	if (supervisor_children(set, &rows, NULL) < 0)
		return found;
	for (size_t i = 0; i < rows.count; i++)
		if (strcmp(rows.v[i].name, name) == 0)
			found = rows.v[i];
	child_rows_release(&rows);
	return found;
}

/* The last line of the service's log, as " (last line ...)". */
static char *last_words(const struct service_set *set,
			const struct service *service)
{
	AUTO_FREE char *path = service->log(set);
	AUTO_STRBUF tail = STRBUF_INIT, clean = STRBUF_INIT;
	const char *line;

	if (file_read_tail(path, 2048, &tail, NULL) < 0)
		return xasprintf("%s does not exist", path);
	strbuf_rtrim(&tail);
	line = strrchr(tail.buf, '\n');
	strbuf_add_printable(&clean, line ? line + 1 : tail.buf);
	return xasprintf("the last line of %s is: %s", path, clean.buf);
}

/* Its port is somebody else's, or its log says why it ends. */
static enum wait_answer give_up(const struct health *h,
				const struct child_row *child,
				struct error *err)
{
	const struct service *service = &services[h->waiting_for];
	AUTO_FREE char *words = NULL;

	if (!proc_alive(child->pid, child->start) &&
	    is_bound(h->set, h->waiting_for, h->pid)) {
		port_taken(h->set, h->waiting_for, err);
		return WAIT_FAILED;
	}
	words = last_words(h->set, service);
	error_set(err, ERROR_BROKEN, "%s: %s does not stay up; %s",
		  h->set->what, service->name, words);
	return WAIT_FAILED;
}

static enum wait_answer all_answer(void *arg, struct error *err)
{
	struct health *h = arg;

	for (; h->waiting_for < SERVICE_COUNT; h->waiting_for++) {
		struct child_row child =
			find_child(h->set, services[h->waiting_for].name);

		/* who answers must be ours: somebody else may have the port */
		if (proc_alive(child.pid, child.start) &&
		    probes[h->waiting_for](h->set, h->pid))
			continue;
		return child.starts < HOPELESS_STARTS ? WAIT_MORE :
			give_up(h, &child, err);
	}
	return WAIT_DONE;
}

int services_wait(const struct service_set *set, int pid, struct error *err)
{
	struct health h = { .set = set, .pid = pid };
	struct error why = ERROR_INIT;
	AUTO_FREE char *words = NULL;
	const struct wait_spec spec = {
		.what = "no answer", .limit_ms = HEALTH_LIMIT_MS,
		.poll_ms = POLL_MS, .check = all_answer, .arg = &h,
	};

	if (wait_for(&spec, &why) == 0)
		return 0;
	if (str_starts(why.text, set->what))
		return error_set(err, why.kind, "%s", why.text);
	words = last_words(set, &services[h.waiting_for]);
	return error_set(err, ERROR_BROKEN, "%s: %s does not answer: %s; %s",
			 set->what, services[h.waiting_for].name, why.text,
			 words);
}
