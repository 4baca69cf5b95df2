/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terminal servers that are reached by ssh(1), with a command or without one.
 * The server's key must be known; the password, where there is one, is asked
 * for on the program's own terminal.
 */
#include <string.h>

#include "host/console_program.h"

static void add_options(const struct console_source *source, bool password,
			struct strvec *argv)
{
	static const char *const rows[][2] = {
		{ "port", "-p" }, { "user", "-l" }, { "key", "-i" },
	};
	const char *known = argument_get(&source->args, "known-hosts");

	/* -e none: every byte is the console's */
	strvec_pushl(argv, "ssh", "-e", "none", "-o", "ConnectTimeout=10",
		     "-o", "ServerAliveInterval=15", "-o",
		     "ServerAliveCountMax=3", "-o",
		     "StrictHostKeyChecking=yes", NULL);
	if (password)
		strvec_pushl(argv, "-o", "PubkeyAuthentication=no", "-o",
			     "NumberOfPasswordPrompts=1", NULL);
	else
		strvec_pushl(argv, "-o", "BatchMode=yes", NULL);
	if (known) {
		strvec_push(argv, "-o");
		strvec_pushf(argv, "UserKnownHostsFile=\"%s\"", known);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (argument_get(&source->args, rows[i][0]))
			strvec_pushl(argv, rows[i][1],
				     argument_get(&source->args, rows[i][0]),
				     NULL);
}

static int ssh_open(struct console_link *link, struct error *err)
{
	const struct strvec *args = &link->source->args;
	const char *remote = argument_get(args, "command");
	AUTO_STRVEC argv = STRVEC_INIT;
	struct console_command command = { .argv = NULL };

	add_options(link->source, argument_get(args, "password"), &argv);
	strvec_push(&argv, strcmp(argument_or(args, "tty", "no"), "yes") == 0 ?
		    "-tt" : "-T");
	strvec_pushl(&argv, "--", argument_get(args, "host"), NULL);
	if (remote)
		strvec_push(&argv, remote);
	command.argv = argv.v;
	return console_program_log_in(link, &command, err);
}

const struct console_module console_ssh = {
	.name = "ssh",
	.summary = "a command of a terminal server, by ssh",
	.usage = "host=NAME [port=N] [user=NAME] [key=FILE] [password=@FILE] "
		 "[known-hosts=FILE] [command='...'] [tty=yes]",
	.keys = "host! port user key password known-hosts command tty",
	.open = ssh_open, .ended = console_program_ended,
	.close = console_program_close,
};
