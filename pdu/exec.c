/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any program, one call an action, in the dialect of ClusterLabs'
 * FenceAgentAPI: "key=value" lines on stdin with action=on, off or status;
 * status ends with 0 for on and 2 for off. The packaged fence agents work.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "pdu/method.h"
#include "pdu/modules.h"

#define SETTLE_LIMIT_MS 60000
#define SECRET_MAX 4096
#define STATUS_ON 0
#define STATUS_OFF 2

/* "key=@FILE": the first line of FILE, so that no row and no argv has it. */
static int add_value(const char *word, struct strbuf *value,
		     struct error *err)
{
	const char *equals = strchr(word, '=');
	size_t start = value->len;
	char *end;

	if (equals[1] != '@') {
		strbuf_addstr(value, equals + 1);
		return 0;
	}
	if (file_read(equals + 2, SECRET_MAX, value, err) < 0)
		return -1;
	end = strchr(value->buf + start, '\n');
	if (end) {
		value->len = end - value->buf;
		*end = '\0';
	}
	return 0;
}

static int make_input(const struct pdu_port *port, const char *action,
		      struct strbuf *input, struct error *err)
{
	strbuf_addf(input, "action=%s\n", action);
	for (size_t i = 1; i < port->args.count; i++) {
		const char *word = port->args.v[i];
		const char *equals = strchr(word, '=');

		if (!equals || equals == word)
			return error_set(err, ERROR_USAGE, "'%.60s' is not "
					 "of the form key=value", word);
		strbuf_add(input, word, equals + 1 - word);
		if (add_value(word, input, err) < 0)
			return -1;
		strbuf_addch(input, '\n');
	}
	return 0;
}

/* Some agents say which password was wrong. */
static void mask_secrets(const struct pdu_port *port, struct strbuf *output)
{
	for (size_t i = 1; i < port->args.count; i++) {
		AUTO_STRBUF value = STRBUF_INIT;
		char *p = output->buf;

		if (!pdu_word_is_secret(port->args.v[i]) ||
		    add_value(port->args.v[i], &value, NULL) < 0 ||
		    !value.len)
			continue;
		while ((p = strstr(p, value.buf)))
			memset(p, '*', value.len);
	}
}

static const char *last_line(struct strbuf *output)
{
	const char *start;

	strbuf_rtrim(output);
	start = strrchr(output->buf, '\n');
	start = start ? start + 1 : output->buf;
	return *start ? start : "it printed no reason";
}

static int call(struct pdu_port *port, const char *action, int *status,
		struct proc_result *result, struct error *err)
{
	AUTO_STRBUF input = STRBUF_INIT;
	char *argv[] = { port->args.v[0], NULL };
	struct proc_spec spec = {
		.argv = argv, .merge_errors = true,
		.limit_ms = port->deadline - clock_mono_ms(),
	};

	if (make_input(port, action, &input, err) < 0)
		return -1;
	spec.input = input.buf;
	if (spec.limit_ms <= 0)
		return error_set(err, ERROR_BROKEN, "%s: no time is left for "
				 "action %s", argv[0], action);
	if (proc_run(&spec, result, err) < 0) {
		if (result->timed_out)
			port->failure = POWER_FAILURE_UNREACHABLE;
		return -1;
	}
	mask_secrets(port, &result->output);
	*status = result->status;
	return 0;
}

static int failed(const struct pdu_port *port, const char *action,
		  struct proc_result *result, struct error *err)
{
	return error_set(err, ERROR_BROKEN, "%s ended with status %d for "
			 "action %s: %s", port->args.v[0], result->status,
			 action, last_line(&result->output));
}

static int exec_set(struct pdu_port *port, enum power_state wanted,
		    struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	const char *action = power_state_name(wanted);
	int status;

	if (call(port, action, &status, &result, err) < 0)
		return -1;
	return status == 0 ? 0 : failed(port, action, &result, err);
}

static int exec_get(struct pdu_port *port, enum power_state *state,
		    struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	int status;

	if (call(port, "status", &status, &result, err) < 0)
		return -1;
	if (status != STATUS_ON && status != STATUS_OFF)
		return failed(port, "status", &result, err);
	*state = status == STATUS_ON ? POWER_ON : POWER_OFF;
	return 0;
}

const struct pdu_module pdu_exec = {
	.name = "exec",
	.aliases = "fence custom",
	.summary = "calls a program for each action (a fence agent, or yours)",
	.usage = "PROGRAM [KEY=VALUE|KEY=@FILE...]",
	.min_args = 1, .max_args = 64,
	.set = exec_set, .get = exec_get,
	.settle_ms = SETTLE_LIMIT_MS,
};
