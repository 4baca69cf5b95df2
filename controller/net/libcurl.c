/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>

#include "net/libcurl.h"

#define LIBRARY "libcurl.so.4"

static struct libcurl calls;

static const struct {
	const char *symbol;
	void *place;
} symbols[] = {
	{ "curl_easy_init", &calls.init },
	{ "curl_easy_setopt", &calls.setopt },
	{ "curl_easy_perform", &calls.perform },
	{ "curl_easy_getinfo", &calls.getinfo },
	{ "curl_easy_cleanup", &calls.cleanup },
	{ "curl_easy_strerror", &calls.strerror },
	{ "curl_slist_append", &calls.list_append },
	{ "curl_slist_free_all", &calls.list_free },
};

const struct libcurl *libcurl_load(struct error *err)
{
	static void *library;

	if (library)
		return &calls;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; library && i < ARRAY_SIZE(symbols); i++) {
		void *found = dlsym(library, symbols[i].symbol);

		if (!found) {
			dlclose(library);
			library = NULL;
			break;
		}
		*(void **)symbols[i].place = found;
	}
	if (!library) {
		error_set(err, ERROR_BROKEN, "cannot load %s (%s): apt-get "
			  "install libcurl4", LIBRARY, dlerror());
		return NULL;
	}
	return &calls;
}
