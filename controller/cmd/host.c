/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/table.h"
#include "cmd/command.h"
#include "cmd/host-state.h"
#include "cmd/host-words.h"
#include "cmd/json.h"
#include "cmd/shown-property.h"
#include "db/hosts.h"
#include "host/console.h"
#include "host/host.h"

static bool json;

static const struct option_row options[] = {
	OPTION_FLAG('j', "json", &json, "print JSON"),
	OPTION_END
};

/* "fail 12.test-amd64" or "free": who has the host. */
static char *holder_of(const char *name, const struct allocation_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct allocation_row *row = &rows->v[i];

		if (strcmp(row->host, name) != 0)
			continue;
		return xasprintf("%s.%s as %s%s", row->flight, row->job,
				 row->ident, owner_alive(&row->owner) ? "" :
				 " (its process is gone)");
	}
	return xstrdup("free");
}

/* "1.2 MB, 3s ago", "away: REASON" or NULL. */
static char *console_text(const struct host *host,
			  const struct console_state *state)
{
	char age[DURATION_TEXT_SIZE];

	if (!host_console_log(host))
		return NULL;
	if (state->away && state->recorded)
		return xasprintf("away: %.60s", state->away);
	if (state->bytes < 0)
		return xstrdup("not recorded");
	if (!state->last)
		return xasprintf("%" PRId64 " bytes", state->bytes);
	return xasprintf("%" PRId64 " bytes, %s ago", state->bytes,
			 duration_text(clock_now_ms() - state->last, age));
}

static void add_console(cJSON *object, const struct host *host,
			const struct console_state *state)
{
	cJSON *console;

	if (!host_console_log(host))
		return;
	console = cJSON_AddObjectToObject(object, "console");
	json_add_text(console, "log", host_console_log(host));
	cJSON_AddNumberToObject(console, "bytes", state->bytes > 0 ?
				(double)state->bytes : 0);
	json_add_time(console, "last", state->last);
	cJSON_AddBoolToObject(console, "recorded", state->recorded);
	json_add_text(console, "away", state->away);
}

static void read_console(const struct host *host, struct console_state *state)
{
	*state = (struct console_state){ .bytes = -1 };
	if (host_console_log(host))
		console_state_read(host_console_log(host), state);
}

static cJSON *host_json(const struct host *host, const char *holder)
{
	cJSON *object = cJSON_CreateObject(), *props, *flags;
	struct console_state state;

	json_add_text(object, "host", host->name);
	json_add_text(object, "allocation", holder);
	read_console(host, &state);
	add_console(object, host, &state);
	console_state_release(&state);
	props = cJSON_AddObjectToObject(object, "properties");
	flags = cJSON_AddArrayToObject(object, "flags");
	for (size_t i = 0; i < host->props.count; i++) {
		AUTO_FREE char *name = xstrndup(host->props.v[i],
					strcspn(host->props.v[i], "="));
		AUTO_FREE char *value = shown_property(host, name);

		cJSON_AddStringToObject(props, name, str_or(value, ""));
	}
	for (size_t i = 0; i < host->flags.count; i++)
		cJSON_AddItemToArray(flags,
				cJSON_CreateString(host->flags.v[i]));
	return object;
}

struct listing {
	struct table table;
	cJSON *array;
};

static int list_one(struct context *ctx, const char *name,
		    const struct allocation_rows *rows,
		    struct listing *listing, struct error *err)
{
	AUTO_FREE char *holder = holder_of(name, rows);
	AUTO_FREE char *flags = NULL, *console = NULL, *power = NULL;
	struct console_state state;
	struct host *host;

	if (host_load(&host, ctx->db, ctx->config, name, err) < 0)
		return -1;
	flags = strvec_join(&host->flags, " ");
	read_console(host, &state);
	console = console_text(host, &state);
	console_state_release(&state);
	power = shown_property(host, "power-method");
	cJSON_AddItemToArray(listing->array, host_json(host, holder));
	table_row(&listing->table, name, host->address,
		  power ? power : "-", console, holder,
		  flags);
	host_free(host);
	return 0;
}

static int list(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	struct allocation_rows rows = { 0 };
	struct listing listing = { .array = cJSON_CreateArray() };
	int rc = -1;

	(void)args;
	(void)count;
	table_init(&listing.table, "HOST", "ADDRESS", "POWER", "CONSOLE",
		   "ALLOCATION", "FLAGS", NULL);
	if (host_names(ctx->db, ctx->config, &names, err) == 0 &&
	    allocation_list(ctx->db, &rows, err) == 0)
		rc = 0;
	for (size_t i = 0; i < names.count && rc == 0; i++)
		rc = list_one(ctx, names.v[i], &rows, &listing, err);
	if (rc == 0 && json)
		json_print(cJSON_Duplicate(listing.array, true));
	else if (rc == 0 && !names.count)
		puts("no hosts yet: 'ironbird lab add-host NAME', or TestHost "
		     "in standalone.config");
	else if (rc == 0)
		table_print(&listing.table, stdout);
	cJSON_Delete(listing.array);
	table_release(&listing.table);
	allocation_rows_release(&rows);
	return rc;
}

static void print_host(const struct host *host, const char *holder,
		       const struct host_state *state)
{
	AUTO_FREE char *flags = strvec_join(&host->flags, " ");
	AUTO_TABLE table;

	table_init(&table, "PROPERTY", "VALUE", NULL);
	table_row(&table, "allocation", holder);
	host_state_rows(state, strcmp(holder, "free") != 0, &table);
	table_row(&table, "flags", flags);
	for (size_t i = 0; i < host->props.count; i++) {
		AUTO_FREE char *name = xstrndup(host->props.v[i],
					strcspn(host->props.v[i], "="));
		AUTO_FREE char *value = shown_property(host, name);

		table_row(&table, name, value);
	}
	table_print(&table, stdout);
}

static int show(struct context *ctx, char *const *args, size_t count,
		struct error *err)
{
	AUTO_FREE char *holder = NULL;
	struct allocation_rows rows = { 0 };
	struct host_state state = { .host = NULL };
	struct host *host;

	(void)count;
	if (host_load(&host, ctx->db, ctx->config, args[0], err) < 0)
		return -1;
	if (allocation_list(ctx->db, &rows, err) < 0 ||
	    host_state_get(ctx->db, args[0], &state, err) < 0) {
		host_free(host);
		return -1;
	}
	holder = holder_of(host->name, &rows);
	if (json) {
		cJSON *object = host_json(host, holder);

		host_state_json(ctx, &state, object);
		json_print(object);
	} else {
		print_host(host, holder, &state);
	}
	host_state_release(&state);
	allocation_rows_release(&rows);
	host_free(host);
	return 0;
}

char *host_word_prop(const char *prop)
{
	struct strbuf sb = STRBUF_INIT;
	size_t word = strcspn(prop, "_");	/* the rest keeps its spelling */

	for (size_t i = 0; prop[i]; i++) {
		bool capital = i < word && isupper((unsigned char)prop[i]);

		if (capital && i && prop[i - 1] != '-')
			strbuf_addch(&sb, '-');
		strbuf_addch(&sb, capital ? tolower((unsigned char)prop[i]) :
			     prop[i]);
	}
	return strbuf_detach(&sb);
}

/* Of a shell's words, "-FLAG" must come after "--"; "!FLAG" need not. */
static bool is_flag(const char *word)
{
	return !strchr(word, '=') && *word && strchr("+-!", *word);
}

int host_word_apply(struct context *ctx, const char *name, const char *word,
		    struct error *err)
{
	const char *equals = strchr(word, '=');
	AUTO_FREE char *given = NULL, *prop = NULL;

	if (is_flag(word)) {
		if (name_check("host flag", word + 1, err) < 0)
			return -1;
		return host_flag_set(ctx->db, name, word + 1, word[0] == '+',
				     err);
	}
	if (!equals)
		return error_set(err, ERROR_USAGE, "'%.60s' is neither "
				 "PROPERTY=VALUE nor +FLAG nor !FLAG", word);
	given = xstrndup(word, equals - word);
	if (strcmp(given, "state") == 0)
		return host_state_set(ctx, name, equals + 1, err);
	if (name_check("host property", given, err) < 0)
		return -1;
	prop = host_word_prop(given);
	return host_prop_set(ctx->db, name, prop,
			     equals[1] ? equals + 1 : NULL, err);
}

static int apply_all(struct context *ctx, char *const *args, size_t count,
		     struct error *err)
{
	for (size_t i = 1; i < count; i++)
		if (host_word_apply(ctx, args[0], args[i], err) < 0)
			return -1;
	return 0;
}

static int set(struct context *ctx, char *const *args, size_t count,
	       struct error *err)
{
	if (host_check(ctx->db, ctx->config, args[0], err) < 0 ||
	    host_row_add(ctx->db, args[0], err) < 0)
		return -1;
	if (db_begin(ctx->db, err) < 0)
		return -1;
	if (apply_all(ctx, args, count, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

int host_word_new(struct db *db, const char *name, struct error *err)
{
	AUTO_STRVEC known = STRVEC_INIT;

	if (name_check("host", name, err) < 0 ||
	    host_row_list(db, &known, err) < 0)
		return -1;
	if (!strvec_has(&known, name))
		return 0;
	return error_set(err, ERROR_USAGE, "there is a host '%s' already: "
			 "'ironbird host set' changes it", name);
}

static int add(struct context *ctx, char *const *args, size_t count,
	       struct error *err)
{
	if (host_word_new(ctx->db, args[0], err) < 0)
		return -1;
	if (db_begin(ctx->db, err) < 0)
		return -1;
	if (host_row_add(ctx->db, args[0], err) < 0 ||
	    apply_all(ctx, args, count, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

static int delete(struct context *ctx, char *const *args, size_t count,
		  struct error *err)
{
	(void)count;
	if (host_check(ctx->db, ctx->config, args[0], err) < 0)
		return -1;
	return host_row_delete(ctx->db, args[0], err);
}

static const struct verb verbs[] = {
	{ "list", 0, 0, "", list },
	{ "show", 1, 1, "HOST", show },
	{ "add", 1, -1, "HOST [PROPERTY=VALUE|+FLAG]...", add },
	{ "set", 2, -1, "HOST PROPERTY=[VALUE]|+FLAG|!FLAG...", set },
	{ "delete", 1, 1, "HOST", delete },
	{ NULL }
};

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	return verb_run(ctx, "host", verbs, args, err);
}

const struct command cmd_host = {
	.name = "host",
	.summary = "Show the hosts, and set their properties and flags",
	.usage = "list [--json]\n"
		 "show [--json] HOST\n"
		 "add HOST [PROPERTY=VALUE|+FLAG]...\n"
		 "set HOST PROPERTY=[VALUE]|+FLAG|!FLAG|state=dirty...\n"
		 "delete HOST",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
