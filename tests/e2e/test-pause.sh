#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runvars pause_on_STATUS: a job that stops where a person wants to look.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >>standalone.config <<END
HostFlags_iron1 arch-amd64
HostFlags_iron2 arch-amd64
END
# steps FLIGHT JOB
steps() {
	sql "SELECT group_concat(testid || ' ' || status, ', ') FROM
		(SELECT * FROM steps WHERE flight = '$1' AND job = '$2'
		ORDER BY stepno)"
}
held() {
	sql "SELECT reason FROM jobs WHERE flight = '$1' AND job = '$2'" |
		grep -q '^held until 20'
}
passed() {
	[ "$(sql "SELECT status FROM jobs WHERE flight = '$1'
		AND job = '$2'")" = pass ]
}

# --- in a flight -------------------------------------------------------------
ironbird flight-create -f f play e2e >/dev/null
ironbird job-create f bad e2e-pause 'pause_on_fail=boot*,fai?' >/dev/null
ironbird job-create f good e2e-pass toolstack=xl >/dev/null
ironbird run-flight f >out 2>&1 &
pid=$!
ok "a job is held where a step failed" until_true 20 held f bad
is "its row says by what" "$(sql "SELECT status, reason FROM jobs
	WHERE flight = 'f' AND job = 'bad'" | sed 's/until [^ ]*Z/until/')" \
	"running|held until: step fail: fail (runvar pause_on_fail)"
is "nothing more was begun" "$(steps f bad)" \
	"hosts-allocate pass, note/before pass, fail fail"
is "its host is kept" "$(sql "SELECT count(*) FROM host_allocations
	WHERE flight = 'f' AND job = 'bad'")" 1
ok "other jobs go on" until_true 20 passed f good
contains "its log says how to get there" "$(cat var/logs/f/bad/run-job.log)" \
	"ironbird console iron"
exits "flight stop" 0 ironbird flight stop f.bad
wait $pid
is "ends that" $? 1
is "its verdict is what it was" "$(sql "SELECT status, reason FROM jobs
	WHERE flight = 'f' AND job = 'bad'")" \
	"fail|fail: the guest did not do what it should"
is "what always runs did run" "$(steps f bad)" "hosts-allocate pass, \
note/before pass, fail fail, note/after pass"
is "its host is free" "$(sql "SELECT count(*) FROM host_allocations")" 0

# --- by hand -----------------------------------------------------------------
job pass e2e-pause host=iron1 pause_on_pass=ts-note
ironbird run-job t pass >out 2>&1 &
pid=$!
ok "a step that passes, by its script" until_true 20 held t pass
is "holds the job before the next" "$(steps t pass)" \
	"hosts-allocate pass, note/before pass"
kill -INT $pid
wait $pid
is "a wish to end ends the job" $? 5
is "with what always runs" "$(sql "SELECT status, reason FROM jobs
	WHERE job = 'pass'")" "aborted|stopped by SIGINT"
is "which is not held again" "$(steps t pass)" \
	"hosts-allocate pass, note/before pass, note/after pass"
job later e2e-pause host=iron1 'pause_on_broken=*' pause_on_fail=nosuch
exits "what does not fit" 1 ironbird run-job t later
lacks "holds nothing" "$OUT" "are kept for"
job typo e2e-pause host=iron1 pause_on_failed=x
exits "no step ends so" 2 ironbird run-job t typo
contains "as is said" "$OUT" \
	"job t.typo: runvar pause_on_failed: no step ends as 'failed'"

# --- for so long, which is not the job's time --------------------------------
mkdir jobs
export IRONBIRD_JOBS_PATH="$WORK/jobs:$IRONBIRD_JOBS_PATH"
# The pause alone is as long as the job may take.
goes_on() {
	sed "/^around/a limit: $LIMIT" "$E2E/jobs/e2e-pause.yaml" \
		>jobs/limited.yaml
	sed -i '/^PauseLimit/d' standalone.config
	echo "PauseLimit $LIMIT" >>standalone.config
	ironbird run-job t limited >out 2>&1
	[ "$(sql "SELECT reason FROM jobs WHERE job = 'limited'")" = \
		"fail: the guest did not do what it should" ]
}
mkdir -p jobs
cp "$E2E/jobs/e2e-pause.yaml" jobs/limited.yaml
job limited limited host=iron1 pause_on_pass=note/before
ok "at the limit the job goes on, and in time" patiently goes_on
contains "after it was held" "$(cat out)" "step note/before: pass"
sed -i '/^PauseLimit/d' standalone.config
echo "PauseLimit 0" >>standalone.config
exits "without a limit" 1 ironbird run-job t limited
lacks "nothing is held" "$OUT" "are kept for"
