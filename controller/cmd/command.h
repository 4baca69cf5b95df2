/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: one file each, a row in the table of main.c.
 *
 * main.c finds the command by name (or by the link's name it was called as),
 * parses its options, opens what it needs, and calls run with what is left.
 * run returns an exit status >= 0, or -1 with err filled: main.c prints the
 * sentence once and exits with its class.
 */
#ifndef IRONBIRD_CMD_COMMAND_H
#define IRONBIRD_CMD_COMMAND_H

#include "base/error.h"
#include "base/options.h"
#include "base/strvec.h"
#include "config/config.h"
#include "db/db.h"

enum command_needs {
	NEEDS_CONFIG = 1 << 0,	/* context.config */
	NEEDS_DB = 1 << 1,	/* context.db, implies config */
	NEEDS_ROOT = 1 << 2,
};

struct context {
	struct config *config;
	struct db *db;
	const char *called;	/* "mg-hosts": the name it was called by */
};

struct command {
	const char *name;
	const char *aliases;	/* OSSTest's names, space separated, or NULL */
	const char *summary;	/* one line, no full stop */
	const char *usage;	/* arguments, one form a line */
	const struct option_row *options;	/* NULL: none */
	unsigned needs;
	bool hidden;		/* for programs: not in the overview */
	bool wordy;		/* "-" and "--" are words of it, no options */
	int (*run)(struct context *ctx, const struct strvec *args,
		   struct error *err);
};

/* A command's second word: "host list", "lab up". */
struct verb {
	const char *name;
	int min, max;		/* how many arguments after it; max -1: any */
	const char *usage;	/* its arguments, for the error */
	int (*run)(struct context *ctx, char *const *args, size_t count,
		   struct error *err);
};

/* Opens what a command needs; config's warnings are printed. */
int must_check context_open(struct context *ctx, unsigned needs,
			    struct error *err);
void context_close(struct context *ctx);	/* what was not opened is fine */
/* What -h prints, within 80 columns. */
void command_help(const struct command *command);
/*
 * Runs the verb that args begin with; verbs end with a NULL name. Unknown or
 * missing verbs and wrong argument counts are ERROR_USAGE with a hint.
 */
int verb_run(struct context *ctx, const char *command,
	     const struct verb *verbs, const struct strvec *args,
	     struct error *err);
/* ERROR_USAGE unless min <= count <= max (max -1: any). */
int must_check args_check(const struct strvec *args, const char *command,
			  int min, int max, struct error *err);

#define COMMAND(symbol) extern const struct command cmd_##symbol;
#include "cmd/commands.h"
#undef COMMAND

#endif
