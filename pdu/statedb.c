/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row of a lab's table of what is to be on (db/statedb.h), as OSSTest's
 * method statedb: s1 is on, s6 is off.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/wait.h"
#include "db/statedb.h"
#include "pdu/argument.h"
#include "pdu/modules.h"

#define DATABASE "statedb"
#define POLL_MS 200

static const char *word_of(const struct pdu_port *port, enum power_state state)
{
	return state == POWER_ON ? pdu_arg_or(port, "on", "s1") :
				   pdu_arg_or(port, "off", "s6");
}

/* Quoted as libpq takes it: what it cannot parse it repeats. */
static void add_value(struct strbuf *out, const char *text, size_t len)
{
	bool quoted = out->len && out->buf[out->len - 1] == '=';

	if (quoted)
		strbuf_addch(out, '\'');
	for (size_t i = 0; i < len; i++) {
		if (quoted && strchr("'\\", text[i]))
			strbuf_addch(out, '\\');
		strbuf_addch(out, text[i]);
	}
	if (quoted)
		strbuf_addch(out, '\'');
}

static int add_field(const char *field, struct strbuf *out, struct error *err)
{
	const struct passwd *user = getpwuid(getuid());
	const char *home = getenv("HOME");
	AUTO_STRBUF path = STRBUF_INIT, text = STRBUF_INIT;

	if (strcmp(field, "dbname") == 0) {
		strbuf_addstr(out, DATABASE);
	} else if (strcmp(field, "whoami") == 0) {
		strbuf_addstr(out, user ? user->pw_name : "root");
	} else if (str_starts(field, "~/") || *field == '/') {
		if (*field == '~')
			strbuf_addstr(&path, home ? home : "");
		strbuf_addstr(&path, field + (*field == '~'));
		if (file_read(path.buf, PDU_SECRET_MAX, &text, err) < 0)
			return -1;
		add_value(out, text.buf, strcspn(text.buf, "\r\n"));
		explicit_bzero(text.buf, text.len);
	} else {
		return error_set(err, ERROR_USAGE, "ExecutiveDbnamePat: "
				 "'<%.60s>' means nothing", field);
	}
	return 0;
}

/* Perl's DBI has ';' between what libpq takes with spaces. */
static int add_pattern(const char *pattern, struct strbuf *out,
		       struct error *err)
{
	while (*pattern) {
		size_t len = strcspn(pattern, ">");
		AUTO_FREE char *field = NULL;

		if (*pattern != '<' || !pattern[len]) {
			strbuf_addch(out, *pattern == ';' ? ' ' : *pattern);
			pattern++;
			continue;
		}
		field = xstrndup(pattern + 1, len - 1);
		if (add_field(field, out, err) < 0)
			return -1;
		pattern += len + 1;
	}
	return 0;
}

static int make_conninfo(const struct pdu_port *port, struct strbuf *out,
			 struct error *err)
{
	const struct config *config = port->host->config;
	const char *text = pdu_arg(port, "db");

	if (!text)
		text = config_get(config, "ExecutiveDbname_statedb");
	if (!text)
		text = config_get(config, "ExecutiveDbnamePat");
	return add_pattern(text, out, err);
}

/* A connection that breaks is no answer; a statement that fails a "no". */
static int broke(struct pdu_port *port)
{
	port->failure = POWER_FAILURE_UNREACHABLE;
	return -1;
}

static int statedb_power_open(struct pdu_port *port, struct error *err)
{
	AUTO_STRBUF conninfo = STRBUF_INIT, password = STRBUF_INIT;
	bool refused = false;
	struct statedb_target target = { .refused = &refused };
	struct statedb *db = NULL;
	int rc;

	if (make_conninfo(port, &conninfo, err) < 0 ||
	    pdu_secret(port, "password", &password, err) < 0)
		return -1;
	target.conninfo = conninfo.buf;
	target.password = password.len ? password.buf : NULL;
	rc = statedb_open(&db, &target, pdu_left(port), err);
	explicit_bzero(password.buf, password.len);
	explicit_bzero(conninfo.buf, conninfo.len);
	port->state = db;
	if (rc < 0)
		broke(port);
	if (refused)
		port->failure = POWER_FAILURE_AUTHENTICATION;
	return rc;
}

static void statedb_power_close(struct pdu_port *port)
{
	statedb_close(port->state);
}

static int no_asset(struct pdu_port *port, struct error *err)
{
	return pdu_fail(port, POWER_FAILURE_CONFIGURATION, err, "the state "
			"database has no asset '%s'", pdu_arg(port, "asset"));
}

static int read_row(struct pdu_port *port, struct statedb_row *row,
		    struct error *err)
{
	int rc = statedb_read(port->state, pdu_arg(port, "asset"),
			      pdu_left(port), row, err);

	if (rc < 0)
		return broke(port);
	return rc == 0 ? no_asset(port, err) : 0;
}

static int statedb_power_get(struct pdu_port *port, enum power_state *state,
			     struct error *err)
{
	struct statedb_row row;

	if (read_row(port, &row, err) < 0)
		return -1;
	*state = strcmp(row.current, word_of(port, POWER_ON)) == 0 ? POWER_ON :
		 strcmp(row.current, word_of(port, POWER_OFF)) == 0 ?
		 POWER_OFF : POWER_UNKNOWN;
	free(row.desired);
	free(row.current);
	return 0;
}

struct wish {
	struct pdu_port *port;
	const char *word;
};

/* The daemon has done what was wanted before: else one wish is lost. */
static enum wait_answer is_settled(void *arg, struct error *err)
{
	const struct wish *wish = arg;
	struct statedb_row row;
	bool settled;

	if (read_row(wish->port, &row, err) < 0)
		return WAIT_FAILED;
	settled = strcmp(row.desired, row.current) == 0 ||
		  strcmp(row.desired, wish->word) == 0;
	free(row.desired);
	free(row.current);
	return settled ? WAIT_DONE : WAIT_MORE;
}

static int statedb_power_set(struct pdu_port *port, enum power_state wanted,
			     struct error *err)
{
	struct wish wish = { .port = port, .word = word_of(port, wanted) };
	const struct wait_spec spec = {
		.what = "the state database: its daemon has not done what was "
			"wanted before",
		.limit_ms = pdu_left(port), .poll_ms = POLL_MS,
		.check = is_settled, .arg = &wish,
	};
	const char *asset = pdu_arg(port, "asset");
	int rc;

	if (wait_for(&spec, err) < 0)
		return -1;
	rc = statedb_want(port->state, asset, wish.word, pdu_left(port), err);
	if (rc < 0)
		return broke(port);
	return rc == 0 ? no_asset(port, err) : 0;
}

const struct pdu_module pdu_statedb = {
	.name = "statedb",
	.summary = "an asset in a lab's PostgreSQL table of what is to be on "
		   "(OSSTest's)",
	.usage = "asset=NAME [db=CONNINFO] [password=@FILE] [on=s1] [off=s6]",
	.keys = "asset! db password on off",
	.open = statedb_power_open, .set = statedb_power_set,
	.get = statedb_power_get, .close = statedb_power_close,
	.settle_ms = 30000,
};
