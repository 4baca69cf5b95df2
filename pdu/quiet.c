/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second opinion about "off". A PDU knows its outlets, not which machine is
 * plugged in there; a machine that still talks is not the one that was cut.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "net/ssh.h"
#include "pdu/device.h"

/* What was on its way from the machine to the log when power went. */
#define IN_FLIGHT_MS 300
#define QUIET_MS 1000
#define SSH_PORT 22
#define CONNECT_MS 300

static int watch_console(const struct host *host, const char *log, int64_t ms,
			 struct error *err)
{
	char took[DURATION_TEXT_SIZE];
	int64_t before, after;

	if (pdu_dwell("the console's last words", IN_FLIGHT_MS, err) < 0)
		return -1;
	before = file_size(log);
	if (pdu_dwell("the console's silence", ms, err) < 0)
		return -1;
	after = file_size(log);
	if (before < 0 || after <= before)
		return 0;
	return error_set(err, ERROR_BROKEN, "host %s: its power reads off, but "
			 "its console said %lld bytes in the %s after that: "
			 "the outlet lies, or is another machine's "
			 "(unverified)", host->name,
			 (long long)(after - before), duration_text(ms, took));
}

/* A power supply may hold for a moment: one answer is none. */
static bool still_answers(const struct host *host)
{
	return host->address && tcp_port_open(host->site.netns, host->address,
					      SSH_PORT, CONNECT_MS, NULL) == 1;
}

int power_check_quiet(const struct host *host, struct error *err)
{
	int64_t ms = host_prop_duration_ms(host, "power-quiet-time", QUIET_MS);
	const char *log = host_console_log(host);

	if (ms <= 0)
		return 0;
	if (log && file_exists(log) && watch_console(host, log, ms, err) < 0)
		return -1;
	if (!still_answers(host) ||
	    (pdu_dwell("the host's silence", ms, err) == 0 &&
	     !still_answers(host)))
		return 0;
	return error_set(err, ERROR_BROKEN, "host %s: its power reads off, but "
			 "%s still answers on port %d: the outlet lies, or is "
			 "another machine's (unverified)", host->name,
			 host->address, SSH_PORT);
}
