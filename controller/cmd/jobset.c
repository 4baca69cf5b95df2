/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "cmd/jobset.h"

#define GROUPS 10

static int compile(regex_t *regex, const char *text, int flags,
		   struct error *err)
{
	int rc = regcomp(regex, text, REG_EXTENDED | flags);
	char why[100];

	if (!rc)
		return 0;
	regerror(rc, regex, why, sizeof(why));
	return error_set(err, ERROR_USAGE, "'%.60s': %s", text, why);
}

static int matches(const char *text, const char *name, struct error *err)
{
	regex_t regex;
	int rc;

	if (compile(&regex, text, REG_NOSUB, err) < 0)
		return -1;
	rc = regexec(&regex, name, 0, NULL, 0) == 0;
	regfree(&regex);
	return rc;
}

int nameset_has(const char *spec, const char *name, struct error *err)
{
	size_t length = strlen(spec);

	if (*spec == '!') {
		int rc = nameset_has(spec + 1, name, err);

		return rc < 0 ? -1 : !rc;
	}
	if (strcmp(spec, ".") == 0)
		return 1;
	if (*spec == '^')
		return matches(spec, name, err);
	if (length > 2 && *spec == '/' && spec[length - 1] == '/') {
		AUTO_FREE char *inner = xstrndup(spec + 1, length - 2);

		return matches(inner, name, err);
	}
	return strcmp(spec, name) == 0;
}

int jobset_find(struct db *db, const char *flight, const char *spec,
		struct strvec *jobs, struct error *err)
{
	struct job_rows rows = { .v = NULL };
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;
	size_t before = jobs->count;
	int rc = 0;

	if (job_list(db, flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && rc >= 0; i++) {
		rc = nameset_has(spec, rows.v[i].job, err);
		if (rc > 0)
			strvec_push(jobs, rows.v[i].job);
		strvec_push(&names, rows.v[i].job);
	}
	job_rows_release(&rows);
	if (rc < 0 || jobs->count > before)
		return rc < 0 ? -1 : 0;
	hint = name_hint(spec, &names);
	return error_set(err, ERROR_USAGE, "flight %s has no job '%.60s'%s",
			 flight, spec, hint);
}

static void add_replacement(struct strbuf *out, const char *with,
			    const char *text, const regmatch_t *groups)
{
	for (const char *p = with; *p; p++) {
		int n = p[0] == '\\' && p[1] >= '0' && p[1] <= '9' ?
			p[1] - '0' : p[0] == '&' ? 0 : -1;

		if (n < 0) {
			strbuf_addch(out, *p);
			continue;
		}
		if (groups[n].rm_so >= 0)
			strbuf_add(out, text + groups[n].rm_so,
				   (size_t)(groups[n].rm_eo -
					    groups[n].rm_so));
		p += *p == '\\';
	}
}

static char *replace(const regex_t *regex, const char *with, const char *text,
		     bool all)
{
	AUTO_STRBUF out = STRBUF_INIT;
	regmatch_t groups[GROUPS];
	int flags = 0;

	while (*text && regexec(regex, text, GROUPS, groups, flags) == 0) {
		strbuf_add(&out, text, (size_t)groups[0].rm_so);
		add_replacement(&out, with, text, groups);
		text += groups[0].rm_eo;
		if (!all)
			break;
		if (!groups[0].rm_eo && *text)
			strbuf_addch(&out, *text++);
		flags = REG_NOTBOL;
	}
	strbuf_addstr(&out, text);
	return strbuf_detach(&out);
}

int substitute(const char *operation, const char *text, char **result,
	       struct error *err)
{
	const char *delimiter = operation[0] == 's' ? operation + 1 : "";
	const char *middle = *delimiter ? strchr(delimiter + 1, *delimiter) :
		NULL;
	const char *end = middle ? strchr(middle + 1, *delimiter) : NULL;
	AUTO_FREE char *pattern = NULL, *with = NULL;
	regex_t regex;

	if (!end || (end[1] && strcmp(end + 1, "g") != 0))
		return error_set(err, ERROR_USAGE, "'%.60s' is no "
				 "s/REGEX/TEXT/ or s/REGEX/TEXT/g", operation);
	pattern = xstrndup(delimiter + 1, middle - delimiter - 1);
	with = xstrndup(middle + 1, end - middle - 1);
	if (compile(&regex, pattern, 0, err) < 0)
		return -1;
	*result = replace(&regex, with, text, end[1] == 'g');
	regfree(&regex);
	return 0;
}
