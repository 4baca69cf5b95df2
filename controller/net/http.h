/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP requests of the controller itself (libcurl). */
#ifndef IRONBIRD_NET_HTTP_H
#define IRONBIRD_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/*
 * GETs url within limit_ms (through the network namespace netns unless NULL;
 * a server's name is resolved outside it). 0 with *status set for any HTTP
 * answer, redirections too, which are not followed; its body is added to body
 * unless that is NULL. -1 with ERROR_BROKEN when there was no whole answer,
 * or one over 1 MiB. Proxies of the environment are not used.
 */
int must_check http_get(const char *netns, const char *url, int64_t limit_ms,
			int *status, struct strbuf *body, struct error *err);

enum http_auth { HTTP_AUTH_BASIC, HTTP_AUTH_DIGEST, HTTP_AUTH_ANY };

struct http_request {
	const char *method;	/* NULL: GET */
	const char *url;
	/* What sentences show instead of the url, which may have a secret */
	const char *shown;
	const char *netns;
	int64_t limit_ms;	/* required */
	char *const *headers;	/* "Name: value", ended by NULL; or NULL */
	const char *content;	/* sent as the body, or NULL for none */
	/* user NULL: no login; digest sends no password in clear */
	const char *user, *password;
	enum http_auth auth;
	/* Certificates are checked, against the system's authorities or those
	 * in the PEM file ca_file; insecure: not at all. */
	const char *ca_file;
	/* "sha256//BASE64" (RFC 7469): the one public key that is trusted,
	 * whoever signed it; goes before all of these. May be NULL */
	const char *public_key;
	bool insecure;
};

struct http_answer {
	int status;
	struct strbuf body;	/* at most 1 MiB */
	char *location;		/* of the header Location; or NULL */
	char *token;		/* of the header X-Auth-Token (Redfish) */
	bool unreachable;	/* -1 because nobody answered, or not all */
	bool untrusted;		/* -1 because of the server's certificate */
};

#define AUTO_HTTP_ANSWER \
	__attribute__((cleanup(http_answer_release))) struct http_answer
#define HTTP_ANSWER_INIT { .body = STRBUF_INIT }

/* As http_get, for any request. */
int must_check http_perform(const struct http_request *request,
			    struct http_answer *answer, struct error *err);
void http_answer_release(struct http_answer *answer);

#endif
