#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A flight that another shell runs is stopped, or one job of it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >>standalone.config <<END
HostFlags_iron1 arch-amd64
HostFlags_iron2 arch-amd64
END
ME=$(id -un)

# flight NAME JOB=RECIPE[+RUNVAR=VALUE]...
flight() {
	name=$1
	shift
	ironbird flight-create -f "$name" play e2e >/dev/null
	for word; do
		recipe=${word#*=}
		# shellcheck disable=SC2046
		ironbird job-create "$name" "${word%%=*}" \
			$(echo "$recipe" | tr + ' ') >/dev/null
	done
}
# statuses FLIGHT
statuses() {
	sql "SELECT group_concat(job || ' ' || status, ', ') FROM
		(SELECT * FROM jobs WHERE flight = '$1' ORDER BY id)"
}
# reason FLIGHT JOB
reason() {
	sql "SELECT reason FROM jobs WHERE flight = '$1' AND job = '$2'"
}
# at_gate COUNT: so many jobs are there
at_gate() {
	[ -e at-a ] && [ "$(wc -l <at-a)" -ge "$1" ]
}
# ended FLIGHT JOB: nobody has it in hand
ended() {
	[ "$(sql "SELECT finished IS NOT NULL AND owner_pid IS NULL FROM jobs
		WHERE flight = '$1' AND job = '$2'")" = 1 ]
}
# hangs FLIGHT JOB
hangs() {
	[ "$(sql "SELECT 1 FROM steps WHERE flight = '$1' AND job = '$2'
		AND testid = 'hang' AND stage IS NOT NULL
		AND status = 'running'")" ]
}
running() {
	[ -e running ]
}

# --- one job that runs, one that waits ---------------------------------------
flight one a=e2e-gate b=e2e-gate c=e2e-gate+ajob=a d=e2e-gate \
	e=e2e-pass+toolstack=xl+cjob=c
ironbird run-flight one >out 2>&1 &
pid=$!
ok "two jobs run, others wait" until_true 20 at_gate 2
exits "one that waits is stopped" 0 ironbird flight stop \
	--why "it wipes a disk" one.c
contains "as is said" "$OUT" "it had not begun"
ok "what runs the flight sees it" until_true 20 grep -q 'aborted  c' out
is "it has its reason, who and why" "$(reason one c | sed 's/ at [^ ]*Z:/:/')" \
	"stopped by $ME: it wipes a disk"
contains "and when" "$(reason one c)" " at 20"
ok "what needs it does not begin" until_true 20 ended one e
is "is blocked by it" "$(reason one e)" "job c did not pass"
exits "one that runs is stopped, in two words" 0 ironbird flight stop one a
contains "as is said, too" "$OUT" "job one.a is stopped by $ME at 20"
ok "it ends" until_true 20 ended one a
is "for that reason" "$(reason one a)" "${OUT#job one.a is }"
ok "its host is another job's" until_true 20 at_gate 3
exits "once more" 0 ironbird flight stop one.a
is "says that it is so" "$OUT" "job one.a has its verdict: aborted"
is "and does nothing" "$(sql "SELECT run FROM jobs WHERE flight = 'one'
	AND job = 'a'")" 1
touch go-a
wait $pid
is "the flight has an aborted job" $? 5
is "the others went on" "$(statuses one)" \
	"a aborted, b pass, c aborted, d pass, e blocked"
is "the flight has ended" "$(sql "SELECT blessing FROM flights
	WHERE flight = 'one'")" play
rm -f at-a go-a

# --- all of it ---------------------------------------------------------------
flight all a=e2e-stop+host=iron1 b=e2e-gate+host=iron2 c=e2e-gate+host=iron2
ironbird run-flight all >out 2>&1 &
pid=$!
ok "a flight runs" until_true 20 hangs all a
ok "on both hosts" until_true 20 at_gate 1
exits "it is stopped" 0 ironbird flight stop --why 'the lab moves' all
contains "as is said" "$OUT" "flight all is stopped by $ME at 20"
ok "a job that has to tidy up" until_true 20 running
exits "is not disturbed by a second wish" 0 ironbird flight stop all
contains "which says the same" "$OUT" "job all.a is stopped by $ME at 20"
touch go-on
wait $pid
is "it ends as aborted" $? 5
contains "run-flight tells of it" "$(cat out)" "flight stop: the jobs that run"
is "its jobs" "$(statuses all)" "a aborted, b aborted, c aborted"
is "tidied up" "$(step status a meanwhile)" pass
for job in a b c; do
	contains "$job tells why" "$(reason all $job)" ": the lab moves"
done
is "it can be run on" "$(sql "SELECT blessing FROM flights
	WHERE flight = 'all'")" running
is "its hosts are free" "$(sql "SELECT count(*) FROM host_allocations")" 0
exits "once it is over" 0 ironbird flight stop all
is "there is nothing to stop" "$OUT" "flight all is not run by anybody"
touch go-a
ironbird run-flight --resume all >out 2>&1 &
pid=$!
ok "it is run on" until_true 20 hangs all a
exits "and one job stopped" 0 ironbird flight stop all.a
touch go-on
wait $pid
is "the others pass" "$(statuses all)" "a aborted, b pass, c pass"
rm -f at-a go-a go-on

# --- the wrong process -------------------------------------------------------
flight not a=e2e-pass+toolstack=xl b=e2e-pass+toolstack=xl
sleep 1000 &
other=$!
start=$(cut -d ' ' -f 22 /proc/$other/stat)
# claim MACHINE PID START: what its rows say
claim() {
	sql "UPDATE flights SET runner_machine = '$1', runner_pid = $2,
		runner_start = $3, blessing = 'running' WHERE flight = 'not';
		UPDATE jobs SET status = 'running', run = 1, started = 1,
		owner_machine = '$1', owner_pid = $2, owner_start = $3
		WHERE flight = 'not' AND job = 'a'"
}
claim elsewhere "$other" "$start"
exits "a flight of another machine" 75 ironbird flight stop not
contains "is stopped from there" "$OUT" \
	"not is run by process $other on machine elsewhere: stop it from there"
exits "so is a job" 75 ironbird flight stop not.a
exits "and one that waits for it" 75 ironbird flight stop not.b
is "nothing is written" "$(statuses not)" "a running, b queued"
claim "$(hostname)" "$other" $((start + 1))
exits "a process that has the number of a dead one" 0 ironbird flight stop not
ok "gets no signal" kill -0 "$other"
contains "that one is dead, as is said" "$OUT" \
	"flight not was run by process $other, which is dead"
contains "of jobs, too" "$OUT" "its run-job, process $other, was dead"
is "they are aborted" "$(statuses not)" "a aborted, b aborted"
is "nobody is said to run it" "$(sql "SELECT runner_pid IS NULL FROM flights
	WHERE flight = 'not'")" 1
kill "$other"

# --- by hand -----------------------------------------------------------------
job hang e2e-stop host=iron1
job hold e2e-hold host=iron1
exits "a job that nobody runs" 0 ironbird flight stop t.hang
is "is left as it is" "$OUT" "job t.hang is queued, and nobody runs flight t"
ironbird run-job t hang >out 2>&1 &
pid=$!
ok "one that is run by hand" until_true 20 hangs t hang
ironbird run-job t hold >waits 2>&1 &
waits=$!
ok "another one that waits for its host" until_true 20 grep -q waits waits
exits "the one that waits is stopped" 0 ironbird flight stop t.hold
wait $waits
is "and gives up" $? 5
exits "so is the one that runs" 0 ironbird flight stop t.hang
touch go-on
wait $pid
is "in its own way" $? 5
contains "and says why" "$(cat out)" "t.hang: aborted, stopped by $ME"
ironbird run-job --hold-on-fail 2h t hold >out 2>&1 &
pid=$!
ok "hosts that are held" until_true 20 grep -q 'kept for' out
exits "are given back" 0 ironbird flight stop t.hold
contains "as is said" "$OUT" "has its verdict: fail; its hosts are not held"
wait $pid
is "its verdict stays" "$(sql "SELECT status FROM jobs
	WHERE flight = 't' AND job = 'hold'")" fail

is "a shell completes its jobs" "$(ironbird complete -- ironbird flight stop \
	t.ho)" t.hold
exits "an unknown flight" 2 ironbird flight stop nosuch
exits "an unknown job" 2 ironbird flight stop t.nosuch
exits "a long story" 2 ironbird flight stop --why "$(printf '%400s' x)" t
exits "nothing" 2 ironbird flight stop

# --- stopped before it began -------------------------------------------------
runs=$(sql "SELECT run FROM jobs WHERE flight = 't' AND job = 'hold'")
# run-flight has started its run-job for that run; then it was given one
export IRONBIRD_TOLD="9 $runs"
exits "a run-job that comes too late" 75 ironbird run-job t hold 9>said
unset IRONBIRD_TOLD
contains "says so to run-flight" "$(cat said)" \
	"job t.hold was to begin its run $runs, but has had one since"
is "and begins none" "$(sql "SELECT run FROM jobs WHERE flight = 't'
	AND job = 'hold'")" "$runs"

# --- a run-job that does not begin -------------------------------------------
mkdir jobs
cp "$E2E/jobs/e2e-gate.yaml" jobs/goes.yaml
export IRONBIRD_JOBS_PATH="$WORK/jobs:$IRONBIRD_JOBS_PATH"
flight gone a=e2e-gate+host=iron1 b=goes+ajob=a
ironbird run-flight gone >out 2>&1 &
pid=$!
ok "a job is to come" until_true 20 at_gate 1
rm jobs/goes.yaml
touch go-a
wait $pid
is "it cannot begin" "$(statuses gone)" "a pass, b broken"
contains "and says why itself" "$(reason gone b)" \
	"run-job did not begin: job gone.b: there is no recipe 'goes'"
