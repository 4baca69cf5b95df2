/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/clock.h"
#include "pdu/argument.h"
#include "pdu/program.h"

static int run(struct pdu_port *port, const struct proc_spec *spec,
	       struct proc_result *result, struct error *err)
{
	if (proc_run(spec, result, err) == 0)
		return 0;
	port->failure = result->timed_out ? POWER_FAILURE_UNREACHABLE :
					    POWER_FAILURE_CONFIGURATION;
	return -1;
}

int program_run(struct pdu_port *port, const struct strvec *argv,
		char *const *env, struct proc_result *result,
		struct error *err)
{
	const struct proc_spec spec = {
		.argv = argv->v, .env = env, .merge_errors = true,
		.limit_ms = pdu_left(port),
	};

	return run(port, &spec, result, err);
}

int program_feed(struct pdu_port *port, const struct strvec *argv,
		 const char *input, struct proc_result *result,
		 struct error *err)
{
	const struct proc_spec spec = {
		.argv = argv->v, .input = input, .merge_errors = true,
		.limit_ms = pdu_left(port),
	};

	return run(port, &spec, result, err);
}

const char *program_reason(struct proc_result *result)
{
	const char *start;

	strbuf_rtrim(&result->output);
	start = strrchr(result->output.buf, '\n');
	start = start ? start + 1 : result->output.buf;
	return *start ? start : "it printed no reason";
}
