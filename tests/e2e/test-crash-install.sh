#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual host is installed while everything that takes part in it is killed,
# at random moments: QEMU, the step, run-job, the lab's services, recorder and
# supervisor. The same command carries on, and what is installed is not
# installed again.
#
# The image comes from the checkout's own cache, and is built when it must be.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
END
LAB=$WORK/var/lab/lab
echo 0 >kills

# random FROM TO: seconds, in tenths
random() {
	awk -v from="$1" -v to="$2" -v seed="$(od -An -N4 -tu4 /dev/urandom)" \
		'BEGIN { srand(seed); printf "%.1f", from + rand() * (to - from) }'
}

steps() {
	sql "SELECT group_concat(testid || ' ' || status, ', ') FROM (SELECT *
		FROM steps ORDER BY stepno)"
}

switched_on() {
	[ "$(sql "SELECT count(*) FROM power_actions WHERE action = 'on'")" \
		-ge "$1" ] && alive "$(cat "$LAB/hosts/iron1/qemu.pid")"
}

# dies WHAT PID
dies() {
	ok "$1 is killed" kill -KILL "$2"
	echo $(($(cat kills) + 1)) >kills
}

fetched() {
	[ "$(sql "SELECT count(*) FROM boot_events WHERE stage = 'fetch' AND
		detail LIKE '%$1%' AND id > $last")" -gt 0 ]
}

mark() {
	last=$(sql "SELECT coalesce(max(id), 0) FROM boot_events")
}

run_job() {
	ironbird run-job --quiet "$@" t install >>out 2>&1 &
	pid=$!
}

exits "lab up" 0 ironbird lab up
exits "a host" 0 ironbird lab add-host iron1
job install e2e-crash-install host=iron1

# --- three attempts that are cut off -----------------------------------------
run_job
ok "the host is switched on" until_true 300 switched_on 1
sleep "$(random 0.2 3)"
dies QEMU "$(cat "$LAB/hosts/iron1/qemu.pid")"
ok "the step says so at once, and is tried again" until_true 60 switched_on 2
contains "with the reason" "$(sql "SELECT reason FROM steps
	WHERE testid = 'host-install.try1'")" "host iron1 lost its power"
sleep "$(random 0.2 3)"
dies "the step" "$(sql "SELECT owner_pid FROM steps
	WHERE testid = 'host-install'")"
ok "it is lost, and begun again" until_true 60 switched_on 3
sleep "$(random 0.2 3)"
dies run-job $pid
wait $pid 2>/dev/null
was_lost() {
	[ "$(steps)" = "hosts-allocate pass, host-install.try1 broken, \
host-install.lost3 lost, host-install lost" ]
}
ok "its rows are true" until_true 5 was_lost

# --- the one that comes to its end -------------------------------------------
mark
run_job --resume
ok "the host is switched on" until_true 60 switched_on 4
sleep "$(random 0.1 2)"
dies dnsmasq "$(child pid dnsmasq)"
dies "the recorder" "$(child pid console:iron1)"
ok "its loader asks for its orders" until_true 120 fetched orders
dies tftpd "$(child pid tftpd)"
sleep "$(random 0.1 3)"
dies Apache "$(child pid apache2)"
sleep "$(random 0.5 3)"
dies "the supervisor" "$(cut -d ' ' -f 1 "$LAB/lab.pid")"
ok "the lab is brought up again" ironbird lab up
once_runs() {
	[ "$(sql "SELECT count(*) FROM steps WHERE testid = 'once'
		AND status = 'running' AND owner_pid IS NOT NULL")" = 1 ] &&
		[ -e once ]
}
ok "the host is installed and looked at" until_true 900 once_runs

# --- and is not installed again ----------------------------------------------
dies run-job $pid
wait $pid 2>/dev/null
switched=$(sql "SELECT max(id) FROM power_actions")
images=$(grep -c '\.img' "$LAB/log/access.log")
run_job --resume
wait $pid
is "the job passes" $? 0
is "its host was not switched" "$(sql "SELECT max(id) FROM power_actions")" \
	"$switched"
is "no image was fetched" "$(grep -c '\.img' "$LAB/log/access.log")" "$images"
is "its disk is the one that was installed" "$(cat mark-last)" \
	"$(cat mark-first)"
ok "which is known by its number" grep -q . mark-first
is "the installation passed once" "$(sql "SELECT count(*) FROM steps
	WHERE testid = 'host-install' AND status = 'pass'")" 1
rest=$(steps)
contains "its rows" "$rest" "hosts-allocate pass, host-install.try1 broken, \
host-install.lost3 lost, host-install.lost4 lost, "
contains "and those after" "$rest" ", host-install pass, \
disk-mark/first pass, once.lost"
contains "to the end" "$rest" " lost, once pass, disk-mark/last pass"
wrong=$(sql "SELECT count(*) FROM steps WHERE status NOT IN ('pass', 'lost')
	AND NOT (status = 'broken' AND testid LIKE 'host-install.try%')")
is "no host is taken any more" \
	"$(sql "SELECT count(*) FROM host_allocations")" 0
is "the database is whole" "$(sql "PRAGMA integrity_check")" ok
exits "lab down" 0 ironbird lab down
left=$(processes | wc -l)
echo "# $(cat kills) kills, 2 resumes, $wrong rows wrong, $left processes left"
is "rows that are wrong" "$wrong" 0
is "processes that are left" "$left" 0
