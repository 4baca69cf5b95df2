/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faults COUNT HOST ETHER ADDRESS: from a fault's first line in a log to the
 * verdict of the test case that waits for the host. ts-host-install is run so
 * often, by hand, on a host whose power is a file and whose logs are written
 * here: access.log, dnsmasq.log, tftpd.log and console.log, below log/.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/proc.h"
#include "base/strbuf.h"
#include "tests/bench/bench.h"

#define COUNT_MAX 100000
#define WAITS ": waiting for it to come up"
#define WEB "%2$s - - [20/Nov/2026:05:12:01 +0000] \"GET "

/* %1$s is the host's MAC address, %2$s its IP address, %3$d the round. */
static const struct {
	const char *log, *line, *verdict;
} faults[] = {
	{ "log/access.log", WEB "/x/linux%3$d HTTP/1.0\" 404 9 \"-\" \"x\"\n",
	  "asked for what is not there: GET" },
	{ "log/access.log", WEB "/x/failed?stage=disk&reason=none%3$d "
	  "HTTP/1.0\" 404 9 \"-\" \"x\"\n", "the installer failed at disk" },
	{ "log/tftpd.log", "Nov 20 05:12:01 lab in.tftpd[%3$d]: RRQ from %2$s "
	  "filename lpxelinux.0\nNov 20 05:12:01 lab in.tftpd[%3$d]: sending "
	  "NAK (1, File not found) to %2$s\n", "TFTP lpxelinux.0 refused" },
	{ "log/dnsmasq.log", "Nov 20 05:12:01 dnsmasq-dhcp[%3$d]: "
	  "DHCPDISCOVER(br0) %1$s no address available\n",
	  "got no address" },
	{ "log/console.log", "ironbird-installer: FAILED disk: none%3$d\n",
	  "the installer failed at disk" },
	{ "log/console.log", "(initramfs) \n", "(initramfs)" },
	{ "log/console.log", "Kernel panic - not syncing: round %3$d\n",
	  "Kernel panic" },
};

struct bench {
	char *host;
	const char *ether, *address;
	FILE *output;
	double ms[COUNT_MAX];
};

static pid_t start(struct bench *bench, struct error *err)
{
	AUTO_FREE char *word = xasprintf("host=%s", bench->host);
	char *const argv[] = {
		(char *)"ts-host-install", (char *)"-y", word, NULL
	};
	struct proc_spec spec = { .argv = argv, .die_with_parent = true };
	int pipes[2];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	spec.out = spec.error = pipes[1];
	pid = proc_spawn(&spec, err);
	close(pipes[1]);
	bench->output = fdopen(pipes[0], "r");
	return pid;
}

/* Reads until a line has the text; it in *line. */
static int read_until(struct bench *bench, const char *text, char **line,
		      struct error *err)
{
	size_t size = 0;

	while (getline(line, &size, bench->output) > 0)
		if (strstr(*line, text))
			return 0;
	return error_set(err, ERROR_BROKEN, "ts-host-install never said '%s'",
			 text);
}

static int inject(const struct bench *bench, int round, struct error *err)
{
	size_t kind = (size_t)round % ARRAY_SIZE(faults);
	AUTO_CLOSE int fd = open(faults[kind].log, O_WRONLY | O_CREAT |
				 O_APPEND | O_CLOEXEC, 0644);
	AUTO_STRBUF line = STRBUF_INIT;

	strbuf_addf(&line, faults[kind].line, bench->ether, bench->address,
		    round + 1);
	if (fd >= 0 && write(fd, line.buf, line.len) == (ssize_t)line.len)
		return 0;
	return error_errno(err, "cannot write %s", faults[kind].log);
}

static int measure(struct bench *bench, int round, struct error *err)
{
	const char *wanted = faults[(size_t)round % ARRAY_SIZE(faults)].verdict;
	AUTO_FREE char *line = NULL, *verdict = NULL;
	double began;

	if (read_until(bench, WAITS, &line, err) < 0)
		return -1;
	began = now_ms();
	if (inject(bench, round, err) < 0)
		return -1;
	do {
		if (read_until(bench, ": ", &verdict, err) < 0)
			return -1;
	} while (!strstr(verdict, "BROKEN: ") && !strstr(verdict, "FAIL: "));
	bench->ms[round] = now_ms() - began;
	if (strstr(verdict, wanted))
		return 0;
	return error_set(err, ERROR_BROKEN, "the verdict is '%.300s', not "
			 "'%s'", verdict, wanted);
}

static int run_once(struct bench *bench, int round, struct error *err)
{
	pid_t pid = start(bench, err);
	char rest[4096];
	int rc;

	if (pid < 0)
		return -1;
	rc = measure(bench, round, err);
	if (rc < 0)
		proc_stop(pid, 1000);
	while (fread(rest, 1, sizeof(rest), bench->output))
		;
	fclose(bench->output);
	if (rc == 0 && waitpid(pid, NULL, 0) != pid)
		return error_errno(err, "cannot wait for ts-host-install");
	return rc;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct bench *bench;
	int count = argc == 5 ? atoi(argv[1]) : 0;

	if (count < 1 || count > COUNT_MAX) {
		fputs("usage: faults COUNT HOST ETHER ADDRESS\n", stderr);
		return 2;
	}
	bench = xcalloc(1, sizeof(*bench));
	bench->host = argv[2];
	bench->ether = argv[3];
	bench->address = argv[4];
	for (int i = 0; i < count; i++)
		if (run_once(bench, i, &err) < 0)
			return cannot("fault_to_verdict_*", &err);
	tell("fault_to_verdict_p50_ms", quantile(bench->ms, count, 0.5), "ms");
	tell("fault_to_verdict_max_ms", quantile(bench->ms, count, 1), "ms");
	free(bench);
	return 0;
}
