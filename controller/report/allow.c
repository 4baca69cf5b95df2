/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/strvec.h"
#include "report/allow.h"

#define FILE_MAX 1048576
#define GLOB_MAX 200

void allow_release(struct allow_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->v[i].job);
		free(list->v[i].testid);
	}
	free(list->v);
	*list = (struct allow_list)ALLOW_LIST_INIT;
}

static int add_line(const char *name, int number, char *text,
		    struct allow_list *list, struct error *err)
{
	AUTO_STRVEC words = STRVEC_INIT;
	char *comment = strchr(text, '#');
	bool no;

	if (comment)
		*comment = '\0';
	text += strspn(text, " \t");
	no = *text == '!';
	strvec_split(&words, text + no, " \t\r");
	if (!words.count && !no)
		return 0;
	if (words.count < 1 || words.count > 2 ||
	    strlen(words.v[0]) > GLOB_MAX ||
	    (words.count > 1 && strlen(words.v[1]) > GLOB_MAX))
		return error_set(err, ERROR_USAGE, "%s:%d: a line is [!]JOB "
				 "[TESTID], each at most %d characters", name,
				 number, GLOB_MAX);
	list->v = xrealloc(list->v, list->count + 1, sizeof(*list->v));
	list->v[list->count++] = (struct allow_line){
		.job = xstrdup(words.v[0]), .no = no,
		.testid = xstrdup(words.count > 1 ? words.v[1] : NULL),
	};
	return 0;
}

int allow_parse(const char *name, const char *text, struct allow_list *list,
		struct error *err)
{
	AUTO_FREE char *copy = xstrdup(text);
	char *line, *next = copy;

	for (int number = 1; (line = strsep(&next, "\n")); number++)
		if (add_line(name, number, line, list, err) < 0)
			return -1;
	return 0;
}

int allow_read(const char *path, struct allow_list *list, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;

	if (file_read(path, FILE_MAX, &text, err) < 0)
		return -1;
	return allow_parse(path, text.buf, list, err);
}

static bool in_segment(char c)
{
	return c && c != '-' && c != '/';
}

bool allow_glob(const char *glob, const char *text)
{
	const char *again_glob = NULL, *again_text = NULL;

	/* only the last '@@' is ever tried again: what came before it has
	   matched as early as it could */
	while (*glob || *text) {
		if (str_starts(glob, "@@")) {
			again_glob = glob += 2;
			again_text = text;
			continue;
		}
		if (*glob == '@') {
			for (const char *t = text;; t++) {
				if (allow_glob(glob + 1, t))
					return true;
				if (!in_segment(*t))
					break;
			}
		} else if (*glob && *glob == *text) {
			glob++;
			text++;
			continue;
		}
		if (!again_glob || !*again_text)
			return false;
		glob = again_glob;
		text = ++again_text;
	}
	return true;
}

bool allow_matches(const struct allow_list *list, const char *job,
		   const char *testid)
{
	bool yes = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct allow_line *line = &list->v[i];

		if (allow_glob(line->job, job) &&
		    (!line->testid ||
		     (testid && allow_glob(line->testid, testid))))
			yes = !line->no;
	}
	return yes;
}
