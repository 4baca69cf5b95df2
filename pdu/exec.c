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
#include "pdu/modules.h"

#define SETTLE_LIMIT_MS 60000
#define SECRET_MAX 4096
#define STATUS_ON 0
#define STATUS_OFF 2

/* "key=@FILE": the first line of FILE, so that no row and no argv has it. */
static int add_from_file(struct strbuf *input, const char *word,
			 const char *equals, struct error *err)
{
	AUTO_STRBUF value = STRBUF_INIT;
	char *end;

	if (file_read(equals + 2, SECRET_MAX, &value, err) < 0)
		return -1;
	end = strchr(value.buf, '\n');
	if (end)
		*end = '\0';
	strbuf_add(input, word, equals + 1 - word);
	strbuf_addf(input, "%s\n", value.buf);
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
		if (equals[1] != '@')
			strbuf_addf(input, "%s\n", word);
		else if (add_from_file(input, word, equals, err) < 0)
			return -1;
	}
	return 0;
}

static const char *last_line(struct strbuf *output)
{
	const char *start;

	strbuf_rtrim(output);
	start = strrchr(output->buf, '\n');
	start = start ? start + 1 : output->buf;
	return *start ? start : "it printed no reason";
}

static int call(const struct pdu_port *port, const char *action, int *status,
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
	if (proc_run(&spec, result, err) < 0)
		return -1;
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
