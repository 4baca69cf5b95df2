/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One test host: what is said of it, and whether it answers as said. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/strbuf.h"
#include "boot/keys.h"
#include "doctor/check.h"
#include "net/ssh.h"

#define LOGIN_LIMIT_MS 10000
#define COMMAND_LIMIT_MS 10000
#define CLOCK_APART_MAX_S 60
#define BLESSED "blessed-"

void check_host(struct doctor *d)
{
	const char *name = d->spec->host;
	struct error err = ERROR_INIT;
	AUTO_FREE char *mend = NULL;

	if (!name)
		return;
	if (!d->db) {
		check_warn(d, NULL, "not asked: the database does not open");
		return;
	}
	mend = xasprintf("ironbird host add %s ether=MAC ip-addr=ADDRESS "
			 "power-method=METHOD disk-device=DISK", name);
	if (host_load(&d->host, d->db, d->config, name, &err) < 0) {
		d->host = NULL;
		check_fail(d, mend, "%s", err.text);
		return;
	}
	check_ok(d, "%s is known", name);
}

void check_properties(struct doctor *d)
{
	static const struct {
		const char *prop, *value;
	} wanted[] = {
		{ "ether", "MAC" }, { "ip-addr", "ADDRESS" },
		{ "power-method", "METHOD" }, { "disk-device", "/dev/DISK" },
	};
	AUTO_STRBUF missing = STRBUF_INIT, mend = STRBUF_INIT;

	strbuf_addf(&mend, "ironbird host set %s", d->host->name);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const char *value = host_prop(d->host, wanted[i].prop);

		if (value && *value)
			continue;
		strbuf_addf(&missing, "%s%s", missing.len ? ", " : "",
			    wanted[i].prop);
		strbuf_addf(&mend, " %s=%s", wanted[i].prop, wanted[i].value);
	}
	if (missing.len)
		check_fail(d, mend.buf, "not set: %s", missing.buf);
	else
		check_ok(d, "%s, %s; an install wipes %s", d->host->ether,
			 d->host->address, host_prop(d->host, "disk-device"));
}

/* "real, play" of the flags blessed-real and blessed-play; caller frees. */
static char *blessings_of(const struct host *host)
{
	AUTO_STRVEC words = STRVEC_INIT;

	for (size_t i = 0; i < host->flags.count; i++)
		if (str_starts(host->flags.v[i], BLESSED))
			strvec_push(&words, host->flags.v[i] +
				    strlen(BLESSED));
	return words.count ? strvec_join(&words, ", ") : NULL;
}

/* A new host is kept from flights so; an old one may be by mistake. */
void check_blessings(struct doctor *d)
{
	const char *usual = config_get(d->config, "Blessing");
	AUTO_FREE char *own = blessings_of(d->host);
	AUTO_FREE char *mend = xasprintf("ironbird host set %s +" BLESSED
					 "%s", d->host->name, usual);

	if (!own)
		check_ok(d, "it serves flights of every blessing");
	else if (host_serves(d->host, usual))
		check_ok(d, "it serves flights that become %s", own);
	else
		check_warn(d, mend, "it serves flights that become %s, but "
			   "new ones become %s (Blessing): it lacks the flag "
			   BLESSED "%s", own, usual, usual);
}

static void tell_power(struct doctor *d)
{
	const char *name = d->host->name;
	const char *verified = host_prop(d->host, "power-verified");
	AUTO_FREE char *mend = xasprintf("ironbird doctor --wipe-check %s",
					 name);

	if (d->power == POWER_UNKNOWN)
		check_warn(d, verified ? NULL : mend, "its power cannot be "
			   "read back%s%s", verified ? "; the outlet was "
			   "proved on " : "", str_or(verified, ""));
	else if (verified)
		check_ok(d, "%s; the outlet was proved on %s",
			 power_state_name(d->power), verified);
	else if (d->host->site.dir)
		check_ok(d, "%s", power_state_name(d->power));
	else
		check_warn(d, mend, "%s; nobody has proved yet that the "
			   "outlet is its", power_state_name(d->power));
}

void check_power(struct doctor *d)
{
	struct error err = ERROR_INIT;
	AUTO_FREE char *mend = xasprintf("ironbird power %s status, and its "
					 "property power-method",
					 d->host->name);

	if (d->host->site.dir && !d->root) {
		check_warn(d, NULL, "not asked: only root can");
		return;
	}
	if (power_status(d->host, &d->power, &err) < 0) {
		check_fail(d, mend, "%s", err.text);
		return;
	}
	d->has_power = true;
	tell_power(d);
}

/* Was a system of ours ever put on it? Then it was given a key. */
static bool has_key(const struct doctor *d)
{
	AUTO_FREE char *path = xasprintf("%s/hosts/%s",
		config_get(d->config, "KeyDir"), d->host->name);

	return file_exists(path);
}

static void log_in(struct doctor *d)
{
	AUTO_FREE char *name = xasprintf("host %s", d->host->name);
	AUTO_FREE char *key = NULL, *mend = NULL;
	AUTO_STRBUF host_key = STRBUF_INIT;
	struct error err = ERROR_INIT;
	struct ssh_target target = {
		.name = name, .address = d->host->address,
		.netns = d->host->site.netns,
	};

	mend = xasprintf("ironbird console %s, to see how far it is; a job "
			 "installs it afresh", d->host->name);
	if (keys_login(d->config, &key, &err) == 0 &&
	    keys_of_host(d->config, d->host->name, NULL, &host_key,
			 &err) == 0) {
		target.key_path = key;
		target.host_key = host_key.buf;
		if (ssh_connect(&d->ssh, &target, LOGIN_LIMIT_MS, &err) == 0) {
			check_ok(d, "%s answers with its own key",
				 d->host->address);
			return;
		}
	}
	d->ssh = NULL;
	check_fail(d, mend, "%s", err.text);
}

void check_ssh(struct doctor *d)
{
	if (!d->host->address)
		check_warn(d, NULL, "not asked: it has no address");
	else if (d->has_power && d->power == POWER_OFF)
		check_ok(d, "not asked: it is off");
	else if (!has_key(d))
		check_warn(d, "ironbird run-job, whose first steps install "
			   "it", "not asked: it was never installed from "
			   "here");
	else
		log_in(d);
}

void check_clock(struct doctor *d)
{
	const struct ssh_command command = {
		.command = "date -u +%s", .limit_ms = COMMAND_LIMIT_MS,
	};
	AUTO_SSH_RESULT result = { .status = -1 };
	struct error err = ERROR_INIT;
	AUTO_FREE char *mend = xasprintf("ironbird ssh %s -- date -u -s "
		"@$(date +%%s)", d->host->name);
	long long apart;

	if (!d->ssh)
		return;		/* ssh has said why */
	if (ssh_run(d->ssh, &command, &result, &err) < 0) {
		check_fail(d, mend, "%s", err.text);
		return;
	}
	apart = strtoll(result.out.buf, NULL, 10) - (long long)time(NULL);
	if (result.status == 0 && llabs(apart) < CLOCK_APART_MAX_S)
		check_ok(d, "%lld s from the controller's", llabs(apart));
	else
		check_fail(d, mend, "it is %lld s %s the controller's",
			   llabs(apart), apart < 0 ? "behind" : "ahead of");
}
