/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The revisions of a push gate: what a branch is to test, what it let through
 * last, and letting through.
 */
#ifndef IRONBIRD_FLIGHT_GATE_H
#define IRONBIRD_FLIGHT_GATE_H

#include "build/tree.h"
#include "config/config.h"

struct gate {
	struct tree tree;
	char *push_url, *push_ref;	/* where tested revisions go */
	char candidate[COMMIT_SIZE];
	char baseline[COMMIT_SIZE];	/* "": nothing was let through yet */
};

#define GATE_INIT { .tree = TREE_INIT }

/* NightlyThing_BRANCH, else NightlyThing; NULL: neither is set. */
const char *gate_setting(const struct config *config, const char *thing,
			 const char *branch);
/* Asks and fetches. ERROR_USAGE when settings are missing. */
int must_check gate_open(struct gate *gate, const struct config *config,
			 const char *branch, struct error *err);
/*
 * As gate_open, without a candidate: what the branch let through last is all
 * that is asked.
 */
int must_check gate_open_output(struct gate *gate,
				const struct config *config,
				const char *branch, struct error *err);
void gate_release(struct gate *gate);
/*
 * Lets the candidate through. Never by force: ERROR_BROKEN when the ref has
 * moved on elsewhere.
 */
int must_check gate_push(const struct gate *gate, struct error *err);
/*
 * What is new in the candidate, and who touched it, as text of at most so
 * many lines; "" when there is no baseline. The caller frees.
 */
char *gate_changes(const struct gate *gate, int lines_max);

#endif
