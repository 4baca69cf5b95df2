/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A console that conserver has, through its own client console(1). It attaches
 * politely: who has the console keeps it, and we look on. The escape sequence
 * is one that no terminal sends here.
 */
#include <string.h>

#include "host/console_program.h"

static int conserver_open(struct console_link *link, struct error *err)
{
	const struct strvec *args = &link->source->args;
	const char *host = argument_get(args, "host");
	const char *colon = strrchr(host, ':');
	AUTO_FREE char *server = xstrndup(host, colon ?
					  (size_t)(colon - host) :
					  strlen(host));
	AUTO_STRVEC argv = STRVEC_INIT;
	struct console_command command = { .password_by_stdin = true };

	strvec_pushl(&argv, "console", "-n", "-e", "^]^\\", "-M", server,
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
	.open = conserver_open, .ended = console_program_ended,
	.close = console_program_close,
};
