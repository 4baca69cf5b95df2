/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "doctor/check.h"
#include "net/ssh.h"

/* In the order of the answer: later rows use what earlier ones found out. */
static const struct doctor_check checks[] = {
	{ "programs", 0, check_programs },
	{ "rights", 0, check_rights },
	{ "state", 0, check_state },
	{ "room", 0, check_room },
	{ "database", 0, check_database },
	{ "host", 0, check_host },
	{ "properties", CHECK_HOST, check_properties },
	{ "blessings", CHECK_HOST, check_blessings },
	{ "network", 0, check_network },
	{ "servers", CHECK_NETWORK | CHECK_ROOT, check_servers },
	{ "dhcp", CHECK_NETWORK | CHECK_ROOT, check_dhcp },
	{ "tftp", CHECK_NETWORK | CHECK_ROOT | CHECK_SERVERS, check_tftp },
	{ "http", CHECK_NETWORK | CHECK_ROOT | CHECK_SERVERS, check_http },
	{ "images", 0, check_images },
	{ "mirror", 0, check_mirror },
	{ "power", CHECK_HOST, check_power },
	{ "console", CHECK_HOST, check_console },
	{ "ssh", CHECK_HOST | CHECK_NETWORK | CHECK_ROOT, check_ssh },
	{ "clock", CHECK_HOST, check_clock },
};

const char *doctor_verdict_name(enum doctor_verdict verdict)
{
	static const char *const names[] = { "ok", "warn", "FAIL" };

	return names[verdict];
}

static void say(struct doctor *d, enum doctor_verdict verdict,
		const char *mend, const char *fmt, va_list ap)
{
	AUTO_FREE char *text = xvasprintf(fmt, ap);
	AUTO_STRBUF seen = STRBUF_INIT;
	struct doctor_finding finding = {
		.verdict = verdict, .check = d->now->name, .mend = mend,
	};

	strbuf_add_printable(&seen, text);
	finding.seen = seen.buf;
	if (verdict > d->worst)
		d->worst = verdict;
	d->spec->found(&finding, d->spec->arg);
}

void check_ok(struct doctor *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, DOCTOR_OK, NULL, fmt, ap);
	va_end(ap);
}

void check_warn(struct doctor *d, const char *mend, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, DOCTOR_WARN, mend, fmt, ap);
	va_end(ap);
}

void check_fail(struct doctor *d, const char *mend, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(d, DOCTOR_FAIL, mend, fmt, ap);
	va_end(ap);
}

/* What keeps it from being asked: "" nothing, NULL nobody wants to know. */
static const char *obstacle(const struct doctor *d, unsigned needs)
{
	if ((needs & CHECK_HOST) && !d->host)
		return NULL;
	if ((needs & CHECK_NETWORK) && !d->has_network)
		return "there is no network to ask in";
	if ((needs & CHECK_ROOT) && !d->root)
		return "only root can";
	if ((needs & CHECK_SERVERS) && !d->servers_answer)
		return "the servers are not up";
	return "";
}

static void run_check(struct doctor *d, const struct doctor_check *check)
{
	const char *why = obstacle(d, check->needs);

	d->now = check;
	if (!why)
		return;
	if (*why)
		check_warn(d, NULL, "not asked: %s", why);
	else
		check->run(d);
}

enum doctor_verdict doctor_run(const struct doctor_spec *spec)
{
	struct doctor d = { .spec = spec, .config = spec->config };

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		run_check(&d, &checks[i]);
	ssh_close(d.ssh);
	host_free(d.host);
	service_set_release(&d.set);
	site_release(&d.site);
	db_close(d.db);
	return d.worst;
}
