/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "config/parse.h"
#include "config/quoted.h"

struct reader {
	const struct parse_sink *sink;
	const struct reader *parent;	/* of the file that includes this */
	struct parse_place place;
	dev_t device;
	ino_t inode;
	struct strbuf text;
	size_t pos;
	unsigned line;			/* the one that was read last */
};

static void complain(const struct reader *r, bool is_error,
		     const char *fmt, ...) printf_like(3, 4);

static void complain(const struct reader *r, bool is_error,
		     const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	AUTO_STRBUF shown = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	strbuf_add_printable(&shown, text);
	r->sink->complain(r->sink->arg, &r->place, is_error, shown.buf);
}

char *parse_path(const char *path, const char *dir)
{
	const char *home = getenv("HOME");

	if (strcmp(path, "~") == 0 && home)
		return xstrdup(home);
	if (str_starts(path, "~/") && home)
		return xasprintf("%s%s", home, path + 1);
	if (path[0] == '/')
		return xstrdup(path);
	while (str_starts(path, "./"))
		path += 2;
	return xasprintf("%s/%s", strcmp(dir, "/") == 0 ? "" : dir, path);
}

/* The absolute folder a file is in. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *cwd = getcwd(NULL, 0);
	AUTO_FREE char *dir = NULL;

	if (!slash)
		return xstrdup(str_or(cwd, "/"));
	dir = slash == path ? xstrdup("/") : xstrndup(path, slash - path);
	return parse_path(dir, str_or(cwd, "/"));
}

/* One line without its end; false at the end of the file. */
static bool next_line(struct reader *r, struct strbuf *line)
{
	const char *start = r->text.buf + r->pos;
	size_t left = r->text.len - r->pos;
	const char *end = memchr(start, '\n', left);
	size_t n = end ? (size_t)(end - start) : left;

	strbuf_clear(line);
	if (!left)
		return false;
	r->line++;
	r->pos += end ? n + 1 : n;
	if (n && start[n - 1] == '\r')
		n--;
	strbuf_add(line, start, n);
	return true;
}

/* Whether a line can be looked at; says what is wrong if not. */
static bool line_ok(struct reader *r, const struct strbuf *line)
{
	r->place.line = r->line;
	if (line->len > PARSE_LINE_MAX)
		complain(r, true, "the line is longer than %d bytes",
			 PARSE_LINE_MAX);
	else if (memchr(line->buf, '\0', line->len))
		complain(r, true, "the line has a NUL byte in it");
	else
		return true;
	return false;
}

/* ---- here-documents ----------------------------------------------------- */

/* The word behind "<<", and whether Perl would have put variables in. */
static char *here_word(const char *text, bool *plain)
{
	char quote = *text == '\'' || *text == '"' ? *text : 0;
	const char *start = quote ? text + 1 : text;
	size_t n = quote ? strcspn(start, (char []){ quote, 0 }) :
		strspn(start, "abcdefghijklmnopqrstuvwxyz"
		       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	const char *rest = start + n;

	*plain = quote == '\'';
	if (quote && *rest != quote)
		return NULL;
	rest += quote ? 1 : 0;
	rest += *rest == ';';
	return n && !*rest ? xstrndup(start, n) : NULL;
}

static void here_document(struct reader *r, const char *name,
			  const char *text)
{
	AUTO_STRBUF value = STRBUF_INIT;
	AUTO_STRBUF line = STRBUF_INIT;
	unsigned first = r->line;
	bool plain, good = true;
	AUTO_FREE char *word = here_word(text, &plain);

	if (!word) {
		complain(r, true, "setting '%s': a here-document begins with "
			 "<<'END', and its last line is END", name);
		return;
	}
	for (;;) {
		if (!next_line(r, &line)) {
			r->place.line = first;
			complain(r, true, "setting '%s': the here-document "
				 "has no last line '%.40s'", name, word);
			return;
		}
		if (strcmp(line.buf, word) == 0)
			break;
		good = line_ok(r, &line) && good;
		strbuf_addf(&value, "%s\n", line.buf);
	}
	r->place.line = first;
	if (!plain && strpbrk(value.buf, "$@"))
		complain(r, false, "setting '%s': $ and @ in the "
			 "here-document are taken as they are, Perl is not "
			 "run; with <<'%.40s' nobody expects otherwise", name,
			 word);
	if (good)
		r->sink->set(r->sink->arg, &r->place, name, value.buf);
}

/* ---- single lines ------------------------------------------------------- */

static void perl_value(struct reader *r, const char *name, const char *text)
{
	AUTO_STRBUF value = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (str_starts(text, "<<"))
		here_document(r, name, text + 2);
	else if (quoted_perl(text, &value, &err) == 0)
		r->sink->set(r->sink->arg, &r->place, name, value.buf);
	else
		complain(r, true, "setting '%s': %s; write '%s VALUE', "
			 "or %s= 'VALUE'", name, err.text, name, name);
}

static size_t name_length(const char *s)
{
	if (!isupper((unsigned char)*s))
		return 0;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz"
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
}

static void setting_line(struct reader *r, const char *line)
{
	size_t n = name_length(line);
	AUTO_FREE char *name = xstrndup(line, n);
	const char *rest = line + n;
	size_t space = strspn(rest, " \t");

	if (n > PARSE_NAME_MAX)
		complain(r, true, "the setting's name '%.40s...' is longer "
			 "than %d characters", name, PARSE_NAME_MAX);
	else if (!n || (*rest && !space && *rest != '='))
		complain(r, true, "'%.40s' is not a setting: a name begins "
			 "with a capital letter and has letters, digits, '-' "
			 "and '_' in it", line);
	else if (*rest == '=')
		perl_value(r, name, rest + 1 + strspn(rest + 1, " \t"));
	else if (!rest[space])
		complain(r, true, "setting '%s' has no value; an empty one is "
			 "written %s= ''", name, name);
	else if (rest[space] == '=' || str_starts(rest + space, "<<"))
		complain(r, true, "setting '%s': '=' stands right behind the "
			 "name (%s= 'VALUE'), or not at all", name, name);
	else
		r->sink->set(r->sink->arg, &r->place, name, rest + space);
}

static void export_line(struct reader *r, const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz"
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	AUTO_FREE char *name = xstrndup(text, n);
	AUTO_STRBUF value = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (!n || n > PARSE_NAME_MAX || isdigit((unsigned char)*name) ||
	    (text[n] && text[n] != '='))
		complain(r, true, "'export %.40s' is not understood: it is "
			 "export VARIABLE=VALUE", text);
	else if (!text[n])
		r->sink->export(r->sink->arg, &r->place, name, NULL);
	else if (quoted_shell(text + n + 1, &value, &err) < 0)
		complain(r, true, "export %s: %s", name, err.text);
	else
		r->sink->export(r->sink->arg, &r->place, name, value.buf);
}

static void read_file(struct reader *r);

static void include_line(struct reader *r, const char *text)
{
	struct reader child = {
		.sink = r->sink, .parent = r, .text = STRBUF_INIT,
	};
	AUTO_FREE char *path = parse_path(text, r->place.dir);
	AUTO_FREE char *dir = folder_of(path);
	struct error err = ERROR_INIT;
	const struct reader *up;
	struct stat st = { .st_ino = 0 };
	int depth = 0;

	if (stat(path, &st) < 0) {
		complain(r, true, "Include: cannot read %s: %s", path,
			 strerror(errno));
		return;
	}
	for (up = r; up; up = up->parent, depth++) {
		if (up->device == st.st_dev && up->inode == st.st_ino) {
			complain(r, true, "Include: %s includes itself in a "
				 "circle", path);
			return;
		}
	}
	child.device = st.st_dev;
	child.inode = st.st_ino;
	child.place = (struct parse_place){ .file = path, .dir = dir };
	if (depth >= PARSE_DEPTH_MAX)
		complain(r, true, "Include: more than %d files deep",
			 PARSE_DEPTH_MAX);
	else if (file_read(path, PARSE_FILE_MAX, &child.text, &err) < 0)
		complain(r, true, "Include: %s", err.text);
	else
		read_file(&child);
	strbuf_release(&child.text);
}

/* The text behind a keyword and white space, or NULL. */
static const char *behind(const char *line, const char *keyword)
{
	size_t n = strlen(keyword);

	if (strncmp(line, keyword, n) != 0 || (line[n] != ' ' &&
					       line[n] != '\t'))
		return NULL;
	return line + n + strspn(line + n, " \t");
}

static void read_file(struct reader *r)
{
	AUTO_STRBUF line = STRBUF_INIT;

	if (str_starts(r->text.buf, "\xef\xbb\xbf"))
		r->pos = 3;
	while (next_line(r, &line)) {
		const char *start, *text;

		if (!line_ok(r, &line))
			continue;
		strbuf_rtrim(&line);
		start = line.buf + strspn(line.buf, " \t");
		if (!*start || *start == '#')
			continue;
		if ((text = behind(start, "Include")))
			include_line(r, text);
		else if ((text = behind(start, "export")))
			export_line(r, text);
		else
			setting_line(r, start);
	}
}

int parse_file(const struct parse_sink *sink, const char *path,
	       struct error *err)
{
	AUTO_FREE char *dir = folder_of(path);
	struct reader r = {
		.sink = sink, .text = STRBUF_INIT,
		.place = { .file = path, .dir = dir },
	};
	struct stat st;
	int rc = -1;

	if (stat(path, &st) < 0)
		error_errno(err, "cannot read the settings in %s", path);
	else
		rc = file_read(path, PARSE_FILE_MAX, &r.text, err);
	if (rc == 0) {
		r.device = st.st_dev;
		r.inode = st.st_ino;
		read_file(&r);
	} else if (err) {
		err->kind = ERROR_USAGE;
	}
	strbuf_release(&r.text);
	return rc;
}
