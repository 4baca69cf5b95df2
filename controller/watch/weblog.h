/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of a web server's access log: Apache's common and combined
 * formats, with a virtual host's name before it or not (LogFormat common,
 * combined, vhost_combined of mod_log_config). In the request and the user
 * agent Apache writes \" \\ \n \t... and \xhh, which are undone here.
 */
#ifndef IRONBIRD_WATCH_WEBLOG_H
#define IRONBIRD_WATCH_WEBLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "watch/address.h"

struct weblog_line {
	char client[ADDRESS_SIZE];
	char method[16];
	char path[2048];	/* without query, scheme and server */
	char query[2048];	/* after '?', cut when longer; "" when none */
	char agent[256];	/* cut when longer; "" in the common format */
	int status;
	int64_t bytes;		/* of the body; 0 for "-" */
};

/*
 * False when the line is not one request by a client with an address, or its
 * path does not fit. Text is as the client sent it: print it escaped.
 */
bool weblog_parse(const char *text, struct weblog_line *line);
/* Value of a query's name, %XX and + undone; "" when it is not there. */
void weblog_query_value(const char *query, const char *name, char *value,
			size_t size);

#endif
