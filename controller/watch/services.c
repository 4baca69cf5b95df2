/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "watch/dhcplog.h"
#include "watch/tftplog.h"
#include "watch/watched.h"
#include "watch/weblog.h"

#define NEGOTIATION_FAILED 8	/* RFC 2347: the client tries without */

/*
 * What hosts tell the controller by asking for it (host-images/): that the
 * request was seen is the answer, a 404 will do.
 */
static const char *const reports[] = {
	"booted", "disk", "image", "files", "bootloader", "installed",
};

/* What loaders try in turn until one is there. */
static bool is_probe(const char *path)
{
	static const char *const parts[] = {
		"pxelinux.cfg/", "grub.cfg-", "autoexec.ipxe",
	};
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(path, parts[i]))
			return true;
	/* GRUB's own modules, fonts and languages */
	return str_ends(name, ".lst") || str_ends(name, ".gmo") ||
	       str_ends(name, ".pf2") ||
	       (str_ends(name, ".mod") && strstr(path, "grub"));
}

static bool is_report(const char *path)
{
	const char *name = strrchr(path, '/');

	for (size_t i = 0; name && i < ARRAY_SIZE(reports); i++)
		if (strcmp(name + 1, reports[i]) == 0)
			return true;
	return false;
}

static struct watched *by_address(struct watch *watch, const char *address)
{
	for (struct watched *host = watch->hosts; host; host = host->next)
		if (strcmp(host->learnt, address) == 0 ||
		    strcmp(host->address, address) == 0)
			return host;
	return NULL;
}

static struct watched *by_ether(struct watch *watch, const char *ether)
{
	for (struct watched *host = watch->hosts; host; host = host->next)
		if (strcmp(host->ether, ether) == 0)
			return host;
	return NULL;
}

/* The installer's last words: "failed?stage=disk&reason=no%20disk" */
static bool describe_failed(const struct weblog_line *web, struct strbuf *sb)
{
	char stage[64], reason[400];

	if (!str_ends(web->path, "/failed"))
		return false;
	weblog_query_value(web->query, "stage", stage, sizeof(stage));
	weblog_query_value(web->query, "reason", reason, sizeof(reason));
	strbuf_addstr(sb, "the installer failed");
	if (*stage)
		strbuf_addf(sb, " at %s", stage);
	if (*reason)
		strbuf_addf(sb, ": %s", reason);
	return true;
}

static bool fetch_failed(const struct weblog_line *web)
{
	if (web->status < 400)
		return false;
	/* apt tries files that an archive need not have. */
	if (str_starts(web->agent, "Debian APT-HTTP"))
		return false;
	return !is_probe(web->path) && !is_report(web->path);
}

static void web_line(struct watch *watch, const char *text,
		     struct watch_event *event)
{
	AUTO_STRBUF detail = STRBUF_INIT;
	struct weblog_line web;
	struct watched *host;

	if (!weblog_parse(text, &web))
		return;
	host = by_address(watch, web.client);
	if (!host)
		return;
	event->failure = describe_failed(&web, &detail);
	if (!event->failure) {
		event->failure = fetch_failed(&web);
		strbuf_addf(&detail, "%s %s %d", web.method, web.path,
			    web.status);
	}
	event->stage = "fetch";
	event->path = web.path;
	event->query = web.query;
	event->address = web.client;
	event->http_status = web.status;
	event->detail = detail.buf;
	watched_event(host, event);
}

/* An address belongs to the one who got it last. */
static void learn_address(struct watched *host, const char *address)
{
	struct watched *other = host->watch->hosts;

	for (; other; other = other->next)
		if (strcmp(other->learnt, address) == 0)
			other->learnt[0] = '\0';
	memcpy(host->learnt, address, ADDRESS_SIZE);
}

static void dhcp_line(struct watch *watch, const char *text,
		      struct watch_event *event)
{
	AUTO_STRBUF detail = STRBUF_INIT;
	struct dhcplog_line dhcp;
	struct watched *host;

	if (!dhcplog_parse(text, &dhcp))
		return;
	host = by_ether(watch, dhcp.ether);
	if (!host)
		return;
	if (dhcp.type == DHCPLOG_ACK && dhcp.address[0])
		learn_address(host, dhcp.address);
	event->stage = dhcplog_stage(dhcp.type);
	event->address = dhcp.address[0] ? dhcp.address : NULL;
	event->failure = dhcp.type == DHCPLOG_NONE;
	if (event->failure)
		strbuf_addstr(&detail, "the DHCP server has no address for "
			      "it");
	else
		strbuf_addf(&detail, "DHCP %s%s%s", event->stage + 5,
			    dhcp.address[0] ? " " : "", dhcp.address);
	event->detail = detail.buf;
	watched_event(host, event);
}

static void keep_request(struct watched *host, const struct tftplog_line *tftp)
{
	struct tftp_request *request = &host->requests[host->next_request];

	free_pointer(&request->path);
	request->path = xstrdup(tftp->path);
	request->pid = tftp->pid;
	host->next_request = (host->next_request + 1) % REQUESTS;
}

/* What the process was asked for; "" when that was not seen. */
static const char *find_request(const struct watched *host, int pid)
{
	for (unsigned int i = 1; i <= REQUESTS; i++) {
		unsigned int at = (host->next_request + REQUESTS - i) %
				  REQUESTS;

		if (host->requests[at].path && host->requests[at].pid == pid)
			return host->requests[at].path;
	}
	return "";
}

static void tftp_line(struct watch *watch, const char *text,
		      struct watch_event *event)
{
	AUTO_STRBUF detail = STRBUF_INIT;
	struct tftplog_line tftp;
	struct watched *host;
	const char *path;

	if (!tftplog_parse(text, &tftp))
		return;
	host = by_address(watch, tftp.client);
	if (!host)
		return;
	path = tftp.path;
	if (tftp.type == TFTPLOG_REQUEST)
		keep_request(host, &tftp);
	else if (!*path)
		path = find_request(host, tftp.pid);
	strbuf_addf(&detail, "TFTP %s", *path ? path : "request");
	if (tftp.type == TFTPLOG_REFUSED) {
		/* What nobody knows the name of may have been a probe. */
		event->failure = tftp.code != NEGOTIATION_FAILED && *path &&
				 !is_probe(path);
		strbuf_addf(&detail, " refused: %s", tftp.reason);
	}
	event->source = WATCH_TFTP;
	event->stage = "tftp";
	event->path = *path ? path : NULL;
	event->address = tftp.client;
	event->detail = detail.buf;
	watched_event(host, event);
}

void service_line(const struct follow_line *line, void *arg)
{
	struct service *service = arg;
	struct watch_event event = {
		.source = service->source,
		.file = service->path,
		.offset = line->offset,
		.line = line->text,
		.generation = line->generation,
	};

	switch (service->source) {
	case WATCH_WEBLOG:
		web_line(service->watch, line->text, &event);
		return;
	case WATCH_DHCP:
		dhcp_line(service->watch, line->text, &event);
		/* dnsmasq can be the TFTP server too. */
		if (strstr(line->text, "dnsmasq-tftp"))
			tftp_line(service->watch, line->text, &event);
		return;
	case WATCH_TFTP:
		tftp_line(service->watch, line->text, &event);
		return;
	case WATCH_CONSOLE:
		return;
	}
}
