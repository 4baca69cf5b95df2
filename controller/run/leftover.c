/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "run/leftover.h"

#define NAMED_MAX 5

/* "sleep (pid 12)" when the process is in the group and no zombie. */
static bool describe(const char *pid, pid_t group, struct strbuf *out)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/stat", pid);
	AUTO_STRBUF stat = STRBUF_INIT;
	const char *open, *close;
	int pgrp;
	char state;

	if (file_read(path, 4096, &stat, NULL) < 0)
		return false;
	open = strchr(stat.buf, '(');
	close = strrchr(stat.buf, ')');
	if (!open || !close || sscanf(close + 1, " %c %*d %d", &state,
				      &pgrp) != 2)
		return false;
	if (pgrp != group || state == 'Z' || state == 'X')
		return false;
	strbuf_addf(out, "%.*s (pid %s)", (int)(close - open - 1), open + 1,
		    pid);
	return true;
}

static size_t find_members(pid_t group, struct strbuf *names)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir))) {
		AUTO_STRBUF name = STRBUF_INIT;

		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !describe(entry->d_name, group, &name))
			continue;
		if (count++ < NAMED_MAX)
			strbuf_addf(names, "%s%s", count > 1 ? ", " : "",
				    name.buf);
	}
	if (dir)
		closedir(dir);
	return count;
}

char *leftover_kill(pid_t group)
{
	AUTO_STRBUF names = STRBUF_INIT;
	size_t count;

	if (kill(-group, 0) < 0)
		return NULL;
	count = find_members(group, &names);
	kill(-group, SIGKILL);
	if (!count)
		return NULL;
	return xasprintf("%zu process%s of this step still ran at its end and "
			 "%s killed: %s%s", count, count > 1 ? "es" : "",
			 count > 1 ? "were" : "was", names.buf,
			 count > NAMED_MAX ? ", ..." : "");
}
