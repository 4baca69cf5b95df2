/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>

#include "base/library.h"
#include "net/libcurl.h"

#define LIBRARY "libcurl.so.4"

static struct libcurl calls;

static const struct library_symbol symbols[] = {
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
	static bool loaded;

	if (!loaded && library_load(LIBRARY, "libcurl4", symbols,
				    ARRAY_SIZE(symbols), err) < 0)
		return NULL;
	loaded = true;
	return &calls;
}
