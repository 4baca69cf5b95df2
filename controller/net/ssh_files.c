/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "net/ssh_session.h"

/* The sentence for a remote command that ended with a status. */
static int refused(struct ssh *ssh, const char *what, const char *path,
		   const struct ssh_result *result, struct error *err)
{
	size_t len = strcspn(result->error.buf, "\n");

	return error_set(err, ERROR_BROKEN, "host %s: cannot %s %s (%.*s)",
			 ssh->name, what, path, len ? (int)len : 20,
			 len ? result->error.buf : "it did not say why");
}

/*
 * Written beside, its size compared (a cut connection looks like the end of
 * the file), and renamed.
 */
static void send_command(struct strbuf *sb, const char *remote, int mode,
			 int64_t size)
{
	AUTO_STRBUF path = STRBUF_INIT;
	AUTO_STRBUF beside = STRBUF_INIT;
	AUTO_FREE char *new_path = xasprintf("%s.ironbird-new", remote);

	strbuf_add_quoted(&path, remote);
	strbuf_add_quoted(&beside, new_path);
	strbuf_addf(sb, "umask 077; rm -f %s; cat > %s && "
		    "[ $(wc -c < %s) -eq %lld ] && chmod %04o %s && "
		    "mv -f %s %s || { s=$?; rm -f %s; exit $s; }",
		    beside.buf, beside.buf, beside.buf, (long long)size,
		    (unsigned int)mode & 07777, beside.buf, beside.buf,
		    path.buf, beside.buf);
}

int ssh_send_file(struct ssh *ssh, const char *local, const char *remote,
		  int mode, int64_t limit_ms, struct error *err)
{
	AUTO_CLOSE int fd = open(local, O_RDONLY | O_CLOEXEC);
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_SSH_RESULT result = { .out = STRBUF_INIT, .error = STRBUF_INIT };
	struct ssh_command command = { .limit_ms = limit_ms };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open %s", local);
	send_command(&text, remote, mode, st.st_size);
	command.command = text.buf;
	if (ssh_run_from(ssh, &command, fd, &result, err) < 0)
		return error_prefix(err, "sending %s", local);
	if (result.status != 0)
		return refused(ssh, "write", remote, &result, err);
	return 0;
}

/* What comes from the other side, on its way into a file. */
struct fetch {
	int fd;
	int64_t room;
	int error;		/* errno of the first write that failed */
};

static void fetch_sink(const char *data, size_t len, bool is_error, void *arg)
{
	struct fetch *fetch = arg;

	if (is_error)
		return;
	if ((int64_t)len > fetch->room)
		len = (size_t)fetch->room;
	fetch->room -= (int64_t)len;
	while (len && !fetch->error) {
		ssize_t n = write(fetch->fd, data, len);

		if (n < 0 && errno != EINTR)
			fetch->error = errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

static void fetch_command(struct strbuf *sb, const char *remote, int64_t max)
{
	if (*remote == '|') {
		strbuf_addstr(sb, remote + 1);
		return;
	}
	strbuf_addf(sb, "head -c %lld < ", (long long)max);
	strbuf_add_quoted(sb, remote);
}

/* Runs the command into the file beside, and gives it its name. */
static int fetch_into(struct ssh *ssh, const struct ssh_command *command,
		      const char *remote, const char *beside,
		      const char *local, struct error *err)
{
	AUTO_SSH_RESULT result = { .out = STRBUF_INIT, .error = STRBUF_INIT };
	struct fetch *fetch = command->sink_arg;

	if (ssh_run(ssh, command, &result, err) < 0)
		return error_prefix(err, "fetching %s", remote);
	if (result.status != 0)
		return refused(ssh, "read", remote, &result, err);
	errno = fetch->error;
	if (errno || fsync(fetch->fd) < 0 || rename(beside, local) < 0)
		return error_errno(err, "cannot write %s", local);
	return 0;
}

int ssh_fetch_file(struct ssh *ssh, const char *remote, const char *local,
		   int64_t max, int64_t limit_ms, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_FREE char *tail = random_hex(4);
	AUTO_FREE char *beside = xasprintf("%s.%s", local, tail);
	struct fetch fetch = { .room = max };
	struct ssh_command command = {
		.limit_ms = limit_ms,
		.out_max = 1,
		.sink = fetch_sink,
		.sink_arg = &fetch,
	};
	int rc;

	if (dir_make_parent(local, err) < 0)
		return -1;
	fetch.fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fetch.fd < 0)
		return error_errno(err, "cannot create %s", beside);
	fetch_command(&text, remote, max);
	command.command = text.buf;
	rc = fetch_into(ssh, &command, remote, beside, local, err);
	if (rc < 0)
		unlink(beside);
	close(fetch.fd);
	return rc;
}
