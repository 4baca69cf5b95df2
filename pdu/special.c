/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only some modules can do: reset, NMI, the next boot's device. It is
 * told once and not tried again, for a second reset is another reset; and
 * nothing that can be read afterwards would tell that it was done, so the row
 * says "unverified". Where nobody can reset, off and on are one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/events.h"
#include "pdu/argument.h"
#include "pdu/device.h"
#include "pdu/method.h"
#include "pdu/pdu.h"

#define SPECIAL_MS 60000

const char *power_special_name(enum power_special special)
{
	static const char *const names[] = {
		"reset", "nmi", "bootdev pxe", "bootdev disk",
		"bootdev bios",
	};

	return names[special];
}

static int open_port(struct pdu_port *port, struct error *err)
{
	port->deadline = clock_mono_ms() + SPECIAL_MS;
	return port->module->open ? port->module->open(port, err) : 0;
}

static int call(struct pdu_port *port, enum power_special special,
		struct error *err)
{
	int rc = -1;

	if (pdu_device_take(port, err) < 0)
		return -1;
	if (pdu_device_gap(port, 0, err) == 0 && open_port(port, err) == 0) {
		rc = port->module->special(port, special, err);
		pdu_device_acted(port);
		if (port->module->close)
			port->module->close(port);
		port->state = NULL;
	}
	pdu_device_leave(port);
	return rc;
}

/* Nothing can be read back that would tell a reset from none. */
static int act(struct db *db, struct pdu_port *port,
	       enum power_special special, struct error *err)
{
	AUTO_FREE char *method = pdu_port_text(port);
	AUTO_FREE char *reason = NULL;
	struct error failure = ERROR_INIT;
	struct power_action_row row = {
		.host = port->host->name, .method = method,
		.action = (char *)power_special_name(special),
		.state_before = "unknown", .state_after = "unknown",
		.result = "unverified", .attempts = 1,
		.started = clock_now_ms(),
	};
	int rc = call(port, special, &failure);

	row.finished = clock_now_ms();
	if (rc < 0) {
		row.result = "failed";
		row.error = reason = xasprintf("%s: %s",
			power_failure_name(pdu_failure_class(port, &failure)),
			failure.text);
		error_set(err, failure.kind, "host %s: %s by '%s' failed: %s "
			  "(%s)", port->host->name, row.action, method,
			  failure.text, power_failure_name(port->failure));
	}
	if (db && power_action_add(db, &row, err) < 0)
		return -1;
	return rc;
}

int power_do(struct db *db, const struct host *host,
	     enum power_special special, struct error *err)
{
	const char *method = host_prop(host, "power-method");
	struct pdu_ports ports;
	struct pdu_port *able = NULL;
	int rc;

	if (!method)
		return error_set(err, ERROR_USAGE, "host %s has no property "
				 "power-method: nobody knows how to switch it",
				 host->name);
	if (pdu_ports_parse(host, method, &ports, err) < 0)
		return -1;
	for (size_t i = 0; i < ports.count && !able; i++)
		if (ports.v[i].module->special)
			able = &ports.v[i];
	if (able)
		rc = act(db, able, special, err);
	else if (special == POWER_RESET)
		rc = power_cycle(db, host, err);
	else
		rc = error_set(err, ERROR_USAGE, "host %s: its power-method "
			       "'%s' cannot do '%s': ipmi, redfish and qemu "
			       "can", host->name, ports.v[0].module->name,
			       power_special_name(special));
	pdu_ports_release(&ports);
	return rc;
}
