/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/wait.h"
#include "pdu/map.h"
#include "pdu/sign.h"

#define SIGN_MS 300000
#define LOOK_MS 200

static enum wait_answer look(void *arg, struct error *err)
{
	(void)err;
	return sign_look(arg) ? WAIT_DONE : WAIT_MORE;
}

static int on_and_sign(struct db *db, const struct host *host,
		       const char **seen, struct error *err)
{
	struct sign sign;
	const struct wait_spec spec = {
		.what = "no sign of life on its console or ssh port",
		.limit_ms = host_prop_duration_ms(host, "power-map-time",
						  SIGN_MS),
		.poll_ms = LOOK_MS, .check = look, .arg = &sign,
	};

	sign_begin(&sign, host);
	if (power_set(db, host, POWER_ON, err) < 0)
		return -1;
	if (wait_for(&spec, err) < 0)
		return error_prefix(err, "host %s: its power reads on: the "
				    "outlet is another machine's, or the "
				    "machine is dead", host->name);
	*seen = sign.seen;
	return 0;
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
