#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The main job as `make demo` runs it, on a lab of this test's own: from
# power-off to a verdict, and what it left as evidence. Then one test case by
# hand, and the tiny guest's job on the host as it was prepared.
#
# Images come from the checkout's own cache, and are built when they must be.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

main=test-amd64-amd64-xl
unset OSSTEST_HOST_REUSE IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
HostProp_iron1_XenCommandlineAppend cpufreq=none
HostProp_iron1_Rootdelay 1
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
ok "a flight is made" ironbird standalone-reset demo
ok "the main job passes" ironbird run-job $main
ironbird report standalone

# its installation may be tried twice, as the recipe says
is "every step passed" "$(sql "SELECT group_concat(testid || ' ' || status)
	FROM steps WHERE status <> 'pass' AND testid NOT LIKE '%.try%'")" ""
for testid in host-install xen-boot leak-check/basis debian-install/debian \
	guest-start/debian guest-saverestore/debian guest-localmigrate/debian \
	guest-stop/debian guest-start/debian.2 guest-destroy/debian \
	leak-check/check logs-capture; do
	is "step $testid is there" \
		"$(sql "SELECT status FROM steps WHERE testid = '$testid'")" \
		pass
done
for log in $(sql "SELECT log FROM steps"); do
	[ -s "$log" ] || ok "log $log is there" false
done
is "logs were captured" \
	"$(sql "SELECT count(*) > 20 FROM artifacts")" 1
for stage in dhcp-ack tftp fetch console; do
	is "boot events have $stage" "$(sql "SELECT count(*) > 0
		FROM boot_events WHERE host = 'iron1' AND stage = '$stage'")" 1
done
is "every power action was read back" \
	"$(sql "SELECT group_concat(DISTINCT result) FROM power_actions")" \
	verified
contains "the boot file points to the local disk" \
	"$(cat "$WORK"/var/lab/lab/tftp/pxelinux.cfg/0A4C0101)" localboot
is "what runs is what was installed" "$(sql "SELECT count(*) FROM runvars
	WHERE name = 'host_xen_running' AND value LIKE '4.%'")" 1
contains "what was appended to Xen's command line" \
	"$(ironbird ssh iron1 -- xl info xen_commandline)" \
	"conring_size=256k cpufreq=none"
contains "and to dom0's" "$(ironbird ssh iron1 -- cat /proc/cmdline)" \
	"console=hvc0 rootdelay=1"
is "the host is free again" "$(sql "SELECT count(*) FROM host_allocations")" 0

# by hand, on the host as it is
out=$(OSSTEST_JOB=$main ts-host-ping-check xen host=iron1 2>&1)
is "a test case runs by hand" $? 0
contains "... and says what it saw" "$out" "0% packet loss"

ok "the tiny guest's job passes" ironbird run-job $main-tiny
is "without preparing the host again" "$(sql "SELECT count(*) FROM steps
	WHERE job = '$main-tiny' AND status = 'skip'
	AND reason LIKE 'reused: iron1 goes back to its snapshot of %'")" 5
ironbird report standalone.$main-tiny

# by hand: what an HVM guest needs is put on the host as it is, and one boots
ironbird job-create standalone hvm test-debianhvm arch=amd64 toolstack=xl \
	hypervisor_bundle=xen-hvm >/dev/null
echo GuestBootLimit 10m >>standalone.config
export OSSTEST_JOB=hvm
exits "an HVM guest is not installed where there is no device model" 99 \
	ts-debian-hvm-install host=iron1 debianhvm
contains "... and the sentence says what is missing" "$OUT" \
	"needs /usr/libexec/xen-qemu-system-i386, which host iron1 does not have"
ok "the host gets it" ts-xen-install host=iron1
ok "an HVM guest is installed" ts-debian-hvm-install host=iron1 debianhvm
ok "... boots from its own disk, and answers" \
	ts-guest-start host=iron1 debianhvm
ok "... and is destroyed" ts-guest-destroy host=iron1 debianhvm

ok "the lab goes down" ironbird lab down
