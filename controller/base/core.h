/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No core files: the memory of whoever reads settings and switches power has
 * passwords in it, in copies of libraries that nobody can wipe.
 */
#ifndef IRONBIRD_BASE_CORE_H
#define IRONBIRD_BASE_CORE_H

/*
 * None of this process and of those it starts, unless IRONBIRD_CORE is set:
 * for who looks for a bug in Ironbird itself, and then minds the file.
 */
void core_forbid(void);

#endif
