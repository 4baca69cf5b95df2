#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Flights that share a host: who goes first, who is told why, and that nobody
# is kept from it by one that is dead, asleep, or merely luckier.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/gates.sh
. "$E2E/gates.sh"

# flight NAME BLESSING JOB=RECIPE...
flight() {
	name=$1
	ironbird flight-create -f "$1" "$2" e2e >/dev/null
	shift 2
	for word; do
		ironbird job-create "$name" "${word%%=*}" "${word#*=}" \
			>/dev/null
	done
}
begun() {
	[ "$(sql "SELECT count(*) FROM jobs WHERE flight = '$1' AND
		job = '$2' AND status = 'running'")" = 1 ]
}
wants() {
	[ "$(sql "SELECT group_concat(job) FROM host_wants
		WHERE flight = '$1'")" = "$2" ]
}
# why FLIGHT.JOB TEXT
why() {
	ironbird why "$1" | grep -q "$2"
}
# order: flights and jobs as they began
order() {
	sql "SELECT group_concat(flight || '.' || job, ' ') FROM
		(SELECT * FROM jobs WHERE started > 0 AND flight IN ($1)
		ORDER BY started)"
}

# --- the better one first -----------------------------------------------------
flight slow real a=gate-a b=gate-b c=gate-b
flight quick play x=gate-b
ironbird run-flight slow >slow.out 2>&1 &
slow=$!
ok "a flight has the host" until_true 20 begun slow a
ironbird run-flight quick >quick.out 2>&1 &
quick=$!
ok "another one waits, and says so" until_true 20 wants quick x
ok "it is told whose the host is" why quick.x "host iron1 is slow.a's"
ok "the first one is told who goes before it" until_true 20 why slow.b \
	"iron1 is kept for job quick.x, whose flight goes first (priority -8"
is "it is a row" "$(sql "SELECT group_concat(priority) FROM (SELECT * FROM
	flights ORDER BY flight)")" "-8,0"
touch go-b go-a
ok "both end" wait $slow
ok "well" wait $quick
is "the better one was next" "$(order "'slow', 'quick'")" \
	"slow.a quick.x slow.b slow.c"
is "nobody wants anything any more" "$(sql "SELECT count(*) FROM host_wants")" 0

# --- what is asked for; one that was killed ------------------------------------
rm -f go-a go-b
forget_runs
flight slow2 play a=gate-a b=gate-b
flight dead real x=gate-b
exits "a word is no priority" 2 ironbird run-flight --priority=high dead
contains "and is told" "$OUT" "option --priority: 'high' is no number"
OSSTEST_RESOURCE_PRIORITY=x exits "nor in the environment" 2 \
	ironbird run-flight dead
ironbird run-flight slow2 >slow.out 2>&1 &
slow=$!
ok "again" until_true 20 begun slow2 a
ironbird run-flight --priority=-30 dead >dead.out 2>&1 &
dead=$!
ok "a flight goes first because it is asked to" until_true 20 why slow2.b \
	"kept for job dead.x, .*priority -30"
kill -KILL $dead
wait $dead 2>/dev/null
touch go-a go-b
ok "when it is killed, the other one goes on" wait $slow
is "without it" "$(order "'slow2', 'dead'")" "slow2.a slow2.b"

# --- one that is asleep ----------------------------------------------------------
rm -f go-a go-b
echo "PriorityWait 300ms" >>standalone.config
forget_runs
flight slow3 real a=gate-a b=gate-b
flight asleep adhoc x=gate-b
ironbird run-flight slow3 >slow.out 2>&1 &
slow=$!
ok "again" until_true 20 begun slow3 a
ironbird run-flight asleep >asleep.out 2>&1 &
asleep=$!
ok "a flight goes first" until_true 20 why slow3.b "kept for job asleep.x"
kill -STOP $asleep
touch go-a go-b
ok "and does not take the host: the other one does" wait $slow
kill -CONT $asleep
ok "then it is its turn" wait $asleep
is "in that order" "$(order "'slow3', 'asleep'")" "slow3.a slow3.b asleep.x"

# --- not for ever ------------------------------------------------------------------
rm -f go-a go-b
printf 'PriorityAge 1ms\nFlightPriority_play -9\n' >>standalone.config
forget_runs
flight old real a=gate-a b=gate-b
flight new play x=gate-b
ironbird run-flight old >slow.out 2>&1 &
slow=$!
ok "again" until_true 20 begun old a
ironbird run-flight new >new.out 2>&1 &
new=$!
ok "a flight that waited long goes before a better one" until_true 20 \
	why new.x "host iron1 is kept for job old.b"
touch go-a go-b
wait $slow
wait $new
is "settings say which is better" "$(sql "SELECT priority FROM flights
	WHERE flight = 'new'")" -9
is "and has the host" "$(order "'old', 'new'")" "old.a old.b new.x"
