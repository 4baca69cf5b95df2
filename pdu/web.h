/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests to a device that speaks HTTP, and its answers as classes of
 * failure. host= may begin with "http://" or "https://"; without, the module
 * chooses. Certificates are verified: against ca=FILE, the system's
 * authorities, or the key's own fingerprint=sha256//BASE64; with the word
 * insecure=yes, not.
 */
#ifndef IRONBIRD_PDU_WEB_H
#define IRONBIRD_PDU_WEB_H

#include <stdbool.h>

#include "net/http.h"
#include "pdu/pdu.h"

#define WEB_KEYS "host! user password ca fingerprint insecure"

struct web {
	struct pdu_port *port;
	bool tls;			/* unless host= says */
	bool login;			/* send user= and password= */
	enum http_auth auth;
	const char *default_user;	/* when only a password is given */
};

struct web_request {
	const char *method;
	const char *path;	/* "/cm?cmnd=...", or a whole URL */
	const char *shown;	/* the path without secrets, or NULL */
	const char *content;
	char *const *headers;
};

/*
 * 0 for an answer of status 200 to 299; else pdu_fail: 401 and 403 are
 * authentication, others refused (answer->status tells).
 */
int must_check web_ask(const struct web *web,
		       const struct web_request *request,
		       struct http_answer *answer, struct error *err);
/* The answer's beginning for a sentence, without secrets. The caller frees. */
char *web_told(const struct pdu_port *port, struct http_answer *answer);
/* Adds s to out with what a URL must not hold as %XX. */
void web_add_escaped(struct strbuf *out, const char *s);

#endif
