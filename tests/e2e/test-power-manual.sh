#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Power by hand: the operator is asked on the terminal or by mail.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"

# sendmail's interface, into a maildir
mkdir -p mail/new mail/tmp
cat >sendmail <<END
#!/bin/sh
echo "\$*" >$WORK/mail/arguments
[ ! -e $WORK/mail/broken ] || { echo "no queue" >&2; exit 75; }
cat >$WORK/mail/tmp/\$\$ && mv $WORK/mail/tmp/\$\$ $WORK/mail/new/
END
chmod 755 sendmail
cat >>standalone.config <<END
Sendmail $WORK/sendmail
HostProp_PowerQuietTime 0
END
has_mail() {
	[ -n "$(ls mail/new)" ]
}
logged() {
	grep -q "$2" "$1"
}

# --- on the terminal -------------------------------------------------------------
power_host manual1 manual
exits "manual without a terminal" 3 setsid -w ironbird power manual1 on
contains "says so" "$OUT" "it is switched by hand, and there is no terminal \
to ask on, nor mail=ADDRESS (configuration)"
is "and asks once" "$(last manual1 attempts)" 1
mkfifo keys
script -qefc "ironbird power manual1 off" terminal <keys >/dev/null &
operator=$!
exec 3>keys
ok "manual: slow: it asks, and waits" until_true 20 logged terminal \
	"please switch the power of host manual1 OFF and press RETURN:"
echo >&3
wait $operator
is "and goes on when it was done" "$?" 0
told "manual: slow" manual1 unverified
exec 3>&-
told "manual: off" manual1 unverified
mkfifo keys1
(exec setsid script -qefc "ironbird power manual1 on" terminal1 <keys1) \
	>/dev/null 2>&1 &
operator=$!
exec 3>keys1
until_true 20 logged terminal1 RETURN
# end of input: Ctrl-D at the beginning of a line
printf '\004' >&3
wait $operator
is "manual: reset: the terminal was closed" "$?" 3
contains "manual: reset: is told" "$(cat terminal1)" \
	"the terminal was closed before RETURN"
told "manual: reset" manual1 unreachable
exec 3>&-
cat >later <<'END'
#!/bin/bash
# a job of the shell: its keys are the shell's
set -m
ironbird power manual1 on &
wait
END
chmod 755 later
mkfifo keys2
script -qefc ./later terminal2 <keys2 >/dev/null &
operator=$!
exec 3>keys2
ok "in the background it asks for a command" until_true 20 logged terminal2 \
	"ON and run 'ironbird power manual1 done':"
exits "its status is no question" 0 ironbird power manual1
exits "done" 0 ironbird power manual1 'done'
is "is told to whom" "$OUT" \
	"host manual1: whoever waits for its power to be on goes on"
wait $operator
is "and it goes on" "$?" 0
exec 3>&-
exits "done again" 2 ironbird power manual1 'done'
contains "nobody waits" "$OUT" \
	"host manual1: nobody waits for its power to be switched by hand"

# --- by mail ---------------------------------------------------------------------
power_host manual2 "manual mail=ops@example.com,night@example.com"
setsid ironbird power manual2 off >asked 2>&1 &
operator=$!
ok "mail is sent" until_true 20 has_mail
MAIL=$(cat mail/new/*)
is "by sendmail's interface" "$(cat mail/arguments)" "-t -oi"
contains "to whom it shall" "$MAIL" "To: ops@example.com,night@example.com
Subject: ironbird: please switch host manual2 OFF"
contains "with what to do then" "$MAIL" "    ironbird power manual2 done"
exits "done" 0 ironbird power manual2 'done'
wait $operator
is "goes on" "$?" 0
is "its row" "$(last manual2 "action, state_after, result, attempts")" \
	"off|unknown|unverified|1"
ok "nothing is left of it" test -z "$(ls var/power)"

# the machine itself tells, too
echo "HostProp_manual3_ConsoleLog $WORK/console.log" >>standalone.config
: >console.log
rm mail/new/*
power_host manual3 "manual mail=ops@example.com"
setsid ironbird power manual3 on >asked 2>&1 &
operator=$!
until_true 20 has_mail
echo "BIOS 1.0" >>console.log
wait $operator
is "a console that speaks is an answer" "$?" 0
is "and read back" "$(last manual3 "state_after, result")" "on|verified"

# --- operators that are not what they should be ------------------------------------
power_host absent "manual mail=ops@example.com limit=300ms"
exits "manual: dead: nobody answers" 3 setsid -w ironbird power absent on
told "manual: dead" absent unreachable
contains "manual: dead: is told" "$(last absent error)" \
	"its operator: no RETURN"
is "manual: dead: and is asked once" "$(last absent attempts)" 1
rm mail/new/*
touch mail/broken
exits "manual: no mail" 3 setsid -w ironbird power absent on
contains "manual: no mail: its reason" "$OUT" \
	"sendmail ended with status 75: no queue (configuration)"
power_host lying "manual mail=ops@example.com"
rm mail/broken
echo "HostProp_lying_ConsoleLog $WORK/console.log
HostProp_lying_PowerQuietTime 2s" >>standalone.config
setsid ironbird power lying off >asked 2>&1 &
operator=$!
until_true 20 has_mail
(while :; do echo alive; sleep 0.05; done >>console.log) &
talker=$!
ironbird power lying 'done' >/dev/null
wait $operator
is "manual: lying: done, and the console talks" "$?" 3
kill $talker
told "manual: lying" lying unverified
contains "manual: lying: is told" "$(cat asked)" "its console said"
setsid ironbird power manual2 on >asked 2>&1 &
operator=$!
until_true 20 test -e var/power/manual2.asked
kill -KILL $operator
wait $operator 2>/dev/null
exits "whoever asked is dead" 2 ironbird power manual2 'done'
power_host odd "manual limit=soon"
exits "a limit that is none" 2 ironbird power odd on
