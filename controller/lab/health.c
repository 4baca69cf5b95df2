/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the services answer; asked from inside their network. */
#include <arpa/inet.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "lab/ports.h"
#include "lab/services.h"
#include "lab/supervisor.h"
#include "lab/web.h"
#include "net/http.h"
#include "net/tftp.h"

#define HEALTH_LIMIT_MS 60000
#define CHECK_LIMIT_MS 3000
#define PROBE_LIMIT_MS 1000
#define POLL_MS 50
/* A service that ended this often will not come up by itself. */
#define HOPELESS_STARTS 4

#define PORT_DHCP 67
#define PORT_TFTP 69
#define PORT_HTTP 80

const struct service_port service_ports[SERVICE_COUNT] = {
	{ "DHCP", "udp", PORT_DHCP, true },
	{ "TFTP", "udp", PORT_TFTP, false },
	{ "web", "tcp", PORT_HTTP, false },
};

static bool is_bound(const struct service_set *set, size_t i, int pid)
{
	const struct service_port *p = &service_ports[i];

	return port_bound(pid, p->protocol, p->port,
			  p->any_address ? 0 : inet_addr(set->address));
}

static int port_taken(const struct service_set *set, size_t i,
		      struct error *err)
{
	return error_set(err, ERROR_BROKEN, "%s: %s port %d is taken by "
			 "another %s server; 'ss -lnp sport = %d' names it",
			 set->what, service_ports[i].protocol,
			 service_ports[i].port, service_ports[i].kind,
			 service_ports[i].port);
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

static bool tftp_answers(const struct service_set *set, int pid)
{
	AUTO_STRBUF block = STRBUF_INIT;

	return is_bound(set, 1, pid) &&
	       tftp_read_block(set->netns, set->address, "ironbird-ready",
			       PROBE_LIMIT_MS, &block, NULL) == 0;
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
static enum wait_answer give_up(const struct health *h, struct error *err)
{
	const struct service *service = &services[h->waiting_for];
	AUTO_FREE char *words = NULL;

	if (is_bound(h->set, h->waiting_for, h->pid)) {
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

	if (supervisor_pid(h->set) != h->pid) {
		error_set(err, ERROR_BROKEN, "%s: its supervisor, process %d, "
			  "ended; see %s/log/lab.log", h->set->what, h->pid,
			  h->set->dir);
		return WAIT_FAILED;
	}
	for (; h->waiting_for < SERVICE_COUNT; h->waiting_for++) {
		struct child_row child =
			find_child(h->set, services[h->waiting_for].name);

		/* who answers must be ours: somebody else may have the port */
		if (proc_alive(child.pid, child.start) &&
		    probes[h->waiting_for](h->set, h->pid))
			continue;
		/* between two starts it can be told who has the port */
		return child.starts < HOPELESS_STARTS ||
		       proc_alive(child.pid, child.start) ? WAIT_MORE :
			give_up(h, err);
	}
	return WAIT_DONE;
}

static int wait_within(const struct service_set *set, int pid,
		       int64_t limit_ms, struct error *err)
{
	struct health h = { .set = set, .pid = pid };
	struct error why = ERROR_INIT;
	AUTO_FREE char *words = NULL;
	const struct wait_spec spec = {
		.what = "no answer", .limit_ms = limit_ms,
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

int services_wait(const struct service_set *set, int pid, struct error *err)
{
	return wait_within(set, pid, HEALTH_LIMIT_MS, err);
}

int services_check(const struct service_set *set, int pid, struct error *err)
{
	return wait_within(set, pid, CHECK_LIMIT_MS, err);
}
