#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests that boot from their own disks: HVM by its firmware, PV and PVH by
# pygrub and pvgrub, on logical volumes and in files; and a PV guest on a Xen
# of its own. For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset OSSTEST_HOST_REUSE IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
GuestBootLimit 12m
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1

# passes WHAT JOB RECIPE [RUNVAR...]
passes() {
	passes_what=$1
	shift
	job "$@" arch=amd64 toolstack=xl hypervisor_bundle=xen-hvm
	ok "$passes_what" ironbird run-job t "$1"
	ironbird report "t.$1"
}
# config_of JOB: xl's configuration, as the install step logged it.
config_of() {
	cat "$(sql "SELECT log FROM steps WHERE job = '$1'
		AND testid GLOB 'debian-*install*'")"
}

passes "an HVM guest" hvm test-debianhvm
is "... is saved and restored" "$(step status hvm guest-saverestore/debianhvm)" pass
is "... migrates" "$(step status hvm guest-localmigrate/debianhvm)" pass
contains "... by SeaBIOS" "$(config_of hvm)" 'bios = "seabios"'

passes "pygrub, PV" pygrub test-debian-di debian_type=pv \
	debian_bootloader=pygrub
contains "... has no kernel of dom0's" "$(config_of pygrub)" \
	'bootloader = "pygrub"'
passes "pvgrub, PVH, in a raw file" raw test-debian-di debian_type=pvh \
	debian_bootloader=pvgrub debian_diskfmt=raw
passes "pvgrub, PVH, in a qcow2 file" qcow2 test-debian-di debian_type=pvh \
	debian_bootloader=pvgrub debian_diskfmt=qcow2
for job in raw qcow2; do
	is "... which migrates" "$(step status $job guest-localmigrate/debian)" pass
done
passes "a PV guest on the shim" shim test-debian-once debian_type=pvh \
	debian_pvshim=true
contains "... has it" "$(config_of shim)" 'pvshim = 1'
is "the host was prepared once" "$(sql "SELECT count(*) FROM steps
	WHERE testid = 'host-install' AND status = 'pass'")" 1

# what cannot be is said
job vhd test-debian-di arch=amd64 toolstack=xl hypervisor_bundle=xen-hvm \
	debian_diskfmt=vhd
export OSSTEST_FLIGHT=t OSSTEST_JOB=vhd
exits "a vhd file" 99 ts-debian-di-install host=iron1 debian
contains "... is no disk" "$OUT" "there is no disk format 'vhd'"
job pvgrub test-debian-di arch=amd64 toolstack=xl hypervisor_bundle=xen-hvm \
	debian_type=pv debian_bootloader=pvgrub
OSSTEST_JOB=pvgrub exits "pvgrub, PV" 99 ts-debian-di-install host=iron1 debian
contains "... is not offered" "$OUT" \
	"there is no guest of type 'pv' that boots by 'pvgrub'"
job wrong test-debianhvm arch=amd64 toolstack=xl hypervisor_bundle=xen-hvm \
	debianhvm_type=pv
OSSTEST_JOB=wrong exits "an HVM guest of type pv" 99 \
	ts-debian-hvm-install host=iron1 debianhvm
contains "... is none" "$OUT" \
	"its runvar type says 'pv', but this installs hvm guests"
