/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/host-state.h"

void host_state_rows(const struct host_state *state, bool held,
		     struct table *table)
{
	AUTO_FREE char *trouble = host_state_trouble(state);
	const char *condition = host_condition_name(state->condition);
	char since[CLOCK_STAMP_SIZE];

	if (!state->host) {
		table_row(table, "state", "nothing is recorded");
		return;
	}
	if (!held)
		condition = str_or(trouble, "clean");
	table_row(table, "state", condition);
	table_row(table, "state since", clock_stamp(state->since, since));
	table_row(table, "prepared as", state->hash);
}

static void add_facts(struct context *ctx, const struct host_state *state,
		      cJSON *object)
{
	cJSON *array = cJSON_AddArrayToObject(object, "facts");
	struct reads facts = { .v = NULL };

	if (!state->hash || preparation_facts(ctx->db, state->host,
					      state->hash, &facts, NULL) < 0)
		return;
	for (size_t i = 0; i < facts.count; i++) {
		cJSON *fact = cJSON_CreateObject();

		json_add_text(fact, "kind", facts.v[i].kind);
		json_add_text(fact, "name", facts.v[i].name);
		json_add_text(fact, "value", facts.v[i].value);
		cJSON_AddItemToArray(array, fact);
	}
	reads_release(&facts);
}

void host_state_json(struct context *ctx, const struct host_state *state,
		     cJSON *object)
{
	cJSON *json;

	if (!state->host) {
		cJSON_AddNullToObject(object, "state");
		return;
	}
	json = cJSON_AddObjectToObject(object, "state");
	json_add_text(json, "condition",
		      host_condition_name(state->condition));
	json_add_text(json, "reason", state->reason);
	json_add_text(json, "hash", state->hash);
	json_add_time(json, "since", state->since);
	json_add_text(json, "flight", state->flight);
	json_add_text(json, "job", state->job);
	add_facts(ctx, state, json);
}

int host_state_set(struct context *ctx, const char *host, const char *word,
		   struct error *err)
{
	if (strcmp(word, "dirty") != 0)
		return error_set(err, ERROR_USAGE, "host %s: its state can "
				 "only be set to 'dirty'; what is clean shows "
				 "when a job ends", host);
	return host_state_dirty(ctx->db, host, "a person said so", err);
}
