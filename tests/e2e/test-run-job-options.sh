#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run-job with options: a part of the recipe, a look ahead, again and again,
# hosts that are kept; what is tried again; what is asked before a wipe.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

steps() {
	sql "SELECT group_concat(testid || ' ' || status, ', ') FROM (SELECT *
		FROM steps WHERE job = '$1' AND run = (SELECT run FROM jobs
		WHERE job = '$1') ORDER BY stepno)"
}

cat >>standalone.config <<'END'
HostProp_iron1_PowerMethod null
HostProp_iron1_DiskDevice /dev/sdx
HostProp_iron2_PowerMethod null
HostProp_iron2_DiskDevice /dev/sdy
END

# --- a part of the recipe ----------------------------------------------------
job range e2e-range dst_host=iron2
exits "a look ahead" 0 ironbird run-job --dry-run t range
contains "has the steps" "$OUT" "note/guest"
contains "has hosts that are known" "$OUT" "iron2"
contains "and those that are not" "$OUT" "(a free one)"
contains "says what will be wiped" "$OUT" "wipes a disk"
contains "and that nothing was run" "$OUT" "none of which ever passed; nothing was run"
is "which is so" "$(sql "SELECT run FROM jobs WHERE job = 'range'")" 0
[ ! -e notes ] || ok "nothing was noted" false

exits "until a step" 0 ironbird run-job --until install t range
is "in every lane, and the always-step" "$(sort notes | tr '\n' ,)" \
	"install dst_host,install src_host,logs,"
rm notes
exits "from a step to a step" 0 ironbird run-job --from boot \
	--until note/guest t range
is "the same in every lane" "$(sort notes | tr '\n' ,)" \
	"boot dst_host,boot src_host,guest,logs,"
is "what was left out has no row" "$(steps range)" \
	"boot/src_host pass, boot/dst_host pass, note/guest pass, \
note/logs pass"
is "the runvars of the run before are there" "$(sql "SELECT value FROM runvars
	WHERE job = 'range' AND name = 'src_host'")" iron1
rm notes
exits "only a step" 0 ironbird run-job --only note/last t range
is "and nothing else" "$(cat notes)" last
exits "a test case's name" 0 ironbird run-job --only ts-store t range
exits "an unknown step" 2 ironbird run-job --from instal t range
contains "gets a hint" "$OUT" "did you mean 'install'"
exits "the wrong way round" 2 ironbird run-job --from note/last \
	--until boot t range
exits "only and from" 2 ironbird run-job --only boot --from boot t range
exits "a look ahead at a part" 0 ironbird run-job --dry-run --from note/last \
	t range
contains "knows the hosts of the run before" "$OUT" "2 steps"
contains "and how long it took" "$OUT" "TAKES ABOUT"

sql "INSERT INTO host_allocations SELECT 'iron1', 'u', 'other', 'host',
	'$(hostname)', $$, $(cut -d ' ' -f 22 /proc/$$/stat), 1"
runs=$(sql "SELECT run FROM jobs WHERE job = 'range'")
ironbird run-job --only choose t range >/dev/null
exits "a host of somebody else's" 75 ironbird run-job --from boot t range
contains "is not taken" "$OUT" "host iron1 is allocated to u.other"
is "no run was begun" "$(sql "SELECT run FROM jobs WHERE job = 'range'")" \
	$((runs + 1))
sql "DELETE FROM host_allocations"

# --- again and again ---------------------------------------------------------
job pass e2e-pass toolstack=xl
exits "three times" 0 ironbird run-job --repeat 3 --quiet t pass
contains "are counted" "$OUT" "passed 3 of 3 times"
is "each is a run" "$(sql "SELECT run FROM jobs WHERE job = 'pass'")" 3
exits "not even once" 2 ironbird run-job --repeat 0 t pass

# --- tried again -------------------------------------------------------------
job retry e2e-retry
exits "what stays broken" 3 ironbird run-job t retry
is "every attempt has a row" "$(steps retry)" "flaky.try1 broken, flaky pass, \
note/after pass, hopeless.try1 broken, hopeless.try2 broken, hopeless broken"
contains "JUnit counts the last attempts alone" \
	"$(ironbird report --junit t.retry)" 'errors="1" skipped="3"'
is "the last one is the verdict's" "$(sql "SELECT reason FROM jobs
	WHERE job = 'retry'")" \
	"hopeless: ts-second gave no reason (exit status 99)"
exits "when the last attempt passes" 0 ironbird run-job --until note/after \
	t retry

# --- hosts that are kept -----------------------------------------------------
held() {
	grep -q 'kept for' out 2>/dev/null
}

job hold e2e-hold host=iron1
ironbird run-job --hold-on-fail 2h t hold >out 2>&1 &
pid=$!
ok "a failed job keeps its hosts" until_true 20 held
is "its verdict is there" "$(sql "SELECT status FROM jobs
	WHERE job = 'hold'")" fail
for word in console ssh power; do
	contains "$word is told" "$(cat out)" "ironbird $word iron1"
done
is "the host is allocated" "$(sql "SELECT host, owner_pid
	FROM host_allocations")" "iron1|$pid"
exits "nobody else gets it" 75 ironbird adhoc ts-note host=iron1
exits "but a step by hand for that job" 0 ironbird adhoc --flight t \
	--job hold ts-note by-hand host
is "and it is still kept" "$(sql "SELECT owner_pid FROM host_allocations")" \
	"$pid"
exits "nor is the job run beside it" 75 ironbird run-job t hold
kill -INT $pid
wait $pid
is "Ctrl-C ends it" $? 1
is "the host is free" "$(sql "SELECT count(*) FROM host_allocations")" 0
is "and so is the job" "$(sql "SELECT owner_pid IS NULL, status FROM jobs
	WHERE flight = 't' AND job = 'hold'")" "1|fail"
exits "it ends by itself, too" 1 ironbird run-job --hold-on-fail 100ms t hold
exits "a job that passes keeps nothing" 0 ironbird run-job \
	--hold-on-fail 2h t pass

mkdir -p jobs var/services/log
sed -e 's/^summary.*/&, and is switched off/' -e '/^around/a power: off' \
	"$E2E/jobs/e2e-hold.yaml" >jobs/hold-off.yaml
IRONBIRD_JOBS_PATH=$WORK/jobs:$IRONBIRD_JOBS_PATH
job off hold-off host=iron1
exits "nor switches a host off that is to be kept" 1 ironbird run-job \
	--hold-on-fail 100ms t off
is "as it would otherwise" "$(steps off)" "hosts-allocate pass, fail fail"
exits "without that" 1 ironbird run-job t off
is "it is off" "$(steps off)" \
	"hosts-allocate pass, fail fail, host-power/off pass"

# --- again, as it was --------------------------------------------------------
exits "repro shows" 0 ironbird repro t.hold
contains "the step" "$OUT" "step 2, fail, was fail: the guest did not do"
contains "how to run it where it is" "$OUT" \
	"ironbird adhoc --flight t --job hold ts-fail host"
contains "how to run all of it" "$OUT" "run-job --until fail"
echo "$OUT" | sed -n '/^F=/,$p' >again
exits "what it shows can be run" 1 sh ./again
exits "repro --run" 1 ironbird repro --run t.hold
contains "compares" "$OUT" "hold: fail, was fail in t.hold"
is "on the same host" "$(sql "SELECT DISTINCT value FROM runvars
	WHERE job = 'hold' AND name = 'host'")" iron1
exits "repro of nothing" 2 ironbird repro t.hol

# --- asked before a wipe -----------------------------------------------------
# on_terminal ANSWER COMMAND: with a terminal, what it says in $OUT
on_terminal() {
	OUT=$(printf '%s\n' "$1" | TERM=dumb script -qec "$2" /dev/null)
}

job wipe e2e-range src_host=iron1 dst_host=iron2
on_terminal n "ironbird run-job t wipe"
is "no is no" $? 5
contains "it said which disk" "$OUT" \
	"host iron1: all that is on its disk /dev/sdx"
contains "of which host" "$OUT" \
	"host iron2: all that is on its disk /dev/sdy"
is "nothing was begun" "$(sql "SELECT run FROM jobs WHERE job = 'wipe'")" 0
on_terminal n "ironbird run-flight t"
is "a flight asks for all of its jobs" $? 5
contains "by disks" "$OUT" "host iron2: all that is on its disk /dev/sdy"
on_terminal y "ironbird run-job --only install t wipe"
is "yes is yes" $? 0
on_terminal n "ironbird run-job --yes --only install t wipe"
is "--yes does not ask" $? 0
on_terminal n "ironbird run-job --from note/guest t wipe"
is "nor does what wipes nothing" $? 0
on_terminal n "OSSTEST_HOST_REUSE=1 ironbird run-job --only install t wipe"
is "nor what keeps its hosts" $? 0
on_terminal n "ts-host-install host=iron1"
is "a test case by hand asks as well" $? 5
contains "and says the same" "$OUT" "all that is on its disk /dev/sdx"
exits "without a terminal nobody is asked" 0 ironbird run-job \
	--only install t wipe

# --- stopped: logs, and power as the recipe says -----------------------------
hangs() {
	[ "$(sql "SELECT stage FROM steps WHERE job = 'power'
		AND testid = 'hang' AND status = 'running'")" ]
}

mkdir -p var/services/log
: >notes
job power e2e-power host=iron1
ironbird run-job t power >out 2>&1 &
pid=$!
ok "a step hangs" until_true 20 hangs
kill -INT $pid
wait $pid
is "the job is aborted" $? 5
is "always-steps ran" "$(steps power)" "hosts-allocate pass, hang aborted, \
note/logs pass, host-power/off pass"
is "the power is as they say" "$(sql "SELECT host, action
	FROM power_actions ORDER BY id DESC LIMIT 1")" "iron1|off"
is "the host is free" "$(sql "SELECT count(*) FROM host_allocations")" 0
