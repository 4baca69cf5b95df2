/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Published logs that have expired: with LogsPublishExpire, the files that a
 * flight's folder had here are removed from its folder at LogsPublish as well.
 *
 * What else is there is left alone, and so are flights that were not
 * published. The names are noted in StateDir before the files are removed
 * here; the note is carried out afterwards, and again until it succeeds.
 */
#ifndef IRONBIRD_FLIGHT_UNPUBLISH_H
#define IRONBIRD_FLIGHT_UNPUBLISH_H

#include "config/config.h"
#include "db/db.h"

/* Before the flight's logs are removed here. */
int must_check unpublish_note(const struct config *config, struct db *db,
			      const char *flight, struct error *err);
/* All that is noted; ERROR_BROKEN with the first that cannot be removed. */
int must_check unpublish(const struct config *config, struct error *err);

#endif
