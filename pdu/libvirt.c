/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A libvirt domain as a machine, through virsh(1): one "-c URI" reaches every
 * driver that libvirt has, without its library in every process of ours.
 */
#include <string.h>

#include "pdu/argument.h"
#include "pdu/modules.h"
#include "pdu/program.h"

static int failed(struct pdu_port *port, const char *what,
		  struct proc_result *result, struct error *err)
{
	const char *output = result->output.buf;
	enum power_failure failure = POWER_FAILURE_REFUSED;

	if (strstr(output, "uthentication") || strstr(output, "ermission"))
		failure = POWER_FAILURE_AUTHENTICATION;
	else if (strstr(output, "failed to connect") ||
		 strstr(output, "ailed to connect socket"))
		failure = POWER_FAILURE_UNREACHABLE;
	return pdu_fail(port, failure, err, "libvirt at %s, %s %s: %s",
			pdu_arg_or(port, "uri", "its default"), what,
			pdu_arg(port, "domain"), program_reason(result));
}

/* virsh -q [-c URI] VERB --domain NAME [MORE] */
static int ask(struct pdu_port *port, const char *verb, const char *more,
	       struct proc_result *result, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	char *const env[] = { (char *)"LC_ALL=C", NULL };

	strvec_pushl(&argv, "virsh", "-q", NULL);
	if (pdu_arg(port, "uri"))
		strvec_pushl(&argv, "-c", pdu_arg(port, "uri"), NULL);
	strvec_pushl(&argv, verb, "--domain", pdu_arg(port, "domain"), more,
		     NULL);
	if (program_run(port, &argv, env, result, err) < 0)
		return -1;
	return result->status == 0 ? 0 : failed(port, verb, result, err);
}

static int libvirt_get(struct pdu_port *port, enum power_state *state,
		       struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	if (ask(port, "domstate", NULL, &result, err) < 0)
		return -1;
	/* "paused" and "crashed" have a domain that holds memory: on */
	*state = str_starts(result.output.buf, "shut off") ? POWER_OFF :
							     POWER_ON;
	return 0;
}

static int libvirt_set(struct pdu_port *port, enum power_state wanted,
		       struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	enum power_state now;

	if (pdu_state_before(port, &now, err) < 0)
		return -1;
	if (now == wanted)
		return 0;
	return ask(port, wanted == POWER_ON ? "start" : "destroy", NULL,
		   &result, err);
}

static int libvirt_special(struct pdu_port *port, enum power_special special,
			   struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	if (special == POWER_RESET)
		return ask(port, "reset", NULL, &result, err);
	if (special == POWER_NMI)
		return ask(port, "inject-nmi", NULL, &result, err);
	return pdu_fail(port, POWER_FAILURE_REFUSED, err, "a libvirt domain "
			"boots as its definition says");
}

const struct pdu_module pdu_libvirt = {
	.name = "libvirt",
	.summary = "a libvirt domain (virsh): power, reset, NMI",
	.usage = "domain=NAME [uri=URI]",
	.keys = "domain! uri",
	.set = libvirt_set, .get = libvirt_get, .special = libvirt_special,
	.self_evident = true,
};
