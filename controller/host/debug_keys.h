/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a hypervisor knows of a hang: its debug keys, over the console.
 *
 * Xen takes them when its serial input is its own, not dom0's: Ctrl-A three
 * times switches, and Xen says to whom ("*** Serial input to Xen", xen/
 * drivers/char/console.c; the letter is that of its option conswitch=). Each
 * key is sent when the answer to the one before has ended, and its own answer
 * (debug_key.h) is waited for; nothing sleeps. At the end the input is dom0's again.
 */
#ifndef IRONBIRD_HOST_DEBUG_KEYS_H
#define IRONBIRD_HOST_DEBUG_KEYS_H

#include "base/strbuf.h"
#include "host/host.h"

struct debug_keys {
	const char *keys;	/* a character each; blanks do not count */
	char conswitch;		/* 'a' */
	int64_t echo_ms;	/* until something comes */
	int64_t quiet_ms;	/* of silence, and an answer has ended */
	int64_t answer_ms;	/* for one answer that never ends */
};

struct debug_result {
	struct strbuf text;	/* all that the console said meanwhile */
	struct strbuf silent;	/* keys that had no answer */
	struct strbuf unknown;	/* not sent: debug_key.h has no such keys */
	int answered;
};

#define DEBUG_RESULT_INIT { .text = STRBUF_INIT, .silent = STRBUF_INIT, \
			    .unknown = STRBUF_INIT }

/* By the setting XenDebugKeys and the property xen-conswitch. */
void debug_keys_init(struct debug_keys *keys, const struct host *host);
/*
 * ERROR_AGAIN: somebody else is typing. ERROR_BROKEN: there is no recorder, or
 * no hypervisor answers there; what the console said is in result->text even
 * then.
 */
int must_check debug_keys_send(const struct host *host,
			       const struct debug_keys *keys,
			       struct debug_result *result,
			       struct error *err);
/* "debug keys: 3 answered, without an answer: dq"; the caller frees. */
char *debug_result_text(const struct debug_result *result);
void debug_result_release(struct debug_result *result);

#endif
