/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps and jobs that verdicts are made of; for evidence.c. */
#ifndef IRONBIRD_REPORT_EVIDENCE_STEPS_H
#define IRONBIRD_REPORT_EVIDENCE_STEPS_H

#include "db/db.h"
#include "report/verdict.h"

/* Needs flight and flights; fills the rest of evidence. */
int must_check evidence_read_steps(struct db *db, const char *blessings,
				   struct evidence *evidence,
				   struct error *err);

#endif
