/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a job leaves behind on a host: domains, processes, xenstore entries,
 * loop devices, disks of other hosts, files. "basis" notes what there is before the tests, "check"
 * fails for anything new that is not known to come and go by itself.
 */
#include <regex.h>
#include <string.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "ts/toolstack.h"
#include "ts/ts_host.h"

#define INVENTORY_LIMIT_S 90
#define INVENTORY_MAX (4 << 20)

/* One item a line, "KIND what"; a process counts if both looks see it. */
static const char inventory_script[] =
	"look() { ps --ppid 2 -p 2 --deselect -o pid=,args= | "
	"sed 's/^ *//' | sort; }\n"
	"d=$(mktemp -d); trap 'rm -rf \"$d\"' EXIT\n"
	"look >\"$d/first\"\n"
	"if command -v xenstore-ls >/dev/null; then\n"
	"xenstore-ls -f | sed -n 's/^\\([^ ]*\\) = .*/xenstore \\1/p'\n"
	"fi\n"
	"losetup -a | sed 's/^/loop /'\n"
	"ls -d /sys/kernel/config/nvmet/subsystems/* 2>/dev/null | "
	"sed 's/^/export /'\n"
	"grep -ls tcp /sys/class/nvme/*/transport | sed 's/^/disk /'\n"
	"find /tmp /var/tmp /run /var/lib/xen /var/core -xdev ! -type d "
	"! -path \"$d/*\" 2>/dev/null | sed 's/^/file /' || :\n"
	"look >\"$d/second\"\n"
	"comm -12 \"$d/first\" \"$d/second\" | sed 's/^/process /'\n"
	"! command -v \"$1\" >/dev/null || echo toolstack\n";

/* What comes and goes by itself. */
static const char *const expected[] = {
	"^process [0-9]+ (sshd:|/usr/sbin/sshd|sh -euc|sh -c|timeout|bash)",
	"^process [0-9]+ (ps|sed|sort|awk|find|comm) ?",
	"^process [0-9]+ (/lib/systemd/|/usr/lib/systemd/|\\(sd-pam\\))",
	"^process [0-9]+ (/sbin/agetty|/usr/sbin/agetty)",
	/* libvirt's go when nobody has asked them for a while */
	"^process [0-9]+ /usr/(local/)?sbin/(libvirtd|virt[a-z]+d)",
	"^process [0-9]+ /usr/lib/polkit-1/polkitd",
	"^file /run/(libvirtd\\.pid|libvirt/[a-z]+/driver\\.pid)$",
	"^process [0-9]+ (/usr/libexec/|/usr/sbin/(lvmpolld|dmeventd))",
	"^file /run/(systemd|udev|user|sshd|log|blkid|lvm|lock|mount|dbus)",
	"^file /run/(sudo|utmp|initctl|cryptsetup|credentials)",
	"^file /run/(xen|xenstored|xen-hotplug)/?",
	"^file /(var/)?tmp/systemd-private-",
	"^file /var/lib/xen/(console|dump|userdata-d\\.0\\.)",
	"^xenstore /(tool|local/domain/0/(memory|console|device-model))",
	"^xenstore /local/domain/0/libxl",
	/* made for the first guest, empty after the last one */
	"^xenstore /(libxl|vm)$",
};

static bool is_expected(const char *item)
{
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		regex_t regex;
		int rc;

		if (regcomp(&regex, expected[i], REG_EXTENDED | REG_NOSUB))
			ts_broken("pattern '%s' is wrong", expected[i]);
		rc = regexec(&regex, item, 0, NULL, 0);
		regfree(&regex);
		if (rc == 0)
			return true;
	}
	return false;
}

static void split_lines(struct strvec *lines, const char *text)
{
	strvec_split(lines, text, "\n");
	strvec_sort(lines);
}

static int report_leaks(const struct strvec *basis, const struct strvec *now,
			const char **first)
{
	int leaks = 0;

	for (size_t i = 0; i < now->count; i++) {
		if (strvec_has(basis, now->v[i]) || is_expected(now->v[i]))
			continue;
		ts_log("leaked: %s", now->v[i]);
		if (!leaks++)
			*first = now->v[i];
	}
	return leaks;
}

/* The domains that the toolstack knows, where there is one. */
static const char *inventory(struct ts_host *host)
{
	const struct toolstack *toolstack = ts_toolstack();
	const char *text = ts_script(host, INVENTORY_LIMIT_S, inventory_script,
				     toolstack->program, NULL);
	AUTO_STRBUF all = STRBUF_INIT;
	AUTO_STRVEC names = STRVEC_INIT;

	if (!str_ends(text, "\ntoolstack"))
		return text;
	strbuf_addstr(&all, text);
	strvec_split(&names, ts_script(host, INVENTORY_LIMIT_S,
				       toolstack->list, NULL), "\n");
	for (size_t i = 0; i < names.count; i++)
		strbuf_addf(&all, "\ndomain %s", names.v[i]);
	return ts_text("%s", all.buf);
}

static void check(struct ts_host *host, const char *path, const char *text)
{
	AUTO_STRBUF before = STRBUF_INIT;
	AUTO_STRVEC basis = STRVEC_INIT;
	AUTO_STRVEC now = STRVEC_INIT;
	const char *first = NULL;
	struct error err;
	int leaks;

	if (file_read(path, INVENTORY_MAX, &before, &err) < 0)
		ts_end(&err);
	split_lines(&basis, before.buf);
	split_lines(&now, text);
	leaks = report_leaks(&basis, &now, &first);
	if (leaks)
		ts_fail("host %s: %d left behind (the log has the list), "
			"first: %.200s", host->name, leaks, first);
}

static void run(void)
{
	const char *mode = ts_arg(0);
	struct ts_host *host = ts_host(0);
	const char *path = ts_text("%s/leak-basis.%s", ts_job_dir(),
				   host->ident);
	const char *text;
	struct error err;

	if (strcmp(mode, "basis") != 0 && strcmp(mode, "check") != 0 &&
	    strcmp(mode, "print") != 0)
		ts_broken("'%s' is not basis, check or print", mode);
	text = inventory(host);
	if (strcmp(mode, "basis") == 0) {
		if (file_publish(path, text, strlen(text), 0644, &err) < 0)
			ts_end(&err);
		ts_artifact("leak-basis", path);
	} else if (strcmp(mode, "check") == 0) {
		check(host, path, text);
	}
}

const struct ts_case ts_case = {
	.summary = "Note what is on the host, or check that nothing was left",
	.args = "basis|check|print host",
	.words = 1, .hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 180,
	.run = run,
};
