/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arguments.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/names.h"
#include "watch/patterns.h"

#define GRACE_MS 2000		/* serial lines of a whole trace take less */
#define GRACE_MAX_MS 60000
#define SEQUENCE_MAX 64		/* longer ones are just text */
#define FILE_MAX_BYTES 65536
#define ROWS_MAX 1000
#define TEXT_MAX 200
#define ENDING ".patterns"

struct patterns {
	struct pattern *v;
	size_t count;
};

static const struct {
	const char *word;
	enum pattern_class class;
} classes[] = {
	{ "ignore", PATTERN_IGNORE }, { "mark", PATTERN_MARK },
	{ "warning", PATTERN_WARNING }, { "failure", PATTERN_FAILURE },
	{ "crash", PATTERN_CRASH },
};

static int take_class(const char *word, struct pattern *row,
		      struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strcmp(classes[i].word, word) == 0) {
			row->class = classes[i].class;
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE, "'%.40s' is no class of patterns; "
			 "there are: ignore, mark, warning, failure, crash",
			 word);
}

static int take_grace(const char *text, struct pattern *row,
		      struct error *err)
{
	if (row->class != PATTERN_CRASH)
		return error_set(err, ERROR_USAGE, "grace= is for crashes");
	if (duration_parse(text, &row->grace_ms, err) < 0)
		return -1;
	if (row->grace_ms < 0 || row->grace_ms > GRACE_MAX_MS)
		return error_set(err, ERROR_USAGE, "grace= is 0 to 60s");
	return 0;
}

static int take_option(const char *word, struct pattern *row,
		       struct error *err)
{
	if (strcmp(word, "at-end") == 0)
		row->at_end = true;
	else if (strcmp(word, "boot") == 0)
		row->boot = true;
	else if (strcmp(word, "phase=install") == 0)
		row->install_only = true;
	else if (str_starts(word, "grace="))
		return take_grace(word + strlen("grace="), row, err);
	else
		return error_set(err, ERROR_USAGE, "unknown option '%.40s'; "
				 "there are: at-end, boot, phase=install, "
				 "grace=TIME", word);
	return 0;
}

static int check_text(const char *text, struct error *err)
{
	if (strlen(text) > TEXT_MAX)
		return error_set(err, ERROR_USAGE, "its text is longer than "
				 "%d bytes", TEXT_MAX);
	for (const char *s = text; *s; s++)
		if (*s < ' ' || *s > '~')
			return error_set(err, ERROR_USAGE, "its text has a "
					 "byte that no line has when it is "
					 "compared: printable ASCII only");
	if (!text[strspn(text, " *")] || *text == '*')
		return error_set(err, ERROR_USAGE, "a text begins with "
				 "something that is looked for, not '*'");
	return 0;
}

/* CLASS NAME "TEXT" [OPTION...] */
static int take_row(const struct strvec *words, struct pattern *row,
		    struct error *err)
{
	*row = (struct pattern){ .grace_ms = GRACE_MS };
	if (words->count < 3)
		return error_set(err, ERROR_USAGE, "a row is CLASS NAME "
				 "\"TEXT\" and options");
	if (take_class(words->v[0], row, err) < 0 ||
	    name_check("pattern", words->v[1], err) < 0 ||
	    check_text(words->v[2], err) < 0)
		return -1;
	for (size_t i = 3; i < words->count; i++)
		if (take_option(words->v[i], row, err) < 0)
			return -1;
	row->name = xstrdup(words->v[1]);
	row->text = xstrdup(words->v[2]);
	return 0;
}

static int take_line(struct patterns *patterns, const char *line,
		     struct error *err)
{
	AUTO_STRVEC words = STRVEC_INIT;
	const char *p = line;
	struct pattern row;

	p += strspn(p, " \t");
	if (!*p || *p == '#')
		return 0;
	if (arguments_split(&p, "", &words, err) < 0)
		return -1;
	if (patterns->count >= ROWS_MAX)
		return error_set(err, ERROR_USAGE, "there are more than %d "
				 "patterns", ROWS_MAX);
	if (take_row(&words, &row, err) < 0)
		return -1;
	patterns->v = xrealloc(patterns->v, patterns->count + 1,
			       sizeof(*patterns->v));
	patterns->v[patterns->count++] = row;
	return 0;
}

struct patterns *patterns_new(void)
{
	return xcalloc(1, sizeof(struct patterns));
}

int patterns_add(struct patterns *patterns, const char *path,
		 const char *text, struct error *err)
{
	for (int number = 1; *text; number++) {
		size_t len = strcspn(text, "\n");
		AUTO_FREE char *line = xstrndup(text, len);

		if (take_line(patterns, line, err) < 0)
			return error_prefix(err, "%s:%d", path, number);
		text += len + (text[len] == '\n');
	}
	return 0;
}

static int add_file(struct patterns *patterns, const char *path,
		    struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;

	if (file_read(path, FILE_MAX_BYTES, &text, err) < 0)
		return -1;
	return patterns_add(patterns, path, text.buf, err);
}

static int add_folder(struct patterns *patterns, const char *name,
		      struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/%s", config_share_dir(), name);
	AUTO_STRVEC files = STRVEC_INIT;

	if (dir_list(path, &files, err) < 0)
		return -1;
	for (size_t i = 0; i < files.count; i++) {
		AUTO_FREE char *file = xasprintf("%s/%s", path, files.v[i]);

		if (str_ends(file, ENDING) &&
		    add_file(patterns, file, err) < 0)
			return -1;
	}
	return 0;
}

/* The site's own go first: the first row that matches counts. */
static int add_all(struct patterns *patterns, const struct config *config,
		   struct error *err)
{
	AUTO_STRVEC own = STRVEC_INIT;

	if (config)
		config_paths(config, "ConsolePatterns", &own);
	for (size_t i = 0; i < own.count; i++)
		if (add_file(patterns, own.v[i], err) < 0)
			return -1;
	return add_folder(patterns, "hypervisor", err) < 0 ? -1 :
	       add_folder(patterns, "host-images", err);
}

int patterns_load(struct patterns **out, const struct config *config,
		  struct error *err)
{
	struct patterns *patterns = patterns_new();

	if (add_all(patterns, config, err) < 0) {
		patterns_free(patterns);
		return -1;
	}
	*out = patterns;
	return 0;
}

void patterns_free(struct patterns *patterns)
{
	for (size_t i = 0; patterns && i < patterns->count; i++) {
		free(patterns->v[i].name);
		free(patterns->v[i].text);
	}
	if (patterns)
		free(patterns->v);
	free(patterns);
}

const struct pattern *patterns_row(const struct patterns *patterns, size_t i)
{
	return i < patterns->count ? &patterns->v[i] : NULL;
}

void patterns_names(const struct patterns *patterns, struct strvec *names)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (!strvec_has(names, patterns->v[i].name))
			strvec_push(names, patterns->v[i].name);
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Where the part of len bytes begins in s, or NULL. */
static const char *find_part(const char *s, const char *part, size_t len)
{
	return memmem(s, strlen(s), part, len);
}

/* What follows the text, parts of which stand anywhere in this order. */
static const char *match_parts(const char *s, const char *text)
{
	for (;;) {
		size_t len = strcspn(text, "*");

		s = find_part(s, text, len);
		if (!s)
			return NULL;
		s += len;
		if (!text[len])
			return s;
		text += len + 1;
	}
}

static bool matches(const struct pattern *row, const char *line)
{
	size_t first = strcspn(row->text, "*");
	const char *s = line, *rest;

	while ((s = find_part(s, row->text, first))) {
		bool inside = s > line && word_char(s[-1]) &&
			      word_char(row->text[0]);

		rest = inside ? NULL : match_parts(s, row->text);
		if (rest && (!row->at_end || !rest[strspn(rest, " ")]))
			return true;
		/* Not one of its other parts follows: nor will it later. */
		if (!inside && !rest)
			return false;
		s++;
	}
	return false;
}

const struct pattern *patterns_match(const struct patterns *patterns,
				     const char *line, bool installing)
{
	if (!*line)
		return NULL;
	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern *row = &patterns->v[i];

		if ((!row->install_only || installing) && matches(row, line))
			return row->class == PATTERN_IGNORE ? NULL : row;
	}
	return NULL;
}

/* Length of the control sequence (ECMA-48) that begins at s with ESC. */
static size_t sequence_length(const char *s)
{
	size_t n = 1;

	if (s[1] == '[') {
		for (n = 2; s[n] && (s[n] < '@' || s[n] > '~'); n++)
			if (n > SEQUENCE_MAX)
				break;
		return s[n] ? n + 1 : n;
	}
	if (s[1] == ']') {
		for (n = 2; s[n] && s[n] != '\a' && s[n] != '\033'; n++)
			if (n > SEQUENCE_MAX)
				break;
		return s[n] ? n + 1 : n;
	}
	if (s[1] == '(' || s[1] == ')')
		return s[2] ? 3 : 2;
	return s[1] ? 2 : 1;
}

void console_clean(char *line)
{
	char *out = line;

	for (char *s = line; *s; s++) {
		unsigned char c = *s;

		if (c == '\033') {
			s += sequence_length(s) - 1;
			continue;
		}
		if (c == '\t' || c == '\r')
			*out++ = ' ';
		else if (c >= 0x80)
			*out++ = '?';
		else if (c >= ' ' && c != 0x7f)
			*out++ = *s;
	}
	while (out > line && out[-1] == ' ')
		out--;
	*out = '\0';
}
