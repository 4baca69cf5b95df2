/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run of a job would do, known before it begins: which steps, on which
 * hosts, and whose disks are wiped.
 */
#ifndef IRONBIRD_RUN_PLAN_H
#define IRONBIRD_RUN_PLAN_H

#include "config/config.h"
#include "db/db.h"
#include "run/reuse.h"
#include "run/select.h"

struct job_plan {
	struct recipe *recipe;
	bool *wanted;		/* a word for each step */
	struct strvec hosts;	/* for each ident of the recipe; "": any free
				   one, ts-hosts-allocate will choose */
	char *flight, *job;
	bool fresh;		/* nothing is reused */
};

int must_check job_plan_load(struct job_plan *plan,
			     const struct config *config, struct db *db,
			     const char *flight, const char *job,
			     const struct step_selection *selection,
			     struct error *err);
void job_plan_release(struct job_plan *plan);
/* Which of the recipe's idents the step is about (the first), or -1. */
int job_plan_ident(const struct job_plan *plan, size_t step);
/*
 * Would the host of that ident be reused, by all that is recorded? 1 with a
 * verdict (the caller releases it); 0: that is not decided in this run.
 */
int must_check job_plan_reuse(const struct job_plan *plan,
			      const struct config *config, struct db *db,
			      size_t ident, struct reuse_verdict *verdict,
			      struct error *err);
/*
 * Pushes a sentence for each disk that a wanted step wipes: "host iron1: all
 * that is on its disk /dev/sda". Nothing for hosts that are kept as they are, nor
 * for those that would be reused: their names are pushed to reused.
 */
int must_check job_plan_wipes(const struct job_plan *plan,
			      const struct config *config, struct db *db,
			      struct strvec *sentences, struct strvec *reused,
			      struct error *err);
/* The sentence for one host; NULL when it is kept. The caller frees. */
int must_check wipe_sentence(const struct config *config, struct db *db,
			     const char *host, char **sentence,
			     struct error *err);
/*
 * On a terminal: shows the sentences and asks. 0: go on (no terminal: nobody
 * is asked); ERROR_ABORTED when the answer was no.
 */
int must_check wipe_ask(const struct strvec *sentences, struct error *err);
/*
 * Asks about all that the run would wipe; as wipe_ask. Nobody is asked about
 * hosts that would be reused: the steps are told (reuse_set_unasked), so that
 * they do not wipe one that cannot be reused after all.
 */
int must_check job_plan_ask(const struct config *config, struct db *db,
			    const char *flight, const char *job,
			    const struct step_selection *selection,
			    struct error *err);

#endif
