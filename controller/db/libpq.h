/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PostgreSQL's library, loaded when the first such database is opened. */
#ifndef IRONBIRD_DB_LIBPQ_H
#define IRONBIRD_DB_LIBPQ_H

#include <postgresql/libpq-fe.h>

#include "base/error.h"

struct libpq {
	PGconn *(*connect_start)(const char *const *keywords,
				 const char *const *values, int expand);
	PostgresPollingStatusType (*connect_poll)(PGconn *conn);
	int (*socket)(const PGconn *conn);
	char *(*error)(const PGconn *conn);
	void (*finish)(PGconn *conn);
	int (*send_query)(PGconn *conn, const char *command, int n,
			  const Oid *types, const char *const *values,
			  const int *lengths, const int *formats, int format);
	int (*consume)(PGconn *conn);
	int (*is_busy)(PGconn *conn);
	PGresult *(*get_result)(PGconn *conn);
	ExecStatusType (*status)(const PGresult *result);
	char *(*result_error)(const PGresult *result);
	int (*count)(const PGresult *result);
	char *(*value)(const PGresult *result, int row, int column);
	char *(*changed)(PGresult *result);
	void (*clear)(PGresult *result);
};

/* The library's calls, or NULL with ERROR_BROKEN naming its package. */
const struct libpq *libpq_load(struct error *err);

#endif
