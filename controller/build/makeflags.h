/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a build on this machine is told of make: how many compilers at once
 * (setting BuildJobs), and OSSTest's property Build_Make_Flags of the host
 * local, whose -jN goes before the setting.
 */
#ifndef IRONBIRD_BUILD_MAKEFLAGS_H
#define IRONBIRD_BUILD_MAKEFLAGS_H

#include "base/strvec.h"
#include "config/config.h"

/* Pushes JOBS=N, and MAKEFLAGS=... when there are flags. */
void makeflags_add(const struct config *config, struct strvec *env);

#endif
