/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TFTP servers' logs: tftpd-hpa's in.tftpd with --verbose, and dnsmasq's own
 * TFTP. in.tftpd names the file when it is asked for and not when it refuses
 * it: the process number joins the two lines.
 */
#ifndef IRONBIRD_WATCH_TFTPLOG_H
#define IRONBIRD_WATCH_TFTPLOG_H

#include <stdbool.h>

#include "watch/address.h"

enum tftplog_type { TFTPLOG_REQUEST, TFTPLOG_SENT, TFTPLOG_REFUSED };

struct tftplog_line {
	enum tftplog_type type;
	char client[ADDRESS_SIZE];
	char path[1024];	/* "" when the line does not name it */
	int pid;		/* 0 when unknown */
	int code;		/* of a refusal: RFC 1350's error code */
	char reason[128];
};

/* False when the line is none of these. */
bool tftplog_parse(const char *text, struct tftplog_line *line);

#endif
