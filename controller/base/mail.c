/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/mail.h"
#include "base/proc.h"

#define LIMIT_MS 60000

/* A line more would be a header more. */
static void add_header(struct strbuf *text, const char *name,
		       const char *value)
{
	strbuf_addf(text, "%s: ", name);
	strbuf_add_printable(text, value);
	strbuf_addch(text, '\n');
}

int mail_hand_over(const char *program, const char *message,
		   struct error *err)
{
	char *argv[] = { (char *)program, (char *)"-t", (char *)"-oi", NULL };
	const struct proc_spec spec = {
		.argv = argv, .input = message, .limit_ms = LIMIT_MS,
		.merge_errors = true,
	};

	return proc_check(&spec, err);
}

int mail_send(const struct mail *mail, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;

	add_header(&text, "To", mail->to);
	add_header(&text, "Subject", mail->subject);
	/* nobody's holiday greeting shall come back (RFC 3834) */
	add_header(&text, "Auto-Submitted", "auto-generated");
	add_header(&text, "Content-Type", "text/plain; charset=UTF-8");
	strbuf_addf(&text, "\n%s", mail->body);
	return mail_hand_over(mail->program, text.buf, err);
}
