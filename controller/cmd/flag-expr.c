/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cmd/flag-expr.h"

#define FLAG_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789-_.:"
#define DEPTH_MAX 100

struct reading {
	const struct host *host;
	const char *at;
	int depth;
	bool bad;
};

static char next(struct reading *r)
{
	r->at += strspn(r->at, " \t");
	return *r->at;
}

static bool take(struct reading *r, char c)
{
	if (next(r) != c)
		return false;
	r->at++;
	return true;
}

static bool any_of(struct reading *r);

static bool flag(struct reading *r)
{
	size_t n = strspn(r->at, FLAG_CHARS);
	AUTO_FREE char *name = xstrndup(r->at, n);

	r->at += n;
	r->bad |= !n;
	return host_has_flag(r->host, name);
}

static bool one(struct reading *r)
{
	bool value;

	/* it is typed by a person, but need not be */
	if (++r->depth > DEPTH_MAX) {
		r->bad = true;
		value = false;
	} else if (take(r, '!') || take(r, '~')) {
		value = !one(r);
	} else if (take(r, '(')) {
		value = any_of(r);
		r->bad |= !take(r, ')');
	} else {
		value = flag(r);
	}
	r->depth--;
	return value;
}

static bool all_of(struct reading *r)
{
	bool value = one(r);

	while (take(r, '&'))
		value = one(r) && value;
	return value;
}

static bool any_of(struct reading *r)
{
	bool value = all_of(r);

	while (take(r, '|'))
		value = all_of(r) || value;
	return value;
}

int flag_expr(const struct host *host, const char *expr, bool *value,
	      struct error *err)
{
	struct reading r = { .host = host, .at = expr };
	bool got = any_of(&r);

	if (r.bad || next(&r))
		return error_set(err, ERROR_USAGE, "'%.60s' is not made of "
				 "flags, !, &, | and brackets", expr);
	*value = got;
	return 0;
}
