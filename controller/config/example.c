/* SPDX-License-Identifier: GPL-2.0-or-later */
/* standalone.config.example, from the table. */
#include <string.h>

#include "base/strbuf.h"
#include "config/check.h"
#include "config/settings.h"

#define WIDTH 76

/* Words as comment lines of at most WIDTH. */
static void add_comment(struct strbuf *sb, const char *text)
{
	AUTO_STRVEC words = STRVEC_INIT;
	size_t column = 0;

	strvec_split(&words, text, " ");
	for (size_t i = 0; i < words.count; i++) {
		size_t n = strlen(words.v[i]);

		if (column && column + 1 + n > WIDTH) {
			strbuf_addch(sb, '\n');
			column = 0;
		}
		strbuf_addf(sb, "%s%s", column ? " " : "# ", words.v[i]);
		column += column ? n + 1 : n + 2;
	}
	strbuf_addch(sb, '\n');
}

static void add_heading(struct strbuf *sb, const struct setting *row)
{
	strbuf_addf(sb, "\n# ---- %s ", row->name);
	for (size_t i = strlen(row->name) + 8; i < WIDTH; i++)
		strbuf_addch(sb, '-');
	strbuf_addch(sb, '\n');
	if (row->help)
		add_comment(sb, row->help);
}

static void add_setting(struct strbuf *sb, const struct setting *row)
{
	AUTO_STRVEC lines = STRVEC_INIT;

	strbuf_addch(sb, '\n');
	if (row->argument)
		strbuf_addf(sb, "# %s%s:\n", row->name, row->argument);
	add_comment(sb, row->help);
	if (row->fallback) {
		strbuf_addf(sb, "#%s %s\n", row->name, row->fallback);
		return;
	}
	strvec_split(&lines, row->example, "\n");
	if (!row->argument && row->type != SETTING_HERE) {
		strbuf_addf(sb, "#%s %s\n", row->name, row->example);
		return;
	}
	for (size_t i = 0; i < lines.count; i++)
		strbuf_addf(sb, "#%s\n", lines.v[i]);
}

char *config_example(void)
{
	struct strbuf sb = STRBUF_INIT;
	const struct setting *row;

	strbuf_addstr(&sb,
		"# SPDX-License-Identifier: GPL-2.0-or-later\n"
		"# Settings of Ironbird: copy to standalone.config and "
		"uncomment what differs.\n"
		"# Every line that is commented out shows the default, or an "
		"example where\n"
		"# there is none. ironbird.config(5) describes the format; "
		"'ironbird config'\n"
		"# shows what is set and where, 'ironbird config --check' "
		"what is wrong.\n"
		"# This file is written by 'ironbird config --example'.\n");
	for (row = settings; row->name; row++) {
		if (row->type == SETTING_HEADING)
			add_heading(&sb, row);
		else if (!row->same_as)
			add_setting(&sb, row);
	}
	strbuf_addstr(&sb,
		"\n# ---- Environment of steps ----------------------------"
		"---------------------\n"
		"# Variables for everything that is started with these "
		"settings; one that is\n"
		"# in the environment already wins.\n"
		"\n#export REVISION_XEN=RELEASE-4.17.5\n");
	return strbuf_detach(&sb);
}
