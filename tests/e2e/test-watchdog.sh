#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run-job hangs or is killed, its watchdog is killed, a step is stopped or
# killed, a job takes too long: said in seconds, nothing left, carried on.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

echo 'WatchdogLimit 4s' >>standalone.config

job_row() {
	sql "SELECT $2 FROM jobs WHERE job = '$1'"
}

steps() {
	sql "SELECT group_concat(testid || ' ' || status, ', ') FROM (SELECT *
		FROM steps WHERE job = '$1' ORDER BY stepno)"
}

# in_middle JOB TESTID: it runs, and has told so
in_middle() {
	[ "$(sql "SELECT stage FROM steps WHERE job = '$1' AND testid = '$2'
		AND status = 'running'")" ]
}

gone() {
	! grep -q . "/proc/$1/cmdline" 2>/dev/null
}

# left: processes of any run of this test
left() {
	echo "IRONBIRD_LOGS=$WORK/" >pattern
	grep -lsaFf pattern /proc/[0-9]*/environ | sed 's|[^0-9]||g'
}

nothing_left() {
	[ -z "$(left)" ]
}

# children NAME PID: those of a process that are called so
children() {
	tr ' ' '\n' <"/proc/$2/task/$2/children" | while read -r child; do
		[ "$(cat "/proc/$child/comm")" != "$1" ] || echo "$child"
	done
}

start() {
	rm -f hung notes
	ironbird run-job --quiet t "$1" >out 2>&1 &
	pid=$!
	ok "$1 is in the middle of a step" until_true 20 in_middle "$1" "$2"
	guard=$(children ironbird-guard $pid)
	ok "it has a watchdog" test "$guard"
}

# --- run-job is stopped ------------------------------------------------------
job stopped e2e-guard
start stopped once
awk '/^Private/ { kb += $2 } END { exit kb > 1024 }' \
	"/proc/$guard/smaps_rollup"
is "the watchdog has less than 1 MiB of its own" $? 0
kill -STOP $pid
wait $pid 2>/dev/null
is "a run-job that is stopped is killed" $? 137
told() {
	grep -q "'ironbird run-job --resume t stopped' carries on" out
}
ok "which is told" until_true 5 told
is "its job says why, and what was seen last" \
	"$(job_row stopped "status, reason")" "broken|run-job gave no sign of \
life for 4.0 s and was killed (last seen: step once, waiting for nothing)"
is "the step is lost" "$(steps stopped)" "note/first pass, once lost"
ok "nothing runs any more" nothing_left
ok "nor does the watchdog" until_true 5 gone "$guard"
exits "it is carried on" 0 ironbird run-job --resume t stopped
is "what passed was not run again" "$(tr '\n' ' ' <notes)" "first last "
is "its rows" "$(steps stopped)" \
	"note/first pass, once.lost2 lost, once pass, note/last pass"
is "the job" "$(job_row stopped "status, reason IS NULL, owner_pid IS NULL")" \
	"pass|1|1"

# --- run-job is killed -------------------------------------------------------
job killed e2e-guard
start killed once
kill -KILL $pid
wait $pid 2>/dev/null
lost() {
	[ "$(steps killed)" = "note/first pass, once lost" ]
}
ok "rows are true before anybody resumes" until_true 5 lost
is "the job says what happened" "$(job_row killed "reason")" \
	"run-job, process $pid, is gone in the middle of the run (last seen: \
step once, waiting for nothing)"
ok "nothing runs any more" until_true 5 nothing_left
ok "nor does the watchdog" until_true 5 gone "$guard"
exits "it is carried on" 0 ironbird run-job --resume t killed
is "and has passed" "$(job_row killed "status, reason IS NULL")" "pass|1"

# --- the host that it was given ----------------------------------------------
echo 'HostProp_iron1_PowerMethod null' >>standalone.config
mkdir -p var/services/log
job owner e2e-owner host=iron1
start owner once
kill -KILL $pid
wait $pid 2>/dev/null
exits "it is carried on" 0 ironbird run-job --resume t owner
is "its host was taken again, and is free" \
	"$(sql "SELECT count(*) FROM host_allocations")" 0

# --- a step by hand ----------------------------------------------------------
by_hand() {
	hand=$(sql "SELECT flight FROM steps WHERE testid = 'hang' AND
		status = 'running' AND stage IS NOT NULL")
	[ "$hand" ]
}
ironbird adhoc ts-hang >out 2>&1 &
pid=$!
ok "a step by hand hangs" until_true 20 by_hand
kill -KILL $pid
wait $pid 2>/dev/null
hand_lost() {
	grep -q 'is gone in the middle of the run' out
}
ok "when it is killed, that is told" until_true 5 hand_lost
lacks "without a recipe to resume" "$(cat out)" "--resume"
is "its step is lost" "$(sql "SELECT status FROM steps
	WHERE flight = '$hand'")" lost
ok "nothing runs any more" until_true 5 nothing_left

# --- the watchdog is killed --------------------------------------------------
job unguarded e2e-guard
start unguarded once
kill -KILL "$guard"
another() {
	new=$(children ironbird-guard $pid) && [ "$new" ] &&
		[ "$new" != "$guard" ]
}
ok "run-job starts another one" until_true 5 another
contains "and says so" "$(cat out)" "the watchdog of this run, process $guard, \
ended with signal 9; another one is started"
kill -STOP $pid
wait $pid 2>/dev/null
is "which does its work" $? 137
ok "and ends" until_true 5 gone "$new"
exits "it is carried on" 0 ironbird run-job --resume t unguarded

# --- a step is stopped -------------------------------------------------------
mkdir jobs
IRONBIRD_JOBS_PATH=$WORK/jobs:$IRONBIRD_JOBS_PATH
short_recipe() {
	printf '%s\n' 'summary: A step that has little time' 'around: none' \
		'steps:' '  - run: ts-hang' "    limit: $1" >jobs/short.yaml
}
short_recipe 1s
job step short
# it is in its middle when it is stopped
stopped_step() {
	short_recipe "$LIMIT"
	ironbird run-job --quiet t step >out 2>&1 &
	pid=$!
	until in_middle step hang; do
		kill -0 $pid 2>/dev/null || return 1
		sleep 0.02
	done
	kill -STOP "$(sql "SELECT owner_pid FROM steps WHERE job = 'step'
		AND status = 'running'")"
}
ok "a step is stopped" patiently stopped_step
wait $pid
is "one that is stopped is killed at its limit" $? 3
is "with what was seen last" "$(sql "SELECT status, reason LIKE 'ts-hang did \
not end within % s (last seen: waiting for nothing)' FROM steps
	WHERE job = 'step' ORDER BY run DESC LIMIT 1")" "broken|1"
ok "nothing runs any more" nothing_left

# --- steps that are killed ---------------------------------------------------
job steps e2e-killed
exits "steps are killed" 3 ironbird run-job t steps
is "one is lost, and run again; a failure after that is no word on the \
product; it is not run again for ever" "$(steps steps)" "once.lost1 lost, \
once pass, doubtful.lost3 lost, doubtful broken, always.lost5 lost, \
always.lost6 lost, always broken"
is "as its row says" "$(sql "SELECT reason FROM steps
	WHERE testid = 'once.lost1'")" "ts-killed was killed from outside by \
signal 9 (Killed) and is run again (last seen: nothing)"
is "with the doubt" "$(sql "SELECT reason FROM steps
	WHERE testid = 'doubtful'")" "failed after an attempt that was cut off \
in its middle, which may be why: ts-killed gave no reason (exit status 1)"

# --- a step that the kernel kills --------------------------------------------
# cgroup_of: a new one with 16 MiB of memory and no swap; version 1 or 2
cgroup_of() {
	if [ -d /sys/fs/cgroup/memory ]; then
		cgroup=/sys/fs/cgroup/memory/ironbird-$$
		limit=memory.limit_in_bytes
	else
		cgroup=/sys/fs/cgroup/ironbird-$$
		limit=memory.max
	fi
	mkdir "$cgroup" 2>/dev/null && echo 16M >"$cgroup/$limit" || return 1
	echo 0 2>/dev/null >"$cgroup/memory.swap.max" || :
}
if cgroup_of; then
	# shellcheck disable=SC2034 # for lib.sh
	AT_EXIT="rmdir '$cgroup'"
	printf 'summary: x\naround: none\nsteps:\n  - run: ts-starve %s\n' \
		"$cgroup" >jobs/starve.yaml
	sed -i '/run:/a\    testid: starve' jobs/starve.yaml
	job starve starve
	exits "a step that the kernel kills" 3 ironbird run-job t starve
	is "is broken, and not run again" "$(steps starve)" "starve broken"
	is "for want of memory" "$(sql "SELECT reason FROM steps
		WHERE testid = 'starve'")" "ts-starve was killed by signal 9 \
(Killed) while the kernel was short of memory and killed processes (last \
seen: nothing)"
else
	echo "# no memory cgroup can be made here: nothing is starved"
fi

# --- a job that takes too long -----------------------------------------------
cp "$E2E/jobs/e2e-job-limit.yaml" jobs/long.yaml
job long long
# its second step has told its stage when it is ended
long_job() {
	rm -f notes
	sed "s/500ms/$LIMIT/" "$E2E/jobs/e2e-job-limit.yaml" >jobs/long.yaml
	ironbird run-job t long >out 2>&1
	long_status=$?
	[ "$(sql "SELECT stage FROM steps WHERE job = 'long' AND
		testid = 'hang' ORDER BY run DESC LIMIT 1")" ]
}
ok "a job over its limit" patiently long_job
is "ends" "$long_status" 3
is "is broken, and says so" "$(job_row long "status, reason LIKE 'the job did \
not end within % s (last seen: step hang, waiting for nothing)'")" "broken|1"
is "its step too" "$(sql "SELECT reason LIKE 'ts-hang was stopped: the job did \
not end within % s (last seen: waiting for nothing)' FROM steps
	WHERE job = 'long' AND testid = 'hang' ORDER BY run DESC LIMIT 1")" 1
is "always-steps ran" "$(tr '\n' ' ' <notes)" "first always "
echo 'JobLimit 300ms' >>standalone.config
rm -f hung
job longer e2e-guard
exits "so is one over the limit of the settings" 3 ironbird run-job t longer
contains "which is named" "$OUT" "the job did not end within 0.30 s"
ok "nothing is left of all this" nothing_left
