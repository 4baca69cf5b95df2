/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is always there.
 *
 * A controller that cannot get a few kilobytes cannot report that either:
 * allocation failure ends the program with one line on stderr. Callers never
 * check. What a scope owns is marked AUTO_FREE and freed when it ends.
 */
#ifndef IRONBIRD_BASE_ALLOC_H
#define IRONBIRD_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

#define must_check __attribute__((warn_unused_result))
#define printf_like(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void *xmalloc(size_t size);
/* Zeroed memory for count items of size bytes; overflow ends the program. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t count, size_t size);
/* A copy the caller frees. NULL gives NULL. */
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) printf_like(1, 2);
char *xvasprintf(const char *fmt, va_list ap) printf_like(1, 0);

static inline const char *str_or(const char *s, const char *other)
{
	return s ? s : other;
}

void free_pointer(void *pp);
void close_descriptor(int *fd);
/* Frees, or closes, what the variable holds at the end of its scope. */
#define AUTO_FREE __attribute__((cleanup(free_pointer)))
#define AUTO_CLOSE __attribute__((cleanup(close_descriptor)))

#endif
