/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "watch/syslog.h"
#include "watch/tftplog.h"

#define NOT_FOUND 1		/* RFC 1350, error codes */

static void copy_text(char *to, size_t size, const char *from, size_t len)
{
	len = len < size ? len : size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

/* "RRQ from 10.0.0.5 filename lpxelinux.0[ remapped to /x]" */
static bool parse_request(const char *p, struct tftplog_line *line)
{
	static const char word[] = " filename ";
	size_t len = strcspn(p, " ");
	const char *name, *end;

	if (!address_parse(p, len, line->client) || !str_starts(p + len, word))
		return false;
	name = p + len + strlen(word);
	end = strstr(name, " remapped to ");
	len = end ? (size_t)(end - name) : strlen(name);
	line->type = TFTPLOG_REQUEST;
	copy_text(line->path, sizeof(line->path), name, len);
	return len > 0;
}

/* "sending NAK (1, File not found) to 10.0.0.5" */
static bool parse_refusal(const char *p, struct tftplog_line *line)
{
	const char *comma = strchr(p, ','), *end = strstr(p, ") to ");
	const char *reason;

	if (!comma || !end || comma > end)
		return false;
	reason = comma + 1 + strspn(comma + 1, " ");
	if (reason > end)
		reason = end;
	line->type = TFTPLOG_REFUSED;
	line->code = atoi(p);
	copy_text(line->reason, sizeof(line->reason), reason, end - reason);
	p = end + strlen(") to ");
	return address_parse(p, strcspn(p, " "), line->client);
}

/* "/x/y to 10.0.0.5" or "/x/y not found for 10.0.0.5", client at the end. */
static bool parse_dnsmasq(const char *p, struct tftplog_line *line)
{
	static const char missing[] = " not found for ", to[] = " to ";
	const char *last = strrchr(p, ' ');
	const char *path, *between;

	if (!last || !address_parse(last + 1, strlen(last + 1), line->client))
		return false;
	if (str_starts(p, "file ") && (between = strstr(p, missing))) {
		path = p + strlen("file ");
		line->type = TFTPLOG_REFUSED;
		line->code = NOT_FOUND;
		copy_text(line->reason, sizeof(line->reason), "File not found",
			  strlen("File not found"));
	} else if (str_starts(p, "sent ") && (between = strstr(p, to))) {
		path = p + strlen("sent ");
		line->type = TFTPLOG_SENT;
	} else {
		return false;
	}
	if (between <= path)
		return false;
	copy_text(line->path, sizeof(line->path), path, between - path);
	return true;
}

static bool parse_hpa(const char *p, struct tftplog_line *line)
{
	static const char request[] = "RRQ from ", refusal[] = "sending NAK (";

	if (str_starts(p, request))
		return parse_request(p + strlen(request), line);
	if (str_starts(p, refusal))
		return parse_refusal(p + strlen(refusal), line);
	return false;
}

bool tftplog_parse(const char *text, struct tftplog_line *line)
{
	static const char *const names[] = { "in.tftpd", "tftpd" };
	const char *p;

	memset(line, 0, sizeof(*line));
	p = syslog_message(text, "dnsmasq-tftp", &line->pid);
	if (p)
		return parse_dnsmasq(p, line);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		p = syslog_message(text, names[i], &line->pid);
		if (p)
			return parse_hpa(p, line);
	}
	return parse_hpa(text, line);
}
