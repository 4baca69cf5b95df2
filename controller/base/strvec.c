/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/strvec.h"

char *strvec_empty[1];

void strvec_init(struct strvec *sv)
{
	*sv = (struct strvec)STRVEC_INIT;
}

void strvec_release(struct strvec *sv)
{
	for (size_t i = 0; i < sv->count; i++)
		free(sv->v[i]);
	if (sv->v != strvec_empty)
		free(sv->v);
	strvec_init(sv);
}

static void push_owned(struct strvec *sv, char *s)
{
	char **old = sv->v == strvec_empty ? NULL : sv->v;

	sv->v = xrealloc(old, sv->count + 2, sizeof(*sv->v));
	sv->v[sv->count++] = s;
	sv->v[sv->count] = NULL;
}

void strvec_push(struct strvec *sv, const char *s)
{
	push_owned(sv, xstrdup(s));
}

void strvec_pushf(struct strvec *sv, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	push_owned(sv, xvasprintf(fmt, ap));
	va_end(ap);
}

void strvec_pushl(struct strvec *sv, ...)
{
	va_list ap;
	const char *s;

	va_start(ap, sv);
	while ((s = va_arg(ap, const char *)))
		strvec_push(sv, s);
	va_end(ap);
}

void strvec_pushv(struct strvec *sv, char *const *v)
{
	for (; *v; v++)
		strvec_push(sv, *v);
}

bool strvec_has(const struct strvec *sv, const char *s)
{
	for (size_t i = 0; i < sv->count; i++)
		if (strcmp(sv->v[i], s) == 0)
			return true;
	return false;
}

void strvec_split(struct strvec *sv, const char *s, const char *seps)
{
	for (;;) {
		size_t n;

		s += strspn(s, seps);
		n = strcspn(s, seps);
		if (!n)
			return;
		push_owned(sv, xstrndup(s, n));
		s += n;
	}
}

char *strvec_join(const struct strvec *sv, const char *sep)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < sv->count; i++) {
		if (i)
			strbuf_addstr(&sb, sep);
		strbuf_addstr(&sb, sv->v[i]);
	}
	return strbuf_detach(&sb);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strvec_sort(struct strvec *sv)
{
	if (sv->count)
		qsort(sv->v, sv->count, sizeof(*sv->v), compare);
}
