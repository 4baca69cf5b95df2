/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flight's pages, with its plan among them: flight/FLIGHT/plan.html and the
 * chart plan.svg beside it, the future of a flight that runs and the past of
 * one that is over. report/pages.h has all the others.
 */
#ifndef IRONBIRD_FLIGHT_PLANPAGE_H
#define IRONBIRD_FLIGHT_PLANPAGE_H

#include "config/config.h"
#include "report/pages.h"

/*
 * The plan, when the flight was ever begun, and all that pages_build_flight
 * makes. One process at a time builds in a folder; the others wait.
 */
int must_check flight_pages(struct pages *pages, const struct config *config,
			    const char *flight, struct error *err);
/* Plans of the flights that are being run, then pages_build. */
int must_check flight_pages_all(struct pages *pages,
				const struct config *config, size_t count,
				struct error *err);

#endif
