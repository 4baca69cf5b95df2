/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "watch/stages.h"

enum { END_REQUEST, END_ANSWER, END_LOADER, END_FETCH, END_BY_CALLER };

static const struct boot_stage firmware = {
	.name = (char *)"firmware", .missing = (char *)"no DHCP request",
	.since = "power-on", .setting = "FirmwareLimit",
	.property = "firmware-limit", .firmware = true, .end = END_REQUEST,
};

static const struct boot_stage dhcp = {
	.name = (char *)"dhcp", .missing = (char *)"no DHCP answer",
	.since = "its request", .setting = "DhcpLimit",
	.property = "dhcp-limit", .end = END_ANSWER,
};

static const struct boot_stage loader = {
	.name = (char *)"loader", .missing = (char *)"no boot loader began",
	.since = "its DHCP answer", .setting = "LoaderLimit",
	.property = "loader-limit", .end = END_LOADER,
};

static const struct boot_stage kernel = {
	.name = (char *)"kernel", .missing = (char *)"no kernel was fetched",
	.since = "its boot loader", .setting = "KernelLimit",
	.property = "kernel-limit", .end = END_FETCH,
};

static const struct boot_stage ramdisk = {
	.name = (char *)"ramdisk", .missing = (char *)"no ramdisk was fetched",
	.since = "its kernel", .setting = "RamdiskLimit",
	.property = "ramdisk-limit", .end = END_FETCH,
};

static const struct boot_stage orders = {
	.name = (char *)"orders",
	.missing = (char *)"its installer fetched no orders",
	.since = "its ramdisk", .setting = "OrdersLimit",
	.property = "orders-limit", .end = END_FETCH,
};

static const struct boot_stage installer = {
	.name = (char *)"installer", .since = "its orders",
	.setting = "StageLimit", .property = "stage-limit", .end = END_FETCH,
};

/* One that the installer reports when it begins. */
static const struct boot_stage reported = {
	.since = "the stage before", .setting = "StageLimit",
	.property = "stage-limit", .end = END_FETCH,
};

static const struct boot_stage system_boot = {
	.name = (char *)"boot", .missing = (char *)"no report of its boot",
	.since = "its reboot", .setting = "BootLimit",
	.property = "boot-limit", .firmware = true, .end = END_FETCH,
};

static const struct boot_stage ssh = {
	.name = (char *)"ssh", .missing = (char *)"no ssh answer",
	.since = "the report of its boot", .setting = "BootLimit",
	.property = "boot-limit", .end = END_BY_CALLER,
};

static struct boot_stage *add(struct boot *boot, const struct boot_stage *row,
			      char *path)
{
	struct boot_stage *stage;

	boot->stages = xrealloc(boot->stages, boot->count + 1,
				sizeof(*boot->stages));
	stage = &boot->stages[boot->count++];
	*stage = *row;
	stage->path = path;
	stage->name = xstrdup(row->name);
	stage->missing = xstrdup(row->missing);
	return stage;
}

/* Each ends when the next begins. */
static void add_installer(struct boot *boot, const struct boot_way *way)
{
	for (const char *const *next = way->pages; *next; next++) {
		bool first = next == way->pages;
		struct boot_stage *stage;

		stage = add(boot, first ? &installer : &reported,
			    xasprintf("%s%s", way->reports, *next));
		if (!first)
			stage->name = xstrdup(next[-1]);
		stage->missing = xasprintf("its installer did not reach the "
					   "stage '%s'", *next);
	}
}

static void add_network(struct boot *boot, const struct boot_way *way)
{
	add(boot, &firmware, NULL);
	add(boot, &dhcp, NULL);
	add(boot, &loader, NULL);
	add(boot, &kernel, xstrdup(way->kernel));
	add(boot, &ramdisk, xstrdup(way->ramdisk));
	add(boot, &orders, xasprintf("%s%s", way->reports, way->orders));
	boot->installer = boot->count;
	add_installer(boot, way);
}

void boot_init(struct boot *boot, const struct boot_way *way, int64_t now_ms)
{
	*boot = (struct boot){
		.began = now_ms, .since = now_ms,
		.reports = xstrdup(way->reports),
	};
	if (way->kernel)
		add_network(boot, way);
	add(boot, &system_boot, xasprintf("%sbooted", way->reports));
	add(boot, &ssh, NULL);
}

void boot_release(struct boot *boot)
{
	for (size_t i = 0; i < boot->count; i++) {
		free_pointer(&boot->stages[i].name);
		free_pointer(&boot->stages[i].missing);
		free_pointer(&boot->stages[i].path);
	}
	free_pointer(&boot->stages);
	free_pointer(&boot->loader);
	free_pointer(&boot->reports);
	*boot = (struct boot){ .stages = NULL };
}

size_t boot_find(const struct boot *boot, const char *name)
{
	size_t i = 0;

	while (i < boot->count && strcmp(boot->stages[i].name, name) != 0)
		i++;
	return i;
}

const struct boot_stage *boot_stage(const struct boot *boot)
{
	return boot->now < boot->count ? &boot->stages[boot->now] : NULL;
}

/* Firmware asks for its loader twice, first for the size of it. */
static bool is_second_file(struct boot *boot, const struct watch_event *event)
{
	if (!event->path || event->failure)
		return false;
	if (!boot->loader)
		boot->loader = xstrdup(event->path);
	return strcmp(boot->loader, event->path) != 0;
}

static bool ends(struct boot *boot, const struct boot_stage *stage,
		 const struct watch_event *event)
{
	bool is_fetch = event->source == WATCH_WEBLOG && event->path;

	switch (stage->end) {
	case END_REQUEST:
		return event->source == WATCH_DHCP;
	case END_ANSWER:
		return strcmp(event->stage, "dhcp-ack") == 0;
	case END_LOADER:
		return event->source != WATCH_CONSOLE &&
		       is_second_file(boot, event);
	case END_FETCH:
		return is_fetch && !event->failure &&
		       strcmp(event->path, stage->path) == 0;
	}
	return false;
}

static void move_on(struct boot *boot, const struct watch_event *event,
		    int64_t now_ms)
{
	for (size_t i = boot->count; i-- > boot->now; ) {
		if (!ends(boot, &boot->stages[i], event))
			continue;
		boot->now = i + 1;
		boot->since = now_ms;
		boot->asked = false;
		return;
	}
}

/* An installed system's words, where an installer's should come. */
static bool is_disk_boot(const struct boot *boot,
			 const struct watch_event *event)
{
	if (boot->now >= boot->installer)
		return false;
	if (event->pattern)
		return strcmp(event->pattern, "login") == 0 ||
		       strcmp(event->pattern, "booted") == 0;
	return event->source == WATCH_WEBLOG && event->path &&
	       str_ends(event->path, "/booted") &&
	       !str_starts(event->path, boot->reports);
}

/*
 * Boot loaders and the installer fetch what the controller wrote for them;
 * a system that boots from its disk may find no loader on the way, and its
 * firmware goes on.
 */
static bool is_refusal(const struct boot *boot,
		       const struct watch_event *event)
{
	if (!event->failure)
		return false;
	return event->source == WATCH_WEBLOG ||
	       (event->source != WATCH_CONSOLE && boot->now < boot->installer);
}

/* The console has it also when the network fails: "FAILED disk: ...". */
static const char *installer_said(const struct watch_event *event)
{
	static const char word[] = "FAILED ";
	const char *p;

	if (!event->pattern || strcmp(event->pattern, "installer-failed") != 0)
		return NULL;
	p = strstr(event->detail, word);
	return p ? p + strlen(word) : event->detail;
}

char *boot_event(struct boot *boot, const struct watch_event *event,
		 int64_t now_ms)
{
	const char *said;

	if (boot->now == boot->count)
		return NULL;
	said = installer_said(event);
	if (said)
		return xasprintf("could not be installed: the installer "
				 "failed at %s", said);
	if (is_disk_boot(boot, event))
		return xasprintf("booted its disk instead of the network: %s",
				 event->detail);
	boot->asked |= event->source == WATCH_DHCP ||
		       event->source == WATCH_TFTP;
	if (!event->failure || event->source == WATCH_DHCP)
		move_on(boot, event, now_ms);
	if (!is_refusal(boot, event))
		return NULL;
	if (event->source == WATCH_DHCP)
		return xasprintf("got no address: %s", event->detail);
	if (event->path && str_ends(event->path, "/failed"))
		return xasprintf("could not be installed: %s", event->detail);
	return xasprintf("asked for what is not there: %s", event->detail);
}

bool boot_firmware_runs(const struct boot *boot)
{
	const struct boot_stage *stage = boot_stage(boot);

	return stage && stage->firmware && !boot->asked;
}

int64_t boot_left_ms(const struct boot *boot, int64_t now_ms)
{
	const struct boot_stage *stage = boot_stage(boot);

	if (!stage || !stage->limit_ms)
		return INT64_MAX;
	return boot->since + stage->limit_ms - now_ms;
}
