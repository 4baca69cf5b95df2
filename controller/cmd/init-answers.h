/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What 'init' has to know of the first test host: each thing is a row with
 * its question, what may be suggested, and what makes an answer a bad one.
 */
#ifndef IRONBIRD_CMD_INIT_ANSWERS_H
#define IRONBIRD_CMD_INIT_ANSWERS_H

#include <stdbool.h>

#include "base/error.h"
#include "net/interfaces.h"

/* NULL: not answered yet. Strings are the program's own or live for good. */
struct answers {
	const char *interface, *host, *address, *ether, *power, *console,
		   *disk, *range;
	struct interfaces interfaces;
};

/*
 * Checks what was given, and asks on the terminal for the rest; a bad answer
 * gets one sentence and is asked again. Without ask, what can be told for
 * certain is filled in, and ERROR_USAGE names all options that are missing.
 * ERROR_ABORTED at the end of input.
 */
int must_check answers_complete(struct answers *answers, bool ask,
				struct error *err);
/* Prints the question; true unless the answer begins with n. */
bool answer_is_yes(const char *question);

#endif
