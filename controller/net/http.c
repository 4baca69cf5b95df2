/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/http.h"
#include "net/libcurl.h"
#include "net/netns.h"

#define BODY_MAX (1024 * 1024)

struct request {
	const char *url, *netns;
	int64_t limit_ms;
	struct strbuf *body;
	size_t received;
	bool too_long;
	struct error socket_error;
	char reason[CURL_ERROR_SIZE];
};

static curl_socket_t open_socket(void *arg, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct request *request = arg;
	int fd;

	(void)purpose;
	fd = netns_socket(request->netns, address->family, address->socktype,
			  &request->socket_error);
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static size_t receive(char *data, size_t size, size_t count, void *arg)
{
	struct request *request = arg;
	size_t len = size * count;

	request->received += len;
	if (request->received > BODY_MAX) {
		request->too_long = true;
		return 0;
	}
	if (request->body)
		strbuf_add(request->body, data, len);
	return len;
}

/* None of these can fail. */
static void set_options(const struct libcurl *lib, CURL *curl,
			struct request *request)
{
	lib->setopt(curl, CURLOPT_URL, request->url);
	lib->setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	lib->setopt(curl, CURLOPT_PROXY, "");
	lib->setopt(curl, CURLOPT_NOSIGNAL, 1L);
	lib->setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->limit_ms);
	lib->setopt(curl, CURLOPT_USERAGENT, "ironbird");
	lib->setopt(curl, CURLOPT_ERRORBUFFER, request->reason);
	lib->setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	lib->setopt(curl, CURLOPT_OPENSOCKETDATA, request);
	lib->setopt(curl, CURLOPT_WRITEFUNCTION, receive);
	lib->setopt(curl, CURLOPT_WRITEDATA, request);
}

static int explain(const struct request *request, CURLcode code,
		   const char *code_text, struct error *err)
{
	char limit[DURATION_TEXT_SIZE];

	if (request->too_long)
		return error_set(err, ERROR_BROKEN, "GET %s: the answer is "
				 "longer than %d bytes", request->url,
				 BODY_MAX);
	if (request->socket_error.kind)
		return error_set(err, ERROR_BROKEN, "GET %s: %s", request->url,
				 request->socket_error.text);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return error_set(err, ERROR_BROKEN, "GET %s: no whole answer "
				 "within %s", request->url,
				 duration_text(request->limit_ms, limit));
	return error_set(err, ERROR_BROKEN, "GET %s: %s", request->url,
			 *request->reason ? request->reason : code_text);
}

static int perform(const struct libcurl *lib, CURL *curl,
		   struct request *request, int *status, struct error *err)
{
	CURLcode code;
	long answer = 0;

	set_options(lib, curl, request);
	code = lib->perform(curl);
	if (code != CURLE_OK)
		return explain(request, code, lib->strerror(code), err);
	lib->getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
	*status = (int)answer;
	return 0;
}

int http_get(const char *netns, const char *url, int64_t limit_ms,
	     int *status, struct strbuf *body, struct error *err)
{
	const struct libcurl *lib = libcurl_load(err);
	struct request request = {
		.url = url, .limit_ms = limit_ms > 0 ? limit_ms : 1,
		.netns = netns, .body = body, .socket_error = ERROR_INIT,
	};
	CURL *curl;
	int rc;

	if (!lib)
		return -1;
	curl = lib->init();
	if (!curl)
		return error_set(err, ERROR_BROKEN, "GET %s: libcurl cannot "
				 "start", url);
	rc = perform(lib, curl, &request, status, err);
	lib->cleanup(curl);
	return rc;
}
