/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading is recording: what somebody read while it was watched.
 *
 * What a host is prepared from is whatever its preparation read: settings,
 * properties and flags, runvars, images, files. Each place where such a thing
 * is read tells it here, in one line, so that nobody who writes a step of the
 * preparation has to remember to. While nobody watches, telling does nothing.
 *
 * A value that sums up others (an image's key) is told by the one who sums
 * up; what is read below it is left out with reads_pause.
 *
 *	reads_watch(&reads);
 *	... host_prop(host, "disk-root") ...
 *	reads_watch(NULL);
 */
#ifndef IRONBIRD_CONFIG_READS_H
#define IRONBIRD_CONFIG_READS_H

#include <stddef.h>

/* All strings are owned. */
struct read_fact {
	char *kind;	/* "setting", "property", "runvar", "image", ... */
	char *name;
	char *value;	/* "" also for what is not there */
};

struct reads {
	struct read_fact *v;
	size_t count;
};

void reads_release(struct reads *reads);
/* Adds it; of several with one kind and name the last value stays. */
void reads_add(struct reads *reads, const char *kind, const char *name,
	       const char *value);
/* The value, or NULL when there is no such fact. */
const char *reads_value(const struct reads *reads, const char *kind,
			const char *name);

/* From now on what is told is added here; NULL: nobody watches any more. */
void reads_watch(struct reads *reads);
/* Until reads_go_on, of as many calls, nothing is recorded. */
void reads_pause(void);
void reads_go_on(void);
/* It was read; value NULL: it is not there. */
void reads_tell(const char *kind, const char *name, const char *value);

#endif
