/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a name to its row, and from a value to what is wrong with it. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "config/settings.h"

static bool is_member(const struct setting *row, const char *name)
{
	size_t n = strlen(row->name);

	if (!row->argument)
		return strcmp(row->name, name) == 0;
	return strncmp(row->name, name, n) == 0 && name[n];
}

const struct setting *setting_find(const char *name)
{
	const struct setting *row, *family = NULL;

	for (row = settings; row->name; row++) {
		if (row->type == SETTING_HEADING || !is_member(row, name))
			continue;
		if (!row->argument)
			return row;
		family = row;
	}
	return family;
}

const char *setting_foreign(const char *name)
{
	const struct foreign_setting *row;

	for (row = foreign_settings; row->name; row++) {
		size_t n = strlen(row->name);

		if (row->name[n - 1] == '*' ?
		    strncmp(name, row->name, n - 1) == 0 :
		    strcmp(name, row->name) == 0)
			return row->reason;
	}
	return NULL;
}

/* For each family also the name with its beginning put right. */
char *setting_hint(const char *name)
{
	AUTO_STRVEC names = STRVEC_INIT;
	const char *rest = strchr(name, '_');
	const struct setting *row;

	for (row = settings; row->name; row++) {
		if (row->type == SETTING_HEADING)
			continue;
		if (!row->argument)
			strvec_push(&names, row->name);
		else if (rest && strlen(rest) < 64)
			strvec_pushf(&names, "%s%s", row->name, rest + 1);
	}
	return name_hint(name, &names);
}

int setting_parse_bool(const char *text, bool *value)
{
	static const char *const words[][2] = {
		{ "y", "n" }, { "yes", "no" }, { "true", "false" },
		{ "on", "off" }, { "1", "0" }, { "1", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (size_t j = 0; j < 2; j++) {
			if (strcasecmp(text, words[i][j]) == 0) {
				*value = j == 0;
				return 0;
			}
		}
	}
	return -1;
}

static int check_number(const char *value, struct error *err)
{
	char *end;

	errno = 0;
	strtoll(value, &end, 10);
	if (errno || end == value || *end)
		return error_set(err, ERROR_USAGE,
				 "'%.40s' is not a whole number", value);
	return 0;
}

int setting_parse_size(const char *text, int64_t *bytes, struct error *err)
{
	static const char letters[] = "KMGT";
	const char *letter;
	char *end;
	long long value;
	int shift = 0;

	errno = 0;
	value = strtoll(text, &end, 10);
	letter = end != text && *end ? strchr(letters, *end) : NULL;
	if (letter) {
		shift = 10 * (int)(letter - letters + 1);
		end++;
	}
	if (errno || end == text || *end || value < 0 ||
	    value > INT64_MAX >> shift)
		return error_set(err, ERROR_USAGE, "'%.40s' is not a size: "
				 "512M, 1G, or a number of bytes", text);
	*bytes = (int64_t)value << shift;
	return 0;
}

static int check_path(const struct setting *setting, const char *value,
		      struct error *err)
{
	if (!*value && !setting->may_be_empty)
		return error_set(err, ERROR_USAGE, "the path is empty");
	if (value[0] == '~' && value[1] && value[1] != '/')
		return error_set(err, ERROR_USAGE, "'%.80s': only ~/ is "
				 "expanded, write other people's folders in "
				 "full", value);
	if (strlen(value) >= 4096)
		return error_set(err, ERROR_USAGE, "the path is longer than "
				 "4095 bytes");
	return 0;
}

static int check_folder(const char *value, struct error *err)
{
	AUTO_STRVEC parts = STRVEC_INIT;

	strvec_split(&parts, value, "/");
	if (value[0] == '/' || strvec_has(&parts, ".."))
		return error_set(err, ERROR_USAGE, "'%.80s' is not a folder "
				 "below another one: no '/' in front, no '..'",
				 value);
	return 0;
}

static int check_url(const char *value, struct error *err)
{
	if (!*value || str_starts(value, "http://") ||
	    str_starts(value, "https://"))
		return 0;
	return error_set(err, ERROR_USAGE, "'%.80s' is not an URL: it begins "
			 "with http:// or https://", value);
}

int setting_check(const struct setting *setting, const char *value,
		  struct error *err)
{
	int64_t ms, bytes;
	bool yes;

	if (setting->type != SETTING_HERE && strchr(value, '\n'))
		return error_set(err, ERROR_USAGE, "the value is one line");
	switch (setting->type) {
	case SETTING_NUMBER:
		return check_number(value, err);
	case SETTING_SIZE:
		return setting_parse_size(value, &bytes, err);
	case SETTING_DURATION:
		return duration_parse(value, &ms, err);
	case SETTING_BOOL:
		if (setting_parse_bool(value, &yes) == 0)
			return 0;
		return error_set(err, ERROR_USAGE, "'%.40s' is neither y nor "
				 "n", value);
	case SETTING_PATH:
		return check_path(setting, value, err);
	case SETTING_FOLDER:
		return check_folder(value, err);
	case SETTING_URL:
		return check_url(value, err);
	case SETTING_HEADING:
	case SETTING_TEXT:
	case SETTING_LIST:
	case SETTING_HERE:
		break;
	}
	return 0;
}
