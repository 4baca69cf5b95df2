/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"

static void make_printable(char *s)
{
	for (size_t n; *s; s += n) {
		n = printable_length(s);
		if (n)
			continue;
		*s = *s == '\n' || *s == '\t' ? ' ' : '?';
		n = 1;
	}
}

int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	make_printable(err->text);
	err->kind = kind;
	return -1;
}

int error_errno(struct error *err, const char *fmt, ...)
{
	int saved = errno;
	AUTO_FREE char *what = NULL;
	va_list ap;

	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	return error_set(err, ERROR_BROKEN, "%s: %s", what, strerror(saved));
}

int error_prefix(struct error *err, const char *fmt, ...)
{
	AUTO_FREE char *prefix = NULL;
	AUTO_FREE char *old = NULL;
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	prefix = xvasprintf(fmt, ap);
	va_end(ap);
	old = xstrdup(err->text);
	return error_set(err, err->kind, "%s: %s", prefix, old);
}
