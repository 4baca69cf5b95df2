/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flight's rows, what they come to, and the verdict on them, in one go. */
#ifndef IRONBIRD_REPORT_ASSESS_H
#define IRONBIRD_REPORT_ASSESS_H

#include "report/evidence.h"
#include "report/rows.h"
#include "report/summary.h"

/* Not to be copied: the report points into it. */
struct assessment {
	struct report_rows rows;
	struct report report;
	struct evidence evidence;
	struct judgement judgement;
};

/*
 * allow_files: read besides allow.all and allow.BRANCH, which are looked for
 * where flights are (flights/README).
 */
int must_check assess(struct db *db, const struct evidence_request *request,
		      const struct strvec *allow_files,
		      struct assessment *assessment, struct error *err);
void assessment_release(struct assessment *assessment);

/* Evidence and verdict alone. */
int must_check assess_verdict(struct db *db,
			      const struct evidence_request *request,
			      const struct strvec *allow_files,
			      struct evidence *evidence,
			      struct judgement *judgement, struct error *err);
/* Keeps the verdict with the flight, for pages and for the gate. */
int must_check assess_record(struct db *db, const struct evidence *evidence,
			     const struct judgement *judgement,
			     struct error *err);

#endif
