/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/flights.h"
#include "db/past.h"
#include "db/judgements.h"
#include "db/runvars.h"
#include "report/evidence.h"
#include "report/evidence_steps.h"
#include "report/summary.h"

#define DEFINED "revision_"
#define BEFORE_MAX 50	/* flights that a baseline is looked for in */

char *evidence_blessings(const char *intended)
{
	if (strcmp(intended, "real") == 0)
		return xstrdup("real,real-bisect,real-retest");
	return xasprintf("%s,%s-retest,real,real-bisect,real-retest",
			 intended, intended);
}

/* A tree that no build came to: what was asked for must do. */
static int add_defined(struct db *db, struct evidence *evidence,
		       struct error *err)
{
	struct runvars vars = { .v = NULL };

	if (runvar_list(db, evidence->flight, NULL, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count; i++) {
		const struct runvar *var = &vars.v[i];
		const char *tree = var->name + strlen(DEFINED);

		if (str_starts(var->name, DEFINED) && *var->value &&
		    !revision_of(&evidence->this_revisions, tree))
			strvec_pushl(&evidence->this_revisions, tree,
				     var->value, NULL);
	}
	runvars_release(&vars);
	return 0;
}

static bool knows_all_trees(const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->that_revisions.count; i += 2)
		if (!revision_of(&evidence->this_revisions,
				 evidence->that_revisions.v[i]))
			return false;
	return evidence->this_revisions.count > 0;
}

static int find_these(struct db *db, const struct evidence_request *request,
		      struct evidence *evidence, struct error *err)
{
	strvec_pushv(&evidence->this_revisions, request->these.v);
	return request->these.count ? 0 :
		past_built(db, evidence->flight, &evidence->this_revisions,
			   err);
}

static bool same_pairs(const struct strvec *a, const struct strvec *b)
{
	return (!a->count && !b->count) ||
		(revisions_match(a, b) && revisions_match(b, a));
}

/* The newest before it that tested something else; *name NULL: none did. */
static int pick_before(struct db *db, const struct evidence *evidence,
		       const struct past_flights *flights, char **name,
		       struct error *err)
{
	for (size_t i = 0; i < flights->count && !*name; i++) {
		AUTO_STRVEC built = STRVEC_INIT;

		if (past_built(db, flights->v[i].flight, &built, err) < 0)
			return -1;
		if (!same_pairs(&built, &evidence->this_revisions))
			*name = xstrdup(flights->v[i].flight);
	}
	/* all the same, or nothing was built: the one before will do */
	if (!*name && flights->count)
		*name = xstrdup(flights->v[0].flight);
	return 0;
}

static int flight_before(struct db *db, const struct evidence *evidence,
			 const char *blessings, int64_t id, char **name,
			 struct error *err)
{
	struct past_flights flights;
	int rc;

	*name = NULL;
	if (id <= 1)
		return 0;
	if (past_flight_list(db, evidence->branch, blessings, id - 1,
			     BEFORE_MAX, &flights, err) < 0)
		return -1;
	rc = pick_before(db, evidence, &flights, name, err);
	past_flights_release(&flights);
	return rc;
}

/* *that: the flight whose revisions they are, if it is one; caller frees. */
static int find_those(struct db *db, const struct evidence_request *request,
		      struct evidence *evidence, const char *blessings,
		      int64_t id, char **that, struct error *err)
{
	struct strvec *those = &evidence->that_revisions;

	*that = xstrdup(request->that_flight);
	if (!*that) {
		strvec_pushv(those, request->those.v);
		if (!those->count &&
		    baseline_list(db, evidence->flight, those, err) < 0)
			return -1;
		if (!those->count &&
		    flight_before(db, evidence, blessings, id, that, err) < 0)
			return -1;
	}
	evidence->has_baseline = *that || those->count;
	return *that ? past_built(db, *that, those, err) : 0;
}

static void add_flight(struct evidence *evidence,
		       const struct past_flight *from, bool same, bool basis)
{
	evidence->flights = xrealloc(evidence->flights,
				     evidence->flight_count + 1,
				     sizeof(*evidence->flights));
	evidence->flights[evidence->flight_count++] =
		(struct evidence_flight){
			.id = from->id, .started = from->started,
			.flight = xstrdup(from->flight),
			.same = same, .basis = basis,
		};
}

/* Where the flight itself stands, whatever its blessing is. */
static int add_itself(struct db *db, struct evidence *evidence, int64_t id,
		      struct error *err)
{
	struct flight_row row;

	if (flight_get(db, evidence->flight, &row, err) < 0)
		return -1;
	add_flight(evidence, &(struct past_flight){
		.id = id, .flight = evidence->flight,
		.started = row.started ? row.started : row.created,
	}, true, revisions_match(&evidence->this_revisions,
				 &evidence->that_revisions));
	flight_row_release(&row);
	return 0;
}

static int add_past(struct db *db, struct evidence *evidence,
		    const struct past_flight *flight, const char *that,
		    struct error *err)
{
	AUTO_STRVEC built = STRVEC_INIT;
	bool basis;

	if (past_built(db, flight->flight, &built, err) < 0)
		return -1;
	/* without revisions a flight can be compared with that one only */
	basis = revisions_match(&built, &evidence->that_revisions) ||
		(that && strcmp(that, flight->flight) == 0);
	add_flight(evidence, flight,
		   revisions_match(&built, &evidence->this_revisions), basis);
	return 0;
}

static int add_flights(struct db *db, struct evidence *evidence,
		       const struct past_flights *past, int64_t id,
		       const char *that, struct error *err)
{
	bool itself = false;
	int rc = 0;

	for (size_t i = 0; i < past->count && rc == 0; i++) {
		const struct past_flight *flight = &past->v[i];

		if (!itself && flight->id <= id) {
			rc = add_itself(db, evidence, id, err);
			itself = true;
		}
		if (rc == 0 && flight->id != id)
			rc = add_past(db, evidence, flight, that, err);
	}
	return rc || itself ? rc : add_itself(db, evidence, id, err);
}

static int find_horizon(struct db *db, const struct evidence_request *request,
			struct evidence *evidence, struct error *err)
{
	for (size_t i = 0; i < evidence->branches.count; i++) {
		int64_t newest;

		if (past_newest_id(db, evidence->branches.v[i], &newest,
				   err) < 0)
			return -1;
		if (i && !newest)
			return error_set(err, ERROR_USAGE, "branch '%.60s', "
					 "which is to count as well, has no "
					 "flight", evidence->branches.v[i]);
		if (newest > evidence->horizon)
			evidence->horizon = newest;
	}
	if (request->until && request->until < evidence->horizon)
		evidence->horizon = request->until;
	return 0;
}

static int newer_first(const void *a, const void *b)
{
	const struct past_flight *one = a, *other = b;

	return (one->id < other->id) - (one->id > other->id);
}

/* Takes what is in more, which is empty then. */
static void join(struct past_flights *past, struct past_flights *more)
{
	past->v = xrealloc(past->v, past->count + more->count + 1,
			   sizeof(*past->v));
	for (size_t i = 0; i < more->count; i++)
		past->v[past->count++] = more->v[i];
	free(more->v);
	*more = (struct past_flights){ .v = NULL };
}

static int list_past(struct db *db, const struct evidence *evidence,
		     const char *blessings, struct past_flights *past,
		     struct error *err)
{
	*past = (struct past_flights){ .v = NULL };
	for (size_t i = 0; i < evidence->branches.count; i++) {
		struct past_flights more;

		if (past_flight_list(db, evidence->branches.v[i], blessings,
				     evidence->horizon, PAST_FLIGHTS_MAX,
				     &more, err) < 0) {
			past_flights_release(past);
			return -1;
		}
		join(past, &more);
	}
	if (evidence->branches.count > 1)
		qsort(past->v, past->count, sizeof(*past->v), newer_first);
	return 0;
}

static int find_flights(struct db *db, const struct evidence_request *request,
			struct evidence *evidence, const char *blessings,
			int64_t id, const char *that, struct error *err)
{
	struct past_flights past;
	int rc;

	if (find_horizon(db, request, evidence, err) < 0 ||
	    list_past(db, evidence, blessings, &past, err) < 0)
		return -1;
	rc = add_flights(db, evidence, &past, id, that, err);
	past_flights_release(&past);
	return rc;
}

static int gather(struct db *db, const struct evidence_request *request,
		  const char *blessings, struct evidence *evidence,
		  struct error *err)
{
	AUTO_FREE char *that = NULL;
	int64_t id;

	if (past_flight_id(db, evidence->flight, &id, err) < 0 ||
	    find_these(db, request, evidence, err) < 0 ||
	    find_those(db, request, evidence, blessings, id, &that, err) < 0 ||
	    (!knows_all_trees(evidence) &&
	     add_defined(db, evidence, err) < 0) ||
	    find_flights(db, request, evidence, blessings, id, that, err) < 0)
		return -1;
	return evidence_read_steps(db, blessings, evidence, err);
}

static void add_also(const char *names, struct strvec *branches)
{
	AUTO_STRVEC also = STRVEC_INIT;

	strvec_split(&also, str_or(names, ""), ", ");
	for (size_t i = 0; i < also.count; i++)
		if (!strvec_has(branches, also.v[i]))
			strvec_push(branches, also.v[i]);
}

int evidence_gather(struct db *db, const struct evidence_request *request,
		    struct evidence *evidence, struct error *err)
{
	AUTO_FREE char *blessings = xstrdup(request->blessings);
	struct flight_row row;
	int rc;

	if (flight_get(db, request->flight, &row, err) < 0)
		return -1;
	if (!blessings)
		blessings = evidence_blessings(row.intended);
	*evidence = (struct evidence){
		.flight = xstrdup(row.flight), .branch = xstrdup(row.branch),
		.this_revisions = STRVEC_INIT, .that_revisions = STRVEC_INIT,
		.statuses = STRVEC_INIT, .ever_passed = STRVEC_INIT,
		.branches = STRVEC_INIT,
	};
	flight_row_release(&row);
	strvec_push(&evidence->branches, evidence->branch);
	add_also(request->branches_also, &evidence->branches);
	rc = gather(db, request, blessings, evidence, err);
	if (rc < 0)
		evidence_release(evidence);
	return rc;
}
