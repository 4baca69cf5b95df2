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
	int number = 0;
	AUTO_FREE char *address = pdu_address(port, &number);
	const char *cipher = pdu_arg(port, "cipher");

	strvec_pushl(argv, "-I",
		     pdu_arg_or(port, "interface", "lanplus"), "-N", "1",
		     "-R", "4", "-H", address, NULL);
	if (number) {
		strvec_push(argv, "-p");
		strvec_pushf(argv, "%d", number);
	}
	if (pdu_arg(port, "user"))
		strvec_pushl(argv, "-U", pdu_arg(port, "user"), NULL);
	if (cipher)
		strvec_pushl(argv, "-C", cipher, NULL);
	strvec_push(argv, "-E");
	/* ipmitool's own options, as OSSTest has them at the end */
	for (size_t i = 0; port->module == &pdu_ipmi && i < port->args.count;
	     i++)
		if (!strchr(port->args.v[i], '='))
			strvec_push(argv, port->args.v[i]);
}

/* A password among ipmitool's options would be on its command line. */
static int check_options(const struct pdu_port *port, struct error *err)
{
	const char *first = pdu_word(port);

	if (first && *first != '-')
		return error_set(err, ERROR_USAGE, "'%.40s' is no option of "
				 "ipmitool", first);
	for (size_t i = 0; i < port->args.count; i++)
		if (str_starts(port->args.v[i], "-P") ||
		    str_starts(port->args.v[i], "-k"))
			return error_set(err, ERROR_USAGE, "'%.2s' is not "
					 "taken: anybody could read it",
					 port->args.v[i]);
	return 0;
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

/*
 * words: what ipmitool is to do, "chassis power status"; verbose: it says what
 * is wrong with a login.
 */
static int run(struct pdu_port *port, const char *words, bool verbose,
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
	strvec_push(&argv, "ipmitool");
	if (verbose)
		strvec_push(&argv, "-v");
	add_connection(port, &argv);
	strvec_split(&argv, words, " ");
	rc = program_run(port, &argv, env, result, err);
	explicit_bzero(password.buf, password.len);
	if (rc < 0)
		return -1;
	return result->status == 0 ? 0 : failed(port, words, result, err);
}

static int ask(struct pdu_port *port, const char *words,
	       struct proc_result *result, struct error *err)
{
	return run(port, words, true, result, err);
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
	if (pdu_state_before(port, &now, err) < 0)
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

/* -v would print each entry on a page of its own. */
static int ipmi_event_log(struct pdu_port *port, struct strbuf *text,
			  struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	if (run(port, "sel elist", false, &result, err) < 0)
		return -1;
	strbuf_add(text, result.output.buf, result.output.len);
	return 0;
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
		 "[cipher=N] [boot=pxe] [bmc-reset=yes] [OPTION...]",
	.max_args = 16, .check = check_options,
	.keys = "host! user password interface cipher boot bmc-reset",
	.set = ipmi_set, .get = ipmi_get, .special = ipmi_special,
	.recover = ipmi_recover, .event_log = ipmi_event_log,
	.settle_ms = SETTLE_LIMIT_MS,
};

/* Arguments first, then ipmitool's own words, in which '=' means nothing. */
static size_t first_word(const struct pdu_port *port)
{
	size_t i = 0;

	while (i < port->args.count && strchr(port->args.v[i], '='))
		i++;
	return i;
}

static int check_extra(const struct pdu_port *port, struct error *err)
{
	const char *when = pdu_arg_or(port, "when", "");
	struct pdu_port keys = *port;

	keys.args.count = first_word(port);
	if (pdu_keys_check(&keys, "when! host! user password interface cipher",
			   err) < 0)
		return -1;
	if (strcmp(when, "on") != 0 && strcmp(when, "off") != 0 &&
	    strcmp(when, "both") != 0)
		return error_set(err, ERROR_USAGE, "when=%.20s is not on, off "
				 "or both", when);
	if (keys.args.count == port->args.count)
		return error_set(err, ERROR_USAGE, "ipmitool's words are "
				 "missing: chassis bootdev pxe");
	return 0;
}

static bool extra_concerns(const struct pdu_port *port,
			   enum power_state wanted)
{
	const char *when = pdu_arg(port, "when");

	return strcmp(when, "both") == 0 ||
	       strcmp(when, power_state_name(wanted)) == 0;
}

static int extra_set(struct pdu_port *port, enum power_state wanted,
		     struct error *err)
{
	AUTO_STRBUF words = STRBUF_INIT;

	(void)wanted;
	for (size_t i = first_word(port); i < port->args.count; i++)
		strbuf_addf(&words, " %s", port->args.v[i]);
	return tell(port, words.buf + 1, err);
}

const struct pdu_module pdu_ipmiextra = {
	.name = "ipmiextra",
	.summary = "no outlet: an ipmitool command beside another method, "
		   "behind a ';' (OSSTest's)",
	.usage = "when=on|off|both host=BMC user=NAME password=@FILE WORD...",
	.min_args = 3, .max_args = 64,
	.check = check_extra, .set = extra_set, .concerns = extra_concerns,
	.event_log = ipmi_event_log,
	.settle_ms = SETTLE_LIMIT_MS,
};
