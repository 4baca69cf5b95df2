/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What became of a flight, in the mail: the verdict, its text with the headers
 * that programs read (report/mail.h), handed over as the settings say
 * (Maildir, Sendmail, MailFrom; net/post.h).
 */
#ifndef IRONBIRD_FLIGHT_MAILING_H
#define IRONBIRD_FLIGHT_MAILING_H

#include "config/config.h"
#include "db/db.h"
#include "report/mail.h"

/* Subject, headers and body; the caller frees. NULL: there is no memory. */
char *mailing_text(const struct report *report,
		   const struct report_mail *mail);
/*
 * Judges a flight, compared with the revisions of that_flight, or as usual
 * (report/evidence.h) when that is NULL. The verdict is kept with the flight
 * for its pages. The caller frees *text.
 */
int must_check mailing_judge(const struct config *config, struct db *db,
			     const char *flight, const char *that_flight,
			     char **text, struct error *err);
/* to may be several addresses, ", " between them. Errors of post_send. */
int must_check mailing_send(const struct config *config, const char *to,
			    const char *text, struct error *err);

#endif
