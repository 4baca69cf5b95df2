/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "watch/patterns.h"

#define TRACE 2000		/* serial lines of a whole trace take less */
#define SEQUENCE_MAX 64		/* longer ones are just text */

#define MARK(n, t) { .name = n, .text = t, .class = PATTERN_MARK }
#define WARNING(n, t) { .name = n, .text = t, .class = PATTERN_WARNING }
#define FAILURE(n, t) { .name = n, .text = t, .class = PATTERN_FAILURE }
#define CRASH(n, t) \
	{ .name = n, .text = t, .class = PATTERN_CRASH, .grace_ms = TRACE }
#define PROMPT(n, t, c) \
	{ .name = n, .text = t, .class = c, .at_end = true }

/* More special ones first. */
static const struct pattern table[] = {
	/* Linux, drivers/... and kernel/panic.c */
	CRASH("kernel-panic", "Kernel panic - not syncing"),
	/* A slow or overcommitted machine says these, and goes on. */
	WARNING("soft-lockup", "watchdog: BUG: soft lockup"),
	WARNING("rcu-stall", "rcu: INFO: * detected stall"),
	WARNING("hung-task", "INFO: task * blocked for more than"),
	WARNING("out-of-memory", "Out of memory: Kill"),
	WARNING("oom-killer", "invoked oom-killer"),
	WARNING("user-fault", "traps: * general protection fault"),
	WARNING("user-fault", "segfault at * ip * sp * error"),
	CRASH("kernel-oops", "Oops:"),
	CRASH("kernel-bug", "BUG:"),
	CRASH("kernel-bug", "kernel BUG at"),
	CRASH("kernel-fault", "Unable to handle kernel"),
	CRASH("kernel-fault", "general protection fault"),
	CRASH("hard-lockup", "Watchdog detected hard LOCKUP"),

	/* Xen, xen/common and xen/arch/x86/traps.c */
	CRASH("xen-panic", "Panic on CPU"),
	CRASH("xen-bug", "Xen BUG at"),
	CRASH("xen-assertion", "Assertion '*' failed at"),
	CRASH("xen-trap", "FATAL TRAP"),
	CRASH("xen-trap", "FATAL PAGE FAULT"),
	CRASH("xen-watchdog", "Watchdog timer detects that CPU* is stuck"),
	CRASH("dom0-crash", "Domain 0 (vcpu#*) crashed"),
	CRASH("dom0-crash", "Hardware Dom0 crashed"),
	CRASH("dom0-crash", "d0v* Triple fault"),
	MARK("dom0-shutdown", "Hardware Dom0 shutdown"),
	/* A guest's end is the business of the test that runs the guest. */
	WARNING("guest-crash", "Domain * (vcpu#*) crashed"),
	WARNING("guest-crash", "domain_crash called from"),
	WARNING("guest-crash", "Triple fault"),
	WARNING("xen-warning", "Xen WARN at"),
	WARNING("xen-trace", "Xen call trace:"),

	/* Where a boot stops and waits for a person */
	FAILURE("installer-failed", "ironbird-installer: FAILED"),
	PROMPT("initramfs-shell", "(initramfs)", PATTERN_FAILURE),
	FAILURE("emergency-shell", "You are in emergency mode"),
	FAILURE("emergency-shell", "Give root password for maintenance"),
	FAILURE("grub-rescue", "grub rescue>"),
	PROMPT("grub-prompt", "grub>", PATTERN_FAILURE),
	FAILURE("no-bootable-device", "No bootable device"),
	FAILURE("no-bootable-device", "No bootable option or device"),
	FAILURE("loader-failed", "Boot failed: press a key to retry"),
	FAILURE("loader-failed", "Could not find kernel image:"),
	FAILURE("loader-failed", "No configuration file found"),
	/* Firmware goes on with its next device. */
	WARNING("boot-failed", "Boot failed"),
	WARNING("pxe-error", "PXE-E"),
	WARNING("pxe-error", "No more network devices"),

	/* Signs of life, in the order of a boot */
	MARK("firmware", "SeaBIOS (version"),
	MARK("ipxe", "iPXE * -- Open Source Network Boot Firmware"),
	MARK("pxelinux", "PXELINUX "),
	MARK("grub", "Welcome to GRUB!"),
	MARK("grub", "GNU GRUB  version"),
	MARK("xen", "Xen version"),
	MARK("linux", "Linux version"),
	MARK("installer", "ironbird-installer:"),
	MARK("booted", "ironbird-booted:"),
	MARK("tiny-guest", "tiny-guest: up"),
	MARK("systemd", "Welcome to Debian"),
	MARK("login", "login: root (automatic login)"),
	PROMPT("login", "login:", PATTERN_MARK),
	MARK("restart", "reboot: Restarting system"),
	MARK("power-off", "reboot: Power down"),
	MARK("halted", "reboot: System halted"),
};

const struct pattern *pattern_table(unsigned int *count)
{
	*count = ARRAY_SIZE(table);
	return table;
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Where the part of len bytes begins in s, or NULL. */
static const char *find_part(const char *s, const char *part, size_t len)
{
	return memmem(s, strlen(s), part, len);
}

/* What follows the text, parts of which stand anywhere in this order. */
static const char *match_parts(const char *s, const char *text)
{
	for (;;) {
		size_t len = strcspn(text, "*");

		s = find_part(s, text, len);
		if (!s)
			return NULL;
		s += len;
		if (!text[len])
			return s;
		text += len + 1;
	}
}

static bool matches(const struct pattern *row, const char *line)
{
	size_t first = strcspn(row->text, "*");
	const char *s = line, *rest;

	while ((s = find_part(s, row->text, first))) {
		bool inside = s > line && word_char(s[-1]) &&
			      word_char(row->text[0]);

		rest = inside ? NULL : match_parts(s, row->text);
		if (rest && (!row->at_end || !rest[strspn(rest, " ")]))
			return true;
		/* Not one of its other parts follows: nor will it later. */
		if (!inside && !rest)
			return false;
		s++;
	}
	return false;
}

const struct pattern *pattern_match(const char *line)
{
	if (!*line)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (matches(&table[i], line))
			return &table[i];
	return NULL;
}

/* Length of the control sequence (ECMA-48) that begins at s with ESC. */
static size_t sequence_length(const char *s)
{
	size_t n = 1;

	if (s[1] == '[') {
		for (n = 2; s[n] && (s[n] < '@' || s[n] > '~'); n++)
			if (n > SEQUENCE_MAX)
				break;
		return s[n] ? n + 1 : n;
	}
	if (s[1] == ']') {
		for (n = 2; s[n] && s[n] != '\a' && s[n] != '\033'; n++)
			if (n > SEQUENCE_MAX)
				break;
		return s[n] ? n + 1 : n;
	}
	if (s[1] == '(' || s[1] == ')')
		return s[2] ? 3 : 2;
	return s[1] ? 2 : 1;
}

void console_clean(char *line)
{
	char *out = line;

	for (char *s = line; *s; s++) {
		unsigned char c = *s;

		if (c == '\033') {
			s += sequence_length(s) - 1;
			continue;
		}
		if (c == '\t' || c == '\r')
			*out++ = ' ';
		else if (c >= 0x80)
			*out++ = '?';
		else if (c >= ' ' && c != 0x7f)
			*out++ = *s;
	}
	while (out > line && out[-1] == ' ')
		out--;
	*out = '\0';
}
