#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Running jobs: what test cases do, and what is recorded of it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# --- a job that passes -------------------------------------------------------
job pass e2e-pass toolstack=xl arch=amd64
exits "a job of steps that pass" 0 ironbird run-job t pass
contains "its verdict is printed" "$OUT" "t.pass: pass"
contains "each step has a line" "$OUT" "pass     environment/debian"
is "the job's row" "$(sql "SELECT status, run, reason IS NULL, owner_pid
	IS NULL, finished >= started FROM jobs WHERE job = 'pass'")" \
	"pass|1|1|1|1"
is "testids, repeats numbered" "$(sql "SELECT group_concat(testid, ' ') FROM
	(SELECT testid FROM steps WHERE job = 'pass' ORDER BY stepno)")" \
	"pass/debian environment/debian runvars pass/debian.2 pass/twice \
pass/twice.2 pass/twice.3"
is "a stage is kept" "$(step stage pass runvars)" "toolstack is xl"
log=$(step log pass environment/debian)
is "the log's path" "$log" \
	"$WORK/var/logs/t/pass/1/2.ts-environment.log"
contains "the step's environment" "$(cat "$log")" \
	"flight t job pass testid environment/debian"
contains "its arguments" "$(cat "$log")" "args host debian"
contains "folders and files it is told of are there" "$(cat "$log")" \
	"files there"
exits "it can be run again" 0 ironbird sg-run-job t.pass
is "what an earlier run recorded stays" \
	"$(sql "SELECT max(run), count(*) FROM steps WHERE job = 'pass'")" \
	"2|14"
exits "quietly" 0 ironbird run-job --quiet t pass
lacks "quiet has no line for each step" "$OUT" "environment/debian"

# --- failures ----------------------------------------------------------------
job fail e2e-fail
exits "a job with a failure" 1 ironbird run-job t fail
is "a tolerated failure is a failure in its row" "$(step status fail tolerated)" \
	fail
is "the failing step" "$(step "status, stage, reason" fail fail)" \
	"fail|about to fail|the guest did not do what it should"
is "the job says which step" "$(sql "SELECT status, reason FROM jobs
	WHERE job = 'fail'")" \
	"fail|fail: the guest did not do what it should"
is "only the always-step ran after it" "$(cat notes)" always
is "what was not run has no row" "$(step status fail note/never)" ""

job always e2e-always-broken
exits "a broken always-step does not hide the failure" 1 \
	ironbird run-job t always
is "its own row says broken" "$(step status always silent/99)" broken

job words e2e-words
exits "every word" 0 ironbird run-job t words
for word in fail broken blocked skip; do
	is "on-fail: $word" "$(step status words $word)" $word
done
is "exit status 77" "$(step status words silent/77)" skip
is "exit status 98" "$(step status words silent/98)" blocked
is "exit status 99" "$(step status words silent/99)" broken
is "any other exit status" "$(step "status, reason" words silent/3)" \
	"broken|ts-silent ended with exit status 3, which no test case may give"
is "a signal" "$(step "status, reason" words crash)" \
	"broken|ts-crash was killed by signal 11 (Segmentation fault)"
is "a missing test case is broken" "$(step status words no-such-program)" broken
contains "and its reason names it" "$(step reason words no-such-program)" \
	"there is no test case ts-no-such-program"

# --- groups and lanes --------------------------------------------------------
rm -f notes
job needs e2e-needs
exits "a job whose support check says no" 0 ironbird run-job t needs
is "its group was not run" "$(cat notes)" after
is "each of its steps has a row" "$(sql "SELECT group_concat(testid || ' ' ||
	status, ', ') FROM (SELECT * FROM steps WHERE job = 'needs' ORDER BY
	stepno)")" "support-check skip, note/group/1 skip, note/group/2 skip, \
note/group/1.2 skip, note/group/2.2 skip, pass pass, note/after pass"
is "with the reason" "$(step reason needs note/group/2)" \
	"needs support-check, which was: skip"

rm -f notes
job hosts e2e-hosts
exits "lanes of two hosts" 0 ironbird run-job t hosts
is "both ran at the same time" "$(sql "SELECT count(*) FROM steps a, steps b
	WHERE a.job = 'hosts' AND b.job = 'hosts'
	AND a.testid = 'meet/src_host' AND b.testid = 'meet/dst_host'
	AND a.started <= b.finished AND b.started <= a.finished")" 1
is "all hosts are words of one step" "$(head -1 notes)" "src_host dst_host"
is "a testid of one's own gets the ident" "$(step status hosts second/dst_host)" \
	pass
is "the epilogue" "$(sort notes | head -2 | tr '\n' ' ')" \
	"capture dst_host capture src_host "

# --- hang, flood, leak -------------------------------------------------------
mkdir jobs
IRONBIRD_JOBS_PATH=$WORK/jobs:$IRONBIRD_JOBS_PATH
sed s/300ms/30s/ "$E2E/jobs/e2e-hang.yaml" >jobs/hang.yaml
job hang hang
# it has told its stage when it is ended
hang_until_limit() {
	sed "s/300ms/$LIMIT/" "$E2E/jobs/e2e-hang.yaml" >jobs/hang.yaml
	ironbird run-job t hang >/dev/null
	hang_status=$?
	[ "$(step stage hang hang)" ]
}
ok "steps that do not end" patiently hang_until_limit
is "are ended" "$hang_status" 0
is "the recipe's limit" "$(step "status, reason LIKE 'ts-hang did not end \
within % s (last seen: waiting for nothing)'" hang hang)" "broken|1"
is "one that ignores SIGTERM, on-limit: fail" "$(step status hang hang/stubborn)" \
	fail
contains "the test case's own limit" "$(step reason hang hang/1)" \
	"did not end within 1.0 s"

job flood e2e-flood
echo 'StepLogMax 200000' >>standalone.config
exits "steps that flood and leak" 3 ironbird run-job t flood
is "a flood of stages passes, cut short" "$(step "status, length(stage) < 1000" \
	flood flood/stages)" "pass|1"
contains "a process left behind is told" \
	"$(step reason flood leak-process/leaked)" "(pid $(cat leaked))"
ok "and is dead" until_true 5 test ! -e "/proc/$(cat leaked)"
contains "a log that grows without end" "$(step reason flood flood/log)" \
	"its log grew beyond 200000 bytes"
size=$(stat -c %s "$(step log flood flood/log)")
ok "is cut" test "$size" -lt 210000

# --- somebody cleans up ------------------------------------------------------
cat >jobs/removes.yaml <<'END'
summary: The folder of the logs is removed meanwhile
around: none
steps:
  - run: ts-remove-logs
  - run: ts-pass
END
cat >ts-remove-logs <<'END'
#!/bin/sh
rm -r "$IRONBIRD_LOGS"
END
chmod +x ts-remove-logs
IRONBIRD_TS_PATH=$WORK:$IRONBIRD_TS_PATH
job removes removes
exits "a job whose logs are removed goes on" 0 ironbird run-job t removes
ok "with logs" test -e "$(step log removes pass)"

# --- stopped -----------------------------------------------------------------
hanging() {
	[ "$(sql "SELECT stage FROM steps WHERE job = '$1' AND testid = 'hang'
		AND status = 'running'")" ]
}

job abort e2e-abort
rm -f notes
ironbird run-job t abort >out 2>&1 &
pid=$!
ok "a step hangs" until_true 20 hanging abort
exits "the job cannot be run twice at once" 75 ironbird run-job t abort
contains "and is told who runs it" "$OUT" "process $pid"
kill -INT $pid
wait $pid
is "an aborted job" "$?" 5
is "its rows" "$(sql "SELECT status, reason FROM jobs WHERE job = 'abort'")" \
	"aborted|stopped by SIGINT"
is "the step it was in" "$(step status abort hang)" aborted
is "always-steps ran" "$(cat notes)" always

touch abort
exits "a file 'abort' stops before the next step" 5 ironbird run-job t abort
rm abort
is "nothing but the always-step was run" "$(sql "SELECT count(*) FROM steps
	WHERE job = 'abort' AND run = 2")" 1

# --- cut off and resumed -----------------------------------------------------
once_runs() {
	[ "$(sql "SELECT owner_pid FROM steps WHERE job = 'resume'
		AND testid = 'once' AND status = 'running'")" ] && [ -e once ]
}

job resume e2e-resume
rm -f notes
ironbird run-job t resume >out 2>&1 &
pid=$!
ok "a step is in its middle" until_true 20 once_runs
step_pid=$(step owner_pid resume once)
kill -KILL $pid
wait $pid 2>/dev/null
ok "the step dies with its run-job" until_true 5 test ! -e "/proc/$step_pid"
# what ts-hosts-allocate would have left
sql "INSERT INTO runvars VALUES ('t', 'resume', 'host', 'iron1', 1);
	INSERT INTO host_allocations SELECT 'iron1', 'u', 'other', 'host',
	owner_machine, $$, $(cut -d ' ' -f 22 /proc/$$/stat), 1 FROM jobs
	WHERE job = 'resume'"
exits "its host is somebody else's by now" 75 \
	ironbird run-job --resume t resume
contains "which is told" "$OUT" "host iron1 is allocated to u.other"
sql "UPDATE host_allocations SET flight = 't', job = 'resume', owner_pid = $pid"
exits "the run is carried on" 0 ironbird run-job --resume t resume
is "what had passed was not run again" "$(tr '\n' ' ' <notes)" "first last "
is "the lost step and its repeat" "$(sql "SELECT group_concat(testid || ' ' ||
	status, ', ') FROM (SELECT * FROM steps WHERE job = 'resume' ORDER BY
	stepno)")" "note/first pass, once.lost2 lost, once pass, note/last pass, \
owner pass"
is "its host is free again" "$(sql "SELECT count(*) FROM host_allocations")" 0
exits "a run that has ended cannot be resumed" 2 \
	ironbird run-job --resume t resume

# --- names -------------------------------------------------------------------
exits "an unknown job" 2 ironbird run-job t pas
contains "gets a hint" "$OUT" "did you mean 'pass'"
exits "an unknown flight" 2 ironbird run-job nowhere pass
exits "no job" 2 ironbird run-job
job norecipe e2e-pass
sql "UPDATE jobs SET recipe = 'no-such-recipe' WHERE job = 'norecipe'"
exits "a job whose recipe is not there" 2 ironbird run-job t norecipe
contains "names both" "$OUT" "job t.norecipe: there is no recipe"
is "and leaves the job as it was" "$(sql "SELECT status, run FROM jobs
	WHERE job = 'norecipe'")" "queued|0"
