/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A BMC by IPMI, through ipmitool(1). The password is in its environment
 * (-E), which only its own user can read; never on the command line.
 *
 * "chassis power cycle" is not used: it fails on a machine that is off, and
 * says yes before power has dropped. pdu.c makes a cycle of off and on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wait.h"
#include "pdu/argument.h"
#include "pdu/modules.h"
#include "pdu/program.h"

/* BMCs need their time, and more of it while they are busy. */
#define SETTLE_LIMIT_MS 60000
#define BACK_POLL_MS 2000
#define ENVIRONMENT "IPMITOOL_PASSWORD="

static void add_connection(const struct pdu_port *port, struct strvec *argv)
{
	const char *host = pdu_arg(port, "host");
	const char *colon = strrchr(host, ':');
	const char *cipher = pdu_arg(port, "cipher");

	strvec_pushl(argv, "ipmitool", "-v", "-I",
		     pdu_arg_or(port, "interface", "lanplus"), "-N", "1",
		     "-R", "4", "-H", NULL);
	strvec_pushf(argv, "%.*s", (int)(colon ? colon - host :
					 (long)strlen(host)), host);
	if (colon)
		strvec_pushl(argv, "-p", colon + 1, NULL);
	if (pdu_arg(port, "user"))
		strvec_pushl(argv, "-U", pdu_arg(port, "user"), NULL);
	if (cipher)
		strvec_pushl(argv, "-C", cipher, NULL);
	strvec_push(argv, "-E");
}

/* What ipmitool says when it is the login that failed (with -v). */
static bool is_login(const char *output)
{
	static const char *const words[] = {
		"HMAC is invalid", "unauthorized name", "Invalid user name",
		"Unauthorized", "invalid role", "privilege level",
		"password", "Invalid role", "Insufficient privilege",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(output, words[i]))
			return true;
	return false;
}

static int failed(struct pdu_port *port, const char *what,
		  struct proc_result *result, struct error *err)
{
	const char *output = result->output.buf;
	enum power_failure failure = POWER_FAILURE_REFUSED;

	if (is_login(output))
		failure = POWER_FAILURE_AUTHENTICATION;
	else if (strcasestr(output, "unable to establish") ||
		 strcasestr(output, "timeout") ||
		 strcasestr(output, "no response"))
		failure = POWER_FAILURE_UNREACHABLE;
	return pdu_fail(port, failure, err, "the BMC %s, %s: %s",
			pdu_arg(port, "host"), what, program_reason(result));
}

/* words: what ipmitool is to do, "chassis power status". */
static int ask(struct pdu_port *port, const char *words,
	       struct proc_result *result, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	AUTO_STRBUF password = STRBUF_INIT;
	char *env[] = { NULL, NULL };
	int rc;

	strbuf_addstr(&password, ENVIRONMENT);
	if (pdu_secret(port, "password", &password, err) < 0)
		return -1;
	env[0] = password.buf;
	add_connection(port, &argv);
	strvec_split(&argv, words, " ");
	rc = program_run(port, &argv, env, result, err);
	explicit_bzero(password.buf, password.len);
	if (rc < 0)
		return -1;
	return result->status == 0 ? 0 : failed(port, words, result, err);
}

static int tell(struct pdu_port *port, const char *words, struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	return ask(port, words, &result, err);
}

static int ipmi_get(struct pdu_port *port, enum power_state *state,
		    struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	if (ask(port, "chassis power status", &result, err) < 0)
		return -1;
	*state = strstr(result.output.buf, "Power is on") ? POWER_ON :
		 strstr(result.output.buf, "Power is off") ? POWER_OFF :
							     POWER_UNKNOWN;
	return 0;
}

static int ipmi_set(struct pdu_port *port, enum power_state wanted,
		    struct error *err)
{
	enum power_state now;

	if (wanted == POWER_ON &&
	    strcmp(pdu_arg_or(port, "boot", ""), "pxe") == 0 &&
	    tell(port, "chassis bootdev pxe", err) < 0)
		return -1;
	/* Some BMCs answer an error to "off" when they are off. */
	if (ipmi_get(port, &now, err) < 0)
		return -1;
	if (now == wanted)
		return 0;
	return tell(port, wanted == POWER_ON ? "chassis power on" :
					       "chassis power off", err);
}

static int ipmi_special(struct pdu_port *port, enum power_special special,
			struct error *err)
{
	static const char *const words[] = {
		[POWER_RESET] = "chassis power reset",
		[POWER_NMI] = "chassis power diag",
		[POWER_BOOT_PXE] = "chassis bootdev pxe",
		[POWER_BOOT_DISK] = "chassis bootdev disk",
		[POWER_BOOT_SETUP] = "chassis bootdev bios",
	};

	return tell(port, words[special], err);
}

static enum wait_answer is_back(void *arg, struct error *err)
{
	enum power_state state;

	(void)err;
	return ipmi_get(arg, &state, NULL) == 0 ? WAIT_DONE : WAIT_MORE;
}

/* Only where it is asked for: a shared BMC is somebody else's, too. */
static int ipmi_recover(struct pdu_port *port, struct error *err)
{
	const struct wait_spec spec = {
		.what = "the BMC after its cold reset",
		.limit_ms = pdu_left(port), .poll_ms = BACK_POLL_MS,
		.check = is_back, .arg = port,
	};

	if (strcmp(pdu_arg_or(port, "bmc-reset", "no"), "yes") != 0)
		return 0;
	if (tell(port, "mc reset cold", err) < 0)
		return -1;
	return wait_for(&spec, err);
}

const struct pdu_module pdu_ipmi = {
	.name = "ipmi",
	.summary = "a BMC by IPMI (ipmitool): power, reset, NMI, next boot",
	.usage = "host=BMC user=NAME password=@FILE [interface=lanplus] "
		 "[cipher=N] [boot=pxe] [bmc-reset=yes]",
	.keys = "host! user password interface cipher boot bmc-reset",
	.set = ipmi_set, .get = ipmi_get, .special = ipmi_special,
	.recover = ipmi_recover,
	.settle_ms = SETTLE_LIMIT_MS,
};
