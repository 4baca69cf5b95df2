/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The proof that an outlet is a host's: it lives, the outlet is switched off,
 * it is silent, the outlet is switched on, it lives.
 */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "base/strbuf.h"
#include "base/wait.h"
#include "db/hosts.h"
#include "doctor/doctor.h"
#include "pdu/pdu.h"

/* No sign for this long is silence; capacitors and answers on their way. */
#define QUIET_MS 5000
#define QUIET_LIMIT_MS 15000
#define PING_LIMIT_MS 5000
#define POLL_MS 500

struct life {
	const struct host *host;
	int64_t console_size;	/* when a sign was looked for last */
	int64_t last_sign;	/* clock_mono_ms() */
};

static bool answers_ping(const struct host *host)
{
	char *const argv[] = {
		(char *)"ping", (char *)"-n", (char *)"-q", (char *)"-c1",
		(char *)"-W1", host->address, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = PING_LIMIT_MS,
		.netns = host->site.netns, .merge_errors = true,
	};
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	return host->address && proc_run(&spec, &result, NULL) == 0 &&
	       result.status == 0;
}

/* A ping answered, or bytes on the console since this was asked last. */
static bool shows_life(struct life *life)
{
	const char *log = host_console_log(life->host);
	int64_t size = log ? file_size(log) : -1;
	bool grown = size > life->console_size;

	life->console_size = size;
	return answers_ping(life->host) || grown;
}

static enum wait_answer lives(void *arg, struct error *err)
{
	(void)err;
	return shows_life(arg) ? WAIT_DONE : WAIT_MORE;
}

static enum wait_answer is_silent(void *arg, struct error *err)
{
	struct life *life = arg;
	int64_t now;

	(void)err;
	if (shows_life(life))
		life->last_sign = clock_mono_ms();
	now = clock_mono_ms();
	return now - life->last_sign >= QUIET_MS ? WAIT_DONE : WAIT_MORE;
}

static int await_life(struct life *life, struct error *err)
{
	AUTO_FREE char *what = xasprintf("host %s has power, but no sign of "
		"life (ping, console) came", life->host->name);
	const struct wait_spec spec = {
		.what = what, .poll_ms = POLL_MS,
		.limit_ms = config_duration_ms(life->host->config,
					       "BootLimit"),
		.check = lives, .arg = life,
	};

	return wait_for(&spec, err);
}

static int await_silence(struct life *life, struct error *err)
{
	const struct wait_spec spec = {
		.what = "silence", .limit_ms = QUIET_LIMIT_MS,
		.poll_ms = POLL_MS, .check = is_silent, .arg = life,
	};

	life->last_sign = clock_mono_ms();
	if (wait_for(&spec, NULL) == 0)
		return 0;
	return error_set(err, ERROR_BROKEN, "host %s lives on without power: "
			 "the outlet of its power-method '%s' is not (or not "
			 "alone) the one it hangs on", life->host->name,
			 host_prop_or(life->host, "power-method", ""));
}

static int switch_to(const struct wipe_check_spec *spec,
		     enum power_state wanted, struct error *err)
{
	AUTO_FREE char *text = xasprintf("host %s: power %s",
		spec->host->name, power_state_name(wanted));

	spec->tell(text);
	return power_set(spec->db, spec->host, wanted, err);
}

/* Before the cut it must live, or its silence after it says nothing. */
static int begin_alive(const struct wipe_check_spec *spec, struct life *life,
		       struct error *err)
{
	if (answers_ping(life->host))
		return 0;
	if (switch_to(spec, POWER_ON, err) < 0)
		return -1;
	return await_life(life, err);
}

static int cut_and_restore(const struct wipe_check_spec *spec,
			   struct life *life, struct error *err)
{
	struct error failure = ERROR_INIT;
	int rc = switch_to(spec, POWER_OFF, &failure);

	if (rc == 0)
		rc = await_silence(life, &failure);
	if (rc == 0)
		spec->tell("it is silent");
	/* whatever was seen, the machine gets its power back */
	if (switch_to(spec, POWER_ON, rc < 0 ? NULL : err) < 0)
		return rc < 0 ? error_set(err, failure.kind, "%s (and its "
				"power could not be restored)",
				failure.text) : -1;
	if (rc < 0)
		return error_set(err, failure.kind, "%s", failure.text);
	if (await_life(life, err) < 0)
		return -1;
	spec->tell("it lives again");
	return 0;
}

static int check_free(const struct wipe_check_spec *spec, struct error *err)
{
	struct allocation_rows rows = { 0 };
	int rc = allocation_list(spec->db, &rows, err);

	for (size_t i = 0; i < rows.count && rc == 0; i++)
		if (strcmp(rows.v[i].host, spec->host->name) == 0)
			rc = error_set(err, ERROR_AGAIN, "host %s is in use "
				       "by job %s.%s", spec->host->name,
				       rows.v[i].flight, rows.v[i].job);
	allocation_rows_release(&rows);
	return rc;
}

static int store_date(const struct wipe_check_spec *spec, struct error *err)
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(clock_now_ms(), stamp);
	if (host_row_add(spec->db, spec->host->name, err) < 0)
		return -1;
	return host_prop_set(spec->db, spec->host->name, "power-verified",
			     stamp, err);
}

int wipe_check(const struct wipe_check_spec *spec, struct error *err)
{
	const char *log = host_console_log(spec->host);
	struct life life = {
		.host = spec->host, .console_size = log ? file_size(log) : -1,
	};
	enum power_state before;
	int rc;

	if (check_free(spec, err) < 0 ||
	    power_status(spec->host, &before, err) < 0)
		return -1;
	rc = begin_alive(spec, &life, err);
	if (rc == 0)
		rc = cut_and_restore(spec, &life, err);
	if (before == POWER_OFF &&
	    switch_to(spec, POWER_OFF, rc < 0 ? NULL : err) < 0)
		return -1;
	return rc < 0 ? -1 : store_date(spec, err);
}
