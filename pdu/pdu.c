/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/wait.h"
#include "db/events.h"
#include "pdu/method.h"
#include "pdu/modules.h"
#include "pdu/pdu.h"

#define SETTLE_MS 20000
/* How long another process may keep a device busy. */
#define LOCK_LIMIT_MS 300000
#define READ_BACK_MS 100
#define RETRY_PAUSE_MS 1000
#define CYCLE_DWELL_MS 5000

const struct pdu_module *const pdu_modules[] = {
	&pdu_qemu, &pdu_manual, &pdu_exec, &pdu_null, NULL
};

const char *power_state_name(enum power_state state)
{
	static const char *const names[] = { "unknown", "off", "on" };

	return names[state];
}

/* The module's, unless the host's device is known to be slow or quick. */
static int64_t settle_ms(const struct pdu_port *port)
{
	int64_t ms = port->module->settle_ms ? port->module->settle_ms :
					       SETTLE_MS;

	return host_prop_duration_ms(port->host, "power-settle-time", ms);
}

/* One process at a time for each device, however many hosts hang on it. */
static int lock_device(const struct pdu_port *port, struct error *err)
{
	AUTO_FREE char *device = xasprintf("%s %s", port->module->name,
		port->args.count ? port->args.v[0] : port->host->name);
	char hex[SHA256_HEX_SIZE];
	AUTO_FREE char *path = NULL;

	data_sha256(device, strlen(device), hex);
	hex[16] = '\0';
	path = config_state_path(port->host->config, "locks/pdu-%s", hex);
	return file_lock(path, LOCK_LIMIT_MS, err);
}

static int open_port(struct pdu_port *port, struct error *err)
{
	port->deadline = clock_mono_ms() + settle_ms(port);
	return port->module->open ? port->module->open(port, err) : 0;
}

static void close_port(struct pdu_port *port)
{
	if (port->module->close)
		port->module->close(port);
	port->state = NULL;
}

static int read_state(struct pdu_port *port, enum power_state *state,
		      struct error *err)
{
	*state = POWER_UNKNOWN;
	port->deadline = clock_mono_ms() + settle_ms(port);
	return port->module->get ? port->module->get(port, state, err) : 0;
}

static enum wait_answer time_passed(void *arg, struct error *err)
{
	const int64_t *until = arg;

	(void)err;
	return clock_mono_ms() >= *until ? WAIT_DONE : WAIT_MORE;
}

static int dwell(const char *what, int64_t ms, struct error *err)
{
	int64_t until = clock_mono_ms() + ms;
	const struct wait_spec spec = {
		.what = what, .limit_ms = ms + 1000, .poll_ms = ms,
		.check = time_passed, .arg = &until,
	};

	return ms > 0 ? wait_for(&spec, err) : 0;
}

struct read_back {
	struct pdu_port *port;
	enum power_state wanted, seen;
	struct error failure;	/* of the last reading that failed */
};

/* An answer that fails is not the end: devices are deaf while they switch. */
static enum wait_answer reads_wanted(void *arg, struct error *err)
{
	struct read_back *back = arg;
	enum power_state state;

	(void)err;
	if (back->port->module->get(back->port, &state, &back->failure) < 0)
		return WAIT_MORE;
	back->seen = state;
	return state == back->wanted ? WAIT_DONE : WAIT_MORE;
}

static int read_back(struct pdu_port *port, enum power_state wanted,
		     enum power_state *seen, struct error *err)
{
	struct read_back back = { .port = port, .wanted = wanted };
	char limit[DURATION_TEXT_SIZE];
	const struct wait_spec spec = {
		.what = "the outlet's state", .limit_ms = settle_ms(port),
		.poll_ms = READ_BACK_MS, .check = reads_wanted, .arg = &back,
	};
	int rc;

	port->deadline = clock_mono_ms() + settle_ms(port);
	rc = wait_for(&spec, NULL);
	*seen = back.seen;
	if (rc == 0)
		return 0;
	if (back.seen == POWER_UNKNOWN)
		return error_set(err, ERROR_BROKEN, "it took the command but "
				 "cannot be read back: %s",
				 back.failure.text);
	return error_set(err, ERROR_BROKEN, "it took the command but still "
			 "reads %s after %s", power_state_name(back.seen),
			 duration_text(settle_ms(port), limit));
}

static int attempt(struct pdu_port *port, enum power_state wanted,
		   struct power_action_row *row, struct error *err)
{
	enum power_state seen = POWER_UNKNOWN;
	int rc;

	port->deadline = clock_mono_ms() + settle_ms(port);
	rc = port->module->set(port, wanted, err);
	if (rc == 0 && port->module->get)
		rc = read_back(port, wanted, &seen, err);
	free(row->state_after);
	row->state_after = xstrdup(power_state_name(seen));
	return rc;
}

static int switch_port(struct pdu_port *port, enum power_state wanted,
		       struct power_action_row *row, struct error *err)
{
	int64_t tries = config_number(port->host->config, "PowerRetries");
	enum power_state before;

	if (open_port(port, err) < 0)
		return -1;
	if (read_state(port, &before, NULL) < 0)
		before = POWER_UNKNOWN;
	free(row->state_before);
	row->state_before = xstrdup(power_state_name(before));
	for (;;) {
		if (attempt(port, wanted, row, err) == 0) {
			close_port(port);
			return 0;
		}
		if (++row->attempts > tries || err->kind == ERROR_USAGE ||
		    dwell("the pause between two tries", RETRY_PAUSE_MS,
			  NULL) < 0)
			break;
	}
	close_port(port);
	return -1;
}

static void row_release(struct power_action_row *row)
{
	free(row->method);
	free(row->state_before);
	free(row->state_after);
	free(row->result);
	free(row->error);
}

static int store(struct db *db, struct power_action_row *row, int rc,
		 bool readable, const struct error *failure,
		 struct error *err)
{
	row->finished = clock_now_ms();
	row->result = xstrdup(rc < 0 ? "failed" : readable ? "verified" :
			      "unverified");
	row->error = rc < 0 ? xstrdup(failure->text) : NULL;
	return db ? power_action_add(db, row, err) : 0;
}

static int set_port(struct db *db, struct pdu_port *port,
		    enum power_state wanted, struct error *err)
{
	struct error failure = ERROR_INIT;
	struct power_action_row row = {
		.host = port->host->name, .method = pdu_port_text(port),
		.action = (char *)power_state_name(wanted),
		.state_before = xstrdup("unknown"),
		.state_after = xstrdup("unknown"),
		.attempts = 1, .started = clock_now_ms(),
	};
	AUTO_CLOSE int lock = lock_device(port, &failure);
	int rc = -1, stored;

	if (lock >= 0)
		rc = switch_port(port, wanted, &row, &failure);
	if (row.attempts > 1 && rc < 0)
		row.attempts--;
	stored = store(db, &row, rc, port->module->get != NULL, &failure,
		       err);
	if (rc < 0)
		error_set(err, failure.kind, "host %s: power %s by '%s' "
			  "failed, tried %d time%s: %s", port->host->name,
			  power_state_name(wanted), row.method, row.attempts,
			  row.attempts > 1 ? "s" : "", failure.text);
	row_release(&row);
	return rc < 0 || stored < 0 ? -1 : 0;
}

static int parse_ports(const struct host *host, struct pdu_ports *ports,
		       struct error *err)
{
	const char *method = host_prop(host, "power-method");

	if (!method)
		return error_set(err, ERROR_USAGE, "host %s has no property "
				 "power-method: nobody knows how to switch it",
				 host->name);
	return pdu_ports_parse(host, method, ports, err);
}

int power_set(struct db *db, const struct host *host, enum power_state wanted,
	      struct error *err)
{
	struct pdu_ports ports;
	int rc = 0;

	if (parse_ports(host, &ports, err) < 0)
		return -1;
	for (size_t i = 0; i < ports.count && rc == 0; i++)
		rc = set_port(db, &ports.v[i], wanted, err);
	pdu_ports_release(&ports);
	return rc;
}

int power_cycle(struct db *db, const struct host *host, struct error *err)
{
	int64_t ms = host_prop_duration_ms(host, "power-cycle-time",
					   CYCLE_DWELL_MS);

	if (power_set(db, host, POWER_OFF, err) < 0 ||
	    dwell("the time without power", ms, err) < 0)
		return -1;
	return power_set(db, host, POWER_ON, err);
}

static int status_of_port(struct pdu_port *port, enum power_state *state,
			  struct error *err)
{
	AUTO_CLOSE int lock = lock_device(port, err);
	int rc = -1;

	if (lock >= 0 && open_port(port, err) == 0) {
		rc = read_state(port, state, err);
		close_port(port);
	}
	if (rc < 0)
		error_prefix(err, "host %s", port->host->name);
	return rc;
}

int power_status(const struct host *host, enum power_state *state,
		 struct error *err)
{
	struct pdu_ports ports;
	size_t off = 0, on = 0;
	int rc = 0;

	if (parse_ports(host, &ports, err) < 0)
		return -1;
	for (size_t i = 0; i < ports.count && rc == 0; i++) {
		enum power_state one;

		rc = status_of_port(&ports.v[i], &one, err);
		off += one == POWER_OFF;
		on += one == POWER_ON;
	}
	if (rc == 0)
		*state = on ? POWER_ON : off == ports.count ? POWER_OFF :
							      POWER_UNKNOWN;
	pdu_ports_release(&ports);
	return rc;
}
