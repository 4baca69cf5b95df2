/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host's property Console becomes streams, each with its module and
 * arguments that were looked at: whoever records, sends keys or shows a log
 * hears of a misspelt word from here, before anything is opened.
 */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "host/console_module.h"

#define PROPERTY_MAX 4096
#define STREAMS_MAX 8
#define STREAM "console"

static const struct console_module console_none = {
	.name = "none", .aliases = "noop",
	.summary = "no console",
	.usage = "",
};

const struct console_module *const console_modules[] = {
	&console_qemu, &console_serial, &console_telnet, &console_ser2net,
	&console_tcp, &console_ssh, &console_ipmi, &console_conserver,
	&console_exec, &console_xenuse, &console_none, NULL
};

void console_source_release(struct console_source *source)
{
	free(source->stream);
	strvec_release(&source->args);
	*source = (struct console_source){ .args = STRVEC_INIT };
}

void console_sources_release(struct console_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		console_source_release(&sources->v[i]);
	free(sources->v);
	*sources = (struct console_sources){ .v = NULL };
}

static bool has_name(const struct console_module *module, const char *name)
{
	AUTO_STRVEC aliases = STRVEC_INIT;

	if (module->aliases)
		strvec_split(&aliases, module->aliases, " ");
	return strcmp(module->name, name) == 0 || strvec_has(&aliases, name);
}

static int find_module(const char *name, const struct console_module **found,
		       struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *all = NULL, *hint = NULL;

	for (size_t i = 0; console_modules[i]; i++) {
		if (has_name(console_modules[i], name)) {
			*found = console_modules[i];
			return 0;
		}
		strvec_push(&names, console_modules[i]->name);
	}
	all = strvec_join(&names, ", ");
	hint = name_hint(name, &names);
	return error_set(err, ERROR_USAGE, "unknown console module '%.40s'%s; "
			 "there are: %s", name, hint, all);
}

/* How many words count against the module's limits. */
static int count_words(const struct console_source *source)
{
	int count = 0;

	for (size_t i = 0; i < source->args.count; i++)
		count += !source->module->keys ||
			 !strchr(source->args.v[i], '=');
	return count;
}

static int check(const struct console_source *source, struct error *err)
{
	const struct console_module *module = source->module;
	int words = count_words(source);

	if (words < module->min_words || words > module->max_words)
		return error_set(err, ERROR_USAGE, "console module %s is used "
				 "as '%s%s%s'", module->name, module->name,
				 *module->usage ? " " : "", module->usage);
	if ((module->keys &&
	     arguments_check(&source->args, module->keys, err) < 0) ||
	    (module->check && module->check(source, err) < 0))
		return error_prefix(err, "console module %s", module->name);
	return 0;
}

int console_source_make(struct console_source *source, const char *stream,
			char *const *words, struct error *err)
{
	struct console_source made = {
		.stream = xstrdup(stream), .args = STRVEC_INIT,
	};

	strvec_pushv(&made.args, words + 1);
	if (name_check("console stream", stream, err) < 0 ||
	    find_module(words[0], &made.module, err) < 0 ||
	    check(&made, err) < 0) {
		console_source_release(&made);
		return -1;
	}
	*source = made;
	return 0;
}

static int check_new(const struct console_sources *sources, const char *stream,
		     struct error *err)
{
	if (sources->count >= STREAMS_MAX)
		return error_set(err, ERROR_USAGE, "it has more than %d "
				 "streams", STREAMS_MAX);
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->v[i].stream, stream) == 0)
			return error_set(err, ERROR_USAGE, "two of its streams "
					 "are called '%s': put NAME: before "
					 "one", stream);
	return 0;
}

/* Speeds are the setting Baud's where the property names none. */
static void add_speed(const struct host *host, struct strvec *words)
{
	const struct console_module *module;

	if (find_module(words->v[0], &module, NULL) == 0 && module->keys &&
	    strstr(module->keys, "speed") && !argument_get(words, "speed"))
		strvec_pushf(words, "speed=%s",
			     config_get(host->config, "Baud"));
}

static int add(const struct host *host, struct strvec *words,
	       struct console_sources *sources, struct error *err)
{
	bool named = words->count && str_ends(words->v[0], ":");
	AUTO_FREE char *stream = named ?
		xstrndup(words->v[0], strlen(words->v[0]) - 1) :
		xstrdup(STREAM);
	AUTO_STRVEC rest = STRVEC_INIT;
	struct console_source source;

	if (!words->count)
		return 0;
	strvec_pushv(&rest, words->v + named);
	if (!rest.count)
		return error_set(err, ERROR_USAGE, "the stream '%s' names no "
				 "module", stream);
	add_speed(host, &rest);
	if (check_new(sources, stream, err) < 0 ||
	    console_source_make(&source, stream, rest.v, err) < 0)
		return -1;
	if (!source.module->open) {
		console_source_release(&source);
		return 0;
	}
	sources->v = xrealloc(sources->v, sources->count + 1,
			      sizeof(*sources->v));
	sources->v[sources->count++] = source;
	return 0;
}

static int parse(const struct host *host, const char *p,
		 struct console_sources *sources, struct error *err)
{
	if (strlen(p) > PROPERTY_MAX)
		return error_set(err, ERROR_USAGE, "it is longer than %d "
				 "bytes", PROPERTY_MAX);
	for (;; p++) {
		AUTO_STRVEC words = STRVEC_INIT;

		if (arguments_split(&p, ";", &words, err) < 0 ||
		    add(host, &words, sources, err) < 0)
			return -1;
		if (!*p)
			return 0;
	}
}

int console_sources_of(const struct host *host,
		       struct console_sources *sources, struct error *err)
{
	const char *property = host_prop(host, "console");

	*sources = (struct console_sources){ .v = NULL };
	if (!property || parse(host, property, sources, err) == 0)
		return 0;
	console_sources_release(sources);
	return error_prefix(err, "host %s: its property Console", host->name);
}
