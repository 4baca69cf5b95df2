/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tftpd-hpa logs to syslog only. Here it runs in a mount namespace with a
 * /dev of its own, whose /dev/log is a socket that the supervisor reads and
 * appends to the log, a UTC time stamp before each line.
 */
#ifndef IRONBIRD_LAB_TFTPD_H
#define IRONBIRD_LAB_TFTPD_H

#include <systemd/sd-event.h>

#include "base/error.h"
#include "lab/service_set.h"

/* ERROR_USAGE when the socket could not have its path. */
int must_check tftpd_check(const struct service_set *set, struct error *err);
/* Binds DIR/tftpd-log.sock and copies what comes to the set's tftp_log. */
int must_check tftpd_log_start(const struct service_set *set, sd_event *event,
			       struct error *err);
/* In tftpd's own mount namespace; 0 or an errno. */
int tftpd_prepare(void *set);

#endif
