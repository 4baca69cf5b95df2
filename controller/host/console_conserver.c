/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A console that conserver has, through its own client console(1). It attaches
 * politely: who has the console keeps it, and we look on. The escape sequence
 * is one that no terminal sends here.
 *
 * A console of conserver's that is down is told to those who attach, and to
 * who types; nobody else hears of it, nor when it is up again (conserver 8.2.7:
 * only its own log does). So a console that says it is down is given up: the
 * next attempts hear whether it is up. Should a host print the words for who
 * types, escape characters and all, it is attached once more.
 */
#include <string.h>

#include "host/console_program.h"

/* The escape sequence, as -e takes it, and as conserver shows it. */
#define ESCAPE "^]^\\"
#define SHOWN "^] ^\\"

static const struct console_gone gone[] = {
	{ ": invalid password", .first = true },
	{ "' -- console is down]", .first = true },
	{ "[down -- use " SHOWN " ? for help]", .first = false },
	{ NULL, .first = false }
};

static int conserver_open(struct console_link *link, struct error *err)
{
	const struct strvec *args = &link->source->args;
	const char *host = argument_get(args, "host");
	const char *colon = strrchr(host, ':');
	AUTO_FREE char *server = xstrndup(host, colon ?
					  (size_t)(colon - host) :
					  strlen(host));
	AUTO_STRVEC argv = STRVEC_INIT;
	struct console_command command = {
		.password_by_stdin = true, .gone = gone,
	};

	strvec_pushl(&argv, "console", "-n", "-e", ESCAPE, "-M", server,
		     NULL);
	if (colon)
		strvec_pushl(&argv, "-p", colon + 1, NULL);
	if (argument_get(args, "user"))
		strvec_pushl(&argv, "-l", argument_get(args, "user"), NULL);
	if (strcmp(argument_or(args, "tls", "yes"), "no") == 0)
		strvec_push(&argv, "-E");
	strvec_pushl(&argv, "-a", argument_get(args, "name"), NULL);
	command.argv = argv.v;
	return console_program_log_in(link, &command, err);
}

const struct console_module console_conserver = {
	.name = "conserver",
	.summary = "a console of a conserver (console(1))",
	.usage = "host=SERVER[:PORT] name=CONSOLE [user=NAME] "
		 "[password=@FILE] [tls=no]",
	.keys = "host! name! user password tls",
	.open = conserver_open, .decode = console_program_decode,
	.encode = console_program_encode, .ended = console_program_ended,
	.close = console_program_close,
};
