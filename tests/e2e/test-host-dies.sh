#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual host's machine ends while a step waits for the host: said at once,
# with how it ended. Nothing is booted for that: the machine has just begun.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

cat >>standalone.config <<'END'
HostProp_InstallMethod debian-installer
BootLimit 120s
END
exits "lab up" 0 ironbird lab up
exits "a host" 0 ironbird lab add-host -c 1 -m 256 -d 1 iron1
job install e2e-install host=iron1

waits() {
	[ "$(sql "SELECT count(*) FROM power_actions WHERE action = 'on'")" = \
		"$1" ] && qemu=$(cat var/lab/lab/hosts/iron1/qemu.pid)
}
reason() {
	sql "SELECT reason FROM steps WHERE run = $1"
}

# ends HOW SIGNAL RUN: the step is over within seconds of it
ends() {
	ironbird run-job --quiet t install >out 2>&1 &
	pid=$!
	ok "run $2: the host is on" until_true 60 waits "$2"
	begun=$(date +%s)
	kill "-$1" "$qemu"
	wait $pid
	is "a step whose host is gone is broken" $? 3
	ok "at once" test $(($(date +%s) - begun)) -le 10
}
ends KILL 1
contains "it was killed" "$(reason 1)" "host iron1 lost its power: its virtual \
machine, process $qemu, "
ok "by signal 9, where that can be known" sh -c "case '$(reason 1)' in
	*'ended by signal 9 (Killed)'* | *'was killed'*) ;; *) exit 1 ;; esac"
ends TERM 2
contains "or it ended by itself, with its last words" "$(reason 2)" \
	"host iron1 lost its power: its virtual machine, process $qemu, ended by \
itself ('qemu-system-x86_64: terminating on signal 15"
exits "lab down" 0 ironbird lab down
