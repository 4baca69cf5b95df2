/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts as rows: their properties, flags, and who has them allocated.
 *
 * Property names are stored in OSSTest's hyphened spelling ("power-method").
 * host/ merges these rows with the settings; others should ask host/.
 */
#ifndef IRONBIRD_DB_HOSTS_H
#define IRONBIRD_DB_HOSTS_H

#include <stdint.h>

#include "base/strvec.h"
#include "db/jobs.h"

/* Adds the host if it is not there. */
int must_check host_row_add(struct db *db, const char *host,
			    struct error *err);
int must_check host_row_delete(struct db *db, const char *host,
			       struct error *err);
int must_check host_row_list(struct db *db, struct strvec *hosts,
			     struct error *err);
/* *value is the caller's, NULL when not set. */
int must_check host_prop_get(struct db *db, const char *host,
			     const char *prop, char **value,
			     struct error *err);
/* value NULL removes it. ERROR_USAGE when the host is not in the database. */
int must_check host_prop_set(struct db *db, const char *host,
			     const char *prop, const char *value,
			     struct error *err);
/* Pushes "name=value" for each property, by name. */
int must_check host_prop_list(struct db *db, const char *host,
			      struct strvec *props, struct error *err);
int must_check host_flag_set(struct db *db, const char *host,
			     const char *flag, bool on, struct error *err);
int must_check host_flag_list(struct db *db, const char *host,
			      struct strvec *flags, struct error *err);

struct allocation_row {
	char *host, *flight, *job, *ident;
	struct owner owner;
	int64_t since;		/* UTC ms */
};

struct allocation_rows {
	struct allocation_row *v;
	size_t count;
};

void allocation_rows_release(struct allocation_rows *rows);

struct allocation_wish {
	const char *ident, *host;
};

/*
 * All of the hosts for the job, or none: ERROR_AGAIN names the first one that
 * is taken and by whom. An allocation whose owner is dead is taken over.
 * owner: the process that keeps them (run-job); pid 0: a person does, and
 * nobody takes them over. Hosts that this job already has stay with their
 * owner while that lives.
 */
int must_check hosts_allocate(struct db *db, const char *flight,
			      const char *job, const struct owner *owner,
			      const struct allocation_wish *wishes,
			      size_t count, struct error *err);
/* The job's hosts are from now on kept by that process. */
int must_check hosts_hand_over(struct db *db, const char *flight,
			       const char *job, const struct owner *owner,
			       struct error *err);
int must_check hosts_free(struct db *db, const char *flight, const char *job,
			  struct error *err);
/* As hosts_free, only those that are kept by this process. */
int must_check hosts_free_own(struct db *db, const char *flight,
			      const char *job, struct error *err);
int must_check allocation_list(struct db *db, struct allocation_rows *rows,
			       struct error *err);

#endif
