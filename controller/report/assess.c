/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/files.h"
#include "config/config.h"
#include "db/judgements.h"
#include "report/assess.h"

#define PATH_VARIABLE "IRONBIRD_FLIGHTS_PATH"

/* The first of that name in the folders of flights; none is fine. */
static int read_found(const char *name, struct allow_list *allow,
		      struct error *err)
{
	const char *variable = getenv(PATH_VARIABLE);
	AUTO_STRVEC folders = STRVEC_INIT;

	strvec_split(&folders, str_or(variable, ""), ":");
	strvec_pushf(&folders, "%s/flights", config_share_dir());
	for (size_t i = 0; i < folders.count; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", folders.v[i], name);

		if (file_exists(path))
			return allow_read(path, allow, err);
	}
	return 0;
}

static int read_allow(const char *branch, const struct strvec *files,
		      struct allow_list *allow, struct error *err)
{
	AUTO_FREE char *name = xasprintf("allow.%s", branch);

	if (read_found("allow.all", allow, err) < 0 ||
	    read_found(name, allow, err) < 0)
		return -1;
	for (size_t i = 0; files && i < files->count; i++)
		if (allow_read(files->v[i], allow, err) < 0)
			return -1;
	return 0;
}

int assess_verdict(struct db *db, const struct evidence_request *request,
		   const struct strvec *allow_files,
		   struct evidence *evidence, struct judgement *judgement,
		   struct error *err)
{
	struct allow_list allow = ALLOW_LIST_INIT;
	int rc = evidence_gather(db, request, evidence, err);

	if (rc < 0)
		return -1;
	rc = read_allow(evidence->branch, allow_files, &allow, err);
	if (rc == 0)
		judge(evidence, &allow, judgement);
	else
		evidence_release(evidence);
	allow_release(&allow);
	return rc;
}

int assess(struct db *db, const struct evidence_request *request,
	   const struct strvec *allow_files, struct assessment *assessment,
	   struct error *err)
{
	if (report_gather(db, request->flight, NULL, &assessment->rows,
			  err) < 0)
		return -1;
	if (assess_verdict(db, request, allow_files, &assessment->evidence,
			   &assessment->judgement, err) < 0) {
		report_rows_release(&assessment->rows);
		return -1;
	}
	report_summarise(&assessment->rows, &assessment->report);
	assessment->report.evidence = &assessment->evidence;
	assessment->report.judgement = &assessment->judgement;
	return 0;
}

void assessment_release(struct assessment *assessment)
{
	report_release(&assessment->report);
	report_rows_release(&assessment->rows);
	judgement_release(&assessment->judgement);
	evidence_release(&assessment->evidence);
}

int assess_record(struct db *db, const struct evidence *evidence,
		  const struct judgement *judgement, struct error *err)
{
	const struct judgement_row row = {
		.horizon = evidence->horizon,
		.overall = (char *)overall_name(judgement->overall),
		.blocking = (int)judgement->blocking,
	};

	return judgement_put(db, evidence->flight, &row, err);
}
