/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/files.h"
#include "base/proc.h"
#include "lab/qemu_args.h"

#define QEMU "/usr/bin/qemu-system-x86_64"
#define EFI_CODE "/usr/share/OVMF/OVMF_CODE_4M.fd"
#define EFI_VARS "/usr/share/OVMF/OVMF_VARS_4M.fd"
#define CPUINFO_MAX (4 << 20)
#define VARS_LIMIT_MS 30000

/*
 * Under TCG this model runs Xen with PV, PVH and HVM guests; "max" and the
 * models named for real processors crash one or the other. No BMI: QEMU 7.2
 * computes some of it wrongly, and zstd then finds its data corrupt.
 */
#define TCG_CPU "qemu64,+svm,+npt,+pdpe1gb,+ssse3,+sse4.1,+sse4.2,+popcnt," \
	"+aes,+pclmulqdq,+fsgsbase,+erms,+movbe,+rdrand"

/*
 * Half of the memory lies above 4 GiB, where Xen puts its stacks first. Below,
 * GRUB has run from the very pages that Xen then takes for the stack of its
 * first processor, and TCG takes each write to a page that it once translated
 * code from for self-modifying code: dom0 boots nine times slower.
 */
#define MACHINE "pc,max-ram-below-4g=1G"

/*
 * After a reboot such pages are anywhere. A small translation buffer is soon
 * full and then forgotten whole: a boot costs 4 s more and never 150 s.
 */
#define TCG "tcg,thread=multi,tb-size=32"

static void hash_host(const char *lab_dir, const char *host,
		      char hex[SHA256_HEX_SIZE])
{
	AUTO_FREE char *text = xasprintf("%s %s", lab_dir, host);

	data_sha256(text, strlen(text), hex);
}

char *qemu_ether(const char *lab_dir, const char *host)
{
	char hex[SHA256_HEX_SIZE];

	hash_host(lab_dir, host, hex);
	return xasprintf("52:54:00:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4);
}

static bool cpu_has(const struct strbuf *cpuinfo, const char *flag)
{
	AUTO_STRVEC words = STRVEC_INIT;
	const char *line = strstr(cpuinfo->buf, "\nflags");
	AUTO_FREE char *flags = NULL;

	if (!line)
		return false;
	flags = xstrndup(line + 1, strcspn(line + 1, "\n"));
	strvec_split(&words, flags, " \t:");
	return strvec_has(&words, flag);
}

/* /dev/kvm alone says nothing: there are machines where it opens and hangs. */
static bool can_use_kvm(void)
{
	AUTO_STRBUF cpuinfo = STRBUF_INIT;

	if (!file_exists("/dev/kvm") ||
	    file_read("/proc/cpuinfo", CPUINFO_MAX, &cpuinfo, NULL) < 0)
		return false;
	return cpu_has(&cpuinfo, "svm") || cpu_has(&cpuinfo, "vmx");
}

static void push_machine(struct strvec *args, const char *name,
			 const struct lab_host_spec *spec)
{
	strvec_pushl(args, QEMU, "-name", name, "-nodefaults", "-machine",
		     "pc", NULL);
	if (can_use_kvm())
		strvec_pushl(args, "-accel", "kvm", "-cpu", "host", NULL);
	else
		strvec_pushl(args, "-accel", TCG, "-cpu",
			     TCG_CPU, NULL);
	strvec_push(args, "-smp");
	strvec_pushf(args, "%d", spec->cpus);
	strvec_push(args, "-m");
	strvec_pushf(args, "%d", spec->memory_mb);
	strvec_pushl(args, "-rtc", "base=utc", "-vga", "std", "-display",
		     "none", "-device", "virtio-rng-pci", NULL);
}

/* The network boots first, then the disk, as an iron test host is set. */
static void push_devices(struct strvec *args, const char *dir,
			 const char *ether, const char *tap)
{
	strvec_push(args, "-drive");
	strvec_pushf(args, "file=%s/disk.qcow2,format=qcow2,if=none,id=disk,"
		     "cache=unsafe,discard=unmap,detect-zeroes=unmap", dir);
	strvec_pushl(args, "-device", "virtio-blk-pci,drive=disk,bootindex=2",
		     "-netdev", NULL);
	strvec_pushf(args, "tap,id=net,ifname=%s,script=no,downscript=no",
		     tap);
	strvec_push(args, "-device");
	strvec_pushf(args, "virtio-net-pci,netdev=net,mac=%s,bootindex=1",
		     ether);
	strvec_push(args, "-chardev");
	strvec_pushf(args, "socket,id=serial,path=%s/console.dev,server=off,"
		     "reconnect=1", dir);
	strvec_pushl(args, "-serial", "chardev:serial", NULL);
}

/* As its disk, in a format that can have snapshots. */
static int make_vars(const char *vars, struct error *err)
{
	char *const argv[] = {
		"qemu-img", "convert", "-O", "qcow2", EFI_VARS, (char *)vars,
		NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = VARS_LIMIT_MS,
	};

	return file_exists(vars) ? 0 : proc_check(&spec, err);
}

static int push_uefi(struct strvec *args, const char *dir, struct error *err)
{
	AUTO_FREE char *vars = xasprintf("%s/efivars.qcow2", dir);

	if (!file_exists(EFI_CODE) || !file_exists(EFI_VARS))
		return error_set(err, ERROR_BROKEN, "UEFI firmware for QEMU "
				 "is not there: apt install ovmf");
	strvec_pushl(args, "-drive", "if=pflash,unit=0,format=raw,readonly=on,"
		     "file=" EFI_CODE, "-drive", NULL);
	strvec_pushf(args, "if=pflash,unit=1,format=qcow2,file=%s", vars);
	return make_vars(vars, err);
}

int qemu_args_write(const char *dir, const char *lab_dir,
		    const struct lab_host_spec *spec, struct error *err)
{
	AUTO_FREE char *ether = qemu_ether(lab_dir, spec->name);
	AUTO_FREE char *path = xasprintf("%s/qemu.args", dir);
	AUTO_FREE char *tap = NULL, *text = NULL;
	AUTO_STRVEC args = STRVEC_INIT;
	char hex[SHA256_HEX_SIZE];

	if (!file_exists(QEMU))
		return error_set(err, ERROR_BROKEN, QEMU " is not there: apt "
				 "install qemu-system-x86");
	/* an interface's name has at most 15 characters */
	hash_host(lab_dir, spec->name, hex);
	tap = xasprintf("tap-%.8s", hex);
	push_machine(&args, spec->name, spec);
	push_devices(&args, dir, ether, tap);
	if (spec->uefi && push_uefi(&args, dir, err) < 0)
		return -1;
	strvec_push(&args, "");
	text = strvec_join(&args, "\n");
	return file_publish(path, text, strlen(text), 0644, err);
}
