/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcurl, loaded when the first request is made.
 *
 * It brings 40 more libraries and 4 MB with it, which every run-job of a busy
 * controller would carry though it never makes a request.
 */
#ifndef IRONBIRD_NET_LIBCURL_H
#define IRONBIRD_NET_LIBCURL_H

#include <curl/curl.h>

#include "base/error.h"

struct libcurl {
	CURL *(*init)(void);
	CURLcode (*setopt)(CURL *curl, CURLoption option, ...);
	CURLcode (*perform)(CURL *curl);
	CURLcode (*getinfo)(CURL *curl, CURLINFO info, ...);
	void (*cleanup)(CURL *curl);
	const char *(*strerror)(CURLcode code);
	struct curl_slist *(*list_append)(struct curl_slist *list,
					  const char *text);
	void (*list_free)(struct curl_slist *list);
};

/* The library's calls, or NULL with ERROR_BROKEN naming its package. */
const struct libcurl *libcurl_load(struct error *err);

#endif
