/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rsync, to a folder here or on another machine (PublishShell), within
 * PublishLimit: what publishes logs and pages, and what takes them away again.
 */
#ifndef IRONBIRD_FLIGHT_RSYNC_H
#define IRONBIRD_FLIGHT_RSYNC_H

#include "base/strvec.h"
#include "config/config.h"

/*
 * words: options and, behind "--", from and to; both end with a slash when
 * they are folders. A local folder "to" is made. ERROR_BROKEN: "WHAT: " and
 * rsync's complaint. That something is not there any more is none.
 */
int must_check rsync_run(const struct config *config, const char *what,
			 const struct strvec *words, struct error *err);
/* The setting without '~' and without a slash at its end; the caller's, NULL
 * when it is not set. */
char *rsync_destination(const struct config *config, const char *setting);

#endif
