/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "run/starved.h"

#define FILE_MAX 65536

/* 0 where it is not counted. */
static uint64_t kills(void)
{
	static const char name[] = "\noom_kill ";
	AUTO_STRBUF text = STRBUF_INIT;
	unsigned long long count = 0;
	const char *at;

	if (file_read("/proc/vmstat", FILE_MAX, &text, NULL) < 0)
		return 0;
	at = strstr(text.buf, name);
	if (!at || sscanf(at + strlen(name), "%llu", &count) != 1)
		return 0;
	return count;
}

void starved_begin(struct starved *starved)
{
	starved->older = starved->newer = kills();
}

void starved_look(struct starved *starved)
{
	starved->older = starved->newer;
	starved->newer = kills();
}

bool starved_lately(const struct starved *starved)
{
	return kills() > starved->older;
}
