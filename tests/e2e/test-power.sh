#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Power: every module, devices that lie, and the row that each action leaves.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"

OUTLET=$(cd "$E2E/../sim" && pwd)/fence-outlet

# host NAME METHOD: a host that is switched so.
host() {
	echo "HostProp_$1_PowerMethod $2" >>standalone.config
	echo "HostProp_$1_PowerCycleTime 0" >>standalone.config
}

# outlet NAME [KEY=VALUE...]: a host on a simulated outlet of its own folder.
outlet() {
	name=$1
	shift
	mkdir "$name.pdu"
	host "$name" "exec $OUTLET dir=$WORK/$name.pdu $*"
}

# settles HOST TIME: how long its actions may take to show
settles() {
	echo "HostProp_$1_PowerSettleTime $2" >>standalone.config
}

# --- a module that switches nothing ------------------------------------------
host null1 null
obeys "null: on" null1 on unverified
is "does not claim that it is so" "$OUT" "host null1: power on was asked for; \
nothing can tell whether it is so"
is "nor in JSON" "$(ironbird power null1 off --json | json '$.power') \
$(ironbird power null1 off --json | json '$.verified')" "unknown 0"
is "nor in its row" "$(last null1 "action, method, state_before, state_after,
	result, attempts, error IS NULL, finished >= started")" \
	"off|null|unknown|unknown|unverified|1|1|1"

# --- a program that speaks a fence agent's dialect ---------------------------
outlet honest plug=7
is "status" "$(ironbird power honest)" "host honest: power off"
exits "on" 0 ironbird power honest on
is "is told" "$OUT" "host honest: power on"
is "the outlet is on" "$(cat honest.pdu/state-7)" "on 0"
is "its row" "$(last honest "action, state_before, state_after, result,
	attempts")" "on|off|on|verified|1"
is "status as JSON" \
	"$(ironbird power honest status --json | json '$.power')" on
exits "on again" 0 ironbird power honest on
is "is no error" "$(last honest "state_before, state_after")" "on|on"
rm honest.pdu/journal
exits "cycle" 0 ironbird power honest cycle
is "is off, read back, and on" "$(grep end honest.pdu/journal | grep -v status |
	tr '\n' ' ')" "end off 7 end on 7 "
is "actions has both" "$(ironbird power actions honest --json | json '$[1].action') \
$(ironbird power actions honest --json | json '$[0].action') \
$(ironbird power actions honest --json | json '$[0].result')" "off on verified"
is "and of this host only" "$(ironbird power actions honest --json |
	json '$[#-1].host')" honest
exits "an action that is none" 2 ironbird power honest explode

# --- devices that are not what they say --------------------------------------
outlet lying mood=lying
settles lying 1s
exits "a device that lies" 3 ironbird power lying on
contains "is told" "$OUT" "host lying: power on by 'exec $OUTLET"
contains "with what it reads" "$OUT" "failed, tried 2 times: it took the \
command but still reads off after 1.0 s"
is "its row" "$(last lying "state_before, state_after, result, attempts")" \
	"off|off|failed|2"
contains "has the reason" "$(last lying error)" "still reads off"

outlet slow mood=slow
settles slow 1s
exits "a slow device" 3 ironbird power slow on
settles slow 30s
rm slow.pdu/state-1
exits "that is given its time" 0 ironbird power slow on
is "is on in the end" "$(last slow "state_before, state_after, result,
	attempts")" "off|on|verified|1"

outlet stuck mood=stuck
settles stuck 500ms
exits "a device that never ends" 3 ironbird power stuck on
contains "is told with its limit" "$OUT" "did not end within"
ok "and is dead" not alive "$(cat stuck.pdu/pid)"
is "its row" "$(last stuck "state_before, state_after, result, attempts")" \
	"unknown|unknown|failed|2"

outlet failing mood=failing
exits "a device that fails" 3 ironbird power failing off
contains "in its own words" "$OUT" \
	"ended with status 1 for action off: fence-outlet: the outlet is on \
fire"
is "was asked as often as PowerRetries says" \
	"$(grep -c 'begin off' failing.pdu/journal)" 2

outlet flaky mood=flaky
exits "one that fails once" 0 ironbird power flaky on
is "needs two tries" "$(last flaky "result, attempts, error IS NULL")" \
	"verified|2|1"

outlet deaf mood=deaf
settles deaf 1s
exits "one that cannot be read" 3 ironbird power deaf on
contains "is told apart" "$OUT" "it took the command but cannot be read back"
exits "its status" 3 ironbird power deaf
contains "is no guess" "$OUT" "host deaf: "

host gone "exec $WORK/no-such-program"
exits "a program that is not there" 3 ironbird power gone on
contains "is named" "$OUT" "$WORK/no-such-program"

# --- secrets -----------------------------------------------------------------
outlet safe password=@"$WORK/secret"
echo sesame-4711 >safe.pdu/password
printf 'sesame-4711\nsecond line\n' >secret
exits "a password from a file" 0 ironbird power safe on
outlet plain password=sesame-4711
cp safe.pdu/password plain.pdu/
exits "a password in the configuration" 0 ironbird power plain on
contains "is not shown" "$(last plain method)" "password=***"
echo sesame-4712 >secret
exits "the wrong one" 3 ironbird power safe off
contains "is told" "$OUT" "the password '***********' is wrong"
lacks "but not which" "$OUT" sesame
contains "the row has the file's name" "$(last safe method)" \
	"password=@$WORK/secret"
lacks "and no secret" "$(ironbird power list --json; ironbird power list
	ironbird power actions --json; ironbird power actions)" \
	sesame
lacks "nor has a command line" "$(cat safe.pdu/cmdlines plain.pdu/cmdlines)" \
	sesame
rm secret
exits "a file of secrets that is not there" 2 ironbird power safe off
contains "is named" "$OUT" "cannot open $WORK/secret"

# --- several power supplies --------------------------------------------------
mkdir both.pdu
BOTH="dir=$WORK/both.pdu plug"
host both "exec $OUTLET $BOTH=1; exec $OUTLET $BOTH=2"
exits "two power supplies" 0 ironbird power both on
is "are two rows" "$(sql "SELECT count(*) FROM power_actions
	WHERE host = 'both' AND result = 'verified'")" 2
is "and both on" "$(cat both.pdu/state-1 both.pdu/state-2)" "on 0
on 0"
echo "off 0" >both.pdu/state-1
is "one that is on is on" "$(ironbird power both)" "host both: power on"
exits "off" 0 ironbird power both off
is "is both off" "$(cat both.pdu/state-1 both.pdu/state-2)" "off 0
off 0"
host half "exec $OUTLET $BOTH=1; exec $OUTLET $BOTH=2 mood=lying"
settles half 1s
echo "on 0" >both.pdu/state-2
exits "one that stays on" 3 ironbird power half off
is "is not off" "$(ironbird power half)" "host half: power on"

# --- one action at a time for each device ------------------------------------
mkdir bar.pdu
host left "exec $OUTLET dir=$WORK/bar.pdu plug=1 work=0.1"
host right "exec $OUTLET dir=$WORK/bar.pdu plug=2 work=0.1"
outlet alone plug=3 work=0.6
# pairs FILE: how many actions began and ended without another in between
pairs() {
	paste -d ' ' - - <"$1" |
		awk '$1 == "begin" && $4 == "end" && $3 == $6' | grep -c .
}
ironbird power left on >/dev/null &
first=$!
ironbird power right on >/dev/null &
second=$!
wait $first $second
is "two hosts on one device wait for each other" "$(pairs bar.pdu/journal)" \
	"$(($(grep -c . bar.pdu/journal) / 2))"
is "both are on" "$(cat bar.pdu/state-1 bar.pdu/state-2)" "on 0
on 0"
ironbird power alone on >/dev/null 2>&1 &
first=$!
ok "while a device is busy" until_true 5 logged alone.pdu/journal begin
ironbird power left off >/dev/null
ok "another one is not" not logged alone.pdu/state-3 on
wait $first

# --- names -------------------------------------------------------------------
host typo "qmeu /nowhere"
exits "an unknown module" 2 ironbird power typo on
contains "gets a hint" "$OUT" "host typo: unknown power module 'qmeu' \
(did you mean 'qemu'?); there are: qemu, "
host quote "exec 'prog"
exits "a quote that is not closed" 2 ironbird power quote on
echo "HostFlags_bare x" >>standalone.config
exits "a host without a method" 2 ironbird power bare on
contains "is told which property" "$OUT" \
	"host bare has no property power-method"
exits "an unknown host" 2 ironbird power honset on
contains "gets a hint, too" "$OUT" "did you mean 'honest'"
is "none of these left a row" "$(sql "SELECT count(*) FROM power_actions
	WHERE host IN ('typo', 'quote', 'bare')")" 0

# --- a virtual host ----------------------------------------------------------
exits "a host is added" 0 ironbird lab add-host -m 128 -d 1 iron1
DIR=$WORK/var/lab/lab/hosts/iron1
fails "qemu: dead: its lab is down" iron1 on refused \
	"is not there: is its lab up?"
ironbird lab up >/dev/null
NS=$(ironbird lab status --json | json '$.namespace')
obeys "qemu: on" iron1 on
is "is read back" "$(last iron1 "state_before, state_after, result")" \
	"off|on|verified"
pid=$(cat "$DIR/qemu.pid")
ok "it is a process" alive "$pid"
contains "in the lab's network" "$(ip netns pids "$NS" | tr '\n' ' ')" "$pid "
exits "on again" 0 ironbird power iron1 on
is "is the same machine" "$(cat "$DIR/qemu.pid")" "$pid"
exits "cycle" 0 ironbird power iron1 cycle
ok "is another machine" not alive "$pid"
pid=$(cat "$DIR/qemu.pid")
is "and two rows" "$(sql "SELECT group_concat(action || ' ' || result, ', ')
	FROM (SELECT * FROM power_actions WHERE host = 'iron1'
	ORDER BY id DESC LIMIT 2)")" "on verified, off verified"
kill -STOP "$pid"
obeys "qemu: slow: a machine that hangs" iron1 off
ok "it is gone" not alive "$pid"
is "status" "$(ironbird power iron1)" "host iron1: power off"
ironbird power iron1 on >/dev/null
pid=$(cat "$DIR/qemu.pid")
kill -KILL "$pid"
until_true 5 not alive "$pid"
is "one that died is off" "$(ironbird power iron1)" "host iron1: power off"
obeys "qemu: reset: it died" iron1 on
ironbird power iron1 off >/dev/null
sed -i 's/^-m$/-memory-of-an-elephant/' "$DIR/qemu.args"
exits "one that cannot start" 3 ironbird power iron1 on
contains "says why" "$OUT" "elephant"
