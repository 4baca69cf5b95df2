/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What jobs ask of a host by flags: can its processor run HVM guests, and
 * whose is it; threads; an IOMMU; the firmware. The runvar hw_flags has them.
 */
#include <string.h>

#include "ts/ts_host.h"

/* Flags in /proc/cpuinfo: Linux, arch/x86/include/asm/cpufeatures.h. */
static const char script[] =
	"has() { grep -qwm1 \"$1\" /proc/cpuinfo; }\n"
	"has svm && echo hvm hvm-amd || :\n"
	"has vmx && echo hvm hvm-intel || :\n"
	"has npt || has ept && echo hap || :\n"
	"[ \"$(cat /sys/devices/system/cpu/smt/active 2>/dev/null)\" != 1 ] ||"
	" echo hw-smt\n"
	"ls /sys/class/iommu/* >/dev/null 2>&1 && echo hw-iommu || :\n"
	"[ -d /sys/firmware/efi ] && echo firmware-uefi || echo firmware-bios\n"
	"case $(uname -m) in x86_64) echo arch-amd64 ;; aarch64) echo arch-arm64 ;;"
	" esac\n";

static void run(void)
{
	struct ts_host *host = ts_host(0);
	AUTO_STRVEC words = STRVEC_INIT;
	AUTO_FREE char *flags = NULL;

	strvec_split(&words, ts_script(host, 0, script, NULL), " \n");
	flags = strvec_join(&words, ",");
	ts_log("host %s: %s", host->name, flags);
	ts_runvar_store("hw_flags", flags);
}

const struct ts_case ts_case = {
	.summary = "Note which flags the host's processor and firmware give it",
	.args = "host",
	.hosts = 1,
	.timeout_s = 300,
	.details = "Stores the runvar hw_flags: hvm, hvm-amd, hvm-intel, hap, "
		"hw-smt,\nhw-iommu, firmware-bios, firmware-uefi, arch-amd64.",
	.run = run,
};
