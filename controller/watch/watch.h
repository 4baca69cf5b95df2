/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching hosts come up: lines of logs become events.
 *
 * A watch follows the logs of one site (web access log, dnsmasq, tftpd) and
 * the recorded consoles of its hosts with inotify, in the caller's sd-event
 * loop. Each line that concerns a host it was told of is one event: handed to
 * the callback, and stored as a boot event when a database was given. Any
 * number of processes may watch the same logs; the row is stored once.
 */
#ifndef IRONBIRD_WATCH_WATCH_H
#define IRONBIRD_WATCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/error.h"
#include "db/db.h"
#include "host/host.h"

enum watch_source { WATCH_WEBLOG, WATCH_DHCP, WATCH_TFTP, WATCH_CONSOLE };

/*
 * One event. stage is a short word: "dhcp-discover", "dhcp-offer",
 * "dhcp-request", "dhcp-ack" (address is set), "dhcp-nak", "dhcp-none" (the
 * server has no address to give), "tftp" (path), "fetch" (path, http_status),
 * "console" (a line that a pattern knows: login prompt, installer stage...),
 * "reboot" (firmware or a loader speaks, and nobody asked for it), "panic"
 * (a crash: comes when its trace was read, at most 2 s later).
 *
 * failure: a 4xx or 5xx, a TFTP refusal, a server without addresses, a crash,
 * a prompt where a boot got stuck, the installer's own report that it failed.
 * Not what boot loaders only try: pxelinux.cfg/ and the like, apt's optional
 * files, and the pages hosts only report to ("booted").
 *
 * Strings live during the callback only. path and query are as the host sent
 * them: print detail instead.
 */
struct watch_event {
	enum watch_source source;
	const char *host;	/* as told to watch_add_host */
	const char *stage;
	const char *path;	/* what was fetched, or NULL */
	const char *address;	/* the client's, or what DHCP gave; or NULL */
	const char *query;	/* of a fetch, "" when none; or NULL */
	int http_status;	/* 0 when not a fetch */
	bool failure;		/* a 4xx/5xx, a tftp error, a panic */
	const char *pattern;	/* of a console event: name in patterns.c */
	const char *detail;	/* one printable line for people */
	/* Of a failure: what was seen before it, "GET /x 200, 12 s ago". */
	const char *before;
	const char *line;	/* the log's own line, as it stands there */
	/* Console: the lines before and, of a crash, after it; or NULL. */
	const char *lines;
	int64_t at;		/* UTC ms: arrival here */
	const char *file;
	int64_t offset;
	/*
	 * Tells apart the files that had this path before and after rotations
	 * (watch/follow.h). Boot events are stored with file "PATH#GENERATION"
	 * (8 hex digits), so that an offset means one line for ever.
	 */
	uint32_t generation;
};

/* May call watch_add_host for another host; must not call watch_close. */
typedef void (*watch_callback)(const struct watch_event *event, void *arg);

struct watch;

#define WATCH_REBOOT "reboot"

/*
 * db may be NULL: nothing is stored. event is the caller's loop. The folder of
 * each log that the site names must be there (ERROR_BROKEN), the log itself
 * may come later. config says which patterns a site adds; NULL: none.
 */
int must_check watch_open(struct watch **out, sd_event *event,
			  const struct config *config,
			  const struct site *site, struct db *db,
			  watch_callback callback, void *arg,
			  struct error *err);
void watch_close(struct watch *watch);
/*
 * Events of this host (or guest) from now on: by client address in the web
 * and TFTP logs (address NULL: learnt from DHCP), by MAC in dnsmasq's, and
 * its console log (NULL: none), each from its present end. With a MAC and
 * without an address, a running lease says where it is. A host that is there
 * already is told anew.
 */
int must_check watch_add_host(struct watch *watch, const char *name,
			      const char *ether, const char *address,
			      const char *console_log, struct error *err);
/*
 * Crash patterns do not end waits while on is false (default true): their
 * events come without failure.
 */
void watch_patterns(struct watch *watch, bool on);
/* As watch_patterns for those of one name, or WATCH_REBOOT; ERROR_USAGE. */
int must_check watch_pattern(struct watch *watch, const char *name, bool on,
			     struct error *err);
/* Patterns of the install phase count for this host while on is true. */
void watch_installing(struct watch *watch, const char *host, bool on);
/*
 * Whether this process asked the host to begin anew. From true to false (it is
 * up) its firmware and loaders are signs of life; so they are when the rows
 * say that its power was switched on and it did not report since
 * (watch/asked.h). At any other time they are a failure, "reboot".
 */
void watch_reboot(struct watch *watch, const char *host, bool on);
/*
 * Last event of the host as "GET /iron1/orders 200, 12 s ago", and its last
 * console line if that came later; or NULL. Valid until the next call.
 */
const char *watch_last_seen(struct watch *watch, const char *host);
/*
 * Where that stands: "/var/log/x/access.log, byte 812: 10.0.0.1 - - ...", or
 * NULL. Printable; valid until the next call.
 */
const char *watch_last_line(struct watch *watch, const char *host);
/* How long ago its last event or console byte came; INT64_MAX: none yet. */
int64_t watch_quiet_ms(struct watch *watch, const char *host);
/* The address that DHCP gave this host last, or NULL. */
const char *watch_address(struct watch *watch, const char *host);
/*
 * The sentence of a console's failure: "host iron1 crashed: LINE (PATH, byte N;
 * ...)"; where and doing may be NULL. The caller frees.
 */
char *watch_trouble(const struct watch_event *event, const char *where,
		    const char *doing);
/* Is there a crash whose trace is still being read, and that comes soon? */
bool watch_collects(const struct watch *watch);
/* Why an event could not be stored (the first time), or NULL: for a log. */
const char *watch_problem(struct watch *watch);

#endif
