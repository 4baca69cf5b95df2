#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Live migration between two virtual hosts and back, without and with a disk;
# and what is left on the hosts when it fails. For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_TS_PATH OSSTEST_HOST_REUSE
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

# bad_steps JOB: those that did not pass, but for what was reused
bad_steps() {
	sql "SELECT group_concat(testid || ' ' || status) FROM steps
		WHERE job = '$1' AND status NOT IN ('pass', 'skip')"
}
# stage JOB FROM TO GUEST: what its migration said last
stage() {
	step stage "$1" "guest-migrate/$2/$3/$4"
}
# up TEXT: the seconds in "guest tiny: up for 148 s, now on iron2"
up() {
	echo "$1" | sed -n 's/.*up for \([0-9]*\) s.*/\1/p'
}
# keys HOST: that one host has for another
keys() {
	ironbird ssh "$1" 'grep -c ironbird-migrate /root/.ssh/authorized_keys;
		ls /run/ironbird-migrate* 2>/dev/null'
}
# disks HOST: that come over the network
disks() {
	ironbird ssh "$1" 'ls /sys/block | grep nvme;
		ls /sys/kernel/config/nvmet/subsystems 2>/dev/null'
}

ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
ok "... and another" ironbird lab add-host iron2

# --- without a disk ----------------------------------------------------------
job tiny test-pair-tiny tiny_type=pvh src_host=iron1 dst_host=iron2
ok "a guest without a disk goes there and back" ironbird run-job t tiny
is "every step passed" "$(bad_steps tiny)" ""
there=$(stage tiny src_host dst_host tiny)
back=$(stage tiny dst_host src_host tiny)
contains "it was on the other host" "$there" "now on iron2"
contains "and came back" "$back" "now on iron1"
ok "up all the time" [ "$(up "$back")" -gt "$(up "$there")" ]
is "no key is left on iron1" "$(keys iron1)" 0
is "nor on iron2" "$(keys iron2)" 0

# --- with one ----------------------------------------------------------------
job debian test-pair debian_type=pvh src_host=iron1 dst_host=iron2
ok "a guest with a disk does so" ironbird run-job t debian
is "every step passed" "$(bad_steps debian)" ""
is "on hosts that were not installed again" "$(sql "SELECT DISTINCT status
	FROM steps WHERE job = 'debian' AND testid GLOB 'host-install/*'")" skip
contains "its disk came along" "$(sql "SELECT stage FROM steps
	WHERE job = 'debian' AND testid GLOB 'guest-disk-share/on/*'")" \
	"of host iron1 is on host iron2"
is "no disk is left on iron1" "$(disks iron1)" ""
is "nor on iron2" "$(disks iron2)" ""

# --- when it fails -----------------------------------------------------------
# Nothing there can give the guest its network.
export OSSTEST_FLIGHT=t OSSTEST_JOB=tiny
ok "the guest runs" ts-guest-start host=iron1 tiny
ironbird ssh iron2 rm /etc/xen/scripts/vif-bridge
exits "to a host that cannot take it" 1 \
	ts-guest-migrate src_host=iron1 dst_host=iron2 tiny
contains "fails with what xl said" "$OUT" "xl migrate"
ok "the guest stays where it was" ironbird ssh iron1 xl list tiny.guest.osstest
is "no key is left on iron1" "$(keys iron1)" 0
is "nor on iron2" "$(keys iron2)" 0
