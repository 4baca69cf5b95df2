/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/names.h"
#include "cmd/command.h"
#include "host/console.h"
#include "host/host.h"

#define LINES_LIMIT 100000

static bool write_too, show_path, record;
static int64_t lines = CONSOLE_VIEW_LINES;

static const struct option_row options[] = {
	OPTION_FLAG('w', "write", &write_too,
		    "what is typed goes to the host; Ctrl-] ends"),
	OPTION_NUMBER('n', "lines", "COUNT", &lines,
		      "lines of the log shown first, 20 unless given"),
	OPTION_FLAG('l', "log", &show_path, "print the path of the log"),
	OPTION_FLAG(0, "record", &record,
		    "record: the lab's own, with HOST LOG DEVICE-SOCKET"),
	OPTION_END
};

static int run_recorder(const struct strvec *args, struct error *err)
{
	struct console_record_spec spec;

	if (args_check(args, "console", 3, 3, err) < 0 ||
	    name_check("host", args->v[0], err) < 0)
		return -1;
	spec = (struct console_record_spec){
		.name = args->v[0], .log = args->v[1],
		.device_socket = args->v[2],
	};
	log_times(true);
	return console_record(&spec, err);
}

static int open_context(struct context *ctx, struct error *err)
{
	AUTO_STRVEC warnings = STRVEC_INIT;

	if (config_load(&ctx->config, &warnings, err) < 0)
		return -1;
	for (size_t i = 0; i < warnings.count; i++)
		log_warn("%s", warnings.v[i]);
	return db_open(&ctx->db, config_get(ctx->config, "JobDB"), err);
}

static int print_path(const struct host *host, struct error *err)
{
	const char *log = host_console_log(host);

	if (!log)
		return error_set(err, ERROR_USAGE, "host %s: its console is "
				 "not recorded (no property console-log)",
				 host->name);
	puts(log);
	return 0;
}

static int view(const struct host *host, struct error *err)
{
	const struct console_view wanted = {
		.in = STDIN_FILENO, .out = STDOUT_FILENO,
		.write = write_too, .lines = (int)lines,
	};

	if (isatty(STDIN_FILENO))
		fprintf(stderr, "[console of %s; Ctrl-] ends]\r\n",
			host->name);
	return console_view(host, &wanted, err);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct host *host;
	int rc;

	if (record)
		return run_recorder(args, err);
	if (args_check(args, "console", 1, 1, err) < 0)
		return -1;
	if (lines < 0 || lines > LINES_LIMIT)
		return error_set(err, ERROR_USAGE, "console: --lines is 0 to "
				 "%d", LINES_LIMIT);
	if (open_context(ctx, err) < 0 ||
	    host_load(&host, ctx->db, ctx->config, args->v[0], err) < 0)
		return -1;
	rc = show_path ? print_path(host, err) : view(host, err);
	host_free(host);
	return rc;
}

const struct command cmd_console = {
	.name = "console",
	.summary = "Show a host's serial console as it comes, or type on it",
	.usage = "[--write] [--lines COUNT] HOST\n--log HOST",
	.options = options,
	.run = run,
};
