/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What recording a console costs: a real recorder, fed through its socket as
 * fast as it takes it, and then at 115200 baud.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"

#include "host/console.h"
#include "host/console_module.h"
#include "net/local.h"
#include "tests/bench/bench.h"

#define FLOOD (256LL << 20)
#define LINE "[   12.345678] xen_netfront: Initialising Xen virtual ethernet\r\n"
#define BAUD_BYTES 11520	/* of 115200 baud, a second */
#define SLOW_S 5
#define SLICES 100		/* a second */
#define LIMIT_MS 60000

struct bench {
	char *log, *device_path, *socket_path;
	pid_t recorder;
	int device;
};

static double cpu_ms(pid_t pid)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/schedstat", (int)pid);
	AUTO_STRBUF text = STRBUF_INIT;

	if (file_read(path, 200, &text, NULL) < 0)
		return 0;
	return strtod(text.buf, NULL) / 1e6;
}

static int record(struct bench *b)
{
	char *words[] = { "qemu", b->device_path, NULL };
	struct console_source source;
	struct console_record_spec spec = {
		.name = "bench", .log = b->log, .source = &source,
		.max_bytes = 1LL << 40, .keep = 1, .retry_max_ms = 1000,
	};

	if (console_source_make(&source, "console", words, NULL) < 0)
		return 1;
	return console_record(&spec, NULL) < 0 ? 1 : 0;
}

static enum wait_answer is_there(void *path, struct error *err)
{
	(void)err;
	return file_exists(path) ? WAIT_DONE : WAIT_MORE;
}

static int start(struct bench *b, struct error *err)
{
	const struct wait_spec spec = {
		.what = "the recorder", .limit_ms = LIMIT_MS, .poll_ms = 5,
		.check = is_there, .arg = b->socket_path,
	};

	b->recorder = fork();
	if (b->recorder == 0)
		_exit(record(b));
	if (wait_for(&spec, err) < 0)
		return -1;
	b->device = local_connect(b->device_path, LIMIT_MS, err);
	return b->device < 0 ? -1 : 0;
}

struct growth {
	const char *path;
	int64_t size;
};

static enum wait_answer has_grown(void *arg, struct error *err)
{
	const struct growth *growth = arg;

	(void)err;
	return file_size(growth->path) >= growth->size ? WAIT_DONE :
							 WAIT_MORE;
}

static int wait_for_size(struct bench *b, int64_t size, struct error *err)
{
	struct growth growth = { b->log, size };
	const struct wait_spec spec = {
		.what = "the log", .limit_ms = LIMIT_MS, .poll_ms = 1,
		.check = has_grown, .arg = &growth,
	};

	return wait_for(&spec, err);
}

static int say(struct bench *b, size_t len, struct error *err)
{
	static char text[65536];

	if (!text[0])
		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = LINE[i % (sizeof(LINE) - 1)];
	if (send(b->device, text, len, MSG_NOSIGNAL) != (ssize_t)len)
		return error_errno(err, "the recorder takes no more");
	return 0;
}

static int flat_out(struct bench *b, struct error *err)
{
	double began = now_ms(), cpu = cpu_ms(b->recorder), took;

	for (int64_t sent = 0; sent < FLOOD; sent += 65536)
		if (say(b, 65536, err) < 0)
			return -1;
	if (wait_for_size(b, FLOOD, err) < 0)
		return -1;
	took = now_ms() - began;
	tell("console_mb_s", FLOOD / 1e6 / (took / 1000), "MB/s");
	tell("console_flat_cpu_pct", 100 * (cpu_ms(b->recorder) - cpu) / took,
	     "%");
	return 0;
}

static enum wait_answer time_passed(void *arg, struct error *err)
{
	(void)err;
	return now_ms() >= *(double *)arg ? WAIT_DONE : WAIT_MORE;
}

static int at_115200(struct bench *b, struct error *err)
{
	double began = now_ms(), cpu = cpu_ms(b->recorder), next = began;
	const struct wait_spec spec = {
		.what = "the next bytes", .limit_ms = LIMIT_MS, .poll_ms = 2,
		.check = time_passed, .arg = &next,
	};

	for (int i = 0; i < SLOW_S * SLICES; i++) {
		next += 1000.0 / SLICES;
		if (say(b, BAUD_BYTES / SLICES, err) < 0 ||
		    wait_for(&spec, err) < 0)
			return -1;
	}
	tell("console_cpu_pct", 100 * (cpu_ms(b->recorder) - cpu) /
	     (now_ms() - began), "%");
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct bench b = { .device = -1 };
	int rc;

	if (argc != 2)
		return 2;
	b.log = xasprintf("%s/console.log", argv[1]);
	b.device_path = xasprintf("%s/console.dev", argv[1]);
	b.socket_path = xasprintf("%s/console.log.sock", argv[1]);
	rc = start(&b, &err);
	if (rc == 0)
		rc = flat_out(&b, &err);
	if (rc == 0)
		rc = at_115200(&b, &err);
	if (b.recorder > 0) {
		kill(b.recorder, SIGTERM);
		waitpid(b.recorder, NULL, 0);
	}
	unlink(b.log);
	return rc < 0 ? cannot("console", &err) : 0;
}
