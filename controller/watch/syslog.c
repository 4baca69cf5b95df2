/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "watch/syslog.h"

const char *syslog_message(const char *line, const char *program, int *pid)
{
	/* What comes after the first one may be a client's words. */
	const char *colon = strstr(line, ": ");
	size_t len = strlen(program);
	const char *p = line;
	char *end;

	*pid = 0;
	for (; (p = strstr(p, program)) && p < colon; p += len) {
		if (p > line && p[-1] != ' ' && p[-1] != '>')
			continue;
		end = (char *)p + len;
		if (*end == '[' && isdigit((unsigned char)end[1])) {
			*pid = (int)strtol(end + 1, &end, 10);
			if (*end != ']')
				continue;
			end++;
		}
		if (end == colon)
			return end + 1 + strspn(end + 1, " ");
	}
	return NULL;
}
