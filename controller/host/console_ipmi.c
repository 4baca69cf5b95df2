/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial over LAN of a BMC, through ipmitool(1). The password is in its
 * environment (-E), which only its own user can read.
 *
 * A BMC has one SOL session and remembers it when its client was killed: it
 * is ended first. Its escape character is one that no terminal sends here
 * (Ctrl-] ends our own), so that every byte is the console's.
 *
 * A BMC that vanishes is noticed when it does not answer the question that
 * ipmitool 1.8.19 asks after 15 s of silence, nor its retries (33 s in all
 * with one retry, 91 s with three): few, where the network loses nothing.
 */
#include <string.h>

#include "host/console_program.h"

/*
 * Only "$@" is data. Its first line, "[SOL Session operational", comes at once
 * by stdbuf(1), so that the console of a silent host is there, too.
 */
static const char script[] =
	"ipmitool \"$@\" sol deactivate >/dev/null 2>&1\n"
	"exec stdbuf -oL ipmitool \"$@\" -e '\035' sol activate\n";

static void add_connection(const struct strvec *args, struct strvec *argv)
{
	const char *host = argument_get(args, "host");
	const char *colon = strrchr(host, ':');

	strvec_pushl(argv, "-I", argument_or(args, "interface", "lanplus"),
		     "-N", "2", "-R", argument_or(args, "retries", "3"), "-H",
		     NULL);
	strvec_pushf(argv, "%.*s", (int)(colon ? colon - host :
					 (long)strlen(host)), host);
	if (colon)
		strvec_pushl(argv, "-p", colon + 1, NULL);
	if (argument_get(args, "user"))
		strvec_pushl(argv, "-U", argument_get(args, "user"), NULL);
	if (argument_get(args, "cipher"))
		strvec_pushl(argv, "-C", argument_get(args, "cipher"), NULL);
	strvec_push(argv, "-E");
}

static int ipmi_check(const struct console_source *source, struct error *err)
{
	long retries;

	return argument_number(&source->args, "retries", 1, 100, 3, &retries,
			       err);
}

static int ipmi_open(struct console_link *link, struct error *err)
{
	const struct strvec *args = &link->source->args;
	AUTO_STRBUF password = STRBUF_INIT;
	AUTO_STRVEC argv = STRVEC_INIT;
	char *env[] = { NULL, NULL };
	struct console_command command = { .env = env, .name = "ipmitool" };
	int rc;

	strbuf_addstr(&password, "IPMITOOL_PASSWORD=");
	if (argument_secret(args, "password", &password, err) < 0)
		return -1;
	env[0] = password.buf;
	strvec_pushl(&argv, "sh", "-c", script, "sh", NULL);
	add_connection(args, &argv);
	command.argv = argv.v;
	rc = console_program_open(link, &command, err);
	explicit_bzero(password.buf, password.len);
	return rc;
}

const struct console_module console_ipmi = {
	.name = "ipmi", .aliases = "sol",
	.summary = "a BMC's serial over LAN (ipmitool)",
	.usage = "host=BMC user=NAME password=@FILE [interface=lanplus] "
		 "[cipher=N] [retries=3]",
	.keys = "host! user password interface cipher retries",
	.check = ipmi_check, .open = ipmi_open, .ended = console_program_ended,
	.close = console_program_close,
};
