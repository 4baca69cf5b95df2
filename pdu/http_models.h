/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Relays and PDUs that are switched by HTTP, one a row. */
#ifndef IRONBIRD_PDU_HTTP_MODELS_H
#define IRONBIRD_PDU_HTTP_MODELS_H

#include "net/http.h"

/*
 * In paths, content and value: {outlet}, {outlet0} (one less), {device},
 * {state} (the word on or off), {user} and {password} (escaped for a URL).
 */
struct http_model {
	const char *name;
	const char *summary;
	enum http_auth auth;
	const char *method, *set, *content;
	const char *headers[3];
	const char *on, *off;
	const char *get;	/* NULL: it cannot be asked */
	/*
	 * Where the state is in the answer: a path (json_path.h); "word N",
	 * the outlet's character in the N-th word; "text": reads_on or
	 * reads_off is somewhere in it.
	 */
	const char *value;
	const char *reads_on, *reads_off;	/* without regard to case */
};

/* Ended by a row without name. */
extern const struct http_model http_models[];

#endif
