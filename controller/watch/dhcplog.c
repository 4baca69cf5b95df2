/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "watch/dhcplog.h"
#include "watch/syslog.h"

static const struct {
	const char *word, *stage;
} types[] = {
	[DHCPLOG_DISCOVER] = { "DHCPDISCOVER", "dhcp-discover" },
	[DHCPLOG_OFFER] = { "DHCPOFFER", "dhcp-offer" },
	[DHCPLOG_REQUEST] = { "DHCPREQUEST", "dhcp-request" },
	[DHCPLOG_ACK] = { "DHCPACK", "dhcp-ack" },
	[DHCPLOG_NAK] = { "DHCPNAK", "dhcp-nak" },
	[DHCPLOG_NONE] = { NULL, "dhcp-none" },
};

const char *dhcplog_stage(enum dhcplog_type type)
{
	return types[type].stage;
}

/* What follows the message's word, or NULL when it is none of ours. */
static const char *parse_type(const char *p, struct dhcplog_line *line)
{
	for (size_t i = 0; i < DHCPLOG_NONE; i++) {
		if (!str_starts(p, types[i].word))
			continue;
		line->type = (enum dhcplog_type)i;
		return p + strlen(types[i].word);
	}
	return NULL;
}

/*
 * The first MAC address and the address before it. What comes after the MAC
 * was chosen by the client, except for the end of the line. Returns what is
 * after it, or NULL.
 */
static const char *parse_words(const char *p, struct dhcplog_line *line)
{
	for (int words = 0; words < 8 && *p; words++) {
		size_t len = strcspn(p, " ");

		/* dhcpd names the server it asks, "(10.0.0.1)", after it. */
		if (ether_parse(p, len, line->ether))
			return p + len;
		if (!line->address[0])
			address_parse(p, len, line->address);
		p += len + strspn(p + len, " ");
	}
	return NULL;
}

/* dnsmasq: "[TRANSACTION ]DHCPACK(br0) 10.0.0.5 52:54:00:12:34:56 name" */
static bool parse_dnsmasq(const char *p, struct dhcplog_line *line)
{
	size_t digits = strspn(p, "0123456789");

	if (digits && p[digits] == ' ')
		p += digits + 1;
	p = parse_type(p, line);
	if (!p || *p != '(')
		return false;
	p = strchr(p, ')');
	p = p && p[1] == ' ' ? parse_words(p + 2, line) : NULL;
	if (!p)
		return false;
	if (strcmp(p, " no address available") == 0)
		line->type = DHCPLOG_NONE;
	return true;
}

/* dhcpd: "DHCPACK on 10.0.0.5 to 52:54:00:12:34:56 (name) via eth0" */
static bool parse_dhcpd(const char *p, struct dhcplog_line *line)
{
	p = parse_type(p, line);
	p = p && *p == ' ' ? parse_words(p + 1, line) : NULL;
	if (!p)
		return false;
	if (line->type == DHCPLOG_DISCOVER && str_ends(p, ": no free leases"))
		line->type = DHCPLOG_NONE;
	return true;
}

bool dhcplog_parse(const char *text, struct dhcplog_line *line)
{
	const char *p;
	int pid;

	memset(line, 0, sizeof(*line));
	p = syslog_message(text, "dnsmasq-dhcp", &pid);
	if (p)
		return parse_dnsmasq(p, line);
	p = syslog_message(text, "dhcpd", &pid);
	return p && parse_dhcpd(p, line);
}
