/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/files.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "flight/expire.h"
#include "flight/mailing.h"
#include "flight/pass.h"
#include "flight/planpage.h"
#include "flight/publish.h"
#include "report/mail.h"

#define CHANGES_MAX 300

char *pass_file(const struct pass *pass, const char *fmt, ...)
{
	AUTO_FREE char *name = NULL;
	va_list ap;

	va_start(ap, fmt);
	name = xvasprintf(fmt, ap);
	va_end(ap);
	return xasprintf("%s/%s", config_get(pass->config, "NightlyDir"),
			 name);
}

/* Was it pushed? What a reader with one mail a day wants first. */
static char *end_of(const struct pass *pass)
{
	const struct nightly_result *result = pass->result;
	AUTO_STRBUF text = STRBUF_INIT;

	if (pass->stopped)
		strbuf_addf(&text, "Stopped, with jobs that are aborted. "
			    "%s.\n", pass->stopped);
	if (result->pushed)
		strbuf_addf(&text, "Pushed %s to %s %s.",
			    pass->gate.candidate, pass->gate.push_url,
			    pass->gate.push_ref);
	else
		strbuf_addf(&text, "Not pushed: %s.", result->why);
	return strbuf_detach(&text);
}

char *pass_report(const struct pass *pass, const struct report *report)
{
	AUTO_FREE char *changes = pass->of_baseline ? NULL :
		gate_changes(&pass->gate, CHANGES_MAX);
	AUTO_FREE char *end = end_of(pass);
	const struct report_mail mail = {
		.base = config_get(pass->config, "ResultsHtmlPubBaseUrl"),
		.changes = changes, .end = end,
		.pushed = pass->result->pushed,
		.stopped = pass->interrupted ? "STOPPED" :
			pass->stopped ? "STOPPED at NightlyLimit" : NULL,
	};

	return mailing_text(report, &mail);
}

static int write_machine(const struct pass *pass, const struct report *report,
			 struct error *err)
{
	AUTO_FREE char *path = pass_file(pass, "%s.mro", pass->branch);
	AUTO_FREE char *text = NULL;
	size_t len;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		return error_errno(err, "cannot write %s", path);
	report_machine(report, memory);
	fclose(memory);
	return file_publish(path, text, len, 0644, err);
}

static int send_mail(const struct pass *pass, struct error *err)
{
	const char *to = gate_setting(pass->config, "Mail", pass->branch);

	return to ? mailing_send(pass->config, to, pass->result->report, err) :
		0;
}

static int make_pages(const struct pass *pass, struct error *err)
{
	struct pages pages;
	int rc;

	if (!config_bool(pass->config, "Pages"))
		return 0;
	pages_init(&pages, pass->config, pass->db, NULL);
	rc = flight_pages(&pages, pass->config, pass->result->flight, err);
	if (rc == 0 && pass->result->retest)
		rc = flight_pages(&pages, pass->config, pass->result->retest,
				  err);
	pages_release(&pages);
	return rc;
}

/* What is told must not depend on who can be told. */
void pass_tell(const struct pass *pass, const struct report *report)
{
	struct error err = ERROR_INIT;

	if (write_machine(pass, report, &err) < 0 ||
	    make_pages(pass, &err) < 0)
		log_warn("%s", err.text);
	/* before the mail, which says where they are */
	if (publish(pass->config, pass->db, NULL, NULL, &err) < 0)
		log_warn("%s", err.text);
	if (send_mail(pass, &err) < 0)
		log_warn("%s", err.text);
	/* killed before this, it is mailed once more rather than never */
	if (night_set_stage(pass->db, pass->result->flight, NIGHT_CONCLUDED,
			    &err) < 0)
		log_warn("%s", err.text);
	if (expire_logs(pass->config, pass->db, NULL, &err) < 0)
		log_warn("%s", err.text);
}
