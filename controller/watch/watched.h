/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of a watch: shared by watch.c and services.c only. */
#ifndef IRONBIRD_WATCH_WATCHED_H
#define IRONBIRD_WATCH_WATCHED_H

#include "base/strbuf.h"
#include "watch/address.h"
#include "watch/follow.h"
#include "watch/trace.h"
#include "watch/watch.h"

#define REQUESTS 8

/* A file that in.tftpd was asked for; its refusal names only the process. */
struct tftp_request {
	int pid;
	char *path;
};

struct watched {
	struct watched *next;
	struct watch *watch;
	char *name;
	char ether[ETHER_SIZE];		/* "" when unknown, as both below */
	char address[ADDRESS_SIZE];	/* as told */
	char learnt[ADDRESS_SIZE];	/* what DHCP gave last */
	struct tftp_request requests[REQUESTS];
	unsigned int next_request;
	char *console_path;
	struct follow *console;
	struct trace *trace;
	bool installing;
	bool rebooting;			/* it was asked to begin anew */
	int64_t reboot_until;		/* and is up since; monotonic ms */
	struct strbuf seen;		/* detail of the last event */
	struct strbuf line;		/* its place and line in the log */
	int64_t seen_at;		/* monotonic us */
};

/* One log of the site. */
struct service {
	struct watch *watch;
	enum watch_source source;
	char *path;
	struct follow *follow;
};

struct watch {
	sd_event *event;
	struct db *db;
	watch_callback callback;
	void *arg;
	struct patterns *rows;
	int64_t boot_limit_ms;		/* a boot that takes longer is lost */
	bool patterns;
	struct strvec off;		/* names that end no wait */
	char *leases;
	struct service services[3];
	struct watched *hosts;
	struct strbuf text;		/* what watch_last_seen returned */
	char *problem;
};

/* Hands the event out as one of this host's, and stores it. */
void watched_event(struct watched *host, struct watch_event *event);
/* A line of a service's log (follow_callback); arg is the struct service. */
void service_line(const struct follow_line *line, void *arg);

#endif
