/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>

#include "base/alloc.h"
#include "base/library.h"
#include "db/libpq.h"

static struct libpq calls;

static const struct library_symbol symbols[] = {
	{ "PQconnectStartParams", &calls.connect_start },
	{ "PQconnectPoll", &calls.connect_poll },
	{ "PQsocket", &calls.socket },
	{ "PQerrorMessage", &calls.error },
	{ "PQfinish", &calls.finish },
	{ "PQsendQueryParams", &calls.send_query },
	{ "PQconsumeInput", &calls.consume },
	{ "PQisBusy", &calls.is_busy },
	{ "PQgetResult", &calls.get_result },
	{ "PQresultStatus", &calls.status },
	{ "PQresultErrorMessage", &calls.result_error },
	{ "PQntuples", &calls.count },
	{ "PQgetvalue", &calls.value },
	{ "PQcmdTuples", &calls.changed },
	{ "PQclear", &calls.clear },
};

const struct libpq *libpq_load(struct error *err)
{
	static bool loaded;

	if (!loaded && library_load("libpq.so.5", "libpq5", symbols,
				    ARRAY_SIZE(symbols), err) < 0)
		return NULL;
	loaded = true;
	return &calls;
}
