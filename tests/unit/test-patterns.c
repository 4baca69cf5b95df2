/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lines of consoles mean: every row of the pattern files has its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "watch/patterns.h"

/* name NULL: it means nothing. */
static const struct {
	const char *line, *name;
} lines[] = {
	{ "[    1.2] Kernel panic - not syncing: VFS: Unable",
	  "kernel-panic" },
	{ "[    1.2] BUG: kernel NULL pointer dereference",
	  "kernel-bug" },
	{ "[ 9.1] watchdog: BUG: soft lockup - CPU#0 stuck for 22s!",
	  "soft-lockup" },
	{ "[ 9.1] INFO: task dd:12 blocked for more than 120 seconds.",
	  "hung-task" },
	{ "[ 9.1] Oops: 0000 [#1] SMP", "kernel-oops" },
	{ "traps: a.out[12] general protection fault ip:1 sp:2",
	  "user-fault" },
	{ "general protection fault, probably for non-canonical",
	  "kernel-fault" },
	{ "(XEN) Panic on CPU 0:", "xen-panic" },
	{ "(XEN) Xen BUG at mm.c:12", "xen-bug" },
	{ "(XEN) Assertion 'x > 0' failed at mm.c:12",
	  "xen-assertion" },
	{ "(XEN) FATAL TRAP: vector = 6 (invalid opcode)",
	  "xen-trap" },
	{ "(XEN) Domain 0 (vcpu#1) crashed on cpu#1:", "dom0-crash" },
	{ "(XEN) Domain 7 (vcpu#1) crashed on cpu#1:",
	  "guest-crash" },
	{ "[ 9.1] rcu: INFO: rcu_sched self-detected stall on CPU",
	  NULL },
	{ "[ 9.1] rcu: INFO: rcu_sched detected stalls on CPUs",
	  "rcu-stall" },
	{ "[ 9.1] Out of memory: Killed process 12 (dd)",
	  "out-of-memory" },
	{ "[ 9.1] dd invoked oom-killer: gfp_mask=0x1", "oom-killer" },
	{ "[ 9.1] a.out[12]: segfault at 0 ip 00 sp 00 error 4 in a",
	  "user-fault" },
	{ "[ 9.1] kernel BUG at mm/slub.c:12!", "kernel-bug" },
	{ "[ 9.1] Unable to handle kernel paging request",
	  "kernel-fault" },
	{ "[ 9.1] Watchdog detected hard LOCKUP on cpu 0",
	  "hard-lockup" },
	{ "You are in emergency mode. After logging in,",
	  "emergency-shell" },
	{ "Give root password for maintenance", "emergency-shell" },
	{ "ironbird-booted: 1", "booted" },
	{ "tiny-guest: up", "tiny-guest" },
	{ "Welcome to Debian GNU/Linux 12 (bookworm)!", "systemd" },
	{ "iron1 login: root (automatic login)", "login" },
	{ "[ 99.1] reboot: Restarting system", "restart" },
	{ "[ 99.1] reboot: Power down", "power-off" },
	{ "[ 99.1] reboot: System halted", "halted" },
	{ "(XEN) FATAL PAGE FAULT", "xen-trap" },
	{ "(XEN) Watchdog timer detects that CPU3 is stuck!",
	  "xen-watchdog" },
	{ "(XEN) Hardware Dom0 crashed: rebooting machine in 5",
	  "dom0-crash" },
	{ "(XEN) Hardware Dom0 shutdown: rebooting machine",
	  "dom0-shutdown" },
	{ "(XEN) domain_crash called from p2m.c:12", "guest-crash" },
	{ "(XEN) Xen WARN at mm.c:12", "xen-warning" },
	{ "(XEN) Xen call trace:", "xen-trace" },
	/* a guest's words are no sign of the host's */
	{ "(XEN) (d1) SeaBIOS (version 1.16.2)", NULL },
	{ "(d2) Kernel panic - not syncing", NULL },
	{ "(d34) SeaBIOS (version 1.16.2)", NULL },
	{ "(d4) BUG: x", NULL }, { "(d5) BUG: x", NULL },
	{ "(d6) BUG: x", NULL }, { "(d7) BUG: x", NULL },
	{ "(d8) BUG: x", NULL }, { "(d9) BUG: x", NULL },
	{ "(d0) Kernel panic - not syncing", "kernel-panic" },
	{ "!! ERROR: Installation step failed", "installer-failed" },
	{ "An installation step failed. You can try",
	  "installer-failed" },
	{ "Network autoconfiguration failed", "installer-network" },
	{ "Bad archive mirror", "installer-mirror" },
	{ "Failed to download crucial package", "installer-mirror" },
	{ "No disk drive was detected.", "installer-disk" },
	{ "No root file system is defined.", "installer-disk" },
	{ "Base system installation error", "installer-base" },
	{ "Debootstrap Error", "installer-base" },
	{ "SeaBIOS (version 1.16.2-debian-1.16.2-1)", "firmware" },
	{ "UEFI firmware (version 2022.11 built at)", "firmware" },
	{ "BdsDxe: starting Boot0002 \"UEFI PXEv4\"", "firmware" },
	{ "Copyright (C) 2020 American Megatrends, Inc.",
	  "firmware" },
	{ "AMIBIOS(C)2008 American", "firmware" },
	{ "Phoenix TrustedCore(tm) Server", "firmware" },
	{ "coreboot-4.12 Mon", "firmware" },
	{ "Welcome to GRUB!", "grub" },
	{ "GNU GRUB  version 2.06", "grub" },
	{ "grub>", "grub-prompt" },
	{ "No bootable option or device was found.",
	  "no-bootable-device" },
	{ "Boot failed: press a key to retry", "loader-failed" },
	{ "Could not find kernel image: linux", "loader-failed" },
	{ "No configuration file found", "loader-failed" },
	{ "PXE-E51: No DHCP or proxyDHCP offers", "pxe-error" },
	{ "No more network devices", "pxe-error" },
	{ "(XEN) d0v1 Triple fault - invoking", "dom0-crash" },
	{ "(XEN) d12v1 Triple fault - invoking", "guest-crash" },
	{ "(XEN) Xen version 4.17.5 (Debian)", "xen" },
	{ "[    0.0] Linux version 6.1.0-32-amd64", "linux" },
	{ "ironbird-installer: FAILED disk: no disk",
	  "installer-failed" },
	{ "ironbird-installer: disk", "installer" },
	{ "(initramfs)", "initramfs-shell" },
	{ "grub rescue>", "grub-rescue" },
	{ "No bootable device.", "no-bootable-device" },
	{ "Boot failed: not a bootable disk", "boot-failed" },
	{ "iron1 login:", "login" },
	{ "iPXE 1.21.1 -- Open Source Network Boot Firmware -- x",
	  "ipxe" },
	{ "PXELINUX 6.04 lwIP 20200816 Copyright", "pxelinux" },
	{ "Last login: Fri Nov 20 05:12", NULL },
	{ "iron1 login: root", NULL },
	{ "DEBUG: all is well", NULL },
	{ "type (initramfs) to see", NULL },
	{ "", NULL }, { "*", NULL }, { "aBUG:", NULL },
	{ "aBUG: then BUG: x", "kernel-bug" },
};

static void note_hit(const struct patterns *patterns, const char *line,
		     const struct pattern *found, bool *hit)
{
	for (size_t i = 0; patterns_row(patterns, i); i++) {
		const struct pattern *row = patterns_row(patterns, i);

		/* ignored lines are no row's: by their text */
		hit[i] |= row == found || (!found && strstr(line, row->text));
	}
}

static void test_patterns(void **state)
{
	struct patterns *patterns;
	struct error err = ERROR_INIT;
	bool hit[500] = { false };

	(void)state;
	if (patterns_load(&patterns, NULL, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const struct pattern *found = patterns_match(patterns,
							     lines[i].line,
							     true);

		note_hit(patterns, lines[i].line, found, hit);
		if (!lines[i].name != !found ||
		    (found && strcmp(found->name, lines[i].name) != 0))
			fail_msg("'%s' is %s", lines[i].line,
				 found ? found->name : "nothing");
	}
	for (size_t i = 0; patterns_row(patterns, i); i++)
		if (!hit[i])
			fail_msg("no line is '%s'",
				 patterns_row(patterns, i)->text);
	patterns_free(patterns);
}

static void test_pattern_phase(void **state)
{
	static const char line[] = "ironbird-installer: FAILED disk: no disk";
	struct patterns *patterns;

	(void)state;
	assert_int_equal(patterns_load(&patterns, NULL, NULL), 0);
	assert_int_equal(patterns_match(patterns, line, true)->class,
			 PATTERN_FAILURE);
	assert_int_equal(patterns_match(patterns, line, false)->class,
			 PATTERN_MARK);
	patterns_free(patterns);
}

static void test_pattern_files(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{ "\n# x\ncrash\n", "f:3: a row is CLASS NAME" },
		{ "crush a \"b\"", "f:1: 'crush' is no class" },
		{ "crash a/b \"b\"", "f:1: " },
		{ "mark a \"b\" at-start", "unknown option 'at-start'" },
		{ "mark a \"b", "f:1: a quote is not closed" },
		{ "mark a \"*\"", "begins with something" },
		{ "mark a \"\"", "begins with something" },
		{ "mark a \"\xc3\xa4\"", "printable ASCII" },
		{ "mark a \"b\" grace=1s", "grace= is for crashes" },
		{ "crash a \"b\" grace=1h", "grace= is 0 to 60s" },
		{ "crash a \"b\" grace=x", "f:1: " },
	};
	AUTO_STRBUF flood = STRBUF_INIT;
	struct patterns *patterns = patterns_new();
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(patterns_add(patterns, "f", rows[i].text,
					      &err), -1);
		if (!strstr(err.text, rows[i].reason))
			fail_msg("'%s': %s", rows[i].text, err.text);
	}
	for (int i = 0; i < 1001; i++)
		strbuf_addstr(&flood, "mark a \"b\"\n");
	assert_int_equal(patterns_add(patterns, "f", flood.buf, &err), -1);
	assert_non_null(strstr(err.text, "f:1001: there are more than"));
	patterns_free(patterns);
}

static void test_console_clean(void **state)
{
	char text[] = "\033[1;32mok\033[0m \033]0;title\atab\there\r\n\x01\xff";
	char broken[] = "a\033[";

	(void)state;
	console_clean(text);
	assert_string_equal(text, "ok tab here ?");
	console_clean(broken);
	assert_string_equal(broken, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_pattern_phase),
		cmocka_unit_test(test_pattern_files),
		cmocka_unit_test(test_console_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
