/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a daemon said, without what its logger put before it. Taken are
 * "PROGRAM[PID]: TEXT" and "PROGRAM: TEXT" at the start of a line or after a
 * space or the '>' of a priority: RFC 3164 and ISO time stamps, dnsmasq's own
 * log-facility files and bare messages all end like this.
 */
#ifndef IRONBIRD_WATCH_SYSLOG_H
#define IRONBIRD_WATCH_SYSLOG_H

/* TEXT within line, or NULL; *pid is 0 when the line has none. */
const char *syslog_message(const char *line, const char *program, int *pid);

#endif
