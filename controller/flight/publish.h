/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs and pages where others read them: LogsPublish and ResultsPublish, as in
 * OSSTest, each a folder here or rsync's "[user@]machine:folder".
 *
 * Logs are copied once, when their flight is over, to a folder of its name;
 * pages as they are, each replaced as a whole. rsync does both; it is called
 * again for what has not arrived (of the newest thousand flights), so that a copy that was cut off is carried
 * on by the next one. Which flights have arrived where is a row; logs that are
 * to be published and are not yet are never expired.
 */
#ifndef IRONBIRD_FLIGHT_PUBLISH_H
#define IRONBIRD_FLIGHT_PUBLISH_H

#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

/*
 * Everything that has not arrived; flights NULL, or only the logs of these,
 * again if need be (and the pages). done NULL, or a sentence is pushed for
 * each copy. ERROR_USAGE when neither setting is set and flights are named;
 * ERROR_BROKEN with the first copy that failed: others are made all the same.
 */
int must_check publish(const struct config *config, struct db *db,
		       const struct strvec *flights, struct strvec *done,
		       struct error *err);
/* One at a time writes there: a descriptor to be closed, or -1. */
int must_check publish_lock(const struct config *config, struct error *err);
/* 1: the logs of the finished flight have yet to be copied. */
int must_check publish_is_due(const struct config *config, struct db *db,
			      const char *flight, int64_t finished,
			      struct error *err);

#endif
