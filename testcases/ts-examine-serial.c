/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word written to the host's serial port must come back on its console. */
#include <string.h>

#include "base/clock.h"
#include "base/wait.h"
#include "host/console.h"
#include "ts/ts_host.h"

#define LIMIT_MS 20000
#define POLL_MS 100

struct search {
	const char *log, *word;
};

static enum wait_answer is_there(void *arg)
{
	const struct search *search = arg;

	return console_tail_has(search->log, search->word) ?
		WAIT_DONE : WAIT_MORE;
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	const char *port = host_prop_or(host->host, "linux-serial-console",
					"ttyS0");
	struct search search = {
		.log = host_console_log(host->host),
		.word = ts_text("ironbird-%s-%lld", host->name,
				(long long)clock_now_ms()),
	};

	if (!search.log)
		ts_skip("host %s has no console that is recorded (property "
			"Console)", host->name);
	if (strcmp(port, "NONE") == 0)
		ts_skip("host %s has no serial port (property "
			"LinuxSerialConsole)", host->name);
	ts_script(host, 0, "echo \"$2\" >\"/dev/$1\"", port, search.word,
		  NULL);
	ts_await(host, ts_text("word '%s' on the console of host %s, written "
			       "to its %s", search.word, host->name, port),
		 LIMIT_MS, POLL_MS, is_there, &search);
	ts_runvar_store("hw_serial", port);
}

const struct ts_case ts_case = {
	.summary = "Check that the host's serial port arrives on its console",
	.args = "host",
	.hosts = 1,
	.timeout_s = 60,
	.run = run,
};
