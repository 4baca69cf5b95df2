#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Reports of what really ran.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

job good e2e-pass toolstack=xl
job bad e2e-fail
job hosts e2e-hosts
job queued e2e-pass
echo 'StepLogMax 100000' >>standalone.config
job flood e2e-flood
for name in good bad hosts flood; do
	ironbird run-job t $name >/dev/null 2>&1
done
ironbird runvars --set src_host=iron1 t hosts
sqlite3 var/standalone.db "
INSERT INTO boot_events (host, at, source, stage, detail, file, offset)
	SELECT 'iron1', started + 1, 'dhcp', 'dhcp-ack', '192.0.2.7', 'x', 1
	FROM jobs WHERE job = 'hosts';
INSERT INTO power_actions (host, method, action, result, attempts, started,
	finished)
	SELECT 'iron1', 'qemu', 'on', 'verified', 1, started, started
	FROM jobs WHERE job = 'hosts';"

exits "a flight" 0 ironbird report t
contains "has its result" "$OUT" "Result not finished: 1 queued, 2 pass"
contains "the first failure" "$OUT" "First failure: step 3, fail: fail"
contains "its stage" "$OUT" "last stage: about to fail"
contains "its log's end" "$OUT" "| the last line of the log"
contains "where the log is" "$OUT" "log: var/logs/t/bad/1/3.ts-fail.log"
contains "what did not run" "$OUT" "not run            -  note/never"
contains "hostile log lines, made harmless" "$OUT" 'hostile \x1b[2J'
is "all within 80 columns" "$(echo "$OUT" | awk 'length > 80' | wc -l)" 0
lacks "passed jobs are not told at length" "$OUT" "environment/debian"
exits "with -a they are" 0 sg-report-flight -a t
contains "step by step" "$OUT" "environment/debian"
exits "one job" 0 ironbird report t.hosts
contains "its host's way up" "$OUT" "dhcp     dhcp-ack     192.0.2.7"
contains "and its power" "$OUT" "power    on           verified"
contains "its hosts" "$OUT" "hosts  src_host=iron1"

exits "as JSON" 0 ironbird report --json t
contains "with a schema" "$OUT" '"schema":	1'
echo "$OUT" >j
is "that others can read" "$(sqlite3 :memory: \
	"SELECT json_extract(CAST(readfile('j') AS TEXT),
	'\$.jobs[1].steps[2].testid')")" fail
exits "as JUnit" 0 ironbird report --junit t
echo "$OUT" >x.xml
contains "a suite for each job" "$OUT" '<testsuite name="flood"'
is "a case for each step" "$(grep -c '<testcase' x.xml)" \
	"$(sql "SELECT count(*) + 1 FROM steps")"
exits "not both" 2 ironbird report --json --junit t
exits "an unknown flight" 2 ironbird report u
contains "is an error" "$OUT" "u"
