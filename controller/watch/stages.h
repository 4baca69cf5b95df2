/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stages of a boot, in their order: which event ends each, and how long
 * it may take, so that a host that is lost is told by where it was lost.
 *
 *	stage	  ends with				limit
 *	firmware  the first DHCP request		FirmwareLimit
 *	dhcp	  the server's answer			DhcpLimit
 *	loader	  a second file that is asked for	LoaderLimit
 *	kernel	  the kernel was fetched		KernelLimit
 *	ramdisk	  the ramdisk was fetched		RamdiskLimit
 *	orders	  the installer has its orders		OrdersLimit
 *	installer its first stage is reported		StageLimit
 *	(each stage that it reports: the next one)	StageLimit
 *	boot	  the installed system reports		BootLimit
 *	ssh	  its ssh server answers		BootLimit
 *
 * A boot from disk has the last two only. An event that ends a stage ends all
 * before it, too: a site without one of the logs loses no more than detail.
 * Pure: events and times come in, stages and faults come out.
 */
#ifndef IRONBIRD_WATCH_STAGES_H
#define IRONBIRD_WATCH_STAGES_H

#include "watch/watch.h"

struct boot_stage {
	char *name;		/* "kernel" */
	char *missing;		/* "no kernel was fetched" */
	const char *since;	/* "its boot loader": what began it */
	const char *setting;	/* its limit; as a property: "kernel-limit" */
	const char *property;
	bool firmware;		/* the firmware runs: RebootTimeExtra adds */
	char *path;		/* whose fetch ends it, or NULL */
	int end;		/* which kind of event ends it (stages.c) */
	int64_t limit_ms;	/* the caller's to set; 0: none */
};

/* What a boot over the network fetches: paths as in the access log. */
struct boot_way {
	const char *kernel, *ramdisk;	/* NULL: it boots from its disk */
	const char *reports;		/* "/osstest/iron1/NONCE/" */
	const char *orders;		/* page below reports */
	const char *const *pages;	/* the installer's stages, to NULL */
};

struct boot {
	struct boot_stage *stages;
	size_t count;
	size_t now;		/* the stage it is in; count: it is over */
	size_t installer;	/* stages before it are the network's */
	int64_t began;		/* monotonic ms: power-on or reboot */
	int64_t since;		/* when the present stage began */
	bool asked;		/* in this stage, for an address or a loader */
	char *loader;		/* the first file it asked for */
	char *reports;
};

void boot_init(struct boot *boot, const struct boot_way *way, int64_t now_ms);
void boot_release(struct boot *boot);
/* The index of a stage; count when it has none of that name. */
size_t boot_find(const struct boot *boot, const char *name);
/* The stage at now, or NULL when it is over. */
const struct boot_stage *boot_stage(const struct boot *boot);
/*
 * Takes an event of this host. NULL, or why the boot cannot succeed any more,
 * as a text that is the caller's: "asked for what is not there: GET ... 404",
 * "booted its disk instead of the network: ...".
 */
char *boot_event(struct boot *boot, const struct watch_event *event,
		 int64_t now_ms);
/* May its firmware be at work now, which often says nothing for long? */
bool boot_firmware_runs(const struct boot *boot);
/* How long until the present stage is over its limit; INT64_MAX: never. */
int64_t boot_left_ms(const struct boot *boot, int64_t now_ms);

#endif
