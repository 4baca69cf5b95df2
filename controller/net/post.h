/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handing over mail: to the machine's own mailer, by the interface that all
 * of them have (sendmail(8): recipients from the headers), or into a maildir
 * (tmp, new, cur), where a person or a test reads it.
 */
#ifndef IRONBIRD_NET_POST_H
#define IRONBIRD_NET_POST_H

#include "base/error.h"
#include "base/strbuf.h"

struct post {
	const char *from, *to;	/* addresses; to may be several, ", " between */
	const char *program;	/* sendmail */
	const char *maildir;	/* wins over program; NULL: not */
};

/*
 * message: headers beginning with Subject, an empty line, the body. From, To,
 * Date, Message-ID and the character set are put before them. ERROR_USAGE for
 * an address with a line break.
 */
int must_check post_send(const struct post *post, const char *message,
			 struct error *err);

#endif
