/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From argv to the command table, and from an error to the exit status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	fputs("usage: ironbird COMMAND [OPTION...] [ARGUMENT...]\n\n"
	      "Commands (ironbird COMMAND -h tells more):\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!commands[i]->hidden)
			fprintf(out, "  %-18s %s\n", commands[i]->name,
				commands[i]->summary);
	fputs("\nExit status: 0 pass or done, 1 fail, 2 usage or "
	      "configuration, 3 broken,\n4 blocked, 5 aborted, 75 try again "
	      "later.\n", out);
}

static void print_help(const struct command *command)
{
	static const struct option_row none[] = { OPTION_END };
	AUTO_STRVEC forms = STRVEC_INIT;

	strvec_split(&forms, command->usage, "\n");
	for (size_t i = 0; i < forms.count || i == 0; i++)
		printf("%s ironbird %s %s\n", i ? "      " : "usage:",
		       command->name, forms.count ? forms.v[i] : "");
	printf("\n%s.\n", command->summary);
	if (command->aliases)
		printf("Also called as: %s\n", command->aliases);
	puts("\nOptions:");
	options_print(command->options ? command->options : none, stdout);
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

static int open_config(struct context *ctx, struct error *err)
{
	AUTO_STRVEC warnings = STRVEC_INIT;

	if (config_load(&ctx->config, &warnings, err) < 0)
		return -1;
	for (size_t i = 0; i < warnings.count; i++)
		log_warn("%s", warnings.v[i]);
	return 0;
}

static int open_needs(struct context *ctx, unsigned needs, struct error *err)
{
	if ((needs & NEEDS_ROOT) && geteuid() != 0)
		return error_set(err, ERROR_USAGE, "this command switches "
				 "namespaces, ports or disks: run it as root");
	if ((needs & (NEEDS_CONFIG | NEEDS_DB)) && open_config(ctx, err) < 0)
		return -1;
	if (!(needs & NEEDS_DB))
		return 0;
	if (db_open(&ctx->db, config_get(ctx->config, "JobDB"), err) < 0)
		return -1;
	db_set_busy_limit(ctx->db, config_duration_ms(ctx->config,
						      "DatabaseLimit"));
	return 0;
}

static int run_command(const struct command *command, const char *called,
		       int argc, char **argv)
{
	static const struct option_row none[] = { OPTION_END };
	struct context ctx = { .called = called };
	AUTO_STRVEC args = STRVEC_INIT;
	struct error err = ERROR_INIT;
	int rc;

	rc = options_parse(command->options ? command->options : none, argc,
			   argv, &args, &err);
	if (rc == OPTIONS_HELP) {
		print_help(command);
		return 0;
	}
	if (rc == OPTIONS_OK)
		rc = open_needs(&ctx, command->needs, &err);
	if (rc == 0)
		rc = command->run(&ctx, &args, &err);
	db_close(ctx.db);
	config_free(ctx.config);
	return rc < 0 ? fail(&err) : rc;
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
		if (strcmp(called, "help") == 0 || strcmp(called, "-h") == 0 ||
		    strcmp(called, "--help") == 0) {
			print_overview(stdout);
			return 0;
		}
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
