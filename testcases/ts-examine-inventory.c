/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host is made of, as its own system sees it: runvars hw_*, which
 * ts-examine-hostprops-save makes properties of the host, and the lists behind
 * them as a file.
 */
#include <string.h>

#include "base/strbuf.h"
#include "ts/ts_host.h"

#define LIST_MAX (1 << 20)

/* NAME=VALUE, a line each */
static const char facts_script[] =
	"echo \"cpus=$(nproc --all)\"\n"
	"echo \"cpu_model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo |"
	" head -1)\"\n"
	"echo \"memory_mb=$(awk '/^MemTotal/ { print int($2 / 1024) }'"
	" /proc/meminfo)\"\n"
	"echo \"disks=$(lsblk -dnbo NAME,SIZE,TYPE | awk '$3 == \"disk\" {"
	" printf \"%s%s:%dG\", s, $1, $2 / 2^30; s = \",\" }')\"\n"
	"s=; n=; for d in /sys/class/net/*/device; do [ -e $d ] || continue\n"
	"n=$n$s$(basename ${d%/device}); s=,; done; echo \"nics=$n\"\n"
	"echo \"machine=$(cat /sys/class/dmi/id/sys_vendor"
	" /sys/class/dmi/id/product_name 2>/dev/null | tr '\\n' ' ')\"\n";

static const char list_script[] =
	"for c in lscpu 'lsblk -a' 'lspci -nn' 'ip -details link'"
	" 'cat /proc/meminfo' 'cat /proc/cpuinfo'; do\n"
	"echo \"== $c\"; $c 2>&1 || :; done\n";

static void store(char *line)
{
	char *equals = strchr(line, '=');

	if (!equals)
		return;
	*equals = '\0';
	for (size_t n = strlen(equals + 1); n && equals[n] == ' '; n--)
		equals[n] = '\0';
	if (equals[1])
		ts_runvar_store(ts_text("hw_%s", line), equals + 1);
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	const char *path = ts_text("%s/inventory.%s", ts_job_dir(),
				   host->ident);
	AUTO_STRVEC lines = STRVEC_INIT;

	strvec_split(&lines, ts_script(host, 0, facts_script, NULL), "\n");
	for (size_t i = 0; i < lines.count; i++)
		store(lines.v[i]);
	if (ts_fetch_output(host, 0, path, LIST_MAX, list_script) != 0)
		ts_fail("host %s: its devices cannot be listed", host->name);
	ts_artifact("inventory", path);
}

const struct ts_case ts_case = {
	.summary = "Note what the host is made of",
	.args = "host",
	.hosts = 1,
	.timeout_s = 200,
	.details = "Stores runvars hw_cpus, hw_cpu_model, hw_memory_mb, "
		"hw_disks, hw_nics, hw_machine.",
	.run = run,
};
