/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any program, one call an action, in the dialect of ClusterLabs'
 * FenceAgentAPI: "key=value" lines on stdin with action=on, off or status;
 * status ends with 0 for on and 2 for off. The packaged fence agents work;
 * what knows no dialect is the module command's.
 */
#include <stdio.h>
#include <string.h>

#include "pdu/argument.h"
#include "pdu/modules.h"
#include "pdu/program.h"

#define SETTLE_LIMIT_MS 60000
#define STATUS_ON 0
#define STATUS_OFF 2

static int make_input(const struct pdu_port *port, const char *action,
		      struct strbuf *input, struct error *err)
{
	strbuf_addf(input, "action=%s\n", action);
	for (size_t i = 1; i < port->args.count; i++) {
		const char *word = port->args.v[i];
		size_t key = strcspn(word, "=");
		AUTO_FREE char *name = xstrndup(word, key);

		if (!key || !word[key])
			return error_set(err, ERROR_USAGE, "'%.60s' is not "
					 "of the form key=value", word);
		strbuf_addf(input, "%s=", name);
		if (pdu_secret(port, name, input, err) < 0)
			return -1;
		strbuf_addch(input, '\n');
	}
	return 0;
}

static int call(struct pdu_port *port, const char *action,
		struct proc_result *result, struct error *err)
{
	AUTO_STRBUF input = STRBUF_INIT;
	AUTO_STRVEC argv = STRVEC_INIT;
	int rc;

	if (make_input(port, action, &input, err) < 0)
		return -1;
	strvec_push(&argv, port->args.v[0]);
	rc = program_feed(port, &argv, input.buf, result, err);
	explicit_bzero(input.buf, input.len);
	/* some agents say which password was wrong */
	pdu_hide_secrets(port, NULL, result->output.buf);
	return rc;
}

/* What agents say, after their login or their device; else it refused. */
static enum power_failure class_of(const char *output)
{
	static const struct {
		const char *words;
		enum power_failure failure;
	} reasons[] = {
		{ "waiting to power", POWER_FAILURE_UNVERIFIED },
		{ "Unauthorized", POWER_FAILURE_AUTHENTICATION },
		{ "privileges", POWER_FAILURE_AUTHENTICATION },
		{ "password", POWER_FAILURE_AUTHENTICATION },
		{ "refused", POWER_FAILURE_UNREACHABLE },
		{ "timed out", POWER_FAILURE_UNREACHABLE },
		{ "reset by peer", POWER_FAILURE_UNREACHABLE },
		{ "Connection lost", POWER_FAILURE_UNREACHABLE },
		{ "Connection aborted", POWER_FAILURE_UNREACHABLE },
		{ "Unable to connect", POWER_FAILURE_UNREACHABLE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (strcasestr(output, reasons[i].words))
			return reasons[i].failure;
	return POWER_FAILURE_REFUSED;
}

/* Fence agents end with an advice: the reason is in the line before. */
static const char *reason_of(struct proc_result *result)
{
	char *advice = strstr(result->output.buf, "Please use '-h' for usage");

	if (!advice)
		return program_reason(result);
	while (advice > result->output.buf && advice[-1] != '\n')
		advice--;
	result->output.len = advice - result->output.buf;
	*advice = '\0';
	return program_reason(result);
}

static int failed(struct pdu_port *port, const char *action,
		  struct proc_result *result, struct error *err)
{
	return pdu_fail(port, class_of(result->output.buf), err, "%s ended "
			"with status %d for action %s: %s", port->args.v[0],
			result->status, action, reason_of(result));
}

static int exec_set(struct pdu_port *port, enum power_state wanted,
		    struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	const char *action = power_state_name(wanted);

	if (call(port, action, &result, err) < 0)
		return -1;
	return result.status == 0 ? 0 : failed(port, action, &result, err);
}

static int exec_get(struct pdu_port *port, enum power_state *state,
		    struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	if (call(port, "status", &result, err) < 0)
		return -1;
	if (result.status != STATUS_ON && result.status != STATUS_OFF)
		return failed(port, "status", &result, err);
	*state = result.status == STATUS_ON ? POWER_ON : POWER_OFF;
	return 0;
}

const struct pdu_module pdu_exec = {
	.name = "exec",
	.aliases = "fence custom",
	.summary = "calls a program for each action: a fence agent, or yours",
	.usage = "PROGRAM [KEY=VALUE|KEY=@FILE...]",
	.min_args = 1, .max_args = 64,
	.set = exec_set, .get = exec_get,
	.settle_ms = SETTLE_LIMIT_MS,
};
