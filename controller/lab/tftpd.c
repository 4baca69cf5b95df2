/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "lab/tftpd.h"
#include "net/local.h"

#define LINE_MAX_BYTES 2048

static char *socket_path(const struct service_set *set)
{
	return service_set_path(set, "tftpd-log.sock");
}

int tftpd_check(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *path = socket_path(set);

	return local_path_check(path, err);
}

/*
 * "<28>Nov 20 05:00:00 in.tftpd[12]: text" (RFC 3164) without its priority
 * and its local time.
 */
static const char *after_header(const char *line)
{
	const char *end = line[0] == '<' ? strchr(line, '>') : NULL;

	line = end && end - line <= 4 ? end + 1 : line;
	if (strlen(line) > 16 && line[3] == ' ' && line[6] == ' ' &&
	    line[9] == ':' && line[12] == ':' && line[15] == ' ')
		line += 16;
	return line;
}

/* One write a line: two readers of the log never see half of one. */
static int on_message(sd_event_source *source, int fd, uint32_t events,
		      void *arg)
{
	const char *path = arg;
	AUTO_CLOSE int log = open(path, O_WRONLY | O_APPEND | O_CREAT |
				  O_CLOEXEC, 0644);
	char line[LINE_MAX_BYTES + 1], stamp[CLOCK_STAMP_SIZE];
	AUTO_STRBUF text = STRBUF_INIT;
	ssize_t n = recv(fd, line, LINE_MAX_BYTES, MSG_DONTWAIT);

	(void)source;
	(void)events;
	if (n <= 0)
		return 0;
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\0'))
		n--;
	line[n] = '\0';
	strbuf_addf(&text, "%s ", clock_stamp(clock_now_ms(), stamp));
	strbuf_add_printable(&text, after_header(line));
	strbuf_addch(&text, '\n');
	if (log < 0 || write(log, text.buf, text.len) < 0)
		log_warn("cannot write %s: %s", path, strerror(errno));
	return 0;
}

static int bind_socket(const char *path, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_CLOSE int fd = -1;
	int out;

	if (local_path_check(path, err) < 0 || file_remove(path, err) < 0)
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address,
			   sizeof(address)) < 0)
		return error_errno(err, "cannot make the socket %s", path);
	out = fd;
	fd = -1;
	return out;
}

int tftpd_log_start(const struct service_set *set, sd_event *event,
		    struct error *err)
{
	AUTO_FREE char *path = socket_path(set);
	int fd = bind_socket(path, err);
	int rc;

	if (fd < 0)
		return -1;
	/* the descriptor lives as long as the process */
	rc = sd_event_add_io(event, NULL, fd, EPOLLIN, on_message,
			     set->tftp_log);
	if (rc >= 0)
		return 0;
	close(fd);
	errno = -rc;
	return error_errno(err, "cannot watch %s", path);
}

int tftpd_prepare(void *arg)
{
	AUTO_FREE char *path = socket_path(arg);
	AUTO_CLOSE int log = -1;

	if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC,
		  "size=64k,mode=0755") < 0 ||
	    mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3)) < 0 ||
	    mknod("/dev/urandom", S_IFCHR | 0666, makedev(1, 9)) < 0)
		return errno;
	log = open("/dev/log", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (log < 0 || mount(path, "/dev/log", NULL, MS_BIND, NULL) < 0)
		return errno;
	return 0;
}
