/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "db/events.h"
#include "watch/asked.h"

#define ACTIONS_MAX 8
#define EVENTS_MAX 5000

static bool begins_boot(const struct power_action_row *row)
{
	return strcmp(row->result, "failed") != 0 &&
	       (strcmp(row->action, "on") == 0 ||
		strcmp(row->action, "cycle") == 0 ||
		strcmp(row->action, "reset") == 0);
}

/* When power was last switched on, UTC ms; 0: not since. */
static int last_power_on(struct db *db, const char *host, int64_t since,
			 int64_t *at, struct error *err)
{
	struct power_action_rows rows = { .v = NULL };

	*at = 0;
	if (power_action_list(db, host, ACTIONS_MAX, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && !*at; i++)
		if (begins_boot(&rows.v[i]) && rows.v[i].finished >= since)
			*at = rows.v[i].finished;
	power_action_rows_release(&rows);
	return 0;
}

static int has_reported(struct db *db, const char *host, int64_t since,
			bool *reported, struct error *err)
{
	struct boot_event_rows rows = { .v = NULL };

	*reported = false;
	if (boot_event_list(db, host, since, 0, EVENTS_MAX, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && !*reported; i++)
		*reported = strcmp(rows.v[i].source, "weblog") == 0 &&
			    strstr(str_or(rows.v[i].detail, ""), "/booted");
	boot_event_rows_release(&rows);
	return 0;
}

int reboot_asked(struct db *db, const char *host, int64_t within_ms,
		 bool *asked, struct error *err)
{
	int64_t since = clock_now_ms() - within_ms, at;
	bool reported = true;

	if (last_power_on(db, host, since, &at, err) < 0 ||
	    (at && has_reported(db, host, at, &reported, err) < 0))
		return -1;
	*asked = at && !reported;
	return 0;
}
