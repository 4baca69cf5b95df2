#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# PDUs with a command line over telnet, against simulators of three makers.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"

D=$WORK/pdus
mkdir "$D"
cp secret "$D/password"
echo not-it >wrong
for one in apc wti netio; do
	PORT=$(free_port)
	"$B/tests/sim/telnet-pdu" "$PORT" "$D" $one &
	at_exit "kill $!"
	AT="telnet $one host=127.0.0.1:$PORT outlet=3 user=labuser"
	power_host $one "$AT password=@$WORK/secret"
	power_host $one-bad "$AT password=@$WORK/wrong"
	ok "$one answers" until_true 10 ironbird power $one
	exits "$one: on" 0 ironbird power $one on
	is "$one: is read back" "$(last $one "state_before, state_after,
		result")" "off|on|verified"
	exits "$one: cycle" 0 ironbird power $one cycle
	exits "$one: a wrong password" 3 ironbird power $one-bad off
	contains "$one: is authentication" "$(last $one-bad error)" \
		"authentication: "
	is "$one: tried once" "$(last $one-bad attempts)" 1
	for mood in lying silent reset; do
		echo $mood >"$D/mood"
		exits "$one: $mood" 3 ironbird power $one off
		class=unreachable
		[ $mood != lying ] || class=unverified
		contains "$one: $mood: its class" "$(last $one error)" \
			"$class: "
	done
	echo slow >"$D/mood"
	exits "$one: slow" 0 ironbird power $one off
	is "$one: is off in the end" "$(last $one "state_after, result")" \
		"off|verified"
	rm "$D/mood"
done
echo refusing >"$D/mood"
exits "one that refuses" 3 ironbird power apc on
contains "is refused" "$(last apc error)" "refused: "
power_host dead "telnet apc host=127.0.0.1:$(free_port) outlet=1"
exits "a dead one" 3 ironbird power dead on
contains "is unreachable" "$(last dead error)" "unreachable: "
no_secrets
