/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/wait.h"
#include "net/ssh.h"
#include "pdu/map.h"

#define SIGN_MS 300000
#define LOOK_MS 200
#define CONNECT_MS 500
#define SSH_PORT 22

struct sign {
	const struct host *host;
	const char *log;
	int64_t size;		/* of the log when power came */
	const char *seen;
};

static enum wait_answer look(void *arg, struct error *err)
{
	struct sign *sign = arg;

	(void)err;
	if (sign->log && file_size(sign->log) > sign->size)
		sign->seen = "its console spoke";
	else if (sign->host->address &&
		 tcp_port_open(sign->host->site.netns, sign->host->address,
			       SSH_PORT, CONNECT_MS, NULL) == 1)
		sign->seen = "its ssh answered";
	return sign->seen ? WAIT_DONE : WAIT_MORE;
}

static int await_sign(const struct host *host, int64_t size, const char **seen,
		      struct error *err)
{
	struct sign sign = {
		.host = host, .log = host_console_log(host), .size = size,
	};
	const struct wait_spec spec = {
		.what = "no sign of life on its console or ssh port",
		.limit_ms = host_prop_duration_ms(host, "power-map-time",
						  SIGN_MS),
		.poll_ms = LOOK_MS, .check = look, .arg = &sign,
	};

	if (wait_for(&spec, err) < 0)
		return error_prefix(err, "host %s: its power reads on: the "
				    "outlet is another machine's, or the "
				    "machine is dead", host->name);
	*seen = sign.seen;
	return 0;
}

static int on_and_sign(struct db *db, const struct host *host,
		       const char **seen, struct error *err)
{
	const char *log = host_console_log(host);
	int64_t size = log ? file_size(log) : 0;

	if (power_set(db, host, POWER_ON, err) < 0)
		return -1;
	return await_sign(host, size, seen, err);
}

/* Off with any module: the silence is what is proved here. */
static int off_and_silence(struct db *db, const struct host *host,
			   struct error *err)
{
	if (power_set(db, host, POWER_OFF, err) < 0)
		return -1;
	return power_check_quiet(host, err);
}

int power_map(struct db *db, const struct host *host,
	      struct power_proof *proof, struct error *err)
{
	const char *again;
	int64_t start;

	if (!host_console_log(host) && !host->address)
		return error_set(err, ERROR_USAGE, "host %s: nothing would "
				 "show whether the outlet is its: it has "
				 "neither console-log nor ip-addr",
				 host->name);
	if (off_and_silence(db, host, err) < 0)
		return -1;
	start = clock_mono_ms();
	if (on_and_sign(db, host, &proof->sign, err) < 0)
		return -1;
	proof->first_ms = clock_mono_ms() - start;
	if (off_and_silence(db, host, err) < 0)
		return -1;
	return on_and_sign(db, host, &again, err);
}
