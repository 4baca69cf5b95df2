/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/wrap.h"
#include "cmd/command.h"

/* The length of what stands together: up to a space outside brackets. */
static size_t group_length(const char *s)
{
	int depth = 0;
	size_t n = 0;

	for (; s[n] && (s[n] != ' ' || depth > 0); n++)
		depth += (s[n] == '[') - (s[n] == ']');
	return n;
}

/* One form of the command, on as many lines as it takes. */
static void print_form(const char *label, const char *name, const char *form)
{
	int indent = printf("%s ironbird %s", label, name), column = indent;

	while (*form) {
		int n = (int)group_length(form);

		if (column + 1 + n > WRAP_WIDTH && column > indent) {
			printf("\n%*s", indent, "");
			column = indent;
		}
		column += printf(" %.*s", n, form);
		form += n;
		form += strspn(form, " ");
	}
	putchar('\n');
}

void command_help(const struct command *command)
{
	static const struct option_row none[] = { OPTION_END };
	AUTO_STRVEC forms = STRVEC_INIT;

	strvec_split(&forms, command->usage, "\n");
	for (size_t i = 0; i < forms.count || i == 0; i++)
		print_form(i ? "      " : "usage:", command->name,
			   forms.count ? forms.v[i] : "");
	printf("\n%s.\n", command->summary);
	if (command->aliases)
		printf("Also called as: %s\n", command->aliases);
	puts("\nOptions:");
	options_print(command->options ? command->options : none, stdout);
}
