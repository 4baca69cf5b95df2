/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "config/check.h"
#include "config/settings.h"
#include "config/store.h"

static bool is_set(const struct config *config, const char *name)
{
	const char *origin = config_origin(config, name);

	return strcmp(origin, "default") != 0 && strcmp(origin, "unset") != 0;
}

void config_names(const struct config *config, bool with_defaults,
		  struct strvec *names)
{
	const struct setting *row;

	for (row = settings; row->name; row++) {
		if (row->type == SETTING_HEADING || row->argument ||
		    row->same_as)
			continue;
		if (with_defaults || is_set(config, row->name))
			strvec_push(names, row->name);
	}
	for (size_t i = 0; i < config->count; i++)
		if (!strvec_has(names, config->entries[i]->name))
			strvec_push(names, config->entries[i]->name);
}

int config_check(const struct strvec *files, struct strvec *errors,
		 struct strvec *warnings)
{
	struct config *config = store_new();
	struct verdict v = {
		.config = config, .warnings = warnings, .errors = errors,
		.strict = true,
	};
	size_t before = errors->count;

	for (size_t i = 0; i < files->count; i++) {
		struct error err = ERROR_INIT;

		if (verdict_read(&v, files->v[i], &err) < 0)
			strvec_push(errors, err.text);
	}
	verdict_finish(&v);
	config_free(config);
	return errors->count == before ? 0 : -1;
}
