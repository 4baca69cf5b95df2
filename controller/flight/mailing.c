/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "flight/mailing.h"
#include "net/post.h"
#include "report/assess.h"

#define FROM_DEFAULT "ironbird@localhost"

char *mailing_text(const struct report *report,
		   const struct report_mail *mail)
{
	char *text = NULL;
	size_t len;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		return NULL;
	report_mail_headers(report, mail, memory);
	report_mail_body(report, mail, memory);
	fclose(memory);
	return text;
}

int mailing_judge(const struct config *config, struct db *db,
		  const char *flight, const char *that_flight, char **text,
		  struct error *err)
{
	const struct evidence_request request = {
		.flight = flight, .these = STRVEC_INIT, .those = STRVEC_INIT,
		.that_flight = that_flight,
	};
	const struct report_mail mail = {
		.base = config_get(config, "ResultsHtmlPubBaseUrl"),
	};
	struct assessment assessment;
	int rc;

	if (assess(db, &request, NULL, &assessment, err) < 0)
		return -1;
	rc = assess_record(db, &assessment.evidence, &assessment.judgement,
			   err);
	*text = rc < 0 ? NULL : mailing_text(&assessment.report, &mail);
	assessment_release(&assessment);
	if (rc == 0 && !*text)
		return error_errno(err, "cannot write the report of flight %s",
				   flight);
	return rc;
}

int mailing_send(const struct config *config, const char *to,
		 const char *text, struct error *err)
{
	const struct post post = {
		.from = str_or(config_get(config, "MailFrom"), FROM_DEFAULT),
		.to = to,
		.program = config_get(config, "Sendmail"),
		.maildir = config_get(config, "Maildir"),
	};

	return post_send(&post, text, err);
}
