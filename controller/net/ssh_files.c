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
static int refused(struct ssh *ssh, const char *path,
		   const struct ssh_result *result, struct error *err)
{
	size_t len = strcspn(result->error.buf, "\n");

	return error_set(err, ERROR_BROKEN, "host %s: cannot write %s (%.*s)",
			 ssh->name, path, len ? (int)len : 20,
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
		return refused(ssh, remote, &result, err);
	return 0;
}
