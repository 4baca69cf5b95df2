/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "db/retests.h"
#include "db/statement.h"

void retest_links_release(struct retest_links *links)
{
	free(links->of);
	strvec_release(&links->flights);
	*links = (struct retest_links)RETEST_LINKS_INIT;
}

static int get_of(struct db *db, const char *flight, char **of,
		  struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_RETEST_OF, "s", flight) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc > 0)
		*of = statement_dup(&st, 0);
	return rc < 0 ? -1 : 0;
}

static int get_flights(struct db *db, const char *flight,
		       struct strvec *flights, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_RETEST_LIST, "s", flight) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		strvec_push(flights, statement_text(&st, 0));
	return rc;
}

int retest_links_get(struct db *db, const char *flight,
		     struct retest_links *links, struct error *err)
{
	*links = (struct retest_links)RETEST_LINKS_INIT;
	if (get_of(db, flight, &links->of, err) == 0 &&
	    get_flights(db, flight, &links->flights, err) == 0)
		return 0;
	retest_links_release(links);
	return -1;
}

int retest_put(struct db *db, const char *flight, const char *of,
	       struct error *err)
{
	return statement_run(db, err, STMT_RETEST_PUT, "ss", flight, of) < 0 ?
		-1 : 0;
}
