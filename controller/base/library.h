/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared libraries that are loaded when they are first needed: large ones
 * that most runs of the program never call.
 */
#ifndef IRONBIRD_BASE_LIBRARY_H
#define IRONBIRD_BASE_LIBRARY_H

#include <stddef.h>

#include "base/error.h"

struct library_symbol {
	const char *name;
	void *place;		/* of a pointer to the function */
};

/*
 * Loads file ("libcurl.so.4") and fills the places of all symbols. ERROR_BROKEN
 * names the Debian package that has it. It stays loaded.
 */
int must_check library_load(const char *file, const char *package,
			    const struct library_symbol *symbols, size_t count,
			    struct error *err);

#endif
