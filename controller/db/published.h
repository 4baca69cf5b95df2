/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which flights' logs have been copied where; flight/publish.h copies. */
#ifndef IRONBIRD_DB_PUBLISHED_H
#define IRONBIRD_DB_PUBLISHED_H

#include <stdint.h>

#include "base/strvec.h"
#include "db/db.h"

/* When the copy began that arrived last, UTC ms; 0: none did. */
int must_check published_at(struct db *db, const char *flight,
			    const char *to, int64_t *at, struct error *err);
int must_check published_set(struct db *db, const char *flight,
			     const char *to, int64_t at, struct error *err);
/* Pushes flights that have ended since they were copied there last. */
int must_check published_due(struct db *db, const char *to,
			     struct strvec *flights, struct error *err);

#endif
