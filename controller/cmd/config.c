/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "base/table.h"
#include "cmd/command.h"
#include "config/check.h"
#include "config/settings.h"

static bool as_json, with_all, only_value, example, check;

static const struct option_row options[] = {
	OPTION_FLAG('a', "all", &with_all, "list defaults and unset ones too"),
	OPTION_FLAG('j', "json", &as_json, "print JSON"),
	OPTION_FLAG(0, "value", &only_value,
		    "print the value of KEY and not where it comes from"),
	OPTION_FLAG('c', "check", &check,
		    "say everything that is wrong with FILE, or with the "
		    "files that are read without it"),
	OPTION_FLAG(0, "example", &example,
		    "print standalone.config.example"),
	OPTION_END
};

static void print_json(cJSON *json)
{
	AUTO_FREE char *text = cJSON_Print(json);

	puts(str_or(text, "null"));
	cJSON_Delete(json);
}

/* ---- --check ------------------------------------------------------------ */

static cJSON *json_list(const struct strvec *lines)
{
	return cJSON_CreateStringArray((const char *const *)lines->v,
				       lines->count);
}

static void print_findings(const struct strvec *errors,
			   const struct strvec *warnings)
{
	if (as_json) {
		cJSON *json = cJSON_CreateObject();

		cJSON_AddItemToObject(json, "errors", json_list(errors));
		cJSON_AddItemToObject(json, "warnings", json_list(warnings));
		print_json(json);
		return;
	}
	for (size_t i = 0; i < errors->count; i++)
		printf("error: %s\n", errors->v[i]);
	for (size_t i = 0; i < warnings->count; i++)
		printf("warning: %s\n", warnings->v[i]);
	printf("%zu error%s, %zu warning%s\n", errors->count,
	       errors->count == 1 ? "" : "s", warnings->count,
	       warnings->count == 1 ? "" : "s");
}

static int run_check(const struct strvec *args)
{
	AUTO_STRVEC files = STRVEC_INIT;
	AUTO_STRVEC errors = STRVEC_INIT;
	AUTO_STRVEC warnings = STRVEC_INIT;
	int rc;

	if (args->count)
		strvec_push(&files, args->v[0]);
	else
		config_files(&files);
	rc = config_check(&files, &errors, &warnings);
	print_findings(&errors, &warnings);
	return rc < 0 ? ERROR_USAGE : 0;
}

/* ---- values ------------------------------------------------------------- */

static cJSON *json_setting(const struct config *config, const char *name)
{
	cJSON *item = cJSON_CreateObject();
	const char *value = config_get(config, name);

	cJSON_AddStringToObject(item, "name", name);
	if (value)
		cJSON_AddStringToObject(item, "value", value);
	else
		cJSON_AddNullToObject(item, "value");
	cJSON_AddStringToObject(item, "origin", config_origin(config, name));
	return item;
}

static int print_list(const struct config *config)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_TABLE table;
	cJSON *json = as_json ? cJSON_CreateArray() : NULL;

	table_init(&table, "SETTING", "ORIGIN", "VALUE", NULL);
	config_names(config, with_all, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.v[i];

		if (json)
			cJSON_AddItemToArray(json, json_setting(config, name));
		else
			table_row(&table, name, config_origin(config, name),
				  config_get(config, name));
	}
	if (json)
		print_json(json);
	else
		table_print(&table, stdout);
	if (!json && !names.count)
		log_info("nothing is set; --all shows the defaults");
	return 0;
}

static int print_unset(const char *key, struct error *err)
{
	AUTO_FREE char *hint = NULL;
	const char *foreign = setting_foreign(key);

	if (setting_find(key))
		return error_set(err, ERROR_FAIL, "setting '%.80s' is not "
				 "set and has no default", key);
	if (foreign)
		return error_set(err, ERROR_USAGE, "setting '%.80s' is "
				 "OSSTest's and has no meaning here: %s", key,
				 foreign);
	hint = setting_hint(key);
	return error_set(err, ERROR_USAGE, "setting '%.80s' is not known%s",
			 key, hint);
}

static int print_key(const struct config *config, const char *key,
		     struct error *err)
{
	const char *value = config_get(config, key);

	if (!value && !(as_json && setting_find(key)))
		return print_unset(key, err);
	if (as_json)
		print_json(json_setting(config, key));
	else if (only_value)
		puts(value);
	else if (strchr(value, '\n'))
		printf("%s# %s\n", value, config_origin(config, key));
	else
		printf("%s\t# %s\n", value, config_origin(config, key));
	return 0;
}

static int run_values(const struct strvec *args, struct error *err)
{
	struct config *config = NULL;
	AUTO_STRVEC warnings = STRVEC_INIT;
	int rc;

	if (config_load(&config, &warnings, err) < 0)
		return -1;
	for (size_t i = 0; i < warnings.count; i++)
		log_warn("%s", warnings.v[i]);
	if (args->count)
		rc = print_key(config, args->v[0], err);
	else
		rc = print_list(config);
	config_free(config);
	return rc;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	AUTO_FREE char *text = NULL;

	(void)ctx;
	if (args_check(args, "config", 0, example ? 0 : 1, err) < 0)
		return -1;
	if (check)
		return run_check(args);
	if (!example)
		return run_values(args, err);
	text = config_example();
	fputs(text, stdout);
	return 0;
}

/* The settings are loaded here: --check must work on those that cannot be. */
const struct command cmd_config = {
	.name = "config",
	.summary = "Show and check the settings",
	.usage = "[--all] [--json]\n"
		 "[--value|--json] KEY\n"
		 "--check [--json] [FILE]\n"
		 "--example",
	.options = options,
	.run = run,
};
