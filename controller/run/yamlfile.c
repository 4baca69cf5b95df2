/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/files.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "run/yamlfile.h"

#define FILE_MAX (1 << 20)

const cyaml_strval_t yamlfile_bool_words[4] = {
	{ "true", 1 }, { "yes", 1 }, { "false", 0 }, { "no", 0 },
};

static void add_mark(struct yamlfile *file, const char *key, size_t item,
		     int line)
{
	file->marks = xrealloc(file->marks, file->mark_count + 1,
			       sizeof(*file->marks));
	file->marks[file->mark_count++] = (struct yamlfile_mark){
		.key = xstrdup(key), .item = item, .line = line,
	};
}

static const struct yamlfile_mark *find_mark(const struct yamlfile *file,
					      const char *key, size_t item)
{
	for (size_t i = 0; i < file->mark_count; i++)
		if (file->marks[i].item == item &&
		    strcmp(file->marks[i].key, key) == 0)
			return &file->marks[i];
	return NULL;
}

int yamlfile_line(const struct yamlfile *file, const char *key, size_t item)
{
	const struct yamlfile_mark *mark = find_mark(file, key, item);

	return mark ? mark->line : 1;
}

bool yamlfile_has(const struct yamlfile *file, const char *key)
{
	return find_mark(file, key, YAMLFILE_KEY) != NULL;
}

/* Where the pass over the events is: depth 1 is inside the top mapping, 2
 * inside a value of it. */
struct walk {
	struct yamlfile *file;
	int depth;
	bool value_next;
	bool in_list;
	char *key;
	size_t item;
};

static bool event_opens(const yaml_event_t *event)
{
	return event->type == YAML_MAPPING_START_EVENT ||
	       event->type == YAML_SEQUENCE_START_EVENT;
}

static void walk_top(struct walk *walk, const yaml_event_t *event, int line)
{
	if (walk->value_next) {
		walk->in_list = event->type == YAML_SEQUENCE_START_EVENT;
		walk->item = 0;
	} else if (event->type == YAML_SCALAR_EVENT) {
		free(walk->key);
		walk->key = xstrdup((const char *)event->data.scalar.value);
		add_mark(walk->file, walk->key, YAMLFILE_KEY, line);
	}
	walk->value_next = !walk->value_next;
}

static void walk_event(struct walk *walk, const yaml_event_t *event)
{
	bool node = event_opens(event) || event->type == YAML_SCALAR_EVENT;
	int line = (int)event->start_mark.line + 1;

	if (node && walk->depth == 1)
		walk_top(walk, event, line);
	else if (node && walk->depth == 2 && walk->in_list)
		add_mark(walk->file, walk->key, walk->item++, line);
	if (event_opens(event))
		walk->depth++;
	if (event->type == YAML_MAPPING_END_EVENT ||
	    event->type == YAML_SEQUENCE_END_EVENT)
		walk->depth--;
}

static bool is_tabbed(const char *text, size_t line)
{
	while (line-- && text) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text && text[strspn(text, " ")] == '\t';
}

static int syntax_error(const struct yamlfile *file, const char *text,
			const yaml_parser_t *parser, struct error *err)
{
	if (is_tabbed(text, parser->problem_mark.line))
		return error_set(err, ERROR_USAGE, "%s:%zu: YAML is indented "
				 "with spaces, this line with a tab",
				 file->path, parser->problem_mark.line + 1);
	return error_set(err, ERROR_USAGE, "%s:%zu: %s", file->path,
			 parser->problem_mark.line + 1,
			 str_or(parser->problem, "this is not YAML"));
}

static int note_lines(struct yamlfile *file, const struct strbuf *text,
		      struct error *err)
{
	struct walk walk = { .file = file };
	bool more = true;
	yaml_parser_t parser;
	int rc = 0;

	if (!yaml_parser_initialize(&parser))
		return error_set(err, ERROR_BROKEN, "libyaml does not start");
	yaml_parser_set_input_string(&parser, (unsigned char *)text->buf,
				     text->len);
	while (more && rc == 0) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			rc = syntax_error(file, text->buf, &parser, err);
			break;
		}
		if (event.type == YAML_ALIAS_EVENT)
			rc = error_set(err, ERROR_USAGE, "%s:%zu: aliases are "
				       "not understood here", file->path,
				       event.start_mark.line + 1);
		more = event.type != YAML_STREAM_END_EVENT;
		walk_event(&walk, &event);
		yaml_event_delete(&event);
	}
	free(walk.key);
	yaml_parser_delete(&parser);
	return rc;
}

/* The first complaint of libcyaml and the line its backtrace begins with. */
struct complaint {
	char text[256];
	char key[64];
	int line;
};

static void __attribute__((format(printf, 3, 0)))
keep_complaint(cyaml_log_t level, void *arg, const char *fmt, va_list ap)
{
	struct complaint *complaint = arg;
	char text[256], *mark, *field;

	if (level < CYAML_LOG_ERROR)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	mark = strstr(text, "(line: ");
	field = strstr(text, "in mapping field '");
	if (field && !complaint->key[0])
		sscanf(field, "in mapping field '%63[^']", complaint->key);
	if (mark && !complaint->line)
		complaint->line = atoi(mark + strlen("(line: "));
	else if (!complaint->text[0])
		snprintf(complaint->text, sizeof(complaint->text), "%s",
			 str_starts(text, "Load: ") ? text + 6 : text);
}

static void schema_keys(const cyaml_schema_value_t *schema,
			struct strvec *keys)
{
	if (schema->type == CYAML_SEQUENCE)
		schema_keys(schema->sequence.entry, keys);
	if (schema->type != CYAML_MAPPING)
		return;
	for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key;
	     f++) {
		strvec_push(keys, f->key);
		schema_keys(&f->value, keys);
	}
}

/* The words that a key may have as its value, or NULL. */
static const cyaml_schema_value_t *
find_words(const cyaml_schema_value_t *schema, const char *key)
{
	const cyaml_schema_value_t *found = NULL;

	if (schema->type == CYAML_SEQUENCE)
		return find_words(schema->sequence.entry, key);
	if (schema->type != CYAML_MAPPING)
		return NULL;
	for (const cyaml_schema_field_t *f = schema->mapping.fields;
	     f->key && !found; f++)
		found = f->value.type == CYAML_ENUM &&
			strcmp(f->key, key) == 0 ? &f->value :
			find_words(&f->value, key);
	return found;
}

static int wrong_word(const struct yamlfile *file,
		      const struct complaint *complaint, const char *word,
		      struct error *err)
{
	const cyaml_schema_value_t *schema = find_words(file->schema,
							complaint->key);
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_FREE char *list = NULL;

	for (size_t i = 0; schema && i < schema->enumeration.count; i++)
		strvec_push(&words, schema->enumeration.strings[i].str);
	list = strvec_join(&words, ", ");
	return error_set(err, ERROR_USAGE, "%s:%d: %s: '%s' is none of %s",
			 file->path, complaint->line, complaint->key, word,
			 list);
}

static bool line_has_key(const char *line, const char *key)
{
	line += strspn(line, " -{");
	return str_starts(line, key) &&
	       line[strlen(key) + strspn(line + strlen(key), " ")] == ':';
}

/* libcyaml tells of an unknown key with the line of what came before it. */
static int key_line(const char *text, const char *key, int from)
{
	int number = 1;

	for (const char *line = text; line && *line; number++) {
		if (number >= from && line_has_key(line, key))
			return number;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return from;
}

/* libyaml's words for what may stand in a file, and people's. */
static const char *kind_word(const char *kind)
{
	static const char *const words[][2] = {
		{ "SEQUENCE", "a list" }, { "MAPPING", "keys with values" },
		{ "SCALAR", "one value" }, { "STRING", "one value" },
		{ "ENUM", "one value" }, { "UINT", "a number" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_starts(kind, words[i][0]))
			return words[i][1];
	return "something else";
}

static int schema_error(const struct yamlfile *file, const char *text,
			struct complaint *complaint, cyaml_err_t rc,
			struct error *err)
{
	static const char unknown[] = "Unexpected key: ";
	static const char missing[] = "Missing required mapping field: ";
	static const char wrong[] = "Expecting ";
	static const char word[] = "Invalid ENUM value: ";
	int line = complaint->line ? complaint->line : 1;
	char *said = complaint->text;

	if (str_starts(said, unknown)) {
		const char *key = said + strlen(unknown);
		AUTO_STRVEC keys = STRVEC_INIT;
		AUTO_FREE char *hint = NULL;

		schema_keys(file->schema, &keys);
		hint = name_hint(key, &keys);
		return error_set(err, ERROR_USAGE, "%s:%d: unknown key '%s'%s",
				 file->path, key_line(text, key, line), key,
				 hint);
	}
	if (str_starts(said, missing))
		return error_set(err, ERROR_USAGE, "%s:%d: the key '%s' is "
				 "missing", file->path, line,
				 said + strlen(missing));
	if (str_starts(said, word))
		return wrong_word(file, complaint, said + strlen(word), err);
	if (str_starts(said, wrong) && strstr(said, ": "))
		return error_set(err, ERROR_USAGE, "%s:%d: %s is wanted here, "
				 "not %s", file->path, line,
				 kind_word(said + strlen(wrong)),
				 kind_word(strstr(said, ": ") + 2));
	said[0] = (char)tolower((unsigned char)said[0]);
	return error_set(err, ERROR_USAGE, "%s:%d: %s", file->path, line,
			 said[0] ? said : cyaml_strerror(rc));
}

static const cyaml_config_t *loader(struct complaint *complaint)
{
	static cyaml_config_t config = {
		.log_fn = keep_complaint,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_NO_ALIAS,
	};

	config.log_ctx = complaint;
	return &config;
}

int yamlfile_load(struct yamlfile *file, const char *path,
		  const cyaml_schema_value_t *schema, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;
	struct complaint complaint = { .line = 0 };
	cyaml_err_t rc;

	*file = (struct yamlfile){ .path = xstrdup(path), .schema = schema };
	if (file_read(path, FILE_MAX, &text, err) < 0)
		return -1;
	if (strlen(text.buf) != text.len)
		return error_set(err, ERROR_USAGE, "%s:1: this is not text",
				 path);
	if (note_lines(file, &text, err) < 0)
		return -1;
	if (!file->mark_count)
		return error_set(err, ERROR_USAGE, "%s:1: there is no key in "
				 "this file", path);
	rc = cyaml_load_data((const uint8_t *)text.buf, text.len,
			     loader(&complaint), schema, &file->data, NULL);
	if (rc == CYAML_OK && file->data)
		return 0;
	return schema_error(file, text.buf, &complaint, rc, err);
}

void yamlfile_release(struct yamlfile *file)
{
	if (file->data)
		cyaml_free(loader(NULL), file->schema, file->data, 0);
	for (size_t i = 0; i < file->mark_count; i++)
		free(file->marks[i].key);
	free(file->marks);
	free(file->path);
	*file = (struct yamlfile){ .path = NULL };
}
