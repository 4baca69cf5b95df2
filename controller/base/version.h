/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which Ironbird this is: the revision that it was built from, with "+" when
 * the tree had changes that no commit has. Results carry it, since a test
 * system is a part of what was tested.
 */
#ifndef IRONBIRD_BASE_VERSION_H
#define IRONBIRD_BASE_VERSION_H

/* "e48e58900a1b+"; "unknown" when it was built from no git tree. */
const char *ironbird_version(void);

#endif
