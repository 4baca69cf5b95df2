/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/files.h"
#include "net/ssh.h"
#include "pdu/sign.h"

#define CONNECT_MS 500
#define SSH_PORT 22

void sign_begin(struct sign *sign, const struct host *host)
{
	const char *log = host_console_log(host);

	*sign = (struct sign){
		.host = host, .log = log, .size = log ? file_size(log) : 0,
	};
}

bool sign_look(struct sign *sign)
{
	if (sign->log && file_size(sign->log) > sign->size)
		sign->seen = "its console spoke";
	else if (sign->host->address &&
		 tcp_port_open(sign->host->site.netns, sign->host->address,
			       SSH_PORT, CONNECT_MS, NULL) == 1)
		sign->seen = "its ssh answered";
	return sign->seen;
}
