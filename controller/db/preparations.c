/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hosts were prepared as, newest use first: what was read to make each
 * state (its facts), and the snapshots of it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/strbuf.h"
#include "db/statement.h"
#include "db/states.h"

void preparations_release(struct preparations *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct preparation *p = &all->v[i];

		free(p->host);
		free(p->hash);
		free(p->flight);
		free(p->job);
		free(p->snapshot);
		free(p->boot_id);
	}
	free(all->v);
	*all = (struct preparations){ .v = NULL };
}

static int64_t last_time(const struct preparation *p)
{
	return p->used > p->made ? p->used : p->made;
}

static int compare_times(const void *a, const void *b)
{
	const struct preparation *x = a, *y = b;
	int hosts = strcmp(x->host, y->host);

	return hosts ? hosts : (last_time(y) > last_time(x)) -
			       (last_time(y) < last_time(x));
}

int preparation_list(struct db *db, const char *host,
		     struct preparations *all, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	struct preparations got = { .v = NULL };
	int rc;

	if (statement_open(&st, db, err, STMT_PREPARATION_LIST, "s",
			   host) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		got.v = rows_grow(got.v, got.count, sizeof(*got.v));
		got.v[got.count++] = (struct preparation){
			.host = statement_dup(&st, 0),
			.hash = statement_dup(&st, 1),
			.flight = statement_dup(&st, 2),
			.job = statement_dup(&st, 3),
			.made = statement_int64(&st, 4),
			.snapshot = statement_dup(&st, 5),
			.snapshot_bytes = statement_int64(&st, 6),
			.boot_id = statement_dup(&st, 7),
			.used = statement_int64(&st, 8),
			.pristine = statement_int64(&st, 9),
		};
	}
	if (rc < 0) {
		preparations_release(&got);
		return -1;
	}
	if (got.count)
		qsort(got.v, got.count, sizeof(*got.v), compare_times);
	*all = got;
	return 0;
}

static int add_all(struct db *db, const char *host, const char *hash,
		   const struct reads *facts, struct error *err)
{
	for (size_t i = 0; i < facts->count; i++)
		if (statement_run(db, err, STMT_FACT_PUT, "sssss", host, hash,
				  facts->v[i].kind, facts->v[i].name,
				  facts->v[i].value) < 0)
			return -1;
	return 0;
}

int preparation_add(struct db *db, const char *host, const char *hash,
		    const struct reads *facts, struct error *err)
{
	if (db_begin(db, err) < 0)
		return -1;
	if (add_all(db, host, hash, facts, err) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err);
}

int preparation_facts(struct db *db, const char *host, const char *hash,
		      struct reads *facts, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_FACT_LIST, "ss", host, hash) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		reads_add(facts, str_or(statement_text(&st, 0), ""),
			  str_or(statement_text(&st, 1), ""),
			  statement_text(&st, 2));
	return rc;
}

static int compare_facts(const void *a, const void *b)
{
	const struct read_fact *x = a, *y = b;
	int kinds = strcmp(x->kind, y->kind);

	return kinds ? kinds : strcmp(x->name, y->name);
}

static void preparation_hash(const struct reads *facts, struct strbuf *hash)
{
	AUTO_FREE struct read_fact *sorted =
		xcalloc(facts->count + 1, sizeof(*sorted));
	AUTO_STRBUF text = STRBUF_INIT;
	char hex[SHA256_HEX_SIZE];

	if (facts->count)
		memcpy(sorted, facts->v, facts->count * sizeof(*sorted));
	qsort(sorted, facts->count, sizeof(*sorted), compare_facts);
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(sorted[i].kind, "result") != 0)
			strbuf_addf(&text, "%s %s=%zu:%s\n", sorted[i].kind,
				    sorted[i].name, strlen(sorted[i].value),
				    sorted[i].value);
	data_sha256(text.buf, text.len, hex);
	strbuf_addf(hash, "%.16s", hex);
}

static int seal(struct db *db, const char *host, struct strbuf *hash,
		struct error *err)
{
	struct reads facts = { .v = NULL };
	int rc = preparation_facts(db, host, "", &facts, err);

	if (rc == 0)
		preparation_hash(&facts, hash);
	reads_release(&facts);
	if (rc < 0 ||
	    statement_run(db, err, STMT_PREPARATION_DELETE, "ss", host,
			  hash->buf) < 0 ||
	    statement_run(db, err, STMT_PREPARATION_SEAL, "ssl", host,
			  hash->buf, clock_now_ms()) < 0 ||
	    statement_run(db, err, STMT_PREPARATION_FORGET, "ss", host,
			  hash->buf) < 0)
		return -1;
	return 0;
}

int preparation_seal(struct db *db, const char *host, char **hash,
		     struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;

	if (db_begin(db, err) < 0)
		return -1;
	if (seal(db, host, &text, err) < 0) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db, err) < 0)
		return -1;
	*hash = xstrdup(text.buf);
	return 0;
}

int preparation_set_snapshot(struct db *db, const char *host,
			     const char *hash, const char *name,
			     int64_t bytes, const char *boot_id,
			     struct error *err)
{
	return statement_run(db, err, STMT_PREPARATION_SET_SNAPSHOT, "sssls",
			     host, hash, name, bytes, boot_id) < 0 ? -1 : 0;
}

int preparation_set_pristine(struct db *db, const char *host,
			     const char *hash, struct error *err)
{
	return statement_run(db, err, STMT_PREPARATION_SET_PRISTINE, "ss",
			     host, hash) < 0 ? -1 : 0;
}

int preparation_used(struct db *db, const char *host, const char *hash,
		     struct error *err)
{
	return statement_run(db, err, STMT_PREPARATION_USED, "ssl", host,
			     hash, clock_now_ms()) < 0 ? -1 : 0;
}
