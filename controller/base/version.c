/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/version.h"
#include "built_from.h"

const char *ironbird_version(void)
{
	return IRONBIRD_VERSION;
}
