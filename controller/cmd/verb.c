/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/names.h"
#include "cmd/command.h"

static int wrong_verb(const char *command, const struct verb *verbs,
		      const char *word, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *all = NULL, *hint = NULL;

	for (; verbs->name; verbs++)
		strvec_push(&names, verbs->name);
	all = strvec_join(&names, "|");
	if (!word)
		return error_set(err, ERROR_USAGE, "%s needs a word more: %s",
				 command, all);
	hint = name_hint(word, &names);
	return error_set(err, ERROR_USAGE, "%s knows no '%.40s'%s: %s",
			 command, word, hint, all);
}

int verb_run(struct context *ctx, const char *command,
	     const struct verb *verbs, const struct strvec *args,
	     struct error *err)
{
	const struct verb *verb = verbs;
	int given = (int)args->count - 1;

	if (!args->count)
		return wrong_verb(command, verbs, NULL, err);
	while (verb->name && strcmp(verb->name, args->v[0]) != 0)
		verb++;
	if (!verb->name)
		return wrong_verb(command, verbs, args->v[0], err);
	if (given < verb->min || (verb->max >= 0 && given > verb->max))
		return error_set(err, ERROR_USAGE, "usage: ironbird %s %s %s",
				 command, verb->name, verb->usage);
	return verb->run(ctx, args->v + 1, given, err);
}

int args_check(const struct strvec *args, const char *command, int min,
	       int max, struct error *err)
{
	int count = (int)args->count;

	if (count >= min && (max < 0 || count <= max))
		return 0;
	return error_set(err, ERROR_USAGE, "%s: %s arguments; 'ironbird %s "
			 "-h' shows how it is used", command,
			 count < min ? "too few" : "too many", command);
}
