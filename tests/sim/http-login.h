/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a simulated server needs to check a login by HTTP. */
#ifndef IRONBIRD_TESTS_SIM_HTTP_LOGIN_H
#define IRONBIRD_TESTS_SIM_HTTP_LOGIN_H

#include <md5.h>
#include <sha2.h>
#include <stdbool.h>
#include <string.h>

#include "base/files.h"
#include "base/strbuf.h"

/* RFC 4648; the caller frees. */
static inline char *base64(const char *s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	struct strbuf out = STRBUF_INIT;
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i += 3) {
		unsigned n = (unsigned char)s[i] << 16;

		if (i + 1 < len)
			n |= (unsigned char)s[i + 1] << 8;
		if (i + 2 < len)
			n |= (unsigned char)s[i + 2];
		strbuf_addch(&out, digits[n >> 18]);
		strbuf_addch(&out, digits[n >> 12 & 63]);
		strbuf_addch(&out, i + 1 < len ? digits[n >> 6 & 63] : '=');
		strbuf_addch(&out, i + 2 < len ? digits[n & 63] : '=');
	}
	return strbuf_detach(&out);
}

/* NAME="value" or NAME=value of a digest header, the caller's. */
static inline char *part(const char *text, const char *name)
{
	AUTO_FREE char *key = xasprintf(" %s=", name);
	const char *p = strstr(text, key);

	if (!p)
		return xstrdup("");
	p += strlen(key);
	if (*p == '"')
		return xstrndup(p + 1, strcspn(p + 1, "\""));
	return xstrndup(p, strcspn(p, ", \r\n"));
}

/* MD5 or SHA-256, as hex. */
static inline void hash(bool sha, const char *text, char hex[SHA256_HEX_SIZE])
{
	if (sha)
		SHA256Data((const u_int8_t *)text, strlen(text), hex);
	else
		MD5Data((const u_int8_t *)text, strlen(text), hex);
}

#endif
