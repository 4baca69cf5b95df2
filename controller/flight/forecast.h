/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What will become of a flight, to its end, as `plan show`, `why` and the
 * plan's page tell of it: its board, and when each job will be where.
 */
#ifndef IRONBIRD_FLIGHT_FORECAST_H
#define IRONBIRD_FLIGHT_FORECAST_H

#include "flight/board.h"

struct forecast {
	struct board board;
	struct plan_slot *slots;	/* one for each job */
	int64_t now, last;
};

int must_check forecast_load(const struct config *config, struct db *db,
			     const char *flight, struct forecast *forecast,
			     struct error *err);
void forecast_release(struct forecast *forecast);
bool forecast_waits(const struct forecast *forecast, size_t job);
/*
 * Slots of the jobs that are over too, as it was: their newest run's times
 * and hosts. Then last is the end of the flight also when nothing is to come.
 */
int must_check forecast_add_past(struct forecast *forecast,
				 struct error *err);

#endif
