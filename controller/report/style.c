/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The style sheet, beside the pages. */
#include <string.h>

#include "base/files.h"
#include "report/pages.h"
#include "report/style.h"

static const char text[] =
#include "report/pages.css.h"
	;

int style_publish(const struct pages *pages, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/style.css", pages->root);
	AUTO_STRBUF there = STRBUF_INIT;

	if (file_exists(path) &&
	    file_read(path, sizeof(text), &there, NULL) == 0 &&
	    strcmp(there.buf, text) == 0)
		return 0;
	return file_publish(path, text, strlen(text), 0644, err);
}
