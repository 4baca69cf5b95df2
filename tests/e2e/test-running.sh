#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# hypervisor/running, which looks at what runs on a host, in a mount namespace
# where /sys is what a host of Xen's has, with an xl that says what it was
# heard to say. What that comes to is tests/unit/test-running.c.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir fake
cat >info <<'END'
host                   : iron2
release                : 6.1.0-56-amd64
virt_caps              : pv hvm hap shadow gnttab-v1 gnttab-v2
total_memory           : 2047
free_memory            : 1511
xen_version            : 4.17.5
xen_caps               : xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64
xen_scheduler          : credit2
xen_changeset          : Fri Nov 20 15:20:21 UTC 2026 git:13a728783b89ea007b395ad9124693
xen_commandline        : placeholder dom0_mem=512M,max:512M sched=rtds flask=enforcing
cc_compiler            : gcc (Debian 12.2.0-14+deb12u1) 12.2.0
cc_compile_date        : Fri Nov 20 15:20:21 UTC 2026
build_id               : fd1cf5c0417b07780abe67dae5e84b78c9ba3fc5
END
cat >dmesg <<'END'
(XEN) Xen version 4.17.5 (build@ironbird) (gcc (Debian 12.2.0-14+deb12u1) 12.2.0) debug=y Fri Nov 20 15:20:21 UTC 2026
(XEN) Using scheduler: SMP Credit Scheduler rev2 (credit2)
END
echo 'Flask XSM Disabled' >getenforce
cat >failure <<'END'
xencall: error: Could not obtain handle on privileged command interface: No such file or directory
libxl: error: libxl.c:102:libxl_ctx_alloc: cannot open libxc handle: No such file or directory
cannot init xl context
END
cat >fake/xl <<'END'
#!/bin/sh
[ ! -e fails ] || { cat failure >&2; exit 1; }
cat "$1" || exit
# with this xl also fails
[ "$1" != getenforce ] || ! grep -q Disabled getenforce
END
cat >fake/virsh <<'END'
#!/bin/sh
echo "error: failed to connect to the hypervisor" >&2
exit 1
END
printf '#!/bin/sh\necho 0\n' >fake/systemctl
printf '#!/bin/sh\nexit 1\n' >fake/xenhypfs
cp fake/xenhypfs fake/pidof
chmod +x fake/*

cat >there <<END
set -eu
mount -t tmpfs none /sys
mkdir /sys/hypervisor /sys/kernel
head -c 64 /dev/zero >/sys/kernel/notes
[ -e bare ] || echo xen >/sys/hypervisor/type
PATH=$WORK/fake:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
exec sh $IRONBIRD_SHARE/hypervisor/running
END
running() { unshare --mount sh there; }

exits "a host of Xen's" 0 running
contains "the hypervisor that runs" "$OUT" \
	"xen_build_id=fd1cf5c0417b07780abe67dae5e84b78c9ba3fc5"
contains "... with assertions" "$OUT" "xen_debug=y"
contains "... without a policy" "$OUT" "xen_policy=none"
is "... nor is one enforced, in one line" \
	"$(echo "$OUT" | grep -A1 '^xen_flask=' | sed 's/=.*xl$/=xl/')" \
	"xen_flask=Flask XSM Disabled
tools=xl"
lacks "... and it has the scheduler" "$OUT" xen_scheduler_missing
contains "libvirt that does not answer says why" "$OUT" \
	"libvirt_error=failed to connect to the hypervisor"

echo Enforcing >getenforce
echo '(XEN) Could not find scheduler: rtds' >>dmesg
echo '(XEN) Flask: 64 avtab hash slots; Policy len 0x2a3f' >>dmesg
exits "with a policy and without the scheduler" 0 running
contains "it is enforced" "$OUT" xen_flask=Enforcing
contains "it is a module" "$OUT" xen_policy=module
contains "the scheduler is missing" "$OUT" xen_scheduler_missing=y

touch fails
exits "an xl that fails" 1 running
is "says its first words" "$OUT" "xl_error=$(head -n 1 failure)"
touch bare
exits "a host without a hypervisor" 1 running
contains "says so" "$OUT" hypervisor=none
