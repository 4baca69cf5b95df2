/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/clock.h"
#include "host/console_module.h"
#include "pdu/argument.h"
#include "pdu/device.h"
#include "pdu/event_log.h"
#include "pdu/method.h"
#include "pdu/modules.h"

/* A BMC tells thousands of entries one by one, and its sensors' names. */
#define READ_LIMIT_MS 120000

static int read_log(struct pdu_port *port, struct strbuf *text,
		    struct error *err)
{
	int rc = pdu_device_take(port, err);

	port->deadline = clock_mono_ms() + READ_LIMIT_MS;
	if (rc == 0)
		rc = port->module->event_log(port, text, err);
	pdu_device_leave(port);
	if (rc < 0)
		return error_prefix(err, "host %s", port->host->name);
	pdu_hide_secrets(port, NULL, text->buf);
	return 1;
}

static int by_power_method(const struct host *host, struct strbuf *text,
			   struct error *err)
{
	const char *method = host_prop(host, "power-method");
	struct pdu_ports ports;
	int rc = 0;

	if (!method)
		return 0;
	if (pdu_ports_parse(host, method, &ports, err) < 0)
		return -1;
	for (size_t i = 0; i < ports.count && rc == 0; i++)
		if (ports.v[i].module->event_log)
			rc = read_log(&ports.v[i], text, err);
	pdu_ports_release(&ports);
	return rc;
}

/* A console of ipmi has the words of the power module of that name. */
static int by_console(const struct host *host, struct strbuf *text,
		      struct error *err)
{
	struct console_sources sources;
	int rc = 0;

	if (console_sources_of(host, &sources, err) < 0)
		return -1;
	for (size_t i = 0; i < sources.count && rc == 0; i++) {
		struct pdu_port port = {
			.module = &pdu_ipmi, .host = host,
			.args = sources.v[i].args, .device = -1,
		};

		if (sources.v[i].module == &console_ipmi)
			rc = read_log(&port, text, err);
	}
	console_sources_release(&sources);
	return rc;
}

int power_event_log(const struct host *host, struct strbuf *text,
		    struct error *err)
{
	int rc = by_power_method(host, text, err);

	return rc ? rc : by_console(host, text, err);
}
