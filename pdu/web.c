/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdu/argument.h"
#include "pdu/web.h"

/* A device that is slow to answer is asked again within one action. */
#define ANSWER_MS 10000
#define TOLD_MAX 120

void web_add_escaped(struct strbuf *out, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (; *s; s++)
		if (strchr(plain, *s))
			strbuf_addch(out, *s);
		else
			strbuf_addf(out, "%%%02X", (unsigned char)*s);
}

static char *make_url(const struct web *web, const char *path)
{
	const char *host = pdu_arg(web->port, "host");

	if (str_starts(path, "http://") || str_starts(path, "https://"))
		return xstrdup(path);
	if (strstr(host, "://"))
		return xasprintf("%s%s", host, path);
	return xasprintf("%s://%s%s", web->tls ? "https" : "http", host, path);
}

static int set_login(const struct web *web, struct http_request *request,
		     struct strbuf *password, struct error *err)
{
	if (!web->login || !pdu_arg(web->port, "password"))
		return 0;
	if (pdu_secret(web->port, "password", password, err) < 0)
		return -1;
	request->user = pdu_arg_or(web->port, "user",
				   web->default_user ? web->default_user :
						       "admin");
	request->password = password->buf;
	request->auth = web->auth;
	return 0;
}

char *web_told(const struct pdu_port *port, struct http_answer *answer)
{
	pdu_hide_secrets(port, web_add_escaped, answer->body.buf);
	return xstrndup(answer->body.buf, TOLD_MAX);
}

static int refused(const struct web *web, const struct http_request *request,
		   struct http_answer *answer, struct error *err)
{
	bool rights = answer->status == 401 || answer->status == 403;
	AUTO_FREE char *text = web_told(web->port, answer);

	return pdu_fail(web->port, rights ? POWER_FAILURE_AUTHENTICATION :
			POWER_FAILURE_REFUSED, err, "%s %s: HTTP status %d%s%s",
			request->method ? request->method : "GET",
			request->shown, answer->status,
			rights ? ": user or password are not right" :
			*text ? ": " : "", rights ? "" : text);
}

static int perform(const struct web *web, const struct http_request *request,
		   struct http_answer *answer, struct error *err)
{
	if (http_perform(request, answer, err) == 0)
		return answer->status >= 200 && answer->status < 300 ? 0 :
			refused(web, request, answer, err);
	if (answer->untrusted) {
		web->port->failure = POWER_FAILURE_CONFIGURATION;
		return error_prefix(err, "its certificate is not trusted "
				    "(ca=FILE, fingerprint=sha256//..., or "
				    "insecure=yes)");
	}
	web->port->failure = POWER_FAILURE_UNREACHABLE;
	return -1;
}

int web_ask(const struct web *web, const struct web_request *ask,
	    struct http_answer *answer, struct error *err)
{
	AUTO_FREE char *url = make_url(web, ask->path);
	AUTO_FREE char *shown = make_url(web, ask->shown ? ask->shown :
							   ask->path);
	AUTO_STRBUF password = STRBUF_INIT;
	int64_t left = pdu_left(web->port);
	struct http_request request = {
		.method = ask->method, .url = url, .shown = shown,
		.limit_ms = left < ANSWER_MS ? left : ANSWER_MS,
		.headers = ask->headers, .content = ask->content,
		.ca_file = pdu_arg(web->port, "ca"),
		.public_key = pdu_arg(web->port, "fingerprint"),
		.insecure = strcmp(pdu_arg_or(web->port, "insecure", "no"),
				   "yes") == 0,
	};
	int rc = -1;

	http_answer_release(answer);
	if (set_login(web, &request, &password, err) == 0)
		rc = perform(web, &request, answer, err);
	explicit_bzero(password.buf, password.len);
	return rc;
}
