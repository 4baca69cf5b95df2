/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any program whose stdin and stdout are the console. */
#include "host/console_program.h"

static int exec_open(struct console_link *link, struct error *err)
{
	const struct console_command command = {
		.argv = link->source->args.v,
	};

	return console_program_open(link, &command, err);
}

const struct console_module console_exec = {
	.name = "exec",
	.summary = "a program whose input and output are the console",
	.usage = "PROGRAM [ARGUMENT...]",
	.min_words = 1, .max_words = 64,
	.open = exec_open, .ended = console_program_ended,
	.close = console_program_close,
};

static int xenuse_open(struct console_link *link, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	struct console_command command = { .argv = NULL };

	strvec_push(&argv, "xenuse");
	strvec_pushv(&argv, link->source->args.v);
	command.argv = argv.v;
	return console_program_open(link, &command, err);
}

const struct console_module console_xenuse = {
	.name = "xenuse",
	.summary = "OSSTest's: the program xenuse with these arguments",
	.usage = "ARGUMENT...",
	.min_words = 1, .max_words = 64,
	.open = xenuse_open, .ended = console_program_ended,
	.close = console_program_close,
};
