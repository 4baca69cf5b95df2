/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a database locked: another program may, and is told by its name. */
#ifndef IRONBIRD_DB_HOLDER_H
#define IRONBIRD_DB_HOLDER_H

/*
 * "process 123, sqlite3", from /proc/locks; NULL when nobody else of this
 * machine has a write lock on the database's files. The caller frees.
 */
char *database_holder(const char *path);

#endif
