/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Must a job prepare its host, or is that what the job would make of it?
 *
 * A host's state has all facts that its preparation read (db/states.h). They
 * are read again as this job would read them: when none differs, and the
 * steps that prepare are the recipe's, the preparation would make what is
 * there. The judge reads rows and settings only; ts-host-reuse then looks
 * whether the host really answers.
 */
#ifndef IRONBIRD_RUN_REUSE_H
#define IRONBIRD_RUN_REUSE_H

#include <stdbool.h>

#include "db/states.h"
#include "host/host.h"
#include "run/recipe.h"

/* Its step of a lane decides over the lane's steps that prepare. */
#define REUSE_SCRIPT "ts-host-reuse"
/* In the environment of steps: from run-job --fresh. */
#define REUSE_FRESH_VARIABLE "IRONBIRD_FRESH"
/* Hosts whose disk nobody was asked about, as they would be reused. */
#define REUSE_UNASKED_VARIABLE "IRONBIRD_UNASKED"

enum reuse_way {
	REUSE_FRESH,		/* it is prepared */
	REUSE_KEPT,		/* it is, but for the installation */
	REUSE_AS_IT_IS,
	REUSE_SNAPSHOT,		/* and what was done since is undone */
	REUSE_PRISTINE,		/* its installation copies what is there */
};

struct reuse_question {
	const struct config *config;
	struct db *db;
	const struct host *host;
	const struct recipe *recipe;
	const char *ident;
	const char *flight, *job;
	int run;		/* 0: it has not begun */
	bool fresh;		/* asked for */
	/* NULL, or what was read for other jobs about the same host: what does
	   not depend on the job is not read twice */
	struct reads *known;
};

struct reuse_verdict {
	enum reuse_way way;
	char *why;		/* fresh or kept: what differs, what is dirty */
	char *hash;		/* of the preparation that is used */
	char *snapshot, *boot_id;
	char *what;		/* "debian-host-5d8d... + xen-1a0c..." */
	char *since;		/* "FLIGHT.JOB" that made it */
};

void reuse_verdict_release(struct reuse_verdict *verdict);
/* Does the recipe decide about hosts of this ident at all? */
bool reuse_applies(const struct recipe *recipe, const char *ident);
int must_check reuse_judge(const struct reuse_question *question,
			   struct reuse_verdict *verdict, struct error *err);
/* "reused: iron1 has ... since ...", of a verdict; the caller frees. */
char *reuse_sentence(const struct reuse_verdict *verdict, const char *host);

/* Adds the recipe's steps that prepare a host of the ident as facts. */
void reuse_steps(const struct recipe *recipe, const char *ident,
		 struct reads *facts);
/*
 * What the job's run decided for the ident: the sentence (the caller frees)
 * when the host is reused, else NULL.
 */
int must_check reuse_decided(struct db *db, const char *flight,
			     const char *job, const char *ident,
			     char **sentence, struct error *err);
/* The name of that runvar, "host_reused"; the caller frees. */
char *reuse_runvar(const char *ident);
/* That of the state its installation is to restore; the caller frees. */
char *reuse_restore_runvar(const char *ident);
/* The value of those runvars for a host that is not reused, not restored. */
#define REUSE_NO "no"
/* For the steps that run-job will start. */
void reuse_set_unasked(const struct strvec *hosts);
bool reuse_is_unasked(const char *host);

#endif
