/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mail, handed to whatever has sendmail's interface (sendmail -t -oi). */
#ifndef IRONBIRD_BASE_MAIL_H
#define IRONBIRD_BASE_MAIL_H

#include "base/error.h"

struct mail {
	const char *program;	/* "/usr/sbin/sendmail" */
	const char *to;		/* addresses, commas between */
	const char *subject;	/* one line; what is not printable goes */
	const char *body;
};

/*
 * A message that is whole: headers (To among them), an empty line, the body.
 * ERROR_BROKEN: the program is not there, or did not take it.
 */
int must_check mail_hand_over(const char *program, const char *message,
			      struct error *err);
/* ERROR_BROKEN: the program is not there, or did not take it. */
int must_check mail_send(const struct mail *mail, struct error *err);

#endif
