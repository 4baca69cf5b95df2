/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "net/local.h"
#include "pdu/qmp.h"

#define ANSWER_MAX 65536

struct qmp {
	const char *path;
	int fd;
	int64_t deadline;
	struct strbuf received;
};

/* The next line of JSON, the caller's to delete; NULL with err. */
static cJSON *read_line(struct qmp *qmp, struct error *err)
{
	char chunk[4096], *end;
	cJSON *json;
	ssize_t n;

	while (!(end = strchr(qmp->received.buf, '\n'))) {
		n = recv(qmp->fd, chunk, sizeof(chunk), 0);
		if (n <= 0 || qmp->received.len > ANSWER_MAX ||
		    clock_mono_ms() > qmp->deadline) {
			error_set(err, ERROR_BROKEN, "QEMU does not answer on "
				  "%s", qmp->path);
			return NULL;
		}
		strbuf_add(&qmp->received, chunk, n);
	}
	json = cJSON_ParseWithLength(qmp->received.buf,
				     end - qmp->received.buf);
	strbuf_consume(&qmp->received, end + 1 - qmp->received.buf);
	if (!json)
		error_set(err, ERROR_BROKEN, "QEMU sent no JSON on %s",
			  qmp->path);
	return json;
}

static char *status_of(const cJSON *answer)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(answer, "return");
	const cJSON *status = value ?
		cJSON_GetObjectItemCaseSensitive(value, "status") : NULL;

	return cJSON_IsString(status) ? xstrdup(status->valuestring) : NULL;
}

/* Sends the command, passes over events, takes its answer. */
static int execute(struct qmp *qmp, const char *command, char **status,
		   struct error *err)
{
	AUTO_FREE char *text = xasprintf("{\"execute\":\"%s\"}\n", command);
	bool answered = false, refused = false;

	if (send(qmp->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		return error_errno(err, "cannot write to %s", qmp->path);
	while (!answered && !refused) {
		cJSON *json = read_line(qmp, err);

		if (!json)
			return -1;
		answered = cJSON_HasObjectItem(json, "return");
		refused = cJSON_HasObjectItem(json, "error");
		if (answered && status)
			*status = status_of(json);
		cJSON_Delete(json);
	}
	if (refused)
		return error_set(err, ERROR_BROKEN, "QEMU refused the command "
				 "%s on %s", command, qmp->path);
	return 0;
}

int qmp_command(const char *path, const char *command, int64_t limit_ms,
		char **status, struct error *err)
{
	AUTO_CLOSE int fd = local_connect(path, limit_ms, err);
	struct qmp qmp = {
		.path = path, .fd = fd,
		.deadline = clock_mono_ms() + limit_ms,
		.received = STRBUF_INIT,
	};
	cJSON *greeting;
	int rc = -1;

	if (fd < 0)
		return -1;
	greeting = read_line(&qmp, err);
	if (greeting && execute(&qmp, "qmp_capabilities", NULL, err) == 0)
		rc = execute(&qmp, command, status, err);
	cJSON_Delete(greeting);
	strbuf_release(&qmp.received);
	return rc;
}
