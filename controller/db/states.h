/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on a host, what it was prepared from, and whether it can be
 * trusted to be still that.
 *
 *	preparing	somebody installs it
 *	clean		as it was prepared; the last job left it so
 *	used		was clean when the job that has it began
 *	dirty		may be anything, and reason says why
 *
 * Whoever is allocated the host takes its state, too (hosts_allocate does it):
 * from then on it is clean for the taker alone, until it is told clean again
 * with nobody having it. A run that is killed never tells so.
 */
#ifndef IRONBIRD_DB_STATES_H
#define IRONBIRD_DB_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "config/reads.h"
#include "db/db.h"

enum host_condition {
	HOST_PREPARING, HOST_CLEAN, HOST_USED, HOST_DIRTY,
};

const char *host_condition_name(enum host_condition condition);

struct host_state {
	char *host;
	enum host_condition condition;
	char *hash;		/* of its preparation; NULL: none is known */
	char *reason;		/* why dirty, or NULL */
	char *boot_id;		/* Linux's, of dom0; or NULL */
	int64_t since;		/* of the condition, UTC ms */
	char *flight, *job;	/* who has it, or had it last; NULL: nobody */
	int run;
};

void host_state_release(struct host_state *state);
/* 1 with *state, which has to be released; 0: nothing is recorded. */
int must_check host_state_get(struct db *db, const char *host,
			      struct host_state *state, struct error *err);
/* Is it this run that has the host? */
bool host_state_is_of(const struct host_state *state, const char *flight,
		      const char *job, int run);
/* Why it cannot be used as it is by somebody else; the caller frees. */
char *host_state_trouble(const struct host_state *state);

/* For the job's run, or the one that it is about to begin; what another one
 * left behind is dirty. */
int must_check host_state_take(struct db *db, const char *host,
			       const char *flight, const char *job,
			       struct error *err);
/* Its disk is about to be written anew, for that run. */
int must_check host_state_prepare(struct db *db, const char *host,
				  const char *flight, const char *job, int run,
				  struct error *err);
/* The host runs the preparation of that hash, and is used now. */
int must_check host_state_use(struct db *db, const char *host,
			      const char *hash, const char *boot_id,
			      struct error *err);
/* Clean, and nobody has it. */
int must_check host_state_clean(struct db *db, const char *host,
				struct error *err);
/* What is on it is not known any more. Nothing recorded: so it stays. */
int must_check host_state_dirty(struct db *db, const char *host,
				const char *reason, struct error *err);

struct preparation {
	char *host, *hash;
	char *flight, *job;	/* that made it */
	int64_t made;		/* UTC ms */
	char *snapshot;		/* name of the snapshot, or NULL */
	int64_t snapshot_bytes;
	char *boot_id;		/* in the snapshot */
	int64_t used;		/* the last time it was gone back to; 0 */
	bool pristine;		/* the host's pristine partition has it */
};

struct preparations {
	struct preparation *v;
	size_t count;
};

void preparations_release(struct preparations *all);
/* Of the host (NULL: of all), the ones used last first. */
int must_check preparation_list(struct db *db, const char *host,
				struct preparations *all, struct error *err);
/* Adds facts to the host's preparation of that hash ("": the unfinished). */
int must_check preparation_add(struct db *db, const char *host,
			       const char *hash, const struct reads *facts,
			       struct error *err);
int must_check preparation_facts(struct db *db, const char *host,
				 const char *hash, struct reads *facts,
				 struct error *err);
/*
 * The unfinished one is finished: *hash, the caller's to free, is made of all
 * its facts but the results. Those without a snapshot that were before it are
 * forgotten.
 */
int must_check preparation_seal(struct db *db, const char *host, char **hash,
				struct error *err);
/* name NULL: it has none any more. */
int must_check preparation_set_snapshot(struct db *db, const char *host,
					const char *hash, const char *name,
					int64_t bytes, const char *boot_id,
					struct error *err);
/* The host's pristine partition has that one now ("": none). */
int must_check preparation_set_pristine(struct db *db, const char *host,
					const char *hash, struct error *err);
int must_check preparation_used(struct db *db, const char *host,
				const char *hash, struct error *err);

#endif
