/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which revisions a flight was built from, wherever they were built. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/past.h"
#include "db/statement.h"

#define PREFIX "built_revision_"
#define JOBS_MAX 10000		/* of a chain of builds that goes in circles */

static void add_pair(struct strvec *pairs, const char *tree,
		     const char *revision)
{
	for (size_t i = 0; i + 1 < pairs->count; i += 2)
		if (strcmp(pairs->v[i], tree) == 0 &&
		    strcmp(pairs->v[i + 1], revision) == 0)
			return;
	strvec_pushl(pairs, tree, revision, NULL);
}

static void add_once(struct strvec *words, const char *word)
{
	if (!strvec_has(words, word))
		strvec_push(words, word);
}

static int read_words(struct statement *st, struct strvec *words,
		      struct error *err)
{
	int rc;

	while ((rc = statement_step(st, err)) > 0)
		add_once(words, statement_text(st, 0));
	return rc;
}

static int flight_built(struct db *db, const char *flight,
			struct strvec *pairs, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_PAST_BUILT, "s", flight) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		add_pair(pairs, statement_text(&st, 0) + strlen(PREFIX),
			 statement_text(&st, 1));
	return rc;
}

/* What the job of another flight built, and whose builds it used. */
static int job_built(struct db *db, const char *flight, const char *job,
		     struct strvec *pairs, struct strvec *todo,
		     struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_PAST_JOB_BUILT, "ss", flight,
			   job) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0) {
		const char *name = statement_text(&st, 0);
		const char *value = statement_text(&st, 1);

		if (str_starts(name, PREFIX)) {
			add_pair(pairs, name + strlen(PREFIX), value);
		} else if (strchr(value, '.')) {
			add_once(todo, value);
		} else {
			AUTO_FREE char *full = xasprintf("%s.%s", flight,
							 value);

			add_once(todo, full);
		}
	}
	return rc;
}

/* Flights of builds are numbers: the first dot ends theirs. */
static int elsewhere_built(struct db *db, const char *reference,
			   struct strvec *pairs, struct strvec *todo,
			   struct error *err)
{
	const char *dot = strchr(reference, '.');
	AUTO_FREE char *flight = xstrndup(reference, dot - reference);

	return *flight ? job_built(db, flight, dot + 1, pairs, todo, err) : 0;
}

int past_built(struct db *db, const char *flight, struct strvec *revisions,
		  struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	AUTO_STRVEC todo = STRVEC_INIT;

	if (flight_built(db, flight, revisions, err) < 0 ||
	    statement_open(&st, db, err, STMT_PAST_ELSEWHERE, "s",
			   flight) < 0 || read_words(&st, &todo, err) < 0)
		return -1;
	statement_close(&st);
	for (size_t i = 0; i < todo.count && i < JOBS_MAX; i++)
		if (elsewhere_built(db, todo.v[i], revisions, &todo, err) < 0)
			return -1;
	return 0;
}
