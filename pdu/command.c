/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "pdu/argument.h"
#include "pdu/command.h"
#include "pdu/method.h"
#include "pdu/program.h"

#define GENERIC "command"
#define STATUS_OFF 2

/* "command": the row is in the arguments. */
static const struct command_model generic = {
	.name = GENERIC, .keys = "on! off! status reads-on reads-off",
};

bool command_model_of(const struct pdu_port *port, struct command_model *model)
{
	const char *name = port->args.count ? port->args.v[0] : "";

	for (size_t i = 0; command_models[i].name; i++)
		if (strcmp(command_models[i].name, name) == 0) {
			*model = command_models[i];
			return true;
		}
	if (strcmp(name, GENERIC) != 0)
		return false;
	*model = generic;
	model->on = pdu_arg(port, "on");
	model->off = pdu_arg(port, "off");
	model->status = pdu_arg(port, "status");
	model->reads_on = pdu_arg(port, "reads-on");
	model->reads_off = pdu_arg(port, "reads-off");
	return true;
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

int command_check(const struct pdu_port *port, struct error *err)
{
	struct command_model model;

	if (!command_model_of(port, &model))
		return 0;
	if (pdu_keys_check(port, model.keys, err) < 0 ||
	    check_template(port, model.on, err) < 0)
		return -1;
	if (pdu_arg(port, "reads-on") && !pdu_arg(port, "reads-off"))
		return error_set(err, ERROR_USAGE, "reads-on= needs "
				 "reads-off=");
	return check_template(port, model.off, err);
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

bool command_is_readable(const struct pdu_port *port)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	struct command_model model;

	return command_model_of(port, &model) && model.status &&
	       make_argv(port, model.status, &argv);
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

int command_set(struct pdu_port *port, enum power_state wanted,
		struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	struct command_model model;
	const char *template;

	if (!command_model_of(port, &model))
		return -1;
	template = wanted == POWER_ON ? model.on : model.off;
	if (run(port, template, &result, err) < 0)
		return -1;
	return result.status == 0 ? 0 : refused(port, template, &result, err);
}

static enum power_state state_of(const struct pdu_port *port,
				 const struct command_model *model,
				 const char *output)
{
	AUTO_FREE char *on = fill_in(port, model->reads_on);
	AUTO_FREE char *off = fill_in(port, model->reads_off);

	return on && strstr(output, on) ? POWER_ON :
	       off && strstr(output, off) ? POWER_OFF : POWER_UNKNOWN;
}

int command_get(struct pdu_port *port, enum power_state *state,
		struct error *err)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	struct command_model model;

	if (!command_model_of(port, &model) ||
	    run(port, model.status, &result, err) < 0)
		return -1;
	if (result.status != 0 && (model.reads_on ||
				   result.status != STATUS_OFF))
		return refused(port, model.status, &result, err);
	if (!model.reads_on) {
		*state = result.status == 0 ? POWER_ON : POWER_OFF;
		return 0;
	}
	*state = state_of(port, &model, result.output.buf);
	if (*state != POWER_UNKNOWN)
		return 0;
	return refused(port, model.status, &result, err);
}
