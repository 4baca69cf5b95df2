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
log=$(sql "SELECT log FROM steps WHERE log IS NOT NULL LIMIT 1")
contains "with the step's log attached" "$OUT" "[[ATTACHMENT|$log]]"
exits "not both" 2 ironbird report --json --junit t
exits "an unknown flight" 2 ironbird report u
contains "is an error" "$OUT" "u"

# --- verdicts ----------------------------------------------------------------
# flight NAME REVISION [BRANCH]: one of branch v, with a test that passes
flight() {
	ironbird flight-create -f "$1" real "${3:-v}" >/dev/null &&
		ironbird job-create "$1" test e2e-pass toolstack=xl >/dev/null &&
		ironbird run-flight "$1" >/dev/null 2>&1 &&
		ironbird runvars --set built_revision_xen="$2" "$1" test
}
flight v1 aaaa
flight v2 bbbb
sql "UPDATE steps SET status = 'fail', reason = 'hostile <b>' || char(27, 10)
		|| 'X-Osstest-Flight: 9' WHERE flight = 'v2' AND stepno = 1;
	UPDATE jobs SET status = 'fail' WHERE flight = 'v2'"
exits "a flight with another before it" 0 ironbird report v2
contains "is judged" "$OUT" "Verdict: regressions (ALL FAIL)"
contains "and counted" "$OUT" \
	"1 result is not pass, and holds the branch."
contains "by the flight before" "$OUT" "fail REGR. vs. v1"
contains "by revisions" "$OUT" "Under test     xen        bbbb"
contains "with its age" "$OUT" "Last test of the baseline  v1"
is "within 80 columns" "$(echo "$OUT" | awk 'length > 80' | wc -l)" 0
exits "a baseline can be chosen" 0 sg-report-flight --that-xen=cccc v2
contains "one that nobody tested" "$OUT" "fail baseline untested"
exits "or be a flight" 0 sg-report-flight --that-flight=v1 v2
contains "of which the revision counts" "$OUT" "Baseline       xen        aaaa"
contains "a branch is its newest flight" "$(ironbird report v)" "Flight v2,"
is "and is completed" "$(ironbird complete -- ironbird nightly '' | tr '\n' ' ')" \
	"e2e v "
exits "as mail" 0 sg-report-flight --info-headers v2
contains "it has a subject" "$OUT" \
	"Subject: [v test] v2: regressions - ALL FAIL"
contains "and headers" "$OUT" "    v:test:pass/debian:fail:regression"
is "that no reason can forge" "$(echo "$OUT" | grep -c '^X-Osstest-Flight')" 1
exits "for programs" 0 sg-report-flight --machine-readable-output=mro v2
is "a line a fact" "$(cat mro)" "flight v2
branch v
version this xen bbbb
version that xen aaaa
outcome ALL FAIL
regression test pass/debian v1
overall regressions"
echo 'te@@ pass/@' >allow
exits "an allow file" 0 sg-report-flight --allow=allow \
	--machine-readable-output=mro v2
is "lets it through" "$(tail -1 mro)" tolerable
exits "a bad one" 2 sg-report-flight --allow=j v2
contains "is told by line" "$OUT" "j:"

# --- allow.all and allow.BRANCH, where flights are ---------------------------
verdict() {
	sg-report-flight --machine-readable-output=mro "$@" >/dev/null &&
		tail -1 mro
}
mkdir ours theirs
IRONBIRD_FLIGHTS_PATH=$WORK/ours:$WORK/theirs:$IRONBIRD_FLIGHTS_PATH
cp allow theirs/allow.w
is "an allow file of another branch" "$(verdict v2)" "overall regressions"
cp allow theirs/allow.v
is "the branch's own lets it through" "$(verdict v2)" tolerable
echo 'other pass/@' >ours/allow.v
is "the first of that name counts" "$(verdict v2)" "overall regressions"
cp allow ours/allow.all
is "allow.all is for every branch" "$(verdict v2)" tolerable
echo '!test @@' >ours/allow.v
is "the branch's is read after it" "$(verdict v2)" "overall regressions"
rm ours/allow.v theirs/allow.v
echo 'one two three' >ours/allow.all
exits "one with a mistake" 2 sg-report-flight v2
contains "is told by line" "$OUT" "ours/allow.all:1"
rm -r ours theirs

# --- other branches ----------------------------------------------------------
flight x1 dddd x
flight y1 dddd y
flight x2 eeee x
flight z1 eeee z
sql "UPDATE steps SET status = 'fail' WHERE flight IN ('x2', 'y1', 'z1')
		AND stepno = 1;
	UPDATE jobs SET status = 'fail' WHERE flight IN ('x2', 'y1', 'z1');
	DELETE FROM first_passes WHERE branch = 'z'"
contains "a regression on its branch" "$(ironbird report x2)" \
	"fail REGR. vs. x1"
contains "was there on another one" "$(ironbird report --branches-also=y x2)" \
	"fail like y1"
contains "what never passed on its branch" \
	"$(sg-report-flight --that-xen=dddd z1)" "fail never pass"
contains "did on the others" \
	"$(sg-report-flight --branches-also=x,y --that-xen=dddd z1)" \
	"fail like y1"
exits "a branch that there is not" 2 ironbird report --branches-also=nosuch x2
contains "is told" "$OUT" "branch 'nosuch', which is to count as well"
ironbird report --json v2 >j
is "as JSON" "$(sqlite3 :memory: "SELECT json_extract(
	CAST(readfile('j') AS TEXT), '\$.judgement.verdicts[0].words')")" \
	"fail REGR. vs. v1"
contains "as JUnit" "$(ironbird report --junit v2)" \
	'<property name="verdict" value="fail REGR. vs. v1"/>'
exits "what was tested can be told" 0 sg-report-flight --this-xen=dddd v2
contains "it is that then" "$OUT" "Under test     xen        dddd"
lacks "not what was built" "$OUT" bbbb
echo "Dear all, look:" >begin
echo "Yours, the lab" >end
exits "a mail with texts of its own" 0 sg-report-flight --info-headers \
	--include-begin=begin --include=end v2
is "one is its beginning" "$(echo "$OUT" | awk 'body && NF { print; exit }
	!NF { body = 1 }')" "Dear all, look:"
is "one its end" "$(echo "$OUT" | awk 'NF { last = $0 } END { print last }')" \
	"Yours, the lab"
exits "a text that is not there" 3 sg-report-flight --info-headers \
	--include=nosuch v2
flight v3 bbbb
exits "a flight that passed later" 0 ironbird report v2
contains "tells it was by chance" "$OUT" "fail pass in v3"
exits "as if it had not been made" 0 ironbird report --max-flight=v2 v2
contains "is as before" "$OUT" "fail REGR. vs. v1"
exits "a verdict of a job" 2 ironbird report --info-headers v2.test

is "what was tested" "$(sg-check-tested --branch=v)" v3
is "with which revision" \
	"$(sg-check-tested --branch=v --print-revision=xen)" bbbb
is "where" "$(sg-check-tested --revision-xen=aaaa)" v1
is "nowhere" "$(sg-check-tested --revision-xen=cccc)" ""
is "with what blessing" "$(sg-check-tested --blessings=play)" ""
is "when" "$(sg-check-tested --branch=v --maxtestedflight=v1)" v1
is "from which tree" "$(sg-check-tested --tree-xen=git://x)" ""
exits "up to a flight there is not" 2 sg-check-tested --maxtestedflight=u
