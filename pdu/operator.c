/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "pdu/operator.h"

#define REQUEST_MAX 256

static char *file_of(const struct host *host, const char *what)
{
	return config_state_path(host->config, "power/%s.%s", host->name,
				 what);
}

int operator_ask(const struct host *host, enum power_state wanted,
		 struct error *err)
{
	AUTO_FREE char *asked = file_of(host, "asked");
	AUTO_FREE char *done = file_of(host, "done");
	AUTO_FREE char *text = xasprintf("%s %d %" PRIu64 "\n",
		power_state_name(wanted), (int)getpid(),
		proc_start_time(getpid()));

	if (file_remove(done, err) < 0)
		return -1;
	return file_publish(asked, text, strlen(text), 0644, err);
}

bool operator_has_answered(const struct host *host)
{
	AUTO_FREE char *done = file_of(host, "done");

	return file_exists(done);
}

void operator_forget(const struct host *host)
{
	AUTO_FREE char *asked = file_of(host, "asked");
	AUTO_FREE char *done = file_of(host, "done");

	/* what stays names a process that has ended: nobody believes it */
	if (file_remove(asked, NULL) < 0 || file_remove(done, NULL) < 0)
		return;
}

int operator_done(const struct host *host, enum power_state *wanted,
		  struct error *err)
{
	AUTO_FREE char *asked = file_of(host, "asked");
	AUTO_FREE char *done = file_of(host, "done");
	AUTO_STRBUF text = STRBUF_INIT;
	char word[16] = "";
	uint64_t start = 0;
	int pid = 0;

	if (file_exists(asked) &&
	    file_read(asked, REQUEST_MAX, &text, err) < 0)
		return -1;
	if (sscanf(text.buf, "%15s %d %" SCNu64, word, &pid, &start) != 3 ||
	    !proc_alive(pid, start))
		return error_set(err, ERROR_USAGE, "host %s: nobody waits for "
				 "its power to be switched by hand",
				 host->name);
	*wanted = strcmp(word, "on") == 0 ? POWER_ON : POWER_OFF;
	return file_publish(done, "", 0, 0644, err);
}
