/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A step's log on standard output while it is written, for steps by hand.
 * What is no printable text is shown as \xNN, as everywhere.
 */
#ifndef IRONBIRD_RUN_SHOWLOG_H
#define IRONBIRD_RUN_SHOWLOG_H

#include <systemd/sd-event.h>

#include "base/error.h"

struct showlog;

/* The file must be there. */
int must_check showlog_open(struct showlog **out, sd_event *event,
			    const char *path, struct error *err);
/* Shows what is left; NULL is fine. */
void showlog_close(struct showlog *show);

#endif
