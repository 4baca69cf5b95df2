/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts in a test case: who they are, power, waiting for what they do, and
 * commands on them. The first command opens an ssh session that is kept; the
 * host's key is checked. A host that crashes ends any wait at once, with the
 * lines from its console.
 */
#ifndef IRONBIRD_TS_TS_HOST_H
#define IRONBIRD_TS_TS_HOST_H

#include "base/strbuf.h"
#include "base/wait.h"
#include "boot/handover.h"
#include "db/states.h"
#include "host/host.h"
#include "pdu/pdu.h"
#include "ts/ts.h"
#include "watch/stages.h"

struct ts_host {
	const char *ident;	/* its role in the job: "host", "src_host" */
	const char *name;
	struct host *host;
	struct ssh *ssh;	/* open session, or NULL */
};

/*
 * The host of the i-th ident on the command line: "ident=NAME", or the runvar
 * of that ident, or $OSSTEST_HOST_<IDENT>, TestHost_<ident>, TestHost.
 */
struct ts_host *ts_host(int i);
/* How many idents were given; their names as typed, without "=NAME". */
int ts_host_count(void);
const char *ts_host_ident(int i);
/* The name given as "ident=NAME", or NULL. */
const char *ts_host_given(int i);
/* Is it this machine, as the place where builds run? */
bool ts_host_is_local(int i);
/* What environment and settings wish for the ident, or NULL. */
const char *ts_host_wish(const char *ident);

/*
 * Runs a command on the host, words up to NULL, each quoted; its standard
 * output. A status other than 0 fails the test with its last line; a lost
 * session breaks it, or fails it when the host crashed. A limit_s of 0, here
 * and in all calls that run something on a host, is the setting CommandLimit.
 */
const char *ts_cmd(struct ts_host *host, int limit_s, ...)
	__attribute__((sentinel));
const char *ts_cmdv(struct ts_host *host, int limit_s,
		    const struct strvec *words);
/* As ts_cmdv, of a program of ours: a status other than 0 breaks the test. */
void ts_own_cmdv(struct ts_host *host, int limit_s,
		 const struct strvec *words);
/*
 * Runs a constant shell script (sh -eu) with the words as $1 $2 ...; output
 * in *out unless NULL; returns its exit status.
 */
int ts_try_script(struct ts_host *host, int limit_s, const char **out,
		  const char *script, ...) __attribute__((sentinel));
/* As ts_try_script, and fails unless the status is 0; the output. */
const char *ts_script(struct ts_host *host, int limit_s, const char *script,
		      ...) __attribute__((sentinel));
void ts_send_file(struct ts_host *host, const char *local, const char *remote,
		  int mode);
/*
 * Runs the script and writes what it prints to the file local, at most max
 * bytes; returns its exit status.
 */
int ts_fetch_output(struct ts_host *host, int limit_s, const char *local,
		    int64_t max, const char *script);
/* Is there an ssh session, or can one be had within limit_s? */
bool ts_try_ssh(struct ts_host *host, int limit_s, struct error *err);
/* Forgets the session (the host is about to go down). */
void ts_drop_ssh(struct ts_host *host);

void ts_power(struct ts_host *host, enum power_state wanted);
void ts_power_cycle(struct ts_host *host);
/*
 * A host that was lost on its way up neither installs by itself nor hangs for
 * ever: its boot files point to its disk, its power is as LostHostPower says.
 */
void ts_give_up_host(struct ts_host *host);
/* The web folder the host reports to since its installation. */
const struct handover *ts_handover(struct ts_host *host);

/* --- preparing hosts ------------------------------------------------------ */

/*
 * A step that prepares a host leaves word of all that it read, so that a
 * later job can tell whether it would do the same (run/reuse.h). Settings,
 * properties, flags, runvars, images and files sent are told by the calls
 * that read them; the step says from where to where that is about the host.
 */
void ts_prepare_reads(bool on);
/* Before anything else: whatever is on its disk is given up. */
void ts_prepare_anew(struct ts_host *host);
/* At the end: what was read, and the host's runvars that were stored. */
void ts_prepared(struct ts_host *host);
/* It runs, since that boot, what was prepared as hash at some time before. */
void ts_prepared_before(struct ts_host *host, const char *hash,
			const char *boot_id);
/*
 * What is recorded of the host; the caller releases it. False unless it is
 * this run that has the host (or nothing is recorded).
 */
bool ts_host_state(struct ts_host *host, struct host_state *state);

/* --- waiting for hosts and guests ---------------------------------------- */

/* Begins to watch; events count from here on. Idempotent. */
void ts_watch_host(struct ts_host *host);
/* A guest (or any other machine) of the same site. */
void ts_watch_machine(struct ts_host *host, const char *name,
		      const char *ether, const char *address);
/*
 * Waits until machine fetches URL path PREFIX/NAME (query ignored); the
 * machine's address. what is for the sentence: "host iron1 fetched no orders".
 */
const char *ts_await_fetch(struct ts_host *host, const char *machine,
			   const char *path, int64_t limit_ms,
			   const char *what);
/*
 * The host is on its way up from now on (its power is on, or it reboots):
 * until ts_await_ssh has its answer, a fault, a stage over its limit
 * (watch/stages.h), SilenceLimit, or limit_ms for all of it (0: none) end
 * every wait for it.
 */
void ts_boot_begins(struct ts_host *host, const struct boot_way *way,
		    int64_t limit_ms);
/* The same for a host that was installed and boots from its disk. */
void ts_boot_from_disk(struct ts_host *host);
/* Waits until it has left the stage behind. */
void ts_await_boot(struct ts_host *host, const char *stage);
/* Waits for ssh with the host's own key. */
void ts_await_ssh(struct ts_host *host, int64_t limit_ms);
/* Waits until check says WAIT_DONE, looking every poll_ms and at events. */
void ts_await(struct ts_host *host, const char *what, int64_t limit_ms,
	      int64_t poll_ms, enum wait_answer (*check)(void *arg),
	      void *arg);
/* Crashes and reboots do not end the test while on is false. */
void ts_crash_ends_test(bool on);
/*
 * The same for one console pattern ("kernel-panic", the names of *.patterns)
 * or "reboot": for a test that means to make it happen.
 */
void ts_pattern_ends_test(const char *pattern, bool on);
/*
 * The test is about to make the host begin anew; until ts_await_ssh what its
 * firmware says is a sign of life, and at any other time the end of the test.
 * ts_power, ts_power_cycle and ts_boot_begins do this themselves.
 */
void ts_host_reboots(struct ts_host *host);

#endif
