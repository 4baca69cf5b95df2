/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PDUs by SNMP: an outlet is a number that is written to one object and read
 * from the same or another. Which objects and numbers is a row of
 * snmp_models.c, or, for "generic", in the arguments; the packets are
 * snmp_link.c's. Some makers have all outlets in one object ("1,0,1"): there
 * the others keep what they have.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strvec.h"
#include "pdu/argument.h"
#include "pdu/modules.h"
#include "pdu/snmp_models.h"
#include "pdu/snmp_link.h"

#define LIST_PLACES 64

struct snmp {
	struct snmp_model model;
	struct snmp_link *session;
};

static const struct snmp_model *find_model(const char *name)
{
	for (size_t i = 0; name && snmp_models[i].name; i++)
		if (strcmp(snmp_models[i].name, name) == 0)
			return &snmp_models[i];
	return NULL;
}

static int unknown_model(const char *name, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	for (size_t i = 0; snmp_models[i].name; i++)
		strvec_push(&names, snmp_models[i].name);
	return pdu_unknown("model", name, &names, "; and 'generic' with oid=, "
			   "on=, off=", err);
}

/* "generic": the row is in the arguments. */
static int generic_model(const struct pdu_port *port, struct snmp_model *model,
			 struct error *err)
{
	const char *oid = pdu_arg(port, "oid");

	*model = (struct snmp_model){
		.name = "generic", .set_on = oid,
		.get = pdu_arg_or(port, "get", oid),
		.reads_on = pdu_arg_or(port, "reads-on",
				       pdu_arg_or(port, "on", "1")),
		.reads_off = pdu_arg_or(port, "reads-off",
					pdu_arg_or(port, "off", "0")),
	};
	if (!oid)
		return error_set(err, ERROR_USAGE, "model generic needs oid=");
	if (pdu_number(port, "on", -1000000, 1000000, 1, &model->on, err) < 0)
		return -1;
	return pdu_number(port, "off", -1000000, 1000000, 0, &model->off, err);
}

static int choose_model(const struct pdu_port *port, struct snmp_model *model,
			struct error *err)
{
	const char *name = pdu_word(port);
	const char *outlet = pdu_arg(port, "outlet");
	const struct snmp_model *found = find_model(name);

	if (strcmp(name, "generic") == 0)
		return generic_model(port, model, err);
	if (!found)
		return unknown_model(name, err);
	*model = *found;
	if (!outlet || !*outlet || outlet[strspn(outlet, "0123456789.")])
		return error_set(err, ERROR_USAGE, "outlet= is a number, as "
				 "it is printed beside the outlet");
	if (strstr(found->get, "%p") && !pdu_arg(port, "product"))
		return error_set(err, ERROR_USAGE, "model %s needs product=",
				 name);
	return 0;
}

static int check_arguments(const struct pdu_port *port, struct error *err)
{
	struct snmp_model model;

	return choose_model(port, &model, err);
}

/* The template with the port's numbers; the caller frees. */
static char *fill_in(const struct pdu_port *port, const char *template)
{
	struct strbuf text = STRBUF_INIT;

	for (const char *p = template; *p; p++) {
		if (*p != '%') {
			strbuf_addch(&text, *p);
			continue;
		}
		p++;
		strbuf_addstr(&text, *p == 'o' ? pdu_arg(port, "outlet") :
			      *p == 'u' ? pdu_arg_or(port, "unit", "1") :
			      pdu_arg(port, "product"));
	}
	return strbuf_detach(&text);
}

static int snmp_open(struct pdu_port *port, struct error *err)
{
	struct snmp *snmp = xcalloc(1, sizeof(*snmp));

	if (choose_model(port, &snmp->model, err) < 0 ||
	    snmp_link_open(&snmp->session, port, err) < 0) {
		free(snmp);
		return -1;
	}
	port->state = snmp;
	return 0;
}

static void snmp_close(struct pdu_port *port)
{
	struct snmp *snmp = port->state;

	snmp_link_close(snmp->session);
	free(snmp);
}

/* The outlet's place in "0,1,1,...". */
static int find_place(struct pdu_port *port, const char *list,
		      struct strvec *places, size_t *place, struct error *err)
{
	strvec_split(places, list, ", ");
	*place = strtoul(pdu_arg(port, "outlet"), NULL, 10);
	if (*place < 1 || *place > places->count ||
	    places->count > LIST_PLACES)
		return pdu_fail(port, POWER_FAILURE_REFUSED, err, "the PDU %s "
				"has %zu outlets", pdu_arg(port, "host"),
				places->count);
	--*place;
	return 0;
}

/* All outlets are one value: the others keep what they have. */
static int set_in_list(struct pdu_port *port, const char *name, long value,
		       struct error *err)
{
	struct snmp *snmp = port->state;
	AUTO_STRBUF list = STRBUF_INIT;
	AUTO_STRVEC places = STRVEC_INIT;
	AUTO_FREE char *text = NULL;
	size_t place;

	if (snmp_link_get(snmp->session, name, &list, err) < 0 ||
	    find_place(port, list.buf, &places, &place, err) < 0)
		return -1;
	free(places.v[place]);
	places.v[place] = xasprintf("%ld", value);
	text = strvec_join(&places, ",");
	return snmp_link_set(snmp->session, name, 0, text, err);
}

static int snmp_set(struct pdu_port *port, enum power_state wanted,
		    struct error *err)
{
	struct snmp *snmp = port->state;
	const struct snmp_model *model = &snmp->model;
	bool on = wanted == POWER_ON;
	AUTO_FREE char *name = fill_in(port, on || !model->set_off ?
				       model->set_on : model->set_off);
	long value = on ? model->on : model->off;

	if (model->list)
		return set_in_list(port, name, value, err);
	return snmp_link_set(snmp->session, name, value, NULL, err);
}

static bool is_one_of(const char *values, const char *value)
{
	AUTO_STRVEC list = STRVEC_INIT;

	strvec_split(&list, values, " ,");
	return strvec_has(&list, value);
}

static int snmp_get(struct pdu_port *port, enum power_state *state,
		    struct error *err)
{
	struct snmp *snmp = port->state;
	AUTO_FREE char *name = fill_in(port, snmp->model.get);
	AUTO_STRBUF value = STRBUF_INIT;
	AUTO_STRVEC places = STRVEC_INIT;
	const char *text;
	size_t place;

	if (snmp_link_get(snmp->session, name, &value, err) < 0)
		return -1;
	text = value.buf;
	if (snmp->model.list) {
		if (find_place(port, value.buf, &places, &place, err) < 0)
			return -1;
		text = places.v[place];
	}
	*state = is_one_of(snmp->model.reads_on, text) ? POWER_ON :
		 is_one_of(snmp->model.reads_off, text) ? POWER_OFF :
							  POWER_UNKNOWN;
	return 0;
}

const struct pdu_module pdu_snmp = {
	.name = "snmp",
	.summary = "a PDU by SNMP: apc, apc2, apc-switch, raritan, eaton, "
		   "sentry3, cyberpower, gude, digipower, ... or generic",
	.usage = "MODEL host=ADDRESS[:PORT] outlet=N [version=1|2c|3] "
		 "[community=@FILE] [user=NAME auth-password=@FILE ...]",
	.min_args = 1, .max_args = 1,
	.keys = SNMP_LINK_KEYS
		" outlet unit product oid on off get reads-on reads-off",
	.check = check_arguments,
	.open = snmp_open, .set = snmp_set, .get = snmp_get,
	.close = snmp_close,
};
