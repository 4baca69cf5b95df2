/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>

#include "base/libarchive.h"
#include "base/library.h"

#define LIBRARY "libarchive.so.13"

struct libarchive libarchive;

#define LIBARCHIVE_SYMBOL(name) { "archive_" #name, &libarchive.name },

static const struct library_symbol symbols[] = {
	LIBARCHIVE_CALLS(LIBARCHIVE_SYMBOL)
	{ "archive_errno", &libarchive.error_number },
};

int libarchive_load(struct error *err)
{
	static bool loaded;

	if (!loaded && library_load(LIBRARY, "libarchive13", symbols,
				    ARRAY_SIZE(symbols), err) < 0)
		return -1;
	loaded = true;
	return 0;
}
