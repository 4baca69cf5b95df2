#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What becomes of the steps that prepare a host once it was decided that it is
# reused; by a ts-host-reuse that decides what this test wants.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir ts
cat >ts/ts-host-reuse <<'END'
#!/bin/sh
# Reuses the hosts named in the file "reused".
[ ! -e broken ] || exit 99
value=no
! grep -qx "$2" reused || value="reused: $2 is as it should be"
sqlite3 -cmd '.timeout 9000' var/standalone.db "INSERT INTO runvars VALUES ('$OSSTEST_FLIGHT',
	'$OSSTEST_JOB', '${2}_reused', '$value', 1)"
END
chmod +x ts/ts-host-reuse
export IRONBIRD_TS_PATH="$WORK/ts:$E2E/ts"

# rows JOB: testid and status of all that was recorded, in order
rows() {
	sql "SELECT group_concat(testid || ' ' || status, ', ')
		FROM (SELECT * FROM steps WHERE job = '$1' AND run =
			(SELECT run FROM jobs WHERE job = '$1')
			ORDER BY testid)"
}

exits "the recipe" 0 ironbird recipe check e2e-prepared

echo src_host >reused
touch hung
job one e2e-prepared src_host=iron1 dst_host=iron2
exits "a job with one host that is reused" 0 ironbird run-job t one
is "prepares the other" "$(sort notes | tr '\n' ' ')" \
	"boot dst_host guest install dst_host "
is "its rows are skipped, and what needs them is run" "$(rows one)" \
	"boot/dst_host pass, boot/src_host skip, hang-once pass, \
host-reuse/decide/dst_host pass, host-reuse/decide/src_host pass, \
install/dst_host pass, install/src_host skip, note/guest pass"
is "for the reason that was found" "$(sql "SELECT DISTINCT reason FROM steps
	WHERE status = 'skip'")" "reused: src_host is as it should be"

# a decision is one of this run
: >notes
exits "a run that begins behind the decision" 0 \
	ironbird run-job --from install t one
is "does what it was told" "$(sort notes | tr '\n' ' ')" \
	"boot dst_host boot src_host guest install dst_host install src_host "

# --- cut off ------------------------------------------------------------------
: >notes
rm hung
printf 'src_host\ndst_host\n' >reused
job cut e2e-prepared src_host=iron1 dst_host=iron2
ironbird run-job t cut >/dev/null 2>&1 &
pid=$!
ok "a run is cut off behind what it skipped" until_true 10 [ -e hung ]
kill -KILL $pid
wait $pid 2>/dev/null
: >reused
exits "and can be resumed" 0 \
	ironbird run-job --resume t cut
is "nothing was prepared" "$(cat notes)" guest
is "the decision holds" "$(sql "SELECT count(*) FROM steps WHERE job = 'cut'
	AND status = 'skip' AND reason LIKE 'reused: %'")" 4

# --- not decided ----------------------------------------------------------------
: >notes
touch broken
job broken e2e-prepared src_host=iron1 dst_host=iron2
exits "a decision that breaks" 3 ironbird run-job t broken
is "lets nothing be prepared" "$(cat notes)" ""

# --- in a recipe ------------------------------------------------------------------
mkdir jobs
cat >jobs/odd.yaml <<'END'
summary: What prepares no host in particular
around: none
steps:
  - run: ts-note install
    prepares: true
END
IRONBIRD_JOBS_PATH=$WORK/jobs exits "prepares without each-host" 2 \
	ironbird recipe check odd
contains "is told" "$OUT" "a step that prepares a host has each-host"

# --- what a person sees and says ----------------------------------------------------
ironbird host add iron1
exits "host show" 0 ironbird host show iron1
contains "has a state" "$OUT" "nothing is recorded"
is "in JSON, too" "$(ironbird host show --json iron1 | grep '"state"')" \
	"	\"state\":	null"
exits "a host cannot be said to be clean" 2 ironbird host set iron1 state=clean
contains "for a reason" "$OUT" "can only be set to 'dirty'"
exits "lab snapshots of a host without any" 0 ironbird lab snapshots iron1
is "prints nothing" "$OUT" ""
exits "one that is not there" 2 ironbird lab snapshots delete iron1 abc
contains "is told" "$OUT" "there is no snapshot 'abc'"
