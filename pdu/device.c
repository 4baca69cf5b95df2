/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/turn.h"
#include "base/wait.h"
#include "pdu/argument.h"
#include "pdu/device.h"
#include "pdu/method.h"

/* How long another process may keep a device busy. */
#define LOCK_LIMIT_MS 300000
#define GAP_MAX_MS 600000

/* The keys that say which of a device's outlets. The last two have nothing in
 * common but who manages them: they need not wait for each other. */
static const char *const outlet_keys[] = {
	"outlet=", "plug=", "port=", "line=", "relay=", "asset=", "domain=",
};

static bool is_outlet(const char *word, size_t count)
{
	const char *const *keys = outlet_keys;

	for (size_t i = 0; i < count; i++)
		if (str_starts(word, keys[i]))
			return true;
	return false;
}

const char *pdu_outlet_name(const struct pdu_port *port)
{
	for (size_t i = 0; i < port->args.count; i++)
		if (is_outlet(port->args.v[i], ARRAY_SIZE(outlet_keys)))
			return strchr(port->args.v[i], '=') + 1;
	return NULL;
}

static bool chooses_outlet(const char *word)
{
	return str_starts(word, "gap=") ||
	       is_outlet(word, ARRAY_SIZE(outlet_keys) - 2);
}

/* By its address where there is one: two users, or protocols, are one box. */
char *pdu_device_name(const struct pdu_port *port)
{
	const char *address = pdu_arg(port, "host");
	struct strbuf text = STRBUF_INIT;

	if (!address)
		address = pdu_arg(port, "ip");
	if (address) {
		strbuf_addstr(&text, address);
		return strbuf_detach(&text);
	}
	strbuf_addstr(&text, port->module->name);
	for (size_t i = 0; i < port->args.count; i++)
		if (!chooses_outlet(port->args.v[i]) &&
		    !pdu_word_is_secret(port->args.v[i]))
			strbuf_addf(&text, " %s", port->args.v[i]);
	if (!port->args.count)
		strbuf_addf(&text, " %s", port->host->name);
	return strbuf_detach(&text);
}

static enum wait_answer time_passed(void *arg, struct error *err)
{
	const int64_t *until = arg;

	(void)err;
	return clock_mono_ms() >= *until ? WAIT_DONE : WAIT_MORE;
}

int pdu_dwell(const char *what, int64_t ms, struct error *err)
{
	int64_t until = clock_mono_ms() + ms;
	const struct wait_spec spec = {
		.what = what, .limit_ms = ms + 1000, .poll_ms = ms,
		.check = time_passed, .arg = &until,
	};

	return ms > 0 ? wait_for(&spec, err) : 0;
}

/* The lock file's content: when something was last switched, UTC ms. */
static int wait_for_gap(int fd, const char *what, int64_t gap,
			struct error *err)
{
	char text[32] = "";
	int64_t since;

	if (gap <= 0 || pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	since = clock_now_ms() - strtoll(text, NULL, 10);
	/* a clock that was set back is no reason to wait for ever */
	if (since < 0 || since >= gap)
		return 0;
	return pdu_dwell(what, gap - since, err);
}

static void stamp(int fd)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%lld\n",
			   (long long)clock_now_ms());

	/* Lost, it costs a gap that is too short once. */
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, len, 0) < 0)
		return;
}

static int64_t gap_ms(const struct pdu_port *port)
{
	const char *text = pdu_arg(port, "gap");
	int64_t ms = host_prop_duration_ms(port->host, "power-gap", 0);

	if (text && duration_parse(text, &ms, NULL) < 0)
		ms = 0;
	return ms < GAP_MAX_MS ? ms : GAP_MAX_MS;
}

int pdu_device_take(struct pdu_port *port, struct error *err)
{
	AUTO_FREE char *device = pdu_device_name(port);
	char hex[SHA256_HEX_SIZE];
	AUTO_FREE char *path = NULL;

	data_sha256(device, strlen(device), hex);
	hex[16] = '\0';
	path = config_state_path(port->host->config, "locks/pdu-%s", hex);
	port->device = turn_take(path, LOCK_LIMIT_MS, err);
	return port->device < 0 ? -1 : 0;
}

int pdu_device_gap(const struct pdu_port *port, int64_t ahead_ms,
		   struct error *err)
{
	return wait_for_gap(port->device, "the device's gap",
			    gap_ms(port) - ahead_ms, err);
}

void pdu_device_acted(const struct pdu_port *port)
{
	stamp(port->device);
}

void pdu_device_leave(struct pdu_port *port)
{
	if (port->device >= 0)
		close(port->device);
	port->device = -1;
}

int pdu_stagger(const struct host *host, struct error *err)
{
	int64_t ms = host_prop_duration_ms(host, "power-stagger", 0);
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int fd = -1;

	if (ms <= 0)
		return 0;
	path = config_state_path(host->config, "locks/power-on");
	fd = turn_take(path, LOCK_LIMIT_MS, err);
	if (fd < 0 || wait_for_gap(fd, "its turn to be switched on", ms,
				   err) < 0)
		return -1;
	stamp(fd);
	return 0;
}
