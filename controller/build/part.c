/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "build/part.h"

const struct build_part *const build_parts[] = {
	&build_part_xen,
	&build_part_kernel,
	&build_part_libvirt,
	NULL
};

const struct build_part *build_part_of(const char *testcase)
{
	for (const struct build_part *const *p = build_parts; *p; p++)
		if (strcmp((*p)->testcase, testcase) == 0)
			return *p;
	return NULL;
}
