/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "db/nights.h"
#include "db/statement.h"

static const char *const stages[] = {
	[NIGHT_MADE] = "made", [NIGHT_RUN] = "run",
	[NIGHT_RETESTED] = "retested", [NIGHT_CONCLUDED] = "concluded",
};

/* The table knows no other words. */
static enum night_stage stage_of(const char *word)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(stages) && strcmp(stages[i], word) != 0)
		i++;
	return (enum night_stage)i;
}

void night_release(struct night *night)
{
	free(night->flight);
	free(night->tested);
	free(night->stopped);
	*night = (struct night){ .flight = NULL };
}

int night_put(struct db *db, const char *flight, const char *tested,
	      bool of_baseline, struct error *err)
{
	return statement_run(db, err, STMT_NIGHT_PUT, "ssi", flight, tested,
			     of_baseline) < 0 ? -1 : 0;
}

int night_find(struct db *db, const char *branch, const char *intended,
	       struct night *night, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_NIGHT_FIND, "ss", branch,
			   intended) < 0 || statement_step(&st, err) < 0)
		return -1;
	if (!statement_text(&st, 0))
		return 0;	/* a minimum of nothing is a row of NULLs */
	*night = (struct night){
		.flight = statement_dup(&st, 0),
		.tested = statement_dup(&st, 1),
		.of_baseline = statement_int64(&st, 2),
		.stage = stage_of(statement_text(&st, 3)),
		.stopped = statement_dup(&st, 4),
	};
	return 1;
}

int night_set_stage(struct db *db, const char *flight,
		    enum night_stage stage, struct error *err)
{
	return statement_run(db, err, STMT_NIGHT_STAGE, "ss", flight,
			     stages[stage]) < 0 ? -1 : 0;
}

int night_set_stopped(struct db *db, const char *flight, const char *why,
		      struct error *err)
{
	return statement_run(db, err, STMT_NIGHT_STOPPED, "ss", flight,
			     why) < 0 ? -1 : 0;
}
