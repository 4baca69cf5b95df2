/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/names.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/json.h"
#include "cmd/stepspec.h"
#include "host/console.h"
#include "host/console_module.h"
#include "host/debug_keys.h"
#include "host/host.h"

#define LINES_LIMIT 100000

static bool write_too, show_path, record, modules, json, debug_keys;
static int64_t lines = CONSOLE_VIEW_LINES;
static const char *stream, *step;

static const struct option_row options[] = {
	OPTION_FLAG('w', "write", &write_too,
		    "what is typed goes to the host; Ctrl-] ends"),
	OPTION_NUMBER('n', "lines", "COUNT", &lines,
		      "lines of the log shown first, 20 unless given"),
	OPTION_STRING('s', "stream", "NAME", &stream,
		      "another stream than 'console'"),
	OPTION_STRING(0, "step", "[FLIGHT.]JOB.STEP", &step,
		      "what it said while that step ran"),
	OPTION_FLAG('l', "log", &show_path, "print the path of the log"),
	OPTION_FLAG('d', "debug-keys", &debug_keys,
		    "send Xen's debug keys and print the answers"),
	OPTION_FLAG('m', "modules", &modules,
		    "the console modules and their arguments"),
	OPTION_FLAG('j', "json", &json, "print JSON (modules)"),
	OPTION_FLAG(0, "record", &record,
		    "record it, until nobody has the host; with LOG MODULE "
		    "and arguments: for ever"),
	OPTION_END
};

/* A lab's own recorder: it needs no database, and never ends by itself. */
static int record_for_ever(struct context *ctx, const struct strvec *args,
			   struct error *err)
{
	struct console_record_spec spec = {
		.name = args->v[0], .log = args->v[1],
	};
	struct console_source source;
	int rc;

	if (args->count < 3)
		return error_set(err, ERROR_USAGE, "console --record takes "
				 "HOST, or HOST LOG MODULE and its arguments");
	if (name_check("host", args->v[0], err) < 0 ||
	    context_open(ctx, NEEDS_CONFIG, err) < 0 ||
	    console_source_make(&source, "console", args->v + 2, err) < 0)
		return -1;
	spec.source = &source;
	console_record_limits(&spec, ctx->config);
	rc = source.module->open ? console_record(&spec, err) :
		error_set(err, ERROR_USAGE, "the module %s has nothing to "
			  "record", source.module->name);
	console_source_release(&source);
	return rc;
}

static int print_path(const struct host *host, const char *log,
		      struct error *err)
{
	if (!log)
		return error_set(err, ERROR_USAGE, "host %s: its console is "
				 "not recorded (no property Console)",
				 host->name);
	puts(log);
	return 0;
}

static void tell_state(const struct host *host, const char *log)
{
	char since[CLOCK_STAMP_SIZE];
	struct console_state state;

	console_state_read(log, &state);
	if (isatty(STDIN_FILENO))
		fprintf(stderr, "[console of %s; Ctrl-] ends]\r\n",
			host->name);
	if (state.away)
		fprintf(stderr, "[it is away since %s: %s]\r\n",
			clock_stamp(state.since, since), state.away);
	console_state_release(&state);
}

static int view(const struct host *host, const char *log, struct error *err)
{
	const struct console_view wanted = {
		.in = STDIN_FILENO, .out = STDOUT_FILENO, .log = log,
		.write = write_too, .lines = (int)lines,
	};

	if (console_ensure(host, err) < 0)
		return -1;
	if (log)
		tell_state(host, log);
	return console_view(host, &wanted, err);
}

static int ask_hypervisor(const struct host *host, struct error *err)
{
	struct debug_result result = DEBUG_RESULT_INIT;
	AUTO_FREE char *words = NULL;
	struct debug_keys keys;
	int rc;

	debug_keys_init(&keys, host);
	rc = console_ensure(host, err);
	if (rc == 0)
		rc = debug_keys_send(host, &keys, &result, err);
	fwrite(result.text.buf, 1, result.text.len, stdout);
	words = debug_result_text(&result);
	if (rc == 0)
		log_info("%s", words);
	debug_result_release(&result);
	return rc;
}

/* A step that still runs: up to now. */
static int show_step(struct context *ctx, const char *log, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_FREE char *spec = xstrdup(step);
	struct step_row row;
	int rc;

	if (stepspec_parse(ctx, &spec, 1, 0, &row, err) < 0)
		return -1;
	rc = console_between(log, row.started, row.finished, &text, err);
	step_row_release(&row);
	if (rc == 0)
		fwrite(text.buf, 1, text.len, stdout);
	return rc;
}

static int use(struct context *ctx, const struct host *host,
	       struct error *err)
{
	const char *name = stream ? stream : "console";
	AUTO_FREE char *log = console_stream_log(host, name);

	if (name_check("console stream", name, err) < 0)
		return -1;
	if (record)
		return console_keep(ctx->db, host, name, err);
	if (step && log)
		return show_step(ctx, log, err);
	if (debug_keys)
		return ask_hypervisor(host, err);
	return show_path ? print_path(host, log, err) : view(host, log, err);
}

static int list_modules(void)
{
	AUTO_TABLE table;
	cJSON *array = cJSON_CreateArray();

	table_init(&table, "MODULE", "ARGUMENTS", "WHAT IT IS", NULL);
	for (size_t i = 0; console_modules[i]; i++) {
		const struct console_module *module = console_modules[i];
		cJSON *one = cJSON_CreateObject();

		table_row(&table, module->name, *module->usage ?
			  module->usage : NULL, module->summary);
		json_add_text(one, "module", module->name);
		json_add_text(one, "arguments", module->usage);
		json_add_text(one, "summary", module->summary);
		cJSON_AddItemToArray(array, one);
	}
	if (json) {
		json_print(array);
	} else {
		table_print(&table, stdout);
		cJSON_Delete(array);
	}
	return 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct host *host;
	int rc;

	if (modules)
		return args_check(args, "console --modules", 0, 0, err) < 0 ?
			-1 : list_modules();
	if (record)
		log_times(true);
	if (record && args->count > 1)
		return record_for_ever(ctx, args, err);
	if (args_check(args, "console", 1, 1, err) < 0)
		return -1;
	if (lines < 0 || lines > LINES_LIMIT)
		return error_set(err, ERROR_USAGE, "console: --lines is 0 to "
				 "%d", LINES_LIMIT);
	if (context_open(ctx, NEEDS_DB, err) < 0 ||
	    host_load(&host, ctx->db, ctx->config, args->v[0], err) < 0)
		return -1;
	rc = use(ctx, host, err);
	host_free(host);
	return rc;
}

const struct command cmd_console = {
	.name = "console",
	.summary = "Show a host's serial console as it comes, or type on it",
	.usage = "[--write] [--lines COUNT] [--stream NAME] HOST\n"
		 "--step [FLIGHT.]JOB.STEP HOST\n"
		 "--log [--stream NAME] HOST\n--debug-keys HOST\n"
		 "--modules [--json]",
	.options = options,
	.run = run,
};
