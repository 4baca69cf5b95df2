#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What run-job makes of what a host's console says: the steps are shell
# scripts, which look at no console themselves.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

: >feed
cat >>standalone.config <<END
TestHost iron1
HostProp_iron1_Console exec tail -n0 -f $WORK/feed
ConsoleLinger 1s
ConsoleRetry 200ms
END
export IRONBIRD_TS_PATH="$E2E/ts"


# run MODE: a job of that name.
run() {
	echo "$1" >mode
	job "$1" e2e-console
	OUT=$(ironbird run-job t "$1" 2>&1)
	STATUS=$?
}

# steps JOB: "testid status", in their order
steps() {
	sql "SELECT testid || ' ' || status FROM steps WHERE job = '$1'
		ORDER BY stepno" | tr '\n' ' '
}

reason() {
	sql "SELECT reason FROM jobs WHERE job = '$1'"
}

run warning
is "a warning is none of its business" "$STATUS" 0
LOG=$WORK/var/consoles/iron1/console.log
ok "what it said is recorded" until_true 5 grep -q "blocked for more" "$LOG"

run panic
is "a panic in a step that waits for nothing" "$STATUS" 1
is "ends it" "$(steps panic)" \
	"hosts-allocate pass console fail always pass "
contains "the job says why" "$(reason panic)" "console: host iron1 crashed: \
Kernel panic - not syncing: sysrq triggered crash, panic ($LOG, byte "
is "as a boot event, too" "$(sql "SELECT stage FROM boot_events
	WHERE detail LIKE 'Kernel panic%' LIMIT 1")" panic

contains "what it said in the step can be asked for" \
	"$(ironbird console --step t.panic.console iron1)" "panic+0x1"
lacks "and no more" "$(ironbird console --step t.warning.console iron1)" \
	"panic+0x1"

run reboot
is "firmware in the middle of a step" "$STATUS" 1
contains "is told" "$(reason reboot)" "iron1 rebooted, and nobody asked for \
it: SeaBIOS (version 1.16.2) ($LOG, byte "

run asked
is "a reboot that was asked for is none" "$STATUS" 0
run meant
is "nor is a crash that was meant" "$STATUS" 0

run between
is "a panic that no step noticed" "$STATUS" 1
contains "is the job's reason" "$(reason between)" "iron1 crashed: Kernel"
contains "the step that did it passed" "$(steps between)" "console pass"

ok "its recorder ends with the last job" until_true 20 test ! -S "$LOG.sock"
