/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* The answer, passing over events; the caller's to delete. NULL with err. */
static cJSON *read_answer(struct qmp *qmp, struct error *err)
{
	cJSON *json;

	while ((json = read_line(qmp, err))) {
		if (cJSON_HasObjectItem(json, "return") ||
		    cJSON_HasObjectItem(json, "error"))
			return json;
		cJSON_Delete(json);
	}
	return NULL;
}

/* Sends the command, with a member "command-line" unless NULL. */
static cJSON *ask(struct qmp *qmp, const char *command, const char *line,
		  struct error *err)
{
	cJSON *request = cJSON_CreateObject();
	AUTO_FREE char *text = NULL;
	ssize_t sent;

	cJSON_AddStringToObject(request, "execute", command);
	if (line)
		cJSON_AddStringToObject(
			cJSON_AddObjectToObject(request, "arguments"),
			"command-line", line);
	text = cJSON_PrintUnformatted(request);
	cJSON_Delete(request);
	sent = send(qmp->fd, text, strlen(text), MSG_NOSIGNAL);
	if (sent < 0 || send(qmp->fd, "\n", 1, MSG_NOSIGNAL) < 0) {
		error_errno(err, "cannot write to %s", qmp->path);
		return NULL;
	}
	return read_answer(qmp, err);
}

static int execute(struct qmp *qmp, const char *command, char **status,
		   struct error *err)
{
	cJSON *json = ask(qmp, command, NULL, err);
	bool answered = json && cJSON_HasObjectItem(json, "return");

	if (!json)
		return -1;
	if (answered && status)
		*status = status_of(json);
	cJSON_Delete(json);
	return answered ? 0 :
		error_set(err, ERROR_BROKEN, "QEMU refused the command %s on "
			  "%s", command, qmp->path);
}

/* Without line breaks, as part of a sentence. */
static int execute_line(struct qmp *qmp, const char *line, struct error *err)
{
	cJSON *json = ask(qmp, "human-monitor-command", line, err);
	AUTO_FREE char *printed = NULL;

	if (!json)
		return -1;
	printed = xstrdup(cJSON_GetStringValue(
			cJSON_GetObjectItemCaseSensitive(json, "return")));
	cJSON_Delete(json);
	if (printed && !*printed)
		return 0;
	if (printed)
		printed[strcspn(printed, "\r\n")] = '\0';
	return error_set(err, ERROR_BROKEN, "QEMU's answer to '%s' on %s: "
			 "%.300s", line, qmp->path, str_or(printed, "none"));
}

/* Connected, and past QEMU's greeting. */
static int begin(struct qmp *qmp, const char *path, int64_t limit_ms,
		 struct error *err)
{
	cJSON *greeting;

	*qmp = (struct qmp){
		.path = path, .fd = local_connect(path, limit_ms, err),
		.deadline = clock_mono_ms() + limit_ms,
		.received = STRBUF_INIT,
	};
	if (qmp->fd < 0)
		return -1;
	greeting = read_line(qmp, err);
	cJSON_Delete(greeting);
	return greeting ? execute(qmp, "qmp_capabilities", NULL, err) : -1;
}

static void end(struct qmp *qmp)
{
	strbuf_release(&qmp->received);
	if (qmp->fd >= 0)
		close(qmp->fd);
}

int qmp_command(const char *path, const char *command, int64_t limit_ms,
		char **status, struct error *err)
{
	struct qmp qmp;
	int rc = begin(&qmp, path, limit_ms, err);

	if (rc == 0)
		rc = execute(&qmp, command, status, err);
	end(&qmp);
	return rc;
}

int qmp_monitor(const char *path, const char *line, int64_t limit_ms,
		struct error *err)
{
	struct qmp qmp;
	int rc = begin(&qmp, path, limit_ms, err);

	if (rc == 0)
		rc = execute_line(&qmp, line, err);
	end(&qmp);
	return rc;
}
