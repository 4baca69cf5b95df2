/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ssh sessions of test cases, to hosts and guests alike. */
#ifndef IRONBIRD_TS_REMOTE_H
#define IRONBIRD_TS_REMOTE_H

#include "net/ssh.h"
#include "ts/ts_host.h"

struct remote {
	const char *what;	/* "host iron1", "guest debian" */
	const char *key_name;	/* whose host key it must show */
	const char *address;
	const char *netns;
	struct ssh **ssh;	/* the open session is kept here */
	int64_t session_ms;	/* to open it; 0: 30 s */
};

/* Opens the session unless it is open. */
int must_check remote_open(const struct remote *remote, int64_t limit_ms,
			   struct error *err);
/*
 * As ssh_run, for this step: the command is known there by the step's tag, and
 * ended there when the step is to end, of which there is no return.
 */
int must_check remote_ssh_run(struct ssh *ssh,
			      const struct ssh_command *command,
			      struct ssh_result *result, struct error *err);
/* Waits for the port, then opens; the host is the one being watched. */
void remote_await(struct ts_host *host, const struct remote *remote,
		  int64_t limit_ms);
/* A command's limit in ms: limit_s, or CommandLimit where that is 0. */
int64_t remote_limit_ms(int limit_s);
/*
 * Runs the command: its exit status, output in out. Ends the test when the
 * session breaks, the limit passes or the host crashes.
 */
int remote_run(const struct remote *remote, const char *command, int limit_s,
	       struct strbuf *out);
/* "sh -euc SCRIPT sh WORD..." quoted, from a script and its words. */
void remote_script(struct strbuf *command, const char *script, va_list words);

#endif
