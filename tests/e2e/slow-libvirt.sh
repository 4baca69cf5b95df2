#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests under libvirt on a virtual host: started, saved, restored, stopped and
# destroyed through virsh, leaving nothing behind; without a disk, and with
# one. For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset OSSTEST_HOST_REUSE IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

# passes WHAT JOB RECIPE GUEST TYPE: all that libvirt can do with one
passes() {
	passes_what=$1 job=$2 guest=$4
	job "$job" "$3" toolstack=libvirt arch=amd64 "${guest}_type=$5"
	ok "$passes_what passes" ironbird run-job t "$job"
	ironbird report "t.$job"
	for testid in "guest-start/$guest" "saverestore-support-check/$guest" \
		"guest-saverestore/$guest" "guest-stop/$guest" \
		"guest-start/$guest.2" "guest-destroy/$guest" \
		leak-check/check; do
		is "... step $testid" "$(step status "$job" "$testid")" pass
	done
}
# xml_of GUEST: the newest of the jobs' logs
xml_of() {
	find var -path '*etc/xen*' -name "$1*.xml" -exec cat {} +
}

ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
passes "a guest's life under libvirt" tiny test-tiny tiny pvh
is "libvirt migrates to other hosts only" \
	"$(step status tiny migrate-support-check/tiny)" skip
is "... so that is not tried" "$(step status tiny guest-localmigrate/tiny)" skip
contains "it was libvirt that started it" "$(sql "SELECT log FROM steps
	WHERE testid = 'guest-start/tiny'" | xargs cat)" "tiny: virsh create"
contains "its XML is kept" "$(xml_of tiny)" "<domain type='xen'"
passes "a PVH guest with a disk" pvh test-debian-once debian pvh
contains "... which no device model serves" "$(xml_of debian)" \
	"<driver name='phy' type='raw'/>"
passes "a PV guest with a disk" pv test-debian-once debian pv
is "the host was prepared once" "$(sql "SELECT count(*) FROM steps
	WHERE testid = 'host-install' AND status = 'pass'")" 1

job shim test-debian-once arch=amd64 toolstack=libvirt debian_type=pvh \
	debian_pvshim=true
OSSTEST_FLIGHT=t OSSTEST_JOB=shim exits "a guest on the shim" 99 \
	ts-debian-install host=iron1 debian
contains "... would be none under libvirt" "$OUT" \
	"toolstack libvirt starts no guest on the shim"

# a guest is not gone because libvirtd is
export OSSTEST_FLIGHT=t OSSTEST_JOB=tiny
ok "it starts again" ts-guest-start host=iron1 tiny
ironbird ssh iron1 -- systemctl mask --runtime --now libvirtd.service \
	libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket 2>/dev/null
exits "without libvirtd no guest is destroyed" 1 \
	ts-guest-destroy host=iron1 tiny
contains "... nor said to be absent" "$OUT" "failed to connect"
is "it is still there" "$(ironbird ssh iron1 -- xl list | grep -c tiny)" 1
ironbird runvars --set toolstack=xl t tiny
ok "... and can be destroyed by xl" ts-guest-destroy host=iron1 tiny
ironbird runvars --set toolstack=xend t tiny
exits "xend is refused" 99 ts-guest-start host=iron1 tiny
contains "... in words" "$OUT" "'xend' is no part of Xen since 4.5"
