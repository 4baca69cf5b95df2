/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event loop of a test case, for the parts of libts that block. */
#ifndef IRONBIRD_TS_AWAIT_H
#define IRONBIRD_TS_AWAIT_H

#include "ts/ts_host.h"

/* Readable when events wait; 0: nothing is watched. */
int await_descriptor(void);
/* Takes the events that wait; -1 when a host has crashed. */
int await_wake(void *arg);
/* Fails the test if a crash has been seen, or shows within grace_ms. */
void await_crash(int64_t grace_ms);
/* What was seen of the machine last, and its line in the log, or NULL. */
const char *await_last_seen(const char *machine);
const char *await_last_line(const char *machine);
/* How long nothing was heard of it; INT64_MAX: nothing ever. */
int64_t await_quiet_ms(const char *machine);
/* The host was switched on: losing its power is trouble from now on. */
void await_power(struct ts_host *host);
/* An installer runs on it from here on: what that says counts. */
void await_installing(const char *machine);
/* It is up: what its firmware says from now on, nobody asked for. */
void await_up(const char *machine);

#endif
