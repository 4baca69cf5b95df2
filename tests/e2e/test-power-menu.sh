#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# PDUs with a command line: by telnet simulators of three makers, by ssh the
# same behind a real sshd, whose every login is the PDU's menu.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/devices.sh
. "$E2E/devices.sh"

echo 'HostProp_PowerSettleTime 20s' >>standalone.config
echo not-it >wrong

# model NAME: what its table says, at $AT
model() {
	power_host "$1" "$AT user=labuser password=@$WORK/secret"
	power_host "$1-bad" "$AT user=labuser password=@$WORK/wrong"
	ok "$1 answers" until_true 10 sh -c "ironbird power $1 >&2" 2>/dev/null
	exits "$1: on" 0 ironbird power "$1" on
	is "$1: is read back" "$(last "$1" "state_before, state_after,
		result")" "off|on|verified"
	obeys "$1: cycle" "$1" cycle
	[ "${2:-}" ] || fails "$1: wrong password" "$1-bad" off authentication \
		"127.0.0.1:$PORT"
}

# faults MODULE NAME: what it makes of them, whatever the model
faults() {
	for host in "$2" "$2-dead"; do
		echo "HostProp_${host}_PowerSettleTime 1500ms"
	done >>standalone.config
	obeys "$1: off" "$2" off
	obeys "$1: on" "$2" on
	fails "$1: wrong password" "$2-bad" off authentication "127.0.0.1:$PORT"
	echo lying >"$D/mood"
	fails "$1: lying" "$2" off unverified "127.0.0.1:$PORT"
	echo silent >"$D/mood"
	fails "$1: silent" "$2" off unreachable "127.0.0.1:$PORT"
	echo reset >"$D/mood"
	fails "$1: reset" "$2" off unreachable "127.0.0.1:$PORT"
	echo slow >"$D/mood"
	obeys "$1: slow" "$2" off
	rm "$D/mood"
	dead=$(free_port)
	power_host "$2-dead" "${AT%%host=*}host=127.0.0.1:$dead \
outlet=1 user=labuser password=@$WORK/secret${AT#*outlet=3}"
	fails "$1: dead" "$2-dead" on unreachable "127.0.0.1:$dead"
}

for one in apc wti netio; do
	start_menu pdu-$one $one
	AT="telnet $one host=127.0.0.1:$PORT outlet=3"
	model $one
	[ $one != apc ] || faults telnet $one
done
echo refusing >"$WORK/pdu-apc/mood"
fails "one that refuses" apc on refused "127.0.0.1:"

# --- by ssh: a user of its own, in a mount namespace of sshd's own -------------
[ "$(id -u)" = 0 ] || skip "an sshd with users of its own needs root"
for one in apc wti; do
	line='UsePAM no'
	[ $one = apc ] || line='UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication yes'
	start_menu_sshd ssh-$one $one "$line"
	AT="$METHOD outlet=3 host-key=@$WORK/hostkey.pub"
	model ssh-$one
	[ $one != apc ] || faults ssh ssh-$one
	SSH="ssh $one host=127.0.0.1:$PORT outlet=4 user=labuser"
	power_host key-$one "$SSH key=$WORK/login host-key=@$WORK/hostkey.pub"
	obeys "ssh-$one: with a key" key-$one on
done
power_host stranger "$SSH password=@$WORK/secret host-key=@$WORK/other.pub"
fails "another one's host key" stranger on authentication \
	"shows another host's ssh key"
power_host careless "$SSH password=@$WORK/secret"
exits "no host key at all" 2 ironbird power careless on
contains "is missing" "$OUT" "the argument 'host-key=' is missing"
power_host netio-ssh "ssh netio host=127.0.0.1 outlet=1 host-key=x key=y"
exits "a model without ssh" 2 ironbird power netio-ssh on
contains "is told" "$OUT" "there are: apc, wti"
no_secrets
