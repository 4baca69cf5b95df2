/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/files.h"
#include "base/proc.h"
#include "lab/namespace.h"
#include "lab/service_set.h"

#define IP_LIMIT_MS 60000

char *namespace_name(const char *dir)
{
	char hex[SHA256_HEX_SIZE];

	data_sha256(dir, strlen(dir), hex);
	return xasprintf("ironbird-%.8s", hex);
}

bool namespace_exists(const char *name)
{
	AUTO_FREE char *path = xasprintf("/run/netns/%s", name);

	return file_exists(path);
}

static int run_ip(const struct strvec *argv, const char *input,
		  struct error *err)
{
	const struct proc_spec spec = {
		.argv = argv->v, .input = input, .limit_ms = IP_LIMIT_MS,
	};

	return proc_check(&spec, err);
}

static bool has_link(const char *name, const char *device)
{
	AUTO_STRVEC argv = STRVEC_INIT;

	strvec_pushl(&argv, "ip", "-n", name, "link", "show", "dev", device,
		     NULL);
	return run_ip(&argv, NULL, NULL) == 0;
}

/*
 * forward_delay 0: a bridge holds a new port back for that long, and a PXE
 * ROM does not wait. No multicast snooping: router solicitations must arrive
 * before anybody has told the bridge who listens.
 */
static int fill(const char *name, const char *bridge, const char *address,
		struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	AUTO_FREE char *batch = xasprintf(
		"link set dev lo up\n"
		"link add name %s type bridge forward_delay 0 "
		"stp_state 0 mcast_snooping 0\n"
		"address add %s dev %s\n"
		"link set dev %s up\n", bridge, address, bridge, bridge);

	strvec_pushl(&argv, "ip", "-n", name, "-batch", "-", NULL);
	return run_ip(&argv, batch, err);
}

/*
 * IPv6 enough to answer router solicitations: iPXE waits 13 s for that before
 * it goes on, even when DHCP has long given it an address. Fixed addresses
 * without duplicate detection, as a bridge without ports has no carrier to
 * detect on. A kernel without IPv6 has to do without.
 */
static void fill_ipv6(const char *name, const char *bridge)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	AUTO_FREE char *batch = xasprintf(
		"link set dev %s addrgenmode none\n"
		"address add fe80::1/64 dev %s nodad\n"
		"address add " LAB_PREFIX6 "1/64 dev %s nodad\n", bridge,
		bridge, bridge);
	struct error ignored = ERROR_INIT;

	strvec_pushl(&argv, "ip", "-n", name, "-batch", "-", NULL);
	if (run_ip(&argv, batch, &ignored) < 0)
		return;
}

int namespace_up(const char *name, const char *bridge, const char *address,
		 struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;

	strvec_pushl(&argv, "ip", "netns", "add", name, NULL);
	if (!namespace_exists(name) && run_ip(&argv, NULL, err) < 0)
		return error_prefix(err, "network namespace %s", name);
	if (has_link(name, bridge))
		return 0;
	if (fill(name, bridge, address, err) < 0)
		return error_prefix(err, "network namespace %s", name);
	fill_ipv6(name, bridge);
	return 0;
}

int namespace_pids(const char *name, struct strvec *pids, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	struct proc_spec spec = {
		.limit_ms = IP_LIMIT_MS, .merge_errors = true,
	};

	if (!namespace_exists(name))
		return 0;
	strvec_pushl(&argv, "ip", "netns", "pids", name, NULL);
	spec.argv = argv.v;
	if (proc_run(&spec, &result, err) < 0)
		return -1;
	if (result.status != 0)
		return error_set(err, ERROR_BROKEN, "network namespace %s: "
				 "its processes cannot be listed: %s", name,
				 result.output.buf);
	strvec_split(pids, result.output.buf, "\n ");
	return 0;
}

int namespace_down(const char *name, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;

	strvec_pushl(&argv, "ip", "netns", "delete", name, NULL);
	if (namespace_exists(name) && run_ip(&argv, NULL, err) < 0)
		return error_prefix(err, "network namespace %s", name);
	return 0;
}
