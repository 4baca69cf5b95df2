#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A job by hand whose host somebody else has: it says so and waits, is woken
# by whatever frees the host, goes before and behind flights by their
# priorities, and gives up when it is told to.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/gates.sh
. "$E2E/gates.sh"

begun() {
	[ "$(sql "SELECT count(*) FROM jobs WHERE flight = '$1' AND
		job = '$2' AND status = 'running'")" = 1 ]
}
waits() {
	[ "$(sql "SELECT group_concat(job) FROM host_wants
		WHERE flight = '$1'")" = "$2" ]
}
# said FILE TEXT: each file is written once, or an earlier wait is seen
said() {
	grep -q "$2" "$1"
}
# what is left of a wait that is over
left() {
	sql "SELECT (SELECT count(*) FROM host_wants) + (SELECT count(*) FROM
		flights WHERE runner_pid IS NOT NULL) + (SELECT count(*) FROM
		host_allocations)"
}
order() {
	sql "SELECT group_concat(flight || '.' || job, ' ') FROM
		(SELECT * FROM jobs WHERE started > 0 AND flight IN ($1)
		ORDER BY started)"
}

# --- until the other job is over ----------------------------------------------
job one gate-a
job two gate-b
ironbird run-job t one >one.out 2>&1 &
one=$!
ok "a job has the host" until_true 20 begun t one
ironbird run-job t two >two.out 2>&1 &
two=$!
ok "another one waits, and says so" until_true 20 said two.out \
	"t.two waits until about [0-9:]*: host iron1 is t.one's since [0-9:]*$"
is "once" "$(grep -c waits two.out)" 1
is "it is not begun" "$(sql "SELECT run FROM jobs WHERE job = 'two'")" 0
ok "why says so too" sh -c "ironbird why t two | grep -q 'iron1 runs job one'"
touch go-b go-a
ok "the first one ends" wait $one
ok "then the other one has its turn" wait $two
contains "and passes" "$(cat two.out)" "t.two: pass"
is "after it" "$(sql "SELECT b.started >= a.finished FROM jobs a, jobs b
	WHERE a.job = 'one' AND b.job = 'two'")" 1
is "nothing is left of it" "$(left)" 0

# --- until whoever has it is dead ---------------------------------------------
sleep 600 &
sleeper=$!
take() {
	sql "INSERT INTO host_allocations SELECT 'iron1', 'u', 'other',
		'host', '$(hostname)', $1,
		'$(cut -d ' ' -f 22 "/proc/$1/stat")', 1"
}
take $sleeper
ironbird run-job t two >dead.out 2>&1 &
two=$!
ok "for a process that says nothing" until_true 20 said dead.out \
	"host iron1 is u.other's since 1970-01-01"
kill -KILL $sleeper
wait $sleeper 2>/dev/null
ok "its end is seen" wait $two
is "the host was taken over" "$(left)" 0

# --- not so long --------------------------------------------------------------
take $$
before=$(sql "SELECT run FROM jobs WHERE job = 'two'")
exits "without waiting" 3 ironbird run-job --no-wait t two
contains "it is broken, as it was before" "$OUT" \
	"no free host for 'host' among 1 hosts"
echo "HostWaitLimit 200ms" >>standalone.config
exits "with a limit" 75 ironbird run-job t two
contains "it says what it waited for" "$OUT" "job t.two has waited 0.20 s \
(HostWaitLimit) until about"
contains "and for whom" "$OUT" "host iron1 is u.other's"
echo "HostWaitLimit 0" >>standalone.config
ironbird run-job t two >long.out 2>&1 &
two=$!
ok "for ever" until_true 20 said long.out waits
kill -INT $two
wait $two
is "or until Ctrl-C" $? 5
contains "which is told" "$(cat long.out)" \
	"job t.two was stopped while it waited for its hosts"
is "no run was begun but for the first" "$(sql "SELECT run FROM jobs
	WHERE job = 'two'")" $((before + 1))
sql "DELETE FROM host_allocations"
is "nothing is left of them" "$(left)" 0

# --- flights that share the host ----------------------------------------------
rm -f go-a go-b
forget_runs
ironbird flight-create -f night real e2e >/dev/null
ironbird job-create night a gate-a >/dev/null
ironbird job-create night b gate-b >/dev/null
ironbird flight-create -f hand adhoc e2e >/dev/null
ironbird job-create hand x gate-b >/dev/null
ironbird run-flight night >night.out 2>&1 &
night=$!
ok "a flight has the host" until_true 20 begun night a
ironbird run-job hand.x >hand.out 2>&1 &
hand=$!
ok "a job by hand waits for it" until_true 20 waits hand x
ok "the flight is told that it goes first" until_true 20 sh -c \
	"ironbird why night.b | grep -q 'kept for job hand.x, .*priority -10'"
touch go-b go-a
ok "it is run" wait $hand
ok "and the flight" wait $night
is "as they were told" "$(order "'night', 'hand'")" "night.a hand.x night.b"

rm -f go-a go-b
forget_runs
ironbird flight-create -f urgent real e2e >/dev/null
ironbird job-create urgent a gate-a >/dev/null
ironbird job-create urgent b gate-b >/dev/null
ironbird flight-create -f later adhoc e2e >/dev/null
ironbird job-create later x gate-b >/dev/null
ironbird run-flight --priority=-50 urgent >urgent.out 2>&1 &
urgent=$!
ok "a flight that goes first" until_true 20 begun urgent a
ironbird run-job later x >later.out 2>&1 &
later=$!
ok "has it for its next job as well" until_true 20 said later.out \
	"host iron1 is kept for job urgent.b, whose flight goes first"
touch go-b go-a
ok "the flight is run" wait $urgent
ok "and then the job" wait $later
is "in that order" "$(order "'urgent', 'later'")" "urgent.a urgent.b later.x"
is "nothing is left of any" "$(left)" 0
