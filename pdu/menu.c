/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/strvec.h"
#include "pdu/argument.h"
#include "pdu/menu.h"

#define SEEN_MAX 65536

const struct menu_model *menu_model_find(const char *name)
{
	for (size_t i = 0; menu_models[i].name; i++)
		if (strcmp(menu_models[i].name, name) == 0)
			return &menu_models[i];
	return NULL;
}

int menu_check(const struct pdu_port *port, bool ssh, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	const char *name = pdu_word(port), *outlet = pdu_arg(port, "outlet");
	const struct menu_model *model = menu_model_find(name);

	if (outlet[strspn(outlet, "0123456789")] || !*outlet)
		return error_set(err, ERROR_USAGE, "outlet= is a number");
	if (model && (model->ssh || !ssh))
		return 0;
	for (size_t i = 0; menu_models[i].name; i++)
		if (menu_models[i].ssh || !ssh)
			strvec_push(&names, menu_models[i].name);
	return pdu_unknown("model", name, &names, "", err);
}

int menu_lost(struct pdu_port *port, const char *reason, struct error *err)
{
	return pdu_fail(port, POWER_FAILURE_UNREACHABLE, err, "the PDU %s: %s",
			pdu_arg(port, "host"), reason);
}

/* Until one of the two is seen (1, 2); other may be NULL. */
static int expect(struct pdu_port *port, const char *wanted,
		  const char *other, struct error *err)
{
	struct menu *m = port->state;

	for (;;) {
		if (strstr(m->seen.buf, wanted))
			return 1;
		if (other && strstr(m->seen.buf, other))
			return 2;
		if (m->seen.len > SEEN_MAX)
			return menu_lost(port, "it does not end to talk", err);
		if (m->receive(port, err) < 0)
			return -1;
	}
}

static void fill_in(const struct pdu_port *port, const char *template,
		    const char *password, struct strbuf *out)
{
	const struct {
		const char *field, *value;
	} fields[] = {
		{ "{outlet}", pdu_arg(port, "outlet") },
		{ "{user}", pdu_arg_or(port, "user", "apc") },
		{ "{password}", password },
	};

	while (*template) {
		size_t i = 0;

		while (i < ARRAY_SIZE(fields) &&
		       !str_starts(template, fields[i].field))
			i++;
		if (i == ARRAY_SIZE(fields)) {
			strbuf_addch(out, *template++);
			continue;
		}
		strbuf_addstr(out, fields[i].value);
		template += strlen(fields[i].field);
	}
}

static int say(struct pdu_port *port, const char *template, struct error *err)
{
	struct menu *m = port->state;
	AUTO_STRBUF password = STRBUF_INIT, line = STRBUF_INIT;
	int rc;

	if (pdu_secret(port, "password", &password, err) < 0)
		return -1;
	fill_in(port, template, password.buf, &line);
	strbuf_addstr(&line, m->line_end);
	strbuf_clear(&m->seen);
	rc = m->send(port, line.buf, line.len, err);
	explicit_bzero(password.buf, password.len);
	explicit_bzero(line.buf, line.len);
	return rc;
}

int menu_begin(struct pdu_port *port, struct error *err)
{
	const struct menu *m = port->state;
	int rc = expect(port, m->model->prompt, m->model->denied, err);

	if (rc == 2)
		return pdu_fail(port, POWER_FAILURE_AUTHENTICATION, err, "the "
				"PDU %s refuses user or password",
				pdu_arg(port, "host"));
	return rc < 0 ? -1 : 0;
}

int menu_log_in(struct pdu_port *port, struct error *err)
{
	const struct menu *m = port->state;
	const struct menu_model *model = m->model;
	const struct {
		const char *question, *answer;
	} steps[] = {
		{ model->ask_user, "{user}" },
		{ model->ask_password, "{password}" },
		{ model->hello, model->login },
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i].question &&
		    (expect(port, steps[i].question, NULL, err) < 0 ||
		     say(port, steps[i].answer, err) < 0))
			return -1;
	return menu_begin(port, err);
}

void menu_end(struct pdu_port *port)
{
	const struct menu *m = port->state;
	enum power_failure failure = port->failure;

	/* one that does not hear it ends by itself, later */
	if (say(port, m->model->bye, NULL) < 0)
		port->failure = failure;
}

/* The command, and its answer up to the next prompt. */
static int command(struct pdu_port *port, const char *template,
		   struct error *err)
{
	const struct menu *m = port->state;

	if (say(port, template, err) < 0)
		return -1;
	return expect(port, m->model->prompt, NULL, err) < 0 ? -1 : 0;
}

int menu_set(struct pdu_port *port, enum power_state wanted,
		      struct error *err)
{
	const struct menu *m = port->state;
	const struct menu_model *model = m->model;

	if (command(port, wanted == POWER_ON ? model->on : model->off, err) < 0)
		return -1;
	if (!model->accepted || strstr(m->seen.buf, model->accepted))
		return 0;
	return pdu_fail(port, POWER_FAILURE_REFUSED, err, "the PDU %s "
			"refuses: %.200s", pdu_arg(port, "host"),
			m->seen.buf);
}

/* The word behind "before" in its line, for there may be others. */
static bool line_has(const char *seen, const char *before, const char *word)
{
	const char *p = strstr(seen, before);
	AUTO_FREE char *line = NULL;

	if (!p)
		return false;
	p += strlen(before);
	line = xstrndup(p, strcspn(p, "\r\n"));
	return strstr(line, word) != NULL;
}

int menu_get(struct pdu_port *port, enum power_state *state,
		      struct error *err)
{
	const struct menu *m = port->state;
	const struct menu_model *model = m->model;
	AUTO_STRBUF before = STRBUF_INIT;

	if (command(port, model->status, err) < 0)
		return -1;
	/* the prompt of some is what the line begins with: all of the line */
	if (expect(port, "\n", NULL, err) < 0)
		return -1;
	fill_in(port, model->before, "", &before);
	*state = POWER_UNKNOWN;
	if (line_has(m->seen.buf, before.buf, model->reads_on))
		*state = POWER_ON;
	else if (line_has(m->seen.buf, before.buf, model->reads_off))
		*state = POWER_OFF;
	if (*state != POWER_UNKNOWN)
		return 0;
	return pdu_fail(port, POWER_FAILURE_REFUSED, err, "the PDU %s tells "
			"no state of outlet %s: %.200s",
			pdu_arg(port, "host"), pdu_arg(port, "outlet"),
			m->seen.buf);
}

