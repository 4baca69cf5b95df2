/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"

static const char *program = "ironbird";
static bool with_times;
static bool verbose;

void log_name(const char *name)
{
	program = name;
}

void log_times(bool on)
{
	with_times = on;
}

void log_verbose(bool on)
{
	verbose = on;
}

/* Text from hosts cannot move the terminal's cursor. */
static void add_text(struct strbuf *line, const char *s)
{
	while (*s) {
		size_t n = printable_length(s);

		if (n || *s == '\n' || *s == '\t')
			strbuf_add(line, s, n ? n : 1);
		else
			strbuf_addch(line, '?');
		s += n ? n : 1;
	}
}

/* One write for each line, so that lines of several processes stay whole. */
static void emit(const char *level, const char *fmt, va_list ap)
{
	AUTO_STRBUF line = STRBUF_INIT;
	AUTO_FREE char *text = xvasprintf(fmt, ap);

	if (with_times) {
		char stamp[CLOCK_STAMP_SIZE];

		strbuf_addf(&line, "%s ", clock_stamp(clock_now_ms(), stamp));
	} else {
		strbuf_addf(&line, "%s: ", program);
	}
	strbuf_addstr(&line, level);
	add_text(&line, text);
	strbuf_addch(&line, '\n');
	if (write(STDERR_FILENO, line.buf, line.len) < 0)
		return;	/* nobody is left to be told */
}

#define LOG_VERB(name, level, condition)		\
void log_##name(const char *fmt, ...)			\
{							\
	va_list ap;					\
							\
	if (!(condition))				\
		return;					\
	va_start(ap, fmt);				\
	emit(level, fmt, ap);				\
	va_end(ap);					\
}

LOG_VERB(debug, "", verbose)
LOG_VERB(info, "", true)
LOG_VERB(warn, "warning: ", true)
LOG_VERB(err, "", true)
