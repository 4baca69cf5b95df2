/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Consoles that another program brings: its stdin and stdout are the console.
 *
 * What it says on stderr is kept as the reason for its end. Where it asks for
 * a password it asks its terminal (tty(4)), which is not the console: text
 * that comes from a host can never be answered with one.
 */
#ifndef IRONBIRD_HOST_CONSOLE_PROGRAM_H
#define IRONBIRD_HOST_CONSOLE_PROGRAM_H

#include "host/console_module.h"

/* Of a line that is the program's own: the console is gone, though the program
 * stays. */
struct console_gone {
	const char *text;
	bool first;		/* counts in the first line only */
};

struct console_command {
	char *const *argv;
	char *const *env;	/* added, or NULL */
	const char *password;	/* for its one prompt; NULL: no terminal */
	bool password_by_stdin;	/* it asks there, and reads here */
	const char *name;	/* for sentences; NULL: argv[0] */
	/* Up to one without text. NULL: no line is. It wants
	 * console_program_decode and _encode. */
	const struct console_gone *gone;
};

/* link->fd and link->state; console_program_close ends it. */
int must_check console_program_open(struct console_link *link,
				    const struct console_command *command,
				    struct error *err);
/*
 * The same, with what the source's argument "password" names, if it has one,
 * for the program's prompt; command->password is not looked at.
 */
int must_check console_program_log_in(struct console_link *link,
				      const struct console_command *command,
				      struct error *err);
/* Nothing is the console's before one line was none of command->gone. */
size_t console_program_decode(struct console_link *link, char *data,
			      size_t len);
/* What is typed before would be the program's: as a password, for one. */
void console_program_encode(struct console_link *link, const char *data,
			    size_t len);
void console_program_ended(struct console_link *link);
void console_program_close(struct console_link *link);

#endif
