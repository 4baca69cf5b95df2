/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/flights.h"
#include "run/simulate.h"

bool simulate_wanted(void)
{
	const char *value = getenv("OSSTEST_SIMULATE");

	return value && *value && strcmp(value, "0") != 0;
}

int simulate_check(struct db *db, const char *flight, struct error *err)
{
	struct flight_row row;
	bool real;

	if (!simulate_wanted())
		return 0;
	if (flight_get(db, flight, &row, err) < 0)
		return -1;
	real = str_starts(row.intended, "real");
	flight_row_release(&row);
	return real ? error_set(err, ERROR_USAGE, "flight %s is meant to be "
				"real: it is not simulated (OSSTEST_SIMULATE "
				"is set)", flight) : 0;
}
