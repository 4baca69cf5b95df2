/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "base/strvec.h"
#include "lab/ports.h"

/* proc(5), /proc/net/tcp: the state of a listening socket */
#define TCP_LISTENING 0x0A

struct port {
	bool tcp;
	int port;
	in_addr_t only;		/* 0: whichever */
};

/*
 * A line of /proc/PID/net/{tcp,udp}[6]; the inode of its socket when it binds
 * the port, or 0.
 */
static unsigned long binding_inode(const char *line, const struct port *p)
{
	char address[33];
	unsigned bound, state;
	unsigned long inode;

	if (sscanf(line, " %*d: %32[0-9A-F]:%4x %*[0-9A-F]:%*x %2x %*s %*s "
		   "%*s %*s %*s %lu", address, &bound, &state, &inode) != 4)
		return 0;
	if ((int)bound != p->port || (p->tcp && state != TCP_LISTENING))
		return 0;
	if (!p->only || strlen(address) > 8 ||
	    strtoul(address, NULL, 16) == 0 ||
	    strtoul(address, NULL, 16) == p->only)
		return inode;
	return 0;
}

static unsigned long find_inode(int pid, const char *protocol, int port,
				in_addr_t only)
{
	static const char *const versions[] = { "", "6" };
	const struct port wanted = { protocol[0] == 't', port, only };
	unsigned long inode = 0;

	for (size_t v = 0; v < ARRAY_SIZE(versions) && !inode; v++) {
		AUTO_FREE char *path = xasprintf("/proc/%d/net/%s%s", pid,
						 protocol, versions[v]);
		AUTO_STRBUF text = STRBUF_INIT;
		AUTO_STRVEC lines = STRVEC_INIT;

		if (file_read(path, 16 << 20, &text, NULL) < 0)
			continue;
		strvec_split(&lines, text.buf, "\n");
		for (size_t i = 0; i < lines.count && !inode; i++)
			inode = binding_inode(lines.v[i], &wanted);
	}
	return inode;
}

bool port_bound(int pid, const char *protocol, int port, in_addr_t only)
{
	return find_inode(pid, protocol, port, only) != 0;
}

/* Has the process the socket? Its descriptors are links "socket:[INODE]". */
static bool has_socket(const char *pid, const char *socket)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/fd", pid);
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		char target[64];
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target,
				       sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		found = strcmp(target, socket) == 0;
	}
	if (dir)
		closedir(dir);
	return found;
}

static char *describe(const char *pid)
{
	AUTO_FREE char *path = xasprintf("/proc/%s/comm", pid);
	AUTO_STRBUF name = STRBUF_INIT, clean = STRBUF_INIT;

	if (file_read(path, 64, &name, NULL) < 0)
		return xasprintf("process %s", pid);
	strbuf_rtrim(&name);
	strbuf_add_printable(&clean, name.buf);
	return xasprintf("%s (process %s)", clean.buf, pid);
}

char *port_holder(int pid, const char *protocol, int port, in_addr_t only)
{
	unsigned long inode = find_inode(pid, protocol, port, only);
	AUTO_FREE char *socket = xasprintf("socket:[%lu]", inode);
	DIR *dir = inode ? opendir("/proc") : NULL;
	struct dirent *entry;
	char *holder = NULL;

	while (dir && !holder && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    has_socket(entry->d_name, socket))
			holder = describe(entry->d_name);
	if (dir)
		closedir(dir);
	return holder;
}
