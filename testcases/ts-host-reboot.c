/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reboot the host and see it come back: its report in the access log, ssh
 * with its own key, another boot id. Once a hypervisor was installed, what
 * runs must be what was installed: hypervisor, tools, XSM policy and kernel,
 * with the scheduler that was asked for.
 */
#include <string.h>

#include "ts/toolstack.h"
#include "ts/ts_host.h"

static const char *boot_id(struct ts_host *host)
{
	return ts_cmd(host, 30, "cat", "/proc/sys/kernel/random/boot_id",
		      NULL);
}

/* Value of KEY= in the lines of text, or NULL. */
static const char *value_of(const char *text, const char *key)
{
	const char *line = text;
	size_t n = strlen(key);

	while (line && !(strncmp(line, key, n) == 0 && line[n] == '=')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return line ? ts_text("%.*s", (int)strcspn(line + n + 1, "\n"),
			      line + n + 1) : NULL;
}

/*
 * What ts-xen-install noted (runvar IDENT_NAME) and what `running` says under
 * the same name. Anything else is not what is to be tested.
 */
static const struct {
	const char *name, *what;
} parts[] = {
	{ "xen_build_id", "the hypervisor with build id" },
	{ "xen_debug", "a hypervisor with assertions (y or n)" },
	{ "xen_policy", "the XSM policy of" },
	{ "tools_id", "the tools" },
	{ "kernel_build_id", "the kernel with build id" },
};

static void check_parts(struct ts_host *host, const char *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *wanted = ts_runvar_or(
			ts_text("%s_%s", host->ident, parts[i].name), NULL);
		const char *runs = value_of(out, parts[i].name);

		if (wanted && (!runs || strcmp(runs, wanted) != 0))
			ts_broken("host %s runs %s %s, but %s was installed",
				  host->name, parts[i].what,
				  str_or(runs, "none"), wanted);
	}
}

/* The policy is loaded: whether it is enforced is the product's part. */
static void check_flask(struct ts_host *host, const char *out)
{
	const char *append = ts_runvar_or("xen_boot_append", "");
	const char *mode = str_or(value_of(out, "xen_flask"), "none");

	if (strstr(append, "flask=enforcing") &&
	    strcmp(mode, "Enforcing") != 0)
		ts_fail("host %s was booted with flask=enforcing, but xl "
			"getenforce says: %s", host->name, mode);
}

static void check_came_up(struct ts_host *host, int status, const char *out)
{
	const char *trouble = value_of(out, "xl_error");

	if (status == 0)
		return;
	if (trouble)
		ts_fail("host %s came up with the hypervisor, but xl info "
			"fails: %s", host->name, trouble);
	ts_fail("host %s came up without the hypervisor: '%s'", host->name,
		str_or(value_of(out, "kernel"), "?"));
}

/*
 * Xen takes its default for a scheduler that it was built without, and says
 * so; then it is the build, not the hypervisor, that is not what was wanted.
 */
static void check_scheduler(struct ts_host *host, const char *out)
{
	const char *wanted = ts_runvar_or(
		ts_text("%s_xen_scheduler", host->ident), "default");
	const char *runs = str_or(value_of(out, "xen_scheduler"), "none");

	if (strcmp(wanted, "default") == 0 || strcmp(runs, wanted) == 0)
		return;
	if (ts_try_script(host, 60, NULL, "xl dmesg | "
			  "grep -q 'Could not find scheduler'", NULL) == 0)
		ts_broken("host %s: the hypervisor that was installed has no "
			  "scheduler %s, and runs %s", host->name, wanted,
			  runs);
	ts_fail("host %s runs the scheduler %s, but %s was asked for",
		host->name, runs, wanted);
}

/*
 * A host may have two of Xen's libraries: libvirt's must be the tested one.
 * The packages' xl is a script, and there is but one.
 */
static void check_libraries(struct ts_host *host, const char *out)
{
	const char *tools = str_or(value_of(out, "tools_libxl"), "");
	const char *libvirt = str_or(value_of(out, "libvirt_libxl"), "");

	if (*tools && *libvirt && strcmp(tools, libvirt) != 0)
		ts_broken("host %s: libvirtd has loaded %s, but xl is used "
			  "with %s", host->name, libvirt, tools);
}

/* A toolstack with a daemon; and that of a build, if there is one. */
static void check_toolstack(struct ts_host *host, const char *out)
{
	const char *key = ts_toolstack()->version;
	const char *wanted = ts_runvar_or(ts_text("%s_libvirt_id",
						  host->ident), NULL);
	const char *runs = value_of(out, "libvirt_id");
	const char *version = key ? value_of(out, key) : "";

	if (key && (!version || !*version))
		ts_fail("host %s came up, but toolstack %s does not answer: "
			"%s", host->name, ts_toolstack()->name,
			str_or(value_of(out, "libvirt_error"), "it is not "
			       "there"));
	if (wanted && (!runs || strcmp(runs, wanted) != 0))
		ts_broken("host %s runs libvirt %s with hash %s, but %s was "
			  "installed", host->name, str_or(version, "?"),
			  str_or(runs, "none"), wanted);
	check_libraries(host, out);
	if (key)
		ts_runvar_store(ts_text("%s_%s", host->ident, key), version);
}

static void check_hypervisor(struct ts_host *host)
{
	const char *wanted = ts_runvar_or(
		ts_text("%s_xen_build_id", host->ident), NULL);
	const char *out;
	int status;

	if (!wanted)
		return;
	ts_stage("host %s: which hypervisor runs", host->name);
	status = ts_try_script(host, 60, &out, "/root/ironbird-running", NULL);
	check_came_up(host, status, out);
	check_parts(host, out);
	check_scheduler(host, out);
	check_toolstack(host, out);
	check_flask(host, out);
	ts_runvar_store(ts_text("%s_xen_running", host->ident),
			str_or(value_of(out, "xen_release"), "unknown"));
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	int64_t limit = ts_limit_ms("BootLimit") +
		host_prop_duration_ms(host->host, "reboot-time-extra", 0);
	const char *before = boot_id(host), *after;

	ts_stage("host %s: rebooting", host->name);
	ts_host_reboots(host);
	/* its answer must be back before the host's sshd is stopped */
	ts_script(host, 30, "setsid sh -c 'sleep 1; exec systemctl reboot' "
		  "</dev/null >/dev/null 2>&1 &\n", NULL);
	ts_drop_ssh(host);
	ts_boot_from_disk(host);
	ts_await_boot(host, "boot");
	ts_await_ssh(host, limit);
	after = boot_id(host);
	if (strcmp(before, after) == 0)
		ts_fail("host %s did not reboot: its boot id is %s as before",
			host->name, after);
	check_hypervisor(host);
	ts_prepared(host);
}

const struct ts_case ts_case = {
	.summary = "Reboot the host and check that it comes back as it should",
	.args = "host",
	.hosts = 1,
	.timeout_s = 1500,
	.run = run,
};
