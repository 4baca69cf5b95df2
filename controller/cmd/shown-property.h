/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host's property as it may be shown: passwords in it are "***", whether
 * they stand behind a key that is named like one or, as in OSSTest's
 * "ipmi MGMT USER PASS", at a place. What names a file (@FILE) stays.
 */
#ifndef IRONBIRD_CMD_SHOWN_PROPERTY_H
#define IRONBIRD_CMD_SHOWN_PROPERTY_H

#include "host/host.h"

/* NULL when it has no such property; the caller frees. */
char *shown_property(const struct host *host, const char *name);

#endif
