/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that helps to understand what happened on a host, fetched in one
 * go, each file a row: logs, what Xen and its tools say, consoles of guests,
 * the host's own console since the job began, and its BMC's event log. When a
 * step did not pass, or the host does not answer, Xen's debug keys come first.
 * A host that does not answer is power-cycled once: its disk still has the
 * logs.
 */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "db/jobs.h"
#include "db/steps.h"
#include "host/console.h"
#include "host/debug_keys.h"
#include "pdu/event_log.h"
#include "ts/ts_host.h"
#include "ts/unpack.h"

#define CAPTURE_LIMIT_S 300
#define CAPTURE_MAX (256LL << 20)
#define CAPTURE_FILES_MAX 20000
#define ANSWER_LIMIT_S 20

static const char capture_script[] =
	"d=$(mktemp -d); trap 'rm -rf \"$d\"' EXIT; cd \"$d\"\n"
	"mkdir commands\n"
	"say() { n=$1; shift; timeout 30 \"$@\" >commands/$n 2>&1 || :; }\n"
	"say dmesg dmesg\n"
	"say journal journalctl -b --no-pager -o short-precise\n"
	"say ps ps -eo pid,ppid,stat,wchan:24,lstart,args\n"
	"say ip-address ip -details address\n"
	"say ip-route ip route show table all\n"
	"say lspci lspci -vv\n"
	"say lvs lvs -a\n"
	"say lsblk lsblk -f\n"
	"say df df -h\n"
	"say meminfo cat /proc/meminfo\n"
	"say cpuinfo cat /proc/cpuinfo\n"
	"say modules cat /proc/modules\n"
	"say dpkg dpkg-query -W\n"
	"if command -v xl >/dev/null; then\n"
	"say xl-info xl info -n\n"
	"say xl-dmesg xl dmesg\n"
	"say xl-list xl list -v\n"
	"say xl-vcpu-list xl vcpu-list\n"
	"say xenstore-ls xenstore-ls -fp\n"
	"fi\n"
	"if command -v virsh >/dev/null; then\n"
	"v='virsh -c xen:///system'\n"
	"say virsh-version $v version --daemon\n"
	"say virsh-capabilities $v capabilities\n"
	"say virsh-list $v list --all\n"
	"fi\n"
	"set -- commands\n"
	"for f in /var/log/xen /var/log/libvirt /var/log/installer /etc/xen "
	"/boot/grub/grub.cfg /boot/config-* /etc/default/grub /etc/default/grub.d "
	"/etc/network /etc/systemd/network /var/core; do\n"
	"[ -e \"$f\" ] && set -- \"$@\" \"$f\"; done\n"
	"tar -czf - --ignore-failed-read --warning=none \"$@\"\n";

static void found_file(const char *name, const char *path)
{
	ts_artifact(name, path);
}

static bool answers(struct ts_host *host)
{
	struct error err;

	if (ts_try_ssh(host, ANSWER_LIMIT_S, &err))
		return true;
	ts_log("%s", err.text);
	return false;
}

static void revive(struct ts_host *host)
{
	ts_log("host %s does not answer: power cycle, to read its disk",
	       host->name);
	ts_power_cycle(host);
	ts_boot_from_disk(host);
	ts_await_ssh(host, ts_limit_ms("BootLimit"));
}

static void capture_console(struct ts_host *host, const char *dir)
{
	const char *log = host_console_log(host->host);
	const char *slice = ts_text("%s/console", dir);
	struct job_row row;
	struct error err;

	if (!log || !file_exists(log) || !ts_job())
		return;
	if (job_get(ts_db(), ts_flight(), ts_job(), &row, &err) < 0 ||
	    console_slice(log, row.started, slice, &err) < 0)
		ts_end(&err);
	job_row_release(&row);
	ts_artifact("console", slice);
}

/* Has any step of this run come to a bad end? */
static bool has_failed(void)
{
	struct step_rows rows = { .v = NULL };
	struct error err;
	bool failed = false;

	if (!ts_job())
		return false;
	if (step_list(ts_db(), ts_flight(), ts_job(), ts_run_number(), &rows,
		      &err) < 0)
		ts_end(&err);
	for (size_t i = 0; i < rows.count; i++)
		failed |= rows.v[i].status == STEP_FAIL ||
			  rows.v[i].status == STEP_BROKEN;
	step_rows_release(&rows);
	return failed;
}

/* Of a hypervisor that says nothing, the sentence is all there is. */
static void capture_debug_keys(struct ts_host *host, const char *dir)
{
	const char *path = ts_text("%s/debug-keys", dir);
	struct debug_result result = DEBUG_RESULT_INIT;
	struct debug_keys keys;
	char *words = NULL;
	struct error err;

	if (!ts_runvar_or(ts_text("%s_xen_build_id", host->ident), NULL) ||
	    !host_console_log(host->host))
		return;
	ts_stage("host %s: asking the hypervisor by its debug keys",
		 host->name);
	debug_keys_init(&keys, host->host);
	if (console_ensure(host->host, &err) < 0 ||
	    debug_keys_send(host->host, &keys, &result, &err) < 0)
		ts_log("%s", err.text);
	else
		ts_log("%s", words = debug_result_text(&result));
	free(words);
	if (result.text.len) {
		if (file_publish(path, result.text.buf, result.text.len, 0644,
				 &err) < 0)
			ts_end(&err);
		ts_artifact("debug-keys", path);
	}
	debug_result_release(&result);
}

/* A BMC that is slow, or gone, costs a line: the machine may be fine. */
static void capture_event_log(struct ts_host *host, const char *dir)
{
	const char *path = ts_text("%s/ipmi-sel", dir);
	struct strbuf text = STRBUF_INIT;
	struct error err;
	int rc = power_event_log(host->host, &text, &err);

	if (rc > 0)
		rc = file_publish(path, text.buf, text.len, 0644, &err) < 0 ?
			-1 : 1;
	if (rc < 0)
		ts_log("the BMC's event log could not be read: %s", err.text);
	strbuf_release(&text);
	if (rc > 0)
		ts_artifact("ipmi-sel", path);
}

static void capture_host(struct ts_host *host, const char *dir)
{
	static const char *const tops[] = {
		"commands", "var", "etc", "boot", NULL
	};
	const char *tar = ts_text("%s/capture.tar.gz", dir);
	const struct unpack_spec spec = {
		.dir = dir, .tops = tops, .max_bytes = CAPTURE_MAX,
		.max_files = CAPTURE_FILES_MAX, .found = found_file,
	};
	struct error err;

	ts_stage("host %s: fetching its logs", host->name);
	if (ts_fetch_output(host, CAPTURE_LIMIT_S, tar, CAPTURE_MAX,
			    capture_script) != 0)
		ts_log("some of the logs could not be read");
	if (unpack_tar(tar, &spec, &err) < 0 ||
	    file_remove(tar, &err) < 0)
		ts_end(&err);
}

/* A host whose installation was cut off must not boot the installer again. */
static void leave_installation(struct ts_host *host)
{
	if (strcmp(ts_runvar_or(ts_text("%s_installing", host->ident), "no"),
		   "yes") == 0)
		ts_give_up_host(host);
}

static void run(void)
{
	struct ts_host *host;
	struct error err;
	bool installed, is_there;
	const char *dir;

	if (ts_host_is_local(0))
		ts_skip("host local is this machine: its builds' output is in "
			"the steps' logs");
	host = ts_host(0);
	dir = ts_text("%s/%s", ts_job_dir(), host->ident);
	installed = ts_runvar_or(ts_text("%s_installed", host->ident),
				 NULL) != NULL;
	if (!config_bool(ts_config(), "CaptureLogs")) {
		if (!installed)
			leave_installation(host);
		ts_skip("host %s keeps its logs: the setting CaptureLogs is n",
			host->name);
	}
	if (dir_make(dir, 0755, &err) < 0)
		ts_end(&err);
	ts_crash_ends_test(false);
	is_there = installed && answers(host);
	if (installed && (!is_there || has_failed()))
		capture_debug_keys(host, dir);
	capture_console(host, dir);
	capture_event_log(host, dir);
	if (!installed) {
		leave_installation(host);
		ts_log("host %s was not installed: what it has itself is not "
		       "fetched",
		       host->name);
		return;
	}
	if (!is_there)
		revive(host);
	capture_host(host, dir);
}

const struct ts_case ts_case = {
	.summary = "Fetch the logs and the state of the host",
	.args = "host",
	.hosts = 1,
	.timeout_s = 1200,
	.run = run,
};
