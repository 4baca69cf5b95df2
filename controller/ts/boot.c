/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/clock.h"
#include "base/wait.h"
#include "boot/pxe.h"
#include "net/interfaces.h"
#include "pdu/pdu.h"
#include "ts/await.h"
#include "ts/boot.h"
#include "ts/state.h"
#include "watch/stages.h"

#define DAY_MS (24 * 3600 * 1000)

struct booting {
	struct booting *next;
	struct ts_host *host;
	struct boot boot;
	int64_t silence_ms, firmware_ms, limit_ms;
	char *fault, *line;
};

static struct booting *all;

static struct booting *find(const char *machine)
{
	struct booting *b = all;

	while (b && strcmp(b->host->name, machine) != 0)
		b = b->next;
	return b;
}

static int64_t limit_of(const struct ts_host *host, const char *property,
			const char *setting)
{
	return host_prop_duration_ms(host->host, property,
				     ts_limit_ms(setting));
}

static void set_limits(struct booting *b)
{
	const struct ts_host *host = b->host;
	int64_t extra_ms = host_prop_duration_ms(host->host,
						 "reboot-time-extra", 0);

	b->silence_ms = limit_of(host, "silence-limit", "SilenceLimit");
	b->firmware_ms = extra_ms + limit_of(host, "firmware-limit",
					     "FirmwareLimit");
	for (size_t i = 0; i < b->boot.count; i++) {
		struct boot_stage *stage = &b->boot.stages[i];

		stage->limit_ms = limit_of(host, stage->property,
					   stage->setting);
		if (stage->firmware)
			stage->limit_ms += extra_ms;
	}
}

static void release(struct booting *b)
{
	boot_release(&b->boot);
	free_pointer(&b->fault);
	free_pointer(&b->line);
	free_pointer(&b);
}

void boot_ends(const char *machine)
{
	for (struct booting **p = &all; *p; p = &(*p)->next) {
		struct booting *b = *p;

		if (strcmp(b->host->name, machine) != 0)
			continue;
		*p = b->next;
		release(b);
		return;
	}
}

static void forget(void *arg)
{
	(void)arg;
	while (all)
		boot_ends(all->host->name);
}

void ts_boot_begins(struct ts_host *host, const struct boot_way *way,
		    int64_t limit_ms)
{
	struct booting *b = xcalloc(1, sizeof(*b));

	ts_host_reboots(host);
	if (way->kernel)
		await_installing(host->name);
	boot_ends(host->name);
	if (!all)
		ts_at_end(forget, NULL);
	b->host = host;
	b->limit_ms = limit_ms;
	boot_init(&b->boot, way, clock_mono_ms());
	set_limits(b);
	b->next = all;
	all = b;
	ts_stage("host %s: waiting for it to come up", host->name);
}

void ts_boot_from_disk(struct ts_host *host)
{
	const struct boot_way way = { .reports = ts_handover(host)->path };

	ts_boot_begins(host, &way, 0);
}

bool boot_seen(const struct watch_event *event, const char *line)
{
	struct booting *b = find(event->host);

	if (!b || b->fault)
		return b != NULL && event->failure;
	b->fault = boot_event(&b->boot, event, clock_mono_ms());
	if (b->fault)
		b->line = xstrdup(line);
	return b->fault != NULL;
}

static const char *stage_name(const struct booting *b)
{
	const struct boot_stage *stage = boot_stage(&b->boot);

	return stage ? stage->name : "up";
}

const char *boot_where(const char *machine)
{
	const struct booting *b = find(machine);
	char age[DURATION_TEXT_SIZE];

	if (!b)
		return "";
	return ts_text(" (stage %s, %s after %s)", stage_name(b),
		       duration_text(clock_mono_ms() - b->boot.began, age),
		       b->boot.stages[0].since);
}

static void log_line(const char *line)
{
	if (line)
		ts_log("its log: %s", line);
}

/* What of the controller's may be the cause: the interface it serves on. */
static const char *link_trouble(const struct booting *b)
{
	const struct site *site = &b->host->host->site;
	const char *trouble = site->interface ?
		interface_trouble(site->netns, site->interface) : NULL;

	return trouble ? ts_text("; the controller's interface %s %s",
				 site->interface, trouble) : "";
}

/* what: "host iron2: no DHCP request within 60.0 s of power-on" */
static int given_up(const struct booting *b, const char *what,
		    struct error *err)
{
	const char *name = b->host->name;

	log_line(await_last_line(name));
	return error_set(err, ERROR_BROKEN, "%s (stage %s, last seen: %s)%s",
			 what, stage_name(b), await_last_seen(name),
			 link_trouble(b));
}

static int too_late(const struct booting *b, struct error *err)
{
	const struct boot_stage *stage = boot_stage(&b->boot);
	char limit[DURATION_TEXT_SIZE];

	return given_up(b, ts_text("host %s: %s within %s of %s",
				   b->host->name, stage->missing,
				   duration_text(stage->limit_ms, limit),
				   stage->since), err);
}

static int whole_too_late(const struct booting *b, struct error *err)
{
	char limit[DURATION_TEXT_SIZE];

	return given_up(b, ts_text("host %s: not up within %s of %s",
				   b->host->name,
				   duration_text(b->limit_ms, limit),
				   b->boot.stages[0].since), err);
}

static int too_quiet(const struct booting *b, int64_t limit_ms,
		     struct error *err)
{
	char limit[DURATION_TEXT_SIZE];

	return given_up(b, ts_text("host %s is silent: no event and no "
				   "console byte for %s", b->host->name,
				   duration_text(limit_ms, limit)), err);
}

/*
 * Firmware often has nothing to say at all: the limit of its stage is enough,
 * and a reboot may be silent for that much longer, until it has asked for an
 * address or a loader. Nor does a system without a console say anything while
 * nothing is fetched.
 */
static int64_t silence_limit(const struct booting *b)
{
	const struct boot_stage *stage = boot_stage(&b->boot);
	bool network = b->boot.now < b->boot.installer;

	if (!stage || b->silence_ms <= 0 || (stage->firmware && network) ||
	    (!network && !host_console_log(b->host->host)))
		return INT64_MAX;
	return b->silence_ms +
	       (boot_firmware_runs(&b->boot) ? b->firmware_ms : 0);
}

static int64_t quiet_ms(const struct booting *b, int64_t now)
{
	int64_t quiet = await_quiet_ms(b->host->name);

	return quiet < now - b->boot.began ? quiet : now - b->boot.began;
}

static int64_t whole_left_ms(const struct booting *b, int64_t now)
{
	return b->limit_ms > 0 ? b->boot.began + b->limit_ms - now :
				 INT64_MAX;
}

int boot_check(const char *machine, struct error *err)
{
	struct booting *b = find(machine);
	int64_t now = clock_mono_ms();

	if (!b)
		return 0;
	if (b->fault) {
		log_line(b->line);
		return error_set(err, ERROR_BROKEN, "host %s %s%s", machine,
				 b->fault, boot_where(machine));
	}
	if (boot_left_ms(&b->boot, now) <= 0)
		return too_late(b, err);
	if (whole_left_ms(b, now) <= 0)
		return whole_too_late(b, err);
	if (quiet_ms(b, now) >= silence_limit(b))
		return too_quiet(b, silence_limit(b), err);
	return 0;
}

int64_t boot_next_ms(const char *machine)
{
	const struct booting *b = find(machine);
	int64_t now = clock_mono_ms(), left, next;

	if (!b)
		return INT64_MAX;
	next = boot_left_ms(&b->boot, now);
	left = whole_left_ms(b, now);
	next = left < next ? left : next;
	if (silence_limit(b) == INT64_MAX)
		return next;
	left = silence_limit(b) - quiet_ms(b, now);
	return left < next ? left : next;
}

struct passing {
	const struct booting *b;
	size_t stage;
};

static enum wait_answer has_passed(void *arg)
{
	const struct passing *p = arg;

	return p->b->boot.now > p->stage ? WAIT_DONE : WAIT_MORE;
}

void ts_await_boot(struct ts_host *host, const char *stage)
{
	struct passing p = { .b = find(host->name) };

	if (!p.b)
		ts_broken("host %s: nobody said that it boots", host->name);
	p.stage = boot_find(&p.b->boot, stage);
	ts_await(host, ts_text("host %s: not past the stage '%s'", host->name,
			       stage), DAY_MS, 0, has_passed, &p);
}

void ts_give_up_host(struct ts_host *host)
{
	struct error err = ERROR_INIT;

	if (pxe_write_local(host->host, &err) < 0)
		ts_log("%s", err.text);
	if (strcmp(host_prop_or(host->host, "lost-host-power",
				config_get(ts_config(), "LostHostPower")),
		   "off") != 0)
		return;
	ts_log("host %s: power off, as it did not come up", host->name);
	if (power_set(ts_db(), host->host, POWER_OFF, &err) < 0)
		ts_log("%s", err.text);
}
