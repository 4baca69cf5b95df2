/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http.h"
#include "net/libcurl.h"
#include "net/netns.h"

#define BODY_MAX (1024 * 1024)

struct transfer {
	const struct http_request *request;
	const struct libcurl *lib;
	struct http_answer *answer;
	CURL *curl;
	struct curl_slist *headers;
	int64_t limit_ms;
	bool too_long;
	struct error socket_error;
	char reason[CURL_ERROR_SIZE];
};

static curl_socket_t open_socket(void *arg, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct transfer *transfer = arg;
	int fd;

	(void)purpose;
	fd = netns_socket(transfer->request->netns, address->family,
			  address->socktype, &transfer->socket_error);
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static size_t receive(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;
	struct strbuf *body = &transfer->answer->body;
	size_t len = size * count;

	if (body->len + len > BODY_MAX) {
		transfer->too_long = true;
		return 0;
	}
	strbuf_add(body, data, len);
	return len;
}

/* "Name: value\r\n" of that name: the value, allocated, or NULL. */
static char *value_of(const char *line, size_t len, const char *name)
{
	struct strbuf value = STRBUF_INIT;
	size_t start = strlen(name) + 1;

	if (len < start || strncasecmp(line, name, start - 1) != 0 ||
	    line[start - 1] != ':')
		return NULL;
	while (start < len && line[start] == ' ')
		start++;
	strbuf_add(&value, line + start, len - start);
	strbuf_rtrim(&value);
	return strbuf_detach(&value);
}

static size_t receive_header(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;
	struct http_answer *answer = transfer->answer;
	char *location = value_of(data, size * count, "location");
	char *token = value_of(data, size * count, "x-auth-token");

	if (location) {
		free(answer->location);
		answer->location = location;
	}
	if (token) {
		free(answer->token);
		answer->token = token;
	}
	return size * count;
}

/* None of these can fail. */
static void set_options(struct transfer *t)
{
	const struct libcurl *lib = t->lib;

	lib->setopt(t->curl, CURLOPT_URL, t->request->url);
	lib->setopt(t->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	lib->setopt(t->curl, CURLOPT_PROXY, "");
	lib->setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
	lib->setopt(t->curl, CURLOPT_TIMEOUT_MS, (long)t->limit_ms);
	lib->setopt(t->curl, CURLOPT_USERAGENT, "ironbird");
	lib->setopt(t->curl, CURLOPT_ERRORBUFFER, t->reason);
	lib->setopt(t->curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	lib->setopt(t->curl, CURLOPT_OPENSOCKETDATA, t);
	lib->setopt(t->curl, CURLOPT_WRITEFUNCTION, receive);
	lib->setopt(t->curl, CURLOPT_WRITEDATA, t);
	lib->setopt(t->curl, CURLOPT_HEADERFUNCTION, receive_header);
	lib->setopt(t->curl, CURLOPT_HEADERDATA, t);
}

static void set_login(struct transfer *t)
{
	const struct http_request *request = t->request;
	static const unsigned long kinds[] = {
		CURLAUTH_BASIC, CURLAUTH_DIGEST, CURLAUTH_ANY,
	};

	if (request->user) {
		t->lib->setopt(t->curl, CURLOPT_HTTPAUTH,
			       kinds[request->auth]);
		t->lib->setopt(t->curl, CURLOPT_USERNAME, request->user);
		t->lib->setopt(t->curl, CURLOPT_PASSWORD,
			       request->password ? request->password : "");
	}
	if (request->ca_file)
		t->lib->setopt(t->curl, CURLOPT_CAINFO, request->ca_file);
	if (request->public_key)
		t->lib->setopt(t->curl, CURLOPT_PINNEDPUBLICKEY,
			       request->public_key);
	if (request->insecure || request->public_key) {
		t->lib->setopt(t->curl, CURLOPT_SSL_VERIFYPEER, 0L);
		t->lib->setopt(t->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static void set_content(struct transfer *t)
{
	const struct http_request *request = t->request;

	for (size_t i = 0; request->headers && request->headers[i]; i++)
		t->headers = t->lib->list_append(t->headers,
						 request->headers[i]);
	if (t->headers)
		t->lib->setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
	if (request->content) {
		t->lib->setopt(t->curl, CURLOPT_POSTFIELDS, request->content);
		t->lib->setopt(t->curl, CURLOPT_POSTFIELDSIZE,
			       (long)strlen(request->content));
	}
	if (request->method)
		t->lib->setopt(t->curl, CURLOPT_CUSTOMREQUEST,
			       request->method);
}

static int explain(const struct transfer *t, CURLcode code, struct error *err)
{
	const struct http_request *request = t->request;
	AUTO_FREE char *what = xasprintf("%s %s", request->method ?
					 request->method : "GET",
					 request->shown ? request->shown :
					 request->url);
	char limit[DURATION_TEXT_SIZE];

	if (t->too_long)
		return error_set(err, ERROR_BROKEN, "%s: the answer is longer "
				 "than %d bytes", what, BODY_MAX);
	if (t->socket_error.kind)
		return error_set(err, ERROR_BROKEN, "%s: %s", what,
				 t->socket_error.text);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return error_set(err, ERROR_BROKEN, "%s: no whole answer "
				 "within %s", what,
				 duration_text(t->limit_ms, limit));
	return error_set(err, ERROR_BROKEN, "%s: %s", what,
			 *t->reason ? t->reason : t->lib->strerror(code));
}

static int transfer_run(struct transfer *t, struct error *err)
{
	long status = 0;
	CURLcode code;

	set_options(t);
	set_login(t);
	set_content(t);
	code = t->lib->perform(t->curl);
	t->answer->untrusted = code == CURLE_PEER_FAILED_VERIFICATION ||
			       code == CURLE_SSL_CACERT_BADFILE ||
			       code == CURLE_SSL_PINNEDPUBKEYNOTMATCH;
	t->answer->unreachable = code != CURLE_OK && !t->answer->untrusted &&
				 !t->too_long;
	if (code != CURLE_OK)
		return explain(t, code, err);
	t->lib->getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	t->answer->status = (int)status;
	return 0;
}

int http_perform(const struct http_request *request,
		 struct http_answer *answer, struct error *err)
{
	struct transfer t = {
		.request = request, .answer = answer,
		.limit_ms = request->limit_ms > 0 ? request->limit_ms : 1,
		.socket_error = ERROR_INIT,
	};
	int rc;

	t.lib = libcurl_load(err);
	if (!t.lib)
		return -1;
	t.curl = t.lib->init();
	if (!t.curl)
		return error_set(err, ERROR_BROKEN, "libcurl cannot start");
	rc = transfer_run(&t, err);
	t.lib->cleanup(t.curl);
	t.lib->list_free(t.headers);
	return rc;
}

void http_answer_release(struct http_answer *answer)
{
	strbuf_release(&answer->body);
	free(answer->location);
	free(answer->token);
	*answer = (struct http_answer)HTTP_ANSWER_INIT;
}

int http_get(const char *netns, const char *url, int64_t limit_ms,
	     int *status, struct strbuf *body, struct error *err)
{
	const struct http_request request = {
		.url = url, .limit_ms = limit_ms, .netns = netns,
	};
	AUTO_HTTP_ANSWER answer = HTTP_ANSWER_INIT;

	if (http_perform(&request, &answer, err) < 0)
		return -1;
	*status = answer.status;
	if (body)
		strbuf_add(body, answer.body.buf, answer.body.len);
	return 0;
}
