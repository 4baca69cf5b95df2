/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From argv to the command table, and from an error to the exit status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core.h"
#include "base/log.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "cmd/command.h"

static const struct command *const commands[] = {
#define COMMAND(symbol) &cmd_##symbol,
#include "cmd/commands.h"
#undef COMMAND
};

/* What the overview has: a heading, or a command. */
static const struct {
	const char *heading;
	const struct command *command;
} overview[] = {
#define GROUP(text) { .heading = text },
#define COMMAND(symbol) { .command = &cmd_##symbol },
#include "cmd/commands.h"
#undef COMMAND
};

static bool is_alias(const struct command *command, const char *name)
{
	AUTO_STRVEC aliases = STRVEC_INIT;

	if (command->aliases)
		strvec_split(&aliases, command->aliases, " ");
	return strvec_has(&aliases, name);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i]->name, name) == 0 ||
		    is_alias(commands[i], name))
			return commands[i];
	return NULL;
}

static void print_overview(FILE *out)
{
	fputs("usage: ironbird COMMAND [OPTION...] [ARGUMENT...]\n"
	      "ironbird help COMMAND tells more of one.\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(overview); i++) {
		const struct command *command = overview[i].command;

		if (!command)
			fprintf(out, "\n%s:\n", overview[i].heading);
		else if (!command->hidden)
			fprintf(out, "  %-18s %s\n", command->name,
				command->summary);
	}
	fputs("\nExit status: 0 pass or done, 1 fail, 2 usage or "
	      "configuration, 3 broken,\n4 blocked, 5 aborted, 75 try again "
	      "later.\n", out);
}

static int fail(const struct error *err)
{
	log_err("%s", err->text);
	return err->kind ? (int)err->kind : ERROR_BROKEN;
}

static int unknown_command(const char *name)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_STRBUF shown = STRBUF_INIT;
	AUTO_FREE char *hint = NULL;

	strbuf_add_printable(&shown, name);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		strvec_push(&names, commands[i]->name);
		if (commands[i]->aliases)
			strvec_split(&names, commands[i]->aliases, " ");
	}
	hint = name_hint(name, &names);
	log_err("unknown command '%.60s'%s; 'ironbird help' lists them all",
		shown.buf, hint);
	return ERROR_USAGE;
}

static int parse(const struct command *command, int argc, char **argv,
		 struct strvec *args, struct error *err)
{
	static const struct option_row none[] = { OPTION_END };

	if (!command->wordy || argc < 2 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "--help") == 0)
		return options_parse(command->options ? command->options :
				     none, argc, argv, args, err);
	for (int i = 1; i < argc; i++)
		strvec_push(args, argv[i]);
	return OPTIONS_OK;
}

static int run_command(const struct command *command, const char *called,
		       int argc, char **argv)
{
	struct context ctx = { .called = called };
	AUTO_STRVEC args = STRVEC_INIT;
	struct error err = ERROR_INIT;
	int rc;

	rc = parse(command, argc, argv, &args, &err);
	if (rc == OPTIONS_HELP) {
		command_help(command);
		return 0;
	}
	if (rc == OPTIONS_OK)
		rc = context_open(&ctx, command->needs, &err);
	if (rc == 0)
		rc = command->run(&ctx, &args, &err);
	context_close(&ctx);
	return rc < 0 ? fail(&err) : rc;
}

static bool asks_for_help(const char *word)
{
	return strcmp(word, "help") == 0 || strcmp(word, "-h") == 0 ||
		strcmp(word, "--help") == 0;
}

/* "help", or "help COMMAND"; name is NULL for the first. */
static int help(const char *name)
{
	const struct command *command = name ? find_command(name) : NULL;

	if (name && !command && !asks_for_help(name))
		return unknown_command(name);
	if (command)
		command_help(command);
	else
		print_overview(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	const char *called = strrchr(argv[0], '/');
	const struct command *command;

	core_forbid();
	called = called ? called + 1 : argv[0];
	command = find_command(called);
	if (!command && argc > 1) {
		argv++;
		argc--;
		called = argv[0];
		if (asks_for_help(called))
			return help(argv[1]);
		if (strcmp(called, "--version") == 0)
			called = "version";
		command = find_command(called);
		if (!command)
			return unknown_command(called);
	}
	if (!command) {
		print_overview(stderr);
		return ERROR_USAGE;
	}
	return run_command(command, called, argc, argv);
}
