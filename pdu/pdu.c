/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/wait.h"
#include "db/events.h"
#include "pdu/argument.h"
#include "pdu/device.h"
#include "pdu/method.h"
#include "pdu/modules.h"
#include "pdu/pdu.h"

#define SETTLE_MS 20000
/* Read back soon, then less and less often, up to the last: quick relays are
 * not waited for, slow BMCs are not asked to death */
#define READ_BACK_FIRST_MS 5
#define READ_BACK_MS 100
/* The connection is made before the device's gap is over */
#define CONNECT_AHEAD_MS 1000
#define RETRY_PAUSE_MS 1000
#define CYCLE_DWELL_MS 5000

const struct pdu_module *const pdu_modules[] = {
	&pdu_qemu, &pdu_manual, &pdu_exec, &pdu_command, &pdu_snmp, &pdu_http,
	&pdu_redfish, &pdu_ipmi, &pdu_nut, &pdu_libvirt,
	&pdu_telnet, &pdu_ssh, &pdu_soft, &pdu_wol, &pdu_guest, &pdu_statedb,
	&pdu_ipmiextra, &pdu_unsupported, &pdu_null, NULL
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

static int open_port(struct pdu_port *port, struct error *err)
{
	port->deadline = clock_mono_ms() + settle_ms(port);
	return port->module->open ? port->module->open(port, err) : 0;
}

const char *power_failure_name(enum power_failure failure)
{
	static const char *const names[] = {
		"none", "configuration", "authentication", "unreachable",
		"refused", "unverified",
	};

	return names[failure];
}

static bool is_readable(const struct pdu_port *port)
{
	return port->module->get && !port->unreadable;
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
	return is_readable(port) ? port->module->get(port, state, err) : 0;
}

struct read_back {
	struct pdu_port *port;
	enum power_state wanted, seen;
	struct error failure;	/* of the last reading that failed */
	int64_t pause_ms;	/* until the next */
};

static int64_t next_reading(void *arg)
{
	struct read_back *back = arg;
	int64_t ms = back->pause_ms;

	back->pause_ms *= 2;
	return ms < READ_BACK_MS ? ms : READ_BACK_MS;
}

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
	struct read_back back = {
		.port = port, .wanted = wanted,
		.pause_ms = READ_BACK_FIRST_MS,
	};
	char limit[DURATION_TEXT_SIZE];
	const struct wait_spec spec = {
		.what = "the outlet's state", .limit_ms = settle_ms(port),
		.check = reads_wanted, .arg = &back, .next_ms = next_reading,
	};
	int rc;

	port->deadline = clock_mono_ms() + settle_ms(port);
	rc = wait_for(&spec, NULL);
	*seen = back.seen;
	if (rc == 0)
		return 0;
	port->failure = POWER_FAILURE_UNVERIFIED;
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
	int rc;

	port->seen = POWER_UNKNOWN;
	if (pdu_device_gap(port, 0, err) < 0)
		return -1;
	port->deadline = clock_mono_ms() + settle_ms(port);
	port->failure = POWER_FAILURE_NONE;
	rc = port->module->set(port, wanted, err);
	pdu_device_acted(port);
	if (rc == 0 && is_readable(port))
		rc = read_back(port, wanted, &port->seen, err);
	free(row->state_after);
	row->state_after = xstrdup(power_state_name(port->seen));
	return rc;
}

/* Settings and passwords do not get better by being tried again. */
static bool try_again(struct pdu_port *port, const struct error *err)
{
	pdu_failure_class(port, err);
	if (port->failure == POWER_FAILURE_CONFIGURATION ||
	    port->failure == POWER_FAILURE_AUTHENTICATION)
		return false;
	return pdu_dwell("the pause between two tries", RETRY_PAUSE_MS,
			 NULL) == 0;
}

static void recover(struct pdu_port *port)
{
	if (!port->module->recover)
		return;
	port->deadline = clock_mono_ms() + settle_ms(port);
	/* what comes of it is seen in the try that follows */
	if (port->module->recover(port, NULL) < 0)
		return;
}

/* One try: a connection of its own, what it reads before, the action. */
static int try_once(struct pdu_port *port, enum power_state wanted,
		    struct power_action_row *row, struct error *err)
{
	int rc;

	port->failure = POWER_FAILURE_NONE;
	port->before = POWER_UNKNOWN;
	if (pdu_device_gap(port, CONNECT_AHEAD_MS, err) < 0 ||
	    open_port(port, err) < 0)
		return -1;
	rc = row->attempts > 1 ? 0 : read_state(port, &port->before, err);
	if (row->attempts == 1) {
		free(row->state_before);
		row->state_before = xstrdup(power_state_name(port->before));
	}
	/* One that only cannot tell its state may still obey. */
	if (rc == 0 || (port->failure != POWER_FAILURE_UNREACHABLE &&
			port->failure != POWER_FAILURE_AUTHENTICATION))
		rc = attempt(port, wanted, row, err);
	if (rc < 0)
		pdu_failure_class(port, err);
	close_port(port);
	return rc;
}

static int switch_port(struct pdu_port *port, enum power_state wanted,
		       struct power_action_row *row, struct error *err)
{
	int64_t tries = port->module->tries ? port->module->tries :
			config_number(port->host->config, "PowerRetries");

	if (wanted == POWER_ON && pdu_stagger(port->host, err) < 0)
		return -1;
	while (try_once(port, wanted, row, err) < 0) {
		if (row->attempts >= tries || !try_again(port, err)) {
			pdu_failure_class(port, err);
			return -1;
		}
		if (++row->attempts == tries)
			recover(port);
	}
	return 0;
}

static void row_release(struct power_action_row *row)
{
	free(row->method);
	free(row->device);
	free(row->state_before);
	free(row->state_after);
	free(row->result);
	free(row->error);
}

static int store(struct db *db, struct power_action_row *row, int rc,
		 const struct pdu_port *port, const struct error *failure,
		 struct error *err)
{
	row->finished = clock_now_ms();
	row->result = xstrdup(rc < 0 ? "failed" : port->seen != POWER_UNKNOWN ?
			      "verified" : "unverified");
	if (rc < 0)
		row->error = xasprintf("%s: %s",
				       power_failure_name(port->failure),
				       failure->text);
	return db ? power_action_add(db, row, err) : 0;
}

static int set_port(struct db *db, struct pdu_port *port,
		    enum power_state wanted, struct error *err)
{
	struct error failure = ERROR_INIT;
	struct power_action_row row = {
		.host = port->host->name, .method = pdu_port_text(port),
		.action = (char *)power_state_name(wanted),
		.device = pdu_device_name(port),
		.outlet = (char *)pdu_outlet_name(port),
		.state_before = xstrdup("unknown"),
		.state_after = xstrdup("unknown"),
		.attempts = 1, .started = clock_now_ms(),
	};
	int rc = pdu_device_take(port, &failure), stored;

	if (rc == 0)
		rc = switch_port(port, wanted, &row, &failure);
	pdu_device_leave(port);
	stored = store(db, &row, rc, port, &failure, err);
	if (rc < 0)
		error_set(err, failure.kind, "host %s: power %s by '%s' "
			  "failed, tried %d time%s: %s (%s)",
			  port->host->name, power_state_name(wanted),
			  row.method, row.attempts,
			  row.attempts > 1 ? "s" : "", failure.text,
			  power_failure_name(port->failure));
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

/* What the supplies of a host make of it: one that is on is enough. */
struct tally {
	size_t supplies, off, on;
};

static void tally_add(struct tally *all, enum power_state one)
{
	all->supplies++;
	all->off += one == POWER_OFF;
	all->on += one == POWER_ON;
}

static enum power_state tally_state(const struct tally *all)
{
	return all->on ? POWER_ON :
	       all->supplies && all->off == all->supplies ? POWER_OFF :
							    POWER_UNKNOWN;
}

/*
 * One supply: its port, and its fall-backs while that fails. *next is behind
 * them all.
 */
static int set_supply(struct db *db, struct pdu_ports *ports, size_t *next,
		      enum power_state wanted, struct tally *all,
		      struct error *err)
{
	size_t i = *next;
	struct pdu_port *port = &ports->v[i++], *last = port;
	int rc = 0;

	if (!port->module->concerns || port->module->concerns(port, wanted))
		rc = set_port(db, port, wanted, err);

	for (; i < ports->count && ports->v[i].fallback; i++) {
		struct error first = *err;

		if (rc == 0)
			continue;
		last = &ports->v[i];
		rc = set_port(db, last, wanted, err);
		if (rc < 0)
			error_prefix(err, "%.400s; and its fall-back",
				     first.text);
	}
	if (!port->module->concerns)
		tally_add(all, last->seen);
	*next = i;
	return rc;
}

static int set_all(struct db *db, struct pdu_ports *ports,
		   enum power_state wanted, enum power_state *seen,
		   struct error *err)
{
	struct error local = ERROR_INIT;
	struct tally all = { 0 };
	int rc = 0;

	for (size_t i = 0; i < ports->count && rc == 0; )
		rc = set_supply(db, ports, &i, wanted, &all,
				err ? err : &local);
	*seen = tally_state(&all);
	return rc;
}

/* Its modules read the machine itself. */
static bool is_evident(const struct pdu_ports *ports)
{
	for (size_t i = 0; i < ports->count; i++)
		if (!ports->v[i].module->self_evident &&
		    !ports->v[i].module->concerns)
			return false;
	return true;
}

/* Off by the outlet's word, and yet it talks: a row that says so. */
static int check_off(struct db *db, const struct host *host,
		     struct error *err)
{
	struct error lie = ERROR_INIT;
	AUTO_FREE char *text = NULL;
	struct power_action_row row = {
		.host = host->name, .method = "console",
		.action = "off", .state_before = "off", .state_after = "on",
		.result = "failed", .attempts = 1,
		.started = clock_now_ms(),
	};

	if (power_check_quiet(host, &lie) == 0)
		return 0;
	row.finished = clock_now_ms();
	row.error = text = xasprintf("%s: %s",
		power_failure_name(POWER_FAILURE_UNVERIFIED), lie.text);
	if (db && power_action_add(db, &row, err) < 0)
		return -1;
	return error_set(err, lie.kind, "%s", lie.text);
}

int power_set_seen(struct db *db, const struct host *host,
		   enum power_state wanted, enum power_state *seen,
		   struct error *err)
{
	struct pdu_ports ports;
	int rc;

	if (parse_ports(host, &ports, err) < 0)
		return -1;
	rc = set_all(db, &ports, wanted, seen, err);
	if (rc == 0 && wanted == POWER_OFF && !is_evident(&ports))
		rc = check_off(db, host, err);
	pdu_ports_release(&ports);
	return rc;
}

int power_set(struct db *db, const struct host *host, enum power_state wanted,
	      struct error *err)
{
	enum power_state seen;

	return power_set_seen(db, host, wanted, &seen, err);
}

int power_cycle_seen(struct db *db, const struct host *host,
		     enum power_state *seen, struct error *err)
{
	int64_t ms = host_prop_duration_ms(host, "power-cycle-time",
					   CYCLE_DWELL_MS);

	if (power_set(db, host, POWER_OFF, err) < 0 ||
	    pdu_dwell("the time without power", ms, err) < 0)
		return -1;
	return power_set_seen(db, host, POWER_ON, seen, err);
}

int power_cycle(struct db *db, const struct host *host, struct error *err)
{
	enum power_state seen;

	return power_cycle_seen(db, host, &seen, err);
}

static int status_of_port(struct pdu_port *port, enum power_state *state,
			  struct error *err)
{
	int rc = -1;

	*state = POWER_UNKNOWN;
	/* and nobody waits for an operator who is switching it */
	if (!port->module->get)
		return 0;
	if (pdu_device_take(port, err) == 0 && open_port(port, err) == 0) {
		rc = read_state(port, state, err);
		close_port(port);
	}
	pdu_device_leave(port);
	if (rc < 0)
		error_prefix(err, "host %s", port->host->name);
	return rc;
}

static int status_of_supply(struct pdu_ports *ports, size_t *next,
			    enum power_state *state, struct error *err)
{
	size_t i = *next;
	int rc = status_of_port(&ports->v[i++], state, err);

	for (; i < ports->count && ports->v[i].fallback; i++)
		if (rc < 0)
			rc = status_of_port(&ports->v[i], state, err);
	*next = i;
	return rc;
}

int power_status(const struct host *host, enum power_state *state,
		 struct error *err)
{
	struct pdu_ports ports;
	struct tally all = { 0 };
	int rc = 0;

	if (parse_ports(host, &ports, err) < 0)
		return -1;
	for (size_t i = 0; i < ports.count && rc == 0; ) {
		enum power_state one;

		if (ports.v[i].module->concerns) {
			i++;
			continue;
		}
		rc = status_of_supply(&ports, &i, &one, err);
		tally_add(&all, one);
	}
	if (rc == 0)
		*state = tally_state(&all);
	pdu_ports_release(&ports);
	return rc;
}
