/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/names.h"
#include "db/hosts.h"
#include "db/statement.h"

static int unknown(struct db *db, const char *host, struct error *err)
{
	AUTO_STRVEC hosts = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	if (name_check("host", host, err) < 0 ||
	    host_row_list(db, &hosts, err) < 0)
		return -1;
	hint = name_hint(host, &hosts);
	return error_set(err, ERROR_USAGE, "host '%s' is not in the "
			 "database%s", host, hint);
}

int host_row_add(struct db *db, const char *host, struct error *err)
{
	if (name_check("host", host, err) < 0)
		return -1;
	return statement_run(db, err, STMT_HOST_INSERT, "s", host) < 0 ?
		-1 : 0;
}

int host_row_delete(struct db *db, const char *host, struct error *err)
{
	int changed = statement_run(db, err, STMT_HOST_DELETE, "s", host);

	return changed ? (changed < 0 ? -1 : 0) : unknown(db, host, err);
}

static int push_column(struct statement *st, struct strvec *list,
		       struct error *err)
{
	int rc;

	while ((rc = statement_step(st, err)) > 0)
		strvec_push(list, str_or(statement_text(st, 0), ""));
	return rc;
}

int host_row_list(struct db *db, struct strvec *hosts, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_HOST_LIST, "") < 0)
		return -1;
	return push_column(&st, hosts, err);
}

int host_prop_get(struct db *db, const char *host, const char *prop,
		  char **value, struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_HOST_PROP_GET, "ss", host,
			   prop) < 0)
		return -1;
	rc = statement_step(&st, err);
	if (rc < 0)
		return -1;
	*value = rc > 0 ? statement_dup(&st, 0) : NULL;
	return 0;
}

int host_prop_set(struct db *db, const char *host, const char *prop,
		  const char *value, struct error *err)
{
	int rc;

	if (name_check("host property", prop, err) < 0)
		return -1;
	rc = value ? statement_run(db, err, STMT_HOST_PROP_SET, "sss", host,
				   prop, value)
		   : statement_run(db, err, STMT_HOST_PROP_DELETE, "ss", host,
				   prop);
	if (rc < 0 && db_was_orphan(db))
		return unknown(db, host, err);
	return rc < 0 ? -1 : 0;
}

int host_prop_list(struct db *db, const char *host, struct strvec *props,
		   struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;
	int rc;

	if (statement_open(&st, db, err, STMT_HOST_PROP_LIST, "s", host) < 0)
		return -1;
	while ((rc = statement_step(&st, err)) > 0)
		strvec_pushf(props, "%s=%s",
			     str_or(statement_text(&st, 0), ""),
			     str_or(statement_text(&st, 1), ""));
	return rc;
}

int host_flag_set(struct db *db, const char *host, const char *flag, bool on,
		  struct error *err)
{
	int rc;

	if (name_check("host flag", flag, err) < 0)
		return -1;
	rc = statement_run(db, err, on ? STMT_HOST_FLAG_INSERT :
			   STMT_HOST_FLAG_DELETE, "ss", host, flag);
	if (rc < 0 && db_was_orphan(db))
		return unknown(db, host, err);
	return rc < 0 ? -1 : 0;
}

int host_flag_list(struct db *db, const char *host, struct strvec *flags,
		   struct error *err)
{
	AUTO_STATEMENT st = STATEMENT_INIT;

	if (statement_open(&st, db, err, STMT_HOST_FLAG_LIST, "s", host) < 0)
		return -1;
	return push_column(&st, flags, err);
}
