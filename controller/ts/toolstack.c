/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "ts/toolstack.h"

const struct toolstack *const toolstacks[] = {
	&toolstack_xl,
	&toolstack_libvirt,
	NULL
};

static int unknown(const char *name, struct error *err)
{
	AUTO_STRBUF names = STRBUF_INIT;

	for (const struct toolstack *const *t = toolstacks; *t; t++)
		strbuf_addf(&names, "%s%s", names.len ? ", " : "",
			    (*t)->name);
	return error_set(err, ERROR_USAGE,
			 "there is no toolstack '%.40s'; there is: %s", name,
			 names.buf);
}

const struct toolstack *toolstack_find(const char *name, struct error *err)
{
	for (const struct toolstack *const *t = toolstacks; *t; t++)
		if (strcmp((*t)->name, name) == 0)
			return *t;
	if (strcmp(name, "xend") == 0 || strcmp(name, "xm") == 0)
		error_set(err, ERROR_USAGE,
			  "toolstack '%s' is no part of Xen since 4.5; "
			  "toolstack 'xl' takes its configurations", name);
	else
		(void)!unknown(name, err);
	return NULL;
}
