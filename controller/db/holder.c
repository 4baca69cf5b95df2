/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "base/strvec.h"
#include "db/holder.h"

#define LOCKS_MAX (1 << 20)

/*
 * proc_locks(5): "1: POSIX  ADVISORY  WRITE 123 08:01:4711 120 120". On some
 * file systems (btrfs, overlayfs) stat(2) tells another device than that: so
 * the device only decides where it is known. The files are not opened, as
 * closing them would drop our own locks.
 */
static int holder_in_line(const char *line, const struct stat *st,
			  bool any_device)
{
	unsigned int major_number, minor_number;
	unsigned long long inode;
	int pid;

	if (sscanf(line, "%*d: POSIX ADVISORY WRITE %d %x:%x:%llu", &pid,
		   &major_number, &minor_number, &inode) != 4 ||
	    inode != st->st_ino || pid == getpid())
		return 0;
	return any_device ||
	       makedev(major_number, minor_number) == st->st_dev ? pid : 0;
}

static int holder_of_file(const struct strvec *lines, const char *path)
{
	struct stat st;
	int pid = 0;

	if (stat(path, &st) < 0)
		return 0;
	for (int any = 0; any < 2 && pid <= 0; any++)
		for (size_t i = 0; i < lines->count && pid <= 0; i++)
			pid = holder_in_line(lines->v[i], &st, any);
	return pid > 0 ? pid : 0;
}

static char *name_of(int pid)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/comm", pid);
	AUTO_STRBUF name = STRBUF_INIT;

	if (file_read(path, 64, &name, NULL) < 0)
		return xasprintf("process %d", pid);
	strbuf_rtrim(&name);
	return xasprintf("process %d, %s", pid, name.buf);
}

char *database_holder(const char *path)
{
	static const char *const suffixes[] = { "-shm", "-wal", "" };
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC lines = STRVEC_INIT;

	if (file_read("/proc/locks", LOCKS_MAX, &text, NULL) < 0)
		return NULL;
	strvec_split(&lines, text.buf, "\n");
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		AUTO_FREE char *file = xasprintf("%s%s", path, suffixes[i]);
		int pid = holder_of_file(&lines, file);

		if (pid)
			return name_of(pid);
	}
	return NULL;
}
