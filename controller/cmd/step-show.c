/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/strvec.h"
#include "base/table.h"
#include "cmd/step-show.h"
#include "db/events.h"
#include "db/runvars.h"

#define LOG_LINES 20
#define LOG_BYTES 16384
#define EVENTS_MAX 1000

struct evidence {
	struct strbuf log;	/* its last lines */
	struct artifact_rows artifacts;
	struct boot_event_rows *events;	/* one list for each host */
	struct strvec hosts;
};

static void evidence_release(struct evidence *evidence)
{
	strbuf_release(&evidence->log);
	artifact_rows_release(&evidence->artifacts);
	for (size_t i = 0; i < evidence->hosts.count && evidence->events; i++)
		boot_event_rows_release(&evidence->events[i]);
	free_pointer(&evidence->events);
	strvec_release(&evidence->hosts);
}

const char *step_duration(const struct step_row *row,
			  char buf[DURATION_TEXT_SIZE])
{
	if (!row->started || !row->finished)
		return NULL;
	return duration_text(row->finished - row->started, buf);
}

/* A log that is gone is no error: the row outlives it. */
static void read_log(const struct step_row *row, struct strbuf *tail)
{
	AUTO_STRBUF text = STRBUF_INIT;
	size_t start, lines = 0;

	if (!row->log || file_read_tail(row->log, LOG_BYTES, &text, NULL) < 0)
		return;
	strbuf_rtrim(&text);
	for (start = text.len; start > 0; start--)
		if (text.buf[start - 1] == '\n' && ++lines == LOG_LINES)
			break;
	strbuf_addstr(tail, text.buf + start);
}

/* Runvars that name hosts are called host, src_host, dst_host, ... */
static int find_hosts(struct db *db, const struct step_row *row,
		      struct strvec *hosts, struct error *err)
{
	struct runvars vars = { .v = NULL };

	if (runvar_list(db, row->flight, row->job, &vars, err) < 0)
		return -1;
	for (size_t i = 0; i < vars.count; i++) {
		const struct runvar *var = &vars.v[i];

		if ((strcmp(var->name, "host") == 0 ||
		     str_ends(var->name, "_host")) &&
		    !strvec_has(hosts, var->value))
			strvec_push(hosts, var->value);
	}
	runvars_release(&vars);
	return 0;
}

static int gather(struct db *db, const struct step_row *row,
		  struct evidence *evidence, struct error *err)
{
	read_log(row, &evidence->log);
	if (artifact_list(db, row->flight, row->job, row->run, row->stepno,
			  &evidence->artifacts, err) < 0 ||
	    find_hosts(db, row, &evidence->hosts, err) < 0)
		return -1;
	evidence->events = xcalloc(evidence->hosts.count,
				   sizeof(*evidence->events));
	for (size_t i = 0; i < evidence->hosts.count; i++)
		if (boot_event_list(db, evidence->hosts.v[i], row->started,
				    row->finished, EVENTS_MAX,
				    &evidence->events[i], err) < 0)
			return -1;
	return 0;
}

static bool while_running(const struct boot_event_row *event,
			  const struct step_row *row)
{
	return !row->finished || event->at <= row->finished;
}

cJSON *step_json(const struct step_row *row)
{
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "flight", row->flight);
	json_add_text(object, "job", row->job);
	cJSON_AddNumberToObject(object, "run", row->run);
	cJSON_AddNumberToObject(object, "step", row->stepno);
	json_add_text(object, "testid", row->testid);
	json_add_text(object, "command", row->command);
	json_add_text(object, "status", step_status_name(row->status));
	json_add_text(object, "stage", row->stage);
	json_add_text(object, "reason", row->reason);
	json_add_text(object, "log", row->log);
	json_add_time(object, "started", row->started);
	json_add_time(object, "finished", row->finished);
	return object;
}

static cJSON *event_json(const struct boot_event_row *event)
{
	cJSON *item = cJSON_CreateObject();

	json_add_text(item, "host", event->host);
	json_add_time(item, "at", event->at);
	json_add_text(item, "source", event->source);
	json_add_text(item, "stage", event->stage);
	json_add_text(item, "detail", event->detail);
	return item;
}

static void show_json(const struct step_row *row,
		      const struct evidence *evidence)
{
	cJSON *object = step_json(row);
	cJSON *artifacts = cJSON_AddArrayToObject(object, "artifacts");
	cJSON *events = cJSON_AddArrayToObject(object, "events");

	json_add_text(object, "log_end", evidence->log.buf);
	for (size_t i = 0; i < evidence->artifacts.count; i++) {
		const struct artifact_row *artifact =
			&evidence->artifacts.v[i];
		cJSON *item = cJSON_CreateObject();

		json_add_text(item, "name", artifact->name);
		json_add_text(item, "path", artifact->path);
		cJSON_AddNumberToObject(item, "bytes", artifact->bytes);
		cJSON_AddItemToArray(artifacts, item);
	}
	for (size_t i = 0; i < evidence->hosts.count; i++)
		for (size_t j = 0; j < evidence->events[i].count; j++)
			if (while_running(&evidence->events[i].v[j], row))
				cJSON_AddItemToArray(events, event_json(
					&evidence->events[i].v[j]));
	json_print(object);
}

static void print_field(const char *name, const char *value)
{
	AUTO_STRBUF text = STRBUF_INIT;

	strbuf_add_printable(&text, value && *value ? value : "-");
	printf("%-10s %s\n", name, text.buf);
}

static void print_fields(const struct step_row *row)
{
	char stamp[CLOCK_STAMP_SIZE], time[DURATION_TEXT_SIZE];
	AUTO_FREE char *job = xasprintf("%s.%s, run %d", row->flight, row->job,
					row->run);
	AUTO_FREE char *step = xasprintf("%d, %s", row->stepno, row->testid);

	print_field("job", job);
	print_field("step", step);
	print_field("command", row->command);
	print_field("status", step_status_name(row->status));
	print_field("reason", row->reason);
	print_field("stage", row->stage);
	print_field("started", row->started ?
		    clock_stamp(row->started, stamp) : NULL);
	print_field("time", step_duration(row, time));
	print_field("log", row->log);
}

static void print_log(const struct strbuf *log)
{
	AUTO_STRVEC lines = STRVEC_INIT;

	if (!log->len)
		return;
	puts("\nEnd of its log:");
	strvec_split(&lines, log->buf, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		AUTO_STRBUF line = STRBUF_INIT;

		strbuf_add_printable(&line, lines.v[i]);
		printf("  %s\n", line.buf);
	}
}

static void print_artifacts(const struct artifact_rows *rows)
{
	AUTO_TABLE table;

	table_init(&table, "FILE", "BYTES", "PATH", NULL);
	for (size_t i = 0; i < rows->count; i++) {
		AUTO_FREE char *bytes = xasprintf("%lld",
						  (long long)rows->v[i].bytes);

		table_row(&table, rows->v[i].name, bytes, rows->v[i].path);
	}
	if (rows->count)
		putchar('\n');
	table_print(&table, stdout);
}

static void print_events(const struct boot_event_rows *rows,
			 const struct step_row *row)
{
	AUTO_TABLE table;

	table_init(&table, "TIME", "HOST", "SOURCE", "STAGE", "DETAIL", NULL);
	for (size_t i = 0; i < rows->count; i++) {
		const struct boot_event_row *event = &rows->v[i];
		char stamp[CLOCK_STAMP_SIZE];

		if (while_running(event, row))
			table_row(&table, clock_stamp(event->at, stamp),
				  event->host, event->source, event->stage,
				  event->detail);
	}
	if (table.cells.count > table.columns)
		putchar('\n');
	table_print(&table, stdout);
}

int step_show(struct db *db, const struct step_row *row, bool json,
	      struct error *err)
{
	struct evidence evidence = {
		.log = STRBUF_INIT, .hosts = STRVEC_INIT,
	};
	int rc = gather(db, row, &evidence, err);

	if (rc == 0 && json) {
		show_json(row, &evidence);
	} else if (rc == 0) {
		print_fields(row);
		print_log(&evidence.log);
		print_artifacts(&evidence.artifacts);
		for (size_t i = 0; i < evidence.hosts.count; i++)
			print_events(&evidence.events[i], row);
	}
	evidence_release(&evidence);
	return rc;
}
