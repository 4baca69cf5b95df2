/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that know no dialect: GPIO lines, USB relays, a lab's own tool. A
 * row of command_models.c has their command lines, or the arguments have.
 */
#include <stdlib.h>
#include <string.h>

#include "pdu/argument.h"
#include "pdu/command.h"
#include "pdu/command_models.h"
#include "pdu/method.h"
#include "pdu/modules.h"
#include "pdu/program.h"

#define STATUS_OFF 2

static const struct command_model *find_row(const char *name)
{
	for (size_t i = 0; command_models[i].name; i++)
		if (strcmp(command_models[i].name, name) == 0)
			return &command_models[i];
	return NULL;
}

static bool is_old_name(const char *word)
{
	return strcmp(word, "exec") == 0 || strcmp(word, "fence") == 0 ||
	       strcmp(word, "custom") == 0;
}

void command_method(struct strvec *words)
{
	bool old = is_old_name(words->v[0]);
	const char *first = words->v[old];
	struct strvec out = STRVEC_INIT;

	if (!first)
		return;
	if (find_row(first))
		strvec_push(&out, pdu_command.name);
	else if (!old || strcmp(first, pdu_command.name) != 0)
		return;
	strvec_pushv(&out, words->v + old);
	strvec_release(words);
	*words = out;
}

static int unknown_row(const char *name, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	for (size_t i = 0; command_models[i].name; i++)
		strvec_push(&names, command_models[i].name);
	return pdu_unknown("row", name, &names, "; or on= and off=", err);
}

/* The row that the first word names; without one it is in the arguments. */
static int choose_row(const struct pdu_port *port, struct command_model *row,
		      struct error *err)
{
	const char *name = port->args.v[0];
	const struct command_model *found;

	if (strchr(name, '=')) {
		*row = (struct command_model){
			.keys = "on! off! status reads-on reads-off",
			.on = pdu_arg(port, "on"),
			.off = pdu_arg(port, "off"),
			.status = pdu_arg(port, "status"),
			.reads_on = pdu_arg(port, "reads-on"),
			.reads_off = pdu_arg(port, "reads-off"),
		};
		return 0;
	}
	found = find_row(name);
	if (!found)
		return unknown_row(name, err);
	*row = *found;
	return 0;
}

static const char *value_of(const struct pdu_port *port, const char *field)
{
	const char *value;

	if (strcmp(field, "host") == 0)
		return port->host->name;
	if (strcmp(field, "XenUsePath") == 0) {
		value = config_get(port->host->config, field);
		return value && *value ? value : "xenuse";
	}
	return pdu_word_is_secret(field) ? NULL : pdu_arg(port, field);
}

/* The template filled in; NULL when an argument is not given. */
static char *fill_in(const struct pdu_port *port, const char *template)
{
	AUTO_STRBUF text = STRBUF_INIT;

	while (*template) {
		size_t len = strcspn(template, "}");
		AUTO_FREE char *field = NULL;
		const char *value;

		if (*template != '{' || template[len] != '}') {
			strbuf_addch(&text, *template++);
			continue;
		}
		field = xstrndup(template + 1, len - 1);
		value = value_of(port, field);
		if (!value)
			return NULL;
		strbuf_addstr(&text, value);
		template += len + 1;
	}
	return xstrdup(text.buf);
}

static int check_template(const struct pdu_port *port, const char *template,
			  struct error *err)
{
	AUTO_FREE char *text = fill_in(port, template);

	if (text && text[strspn(text, " ")])
		return 0;
	return error_set(err, ERROR_USAGE, "'%.80s' is no command, or takes "
			 "an argument that is not there or secret", template);
}

static int check_arguments(const struct pdu_port *port, struct error *err)
{
	struct command_model row;

	if (choose_row(port, &row, err) < 0 ||
	    pdu_keys_check(port, row.keys, err) < 0 ||
	    check_template(port, row.on, err) < 0)
		return -1;
	for (size_t i = 1; i < port->args.count; i++)
		if (!strchr(port->args.v[i], '='))
			return error_set(err, ERROR_USAGE, "'%.60s' is not "
					 "of the form key=value",
					 port->args.v[i]);
	if (pdu_arg(port, "reads-on") && !pdu_arg(port, "reads-off"))
		return error_set(err, ERROR_USAGE, "reads-on= needs "
				 "reads-off=");
	return check_template(port, row.off, err);
}

/* Words are split before they are filled in: a value is never two. */
static bool make_argv(const struct pdu_port *port, const char *template,
		      struct strvec *argv)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, template, " ");
	for (size_t i = 0; i < words.count; i++) {
		AUTO_FREE char *word = fill_in(port, words.v[i]);

		if (!word)
			return false;
		strvec_push(argv, word);
	}
	return argv->count > 0;
}

static int command_open(struct pdu_port *port, struct error *err)
{
	struct command_model *row = xcalloc(1, sizeof(*row));
	AUTO_STRVEC argv = STRVEC_INIT;

	if (choose_row(port, row, err) < 0) {
		free(row);
		return -1;
	}
	port->unreadable = !row->status || !make_argv(port, row->status, &argv);
	port->state = row;
	return 0;
}

static void command_close(struct pdu_port *port)
{
	free(port->state);
}

static int run(struct pdu_port *port, const char *template,
	       struct proc_result *result, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	char *const env[] = { (char *)"LC_ALL=C", NULL };

	if (!make_argv(port, template, &argv))
		return pdu_fail(port, POWER_FAILURE_CONFIGURATION, err,
				"'%.80s' cannot be filled in", template);
	return program_run(port, &argv, env, result, err);
}

static int refused(struct pdu_port *port, const char *template,
		   struct proc_result *result, struct error *err)
{
	AUTO_FREE char *text = fill_in(port, template);

	return pdu_fail(port, POWER_FAILURE_REFUSED, err, "'%s' ended with "
			"status %d: %s", text, result->status,
			program_reason(result));
}

static int command_set(struct pdu_port *port, enum power_state wanted,
		       struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	const struct command_model *row = port->state;
	const char *template = wanted == POWER_ON ? row->on : row->off;

	if (run(port, template, &result, err) < 0)
		return -1;
	return result.status == 0 ? 0 : refused(port, template, &result, err);
}

static enum power_state state_of(const struct pdu_port *port,
				 const struct command_model *row,
				 const char *output)
{
	AUTO_FREE char *on = fill_in(port, row->reads_on);
	AUTO_FREE char *off = fill_in(port, row->reads_off);

	return on && strstr(output, on) ? POWER_ON :
	       off && strstr(output, off) ? POWER_OFF : POWER_UNKNOWN;
}

static int command_get(struct pdu_port *port, enum power_state *state,
		       struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	const struct command_model *row = port->state;

	if (run(port, row->status, &result, err) < 0)
		return -1;
	if (result.status != 0 && (row->reads_on ||
				   result.status != STATUS_OFF))
		return refused(port, row->status, &result, err);
	*state = row->reads_on ? state_of(port, row, result.output.buf) :
		 result.status == 0 ? POWER_ON : POWER_OFF;
	return *state != POWER_UNKNOWN ? 0 :
		refused(port, row->status, &result, err);
}

const struct pdu_module pdu_command = {
	.name = "command",
	.summary = "a command line for each action: gpio, gpio-low, usbrelay, "
		   "sispm, xenuse, or yours",
	.usage = "ROW [KEY=VALUE...] | on=COMMAND off=COMMAND "
		 "[status=COMMAND]",
	.min_args = 1, .max_args = 64,
	.check = check_arguments,
	.open = command_open, .set = command_set, .get = command_get,
	.close = command_close,
};
