/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>

#include "base/library.h"

static int failed(const char *file, const char *package, struct error *err)
{
	return error_set(err, ERROR_BROKEN, "cannot load %s (%s): apt-get "
			 "install %s", file, dlerror(), package);
}

int library_load(const char *file, const char *package,
		 const struct library_symbol *symbols, size_t count,
		 struct error *err)
{
	/* what we call is looked up here; what it calls, when it does: libcurl
	 * alone has 9,000 names to find, of which a request needs a tenth */
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		return failed(file, package, err);
	for (size_t i = 0; i < count; i++) {
		void *found = dlsym(library, symbols[i].name);

		if (!found) {
			failed(file, package, err);
			dlclose(library);
			return -1;
		}
		*(void **)symbols[i].place = found;
	}
	return 0;
}
