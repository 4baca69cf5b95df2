/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ironbird pdu skeleton NAME: the start of a power module, as a file that
 * compiles as it is and says at each place what belongs there. It is text in
 * this file, and a test compiles what it becomes: a start that does not build
 * after pdu.h has changed is worse than none.
 */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "cmd/command.h"

#define NAME_MAX_LENGTH 30
#define HEADER "pdu/pdu.h"

/* What a new module begins with: it compiles, and says what is missing. */
static const char skeleton[] =
"/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
"/*\n"
" * @@: say here which device this is, and where its protocol is written.\n"
" *\n"
" * Each call does one thing once, and ends by port->deadline (pdu_left).\n"
" * Retries, reading back, off - dwell - on, one action at a time for each\n"
" * device and the row are pdu.c's. Failures are pdu_fail, with their class.\n"
" * To be used, it needs a line in modules.h and one in the table of pdu.c.\n"
" */\n"
"#include \"pdu/argument.h\"\n"
"#include \"pdu/modules.h\"\n"
"\n"
"extern const struct pdu_module pdu_@@;\n"
"\n"
"static int @@_set(struct pdu_port *port, enum power_state wanted,\n"
"\t\t    struct error *err)\n"
"{\n"
"\tAUTO_STRBUF password = STRBUF_INIT;\n"
"\n"
"\tif (pdu_secret(port, \"password\", &password, err) < 0)\n"
"\t\treturn -1;\n"
"\treturn pdu_fail(port, POWER_FAILURE_REFUSED, err, \"the device %s does \"\n"
"\t\t\t\"not know '%s' yet\", pdu_arg(port, \"host\"),\n"
"\t\t\tpower_state_name(wanted));\n"
"}\n"
"\n"
"/* Leave it out (and .get) when the device cannot be asked. */\n"
"static int @@_get(struct pdu_port *port, enum power_state *state,\n"
"\t\t    struct error *err)\n"
"{\n"
"\t(void)port;\n"
"\t(void)err;\n"
"\t*state = POWER_UNKNOWN;\n"
"\treturn 0;\n"
"}\n"
"\n"
"const struct pdu_module pdu_@@ = {\n"
"\t.name = \"@@\",\n"
"\t.summary = \"one line for 'ironbird power --methods'\",\n"
"\t.usage = \"host=ADDRESS outlet=N [user=NAME password=@FILE]\",\n"
"\t.keys = \"host! outlet! user password\",\n"
"\t.set = @@_set, .get = @@_get,\n"
"};\n";

static int check_name(const char *name, struct error *err)
{
	size_t len = strlen(name);

	if (!len || len > NAME_MAX_LENGTH || strchr("0123456789_", *name) ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
		return error_set(err, ERROR_USAGE, "'%.40s' is no name for a "
				 "module: lower case letters, digits and '_', "
				 "at most %d", name, NAME_MAX_LENGTH);
	return 0;
}

static int write_skeleton(const char *name, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_FREE char *path = xasprintf("pdu/%s.c", name);

	if (check_name(name, err) < 0)
		return -1;
	if (file_exists(path))
		return error_set(err, ERROR_USAGE, "%s is there already",
				 path);
	if (!file_exists(HEADER))
		return error_set(err, ERROR_USAGE, "there is no " HEADER
				 " here: a module is written in the folder "
				 "with Ironbird's source");
	for (const char *p = skeleton; *p; p++) {
		if (str_starts(p, "@@")) {
			strbuf_addstr(&text, name);
			p++;
		} else {
			strbuf_addch(&text, *p);
		}
	}
	if (file_publish(path, text.buf, text.len, 0644, err) < 0)
		return -1;
	printf("%s: now a line for pdu_%s in pdu/modules.h, and one in the "
	       "table of pdu/pdu.c\n", path, name);
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	(void)ctx;
	if (args_check(args, "pdu", 2, 2, err) < 0)
		return -1;
	if (strcmp(args->v[0], "skeleton") != 0)
		return error_set(err, ERROR_USAGE, "pdu knows skeleton, not "
				 "'%.40s'", args->v[0]);
	return write_skeleton(args->v[1], err);
}

static const struct option_row options[] = { OPTION_END };

const struct command cmd_pdu = {
	.name = "pdu",
	.summary = "Write the start of a new power module",
	.usage = "skeleton NAME",
	.options = options,
	.run = run,
};
