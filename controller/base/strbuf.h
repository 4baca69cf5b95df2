/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A string that grows.
 *
 * Always terminated by a NUL that len does not count, so buf can be handed to
 * whoever wants a C string; before the first byte buf is an empty constant.
 * strbuf_release gives the memory back and leaves it ready for use.
 */
#ifndef IRONBIRD_BASE_STRBUF_H
#define IRONBIRD_BASE_STRBUF_H

#include <stdbool.h>

#include "base/alloc.h"

struct strbuf {
	char *buf;
	size_t len;
	size_t size;
};

extern char strbuf_empty[1];
#define STRBUF_INIT { .buf = strbuf_empty }
#define AUTO_STRBUF __attribute__((cleanup(strbuf_release))) struct strbuf

void strbuf_init(struct strbuf *sb);
void strbuf_release(struct strbuf *sb);
/* Keeps the memory, forgets the text. */
void strbuf_clear(struct strbuf *sb);
/* The string itself, now the caller's to free; sb is empty afterwards. */
char *strbuf_detach(struct strbuf *sb);
void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_addstr(struct strbuf *sb, const char *s);
void strbuf_addch(struct strbuf *sb, char c);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) printf_like(2, 3);
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
	printf_like(2, 0);
/* Removes n bytes from the front (all of them when n exceeds len). */
void strbuf_consume(struct strbuf *sb, size_t n);
/* Each NUL becomes '?': what was read is a C string of the same length. */
void strbuf_replace_nuls(struct strbuf *sb);
/* Removes white space at the end. */
void strbuf_rtrim(struct strbuf *sb);
/* Adds s as one word for a POSIX shell, quoted where it must be. */
void strbuf_add_quoted(struct strbuf *sb, const char *s);
/* Bytes of the character at s; 0 when it is no UTF-8, or does not print. */
size_t printable_length(const char *s);
/* Adds s; bytes that are no UTF-8 become U+FFFD, so that JSON stays JSON. */
void strbuf_add_utf8(struct strbuf *sb, const char *s);
/* Adds s for HTML or XML text or attribute; what does not print, or is no
 * UTF-8, becomes '?'. */
void strbuf_add_escaped(struct strbuf *sb, const char *s);
/* Adds s for a terminal: printable UTF-8 as it is, all else as \xNN. */
void strbuf_add_printable(struct strbuf *sb, const char *s);

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

#endif
