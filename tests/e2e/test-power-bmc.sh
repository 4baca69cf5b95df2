#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is packaged, and is used through its own program or protocol: ipmi_sim,
# upsd with dummy-ups, libvirtd, PDUDaemon. What is missing is skipped.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/devices.sh
. "$E2E/devices.sh"

echo not-it >wrong
short_secret

watch_argv() {
	while :; do
		for pid in /proc/[0-9]*; do
			tr '\0' ' ' <"$pid/cmdline"
			echo
		done 2>/dev/null | grep -E '^(ipmitool|virsh|ironbird)' \
			>>cmdlines
	done
}

ipmi_tests() {
	start_ipmi bmc
	I=$METHOD
	power_host bmc "$I password=@$WORK/secret"
	echo "HostProp_PowerSettleTime 20s" >>standalone.config
	ok "ipmi_sim answers" until_true 20 ironbird power bmc
	watch_argv &
	watcher=$!
	obeys "ipmi: on" bmc on
	is "is read back" "$(last bmc "state_before, state_after, result")" \
		"off|on|verified"
	exits "cycle" 0 ironbird power bmc cycle
	is "is off, and on" "$(grep 'set power' "$D/journal" |
		tr '\n' ' ')" "set power 1 set power 0 set power 1 "
	exits "reset" 0 ironbird power bmc reset
	ok "is a reset" grep -q "set reset" "$D/journal"
	exits "bootdev pxe" 0 ironbird power bmc bootdev pxe
	ok "is told" grep -q "set boot pxe" "$D/journal"
	exits "nmi, that ipmi_sim has not" 3 ironbird power bmc nmi
	contains "says so" "$OUT" "chassis power diag: Set Chassis Power"
	contains "with its class" "$(last bmc error)" "refused: "
	power_host oss "ipmi 127.0.0.1:$PORT labuser $SECRET -I lanplus cipher=3"
	exits "OSSTest's ipmi" 0 ironbird power oss off
	is "its row has no password" "$(last oss method)" \
		"ipmi host=127.0.0.1:$PORT user=labuser password=*** \
interface=lanplus cipher=3"
	power_host extra "$I password=@$WORK/secret; ipmiextra on \
127.0.0.1:$PORT labuser $SECRET -C 3 chassis bootdev pxe; ipmiextra when=off \
host=127.0.0.1:$PORT user=labuser password=@$WORK/secret cipher=3 mc info"
	: >"$D/journal"
	exits "ipmiextra: off" 0 ironbird power extra off
	lacks "ipmiextra: on's is not for off" "$(cat "$D/journal")" boot
	is "ipmiextra: off's is" "$(last extra "method, result")" \
		"ipmiextra when=off host=127.0.0.1:$PORT user=labuser \
password=@$WORK/secret cipher=3 mc info|unverified"
	exits "ipmiextra: on" 0 ironbird power extra on
	contains "ipmiextra: on's is for on" "$(cat "$D/journal")" \
		"set boot pxe"
	is "and it is no supply" "$OUT" "host extra: power on"
	kill "$watcher"
	power_host noextra "ipmiextra sometimes 127.0.0.1 u p mc info"
	exits "ipmiextra: another time" 2 ironbird power noextra on
	contains "is told" "$OUT" "when=sometimes is not on, off or both"
	power_host badbmc "$I password=@$WORK/wrong"
	fails "ipmi: wrong password" badbmc on authentication \
		"127.0.0.1:$PORT"
	power_host nobody "ipmi host=127.0.0.1:$PORT user=me cipher=3 \
password=@$WORK/secret"
	fails "ipmi: an unknown user" nobody on authentication \
		"127.0.0.1:$PORT"
	echo "HostProp_bmc_PowerSettleTime 2s" >>standalone.config
	ironbird power bmc off >/dev/null
	echo lying >"$D/mood"
	fails "ipmi: lying" bmc on unverified "127.0.0.1:$PORT"
	power_host cold "$I password=@$WORK/secret bmc-reset=yes"
	echo "HostProp_cold_PowerSettleTime 3s" >>standalone.config
	exits "its cold reset, the last rung" 3 ironbird power cold on
	echo slow >"$D/mood"
	ok "it is back" until_true 20 ironbird power bmc
	power_host slowbmc "$I password=@$WORK/secret"
	obeys "ipmi: slow" slowbmc on
	echo "HostProp_deadbmc_PowerSettleTime 2s" >>standalone.config
	deadport=$(free_port)
	power_host deadbmc "ipmi host=127.0.0.1:$deadport user=me \
cipher=3 password=@$WORK/secret"
	fails "ipmi: dead" deadbmc on unreachable "127.0.0.1:$deadport"
	# UDP has no reset: it goes away in the middle of the action
	echo reset >"$D/mood"
	fails "ipmi: reset" bmc off unreachable "127.0.0.1:$PORT"
}

nut_tests() {
	start_nut nut
	N=$METHOD
	power_host outlet "$N outlet=2 user=labuser password=@$WORK/secret"
	ok "upsd answers" until_true 20 ironbird power outlet
	obeys "nut: on" outlet on
	is "is read back" "$(last outlet "state_before, state_after, result")" \
		"off|on|verified"
	exits "off" 0 ironbird power outlet off
	echo "HostProp_PowerSettleTime 1s" >>standalone.config
	power_host badnut "$N outlet=2 user=labuser password=@$WORK/wrong"
	fails "nut: wrong password" badnut on authentication \
		"127.0.0.1:$PORT"
	power_host lyingnut "$N outlet=1 user=labuser password=@$WORK/secret"
	fails "nut: lying" lyingnut on unverified "127.0.0.1:$PORT"
	# dummy-ups takes any word: its status follows late, by another hand
	ironbird power lyingnut on >/dev/null 2>&1
	status() {
		upsrw -s "outlet.1.status=$1" -u labuser -p "$SECRET" \
			"pdu@127.0.0.1:$PORT" >/dev/null 2>&1
	}
	status on
	ok "nut: is on" until_true 5 sh -c \
		"ironbird power lyingnut | grep -q 'power on'"
	(until_true 5 sh -c "upsc pdu@127.0.0.1:$PORT outlet.1.switch \
		2>/dev/null | grep -q off" && status off) &
	obeys "nut: slow" lyingnut off
	power_host noups "nut host=127.0.0.1:$PORT ups=other outlet=1 \
user=labuser password=@$WORK/secret"
	fails "nut: an unknown UPS" noups on configuration "127.0.0.1:$PORT"
	deadport=$(free_port)
	power_host deadnut "nut host=127.0.0.1:$deadport ups=pdu"
	fails "nut: dead" deadnut on unreachable "127.0.0.1:$deadport"
	power_host resetnut "nut host=127.0.0.1:$RESET ups=pdu"
	fails "nut: reset" resetnut on unreachable "127.0.0.1:$RESET"
}

libvirt_tests() {
	start_libvirt
	U=$URI
	power_host domain "libvirt domain=test uri=$U"
	exits "libvirt: status" 0 ironbird power domain
	is "is on" "$OUT" "host domain: power on"
	obeys "libvirt: off" domain off
	obeys "libvirt: cycle" domain cycle
	exits "reset" 0 ironbird power domain reset
	exits "an override, that libvirt has not" 3 ironbird power domain \
		bootdev pxe
	power_host nodomain "libvirt domain=other uri=$U"
	fails "libvirt: an unknown domain" nodomain on refused "libvirt at"
	# by itself the test driver has a new world for every virsh: what is
	# switched off there is on again at once
	echo "HostProp_PowerSettleTime 1s" >>standalone.config
	power_host lyingvirt "libvirt domain=test uri=test:///default"
	fails "libvirt: lying" lyingvirt off unverified "test:///default"
	echo "HostProp_PowerSettleTime 4s" >>standalone.config
	kill -STOP "$VIRT"
	(until_true 5 sh -c "ps -eo args | grep -q '[v]irsh .*$D.*domstate'"
	kill -CONT "$VIRT") &
	obeys "libvirt: slow" domain off
	libvirt_login_tests
	power_host deadvirt \
		"libvirt domain=x 'uri=test+unix:///default?socket=$WORK/no'"
	fails "libvirt: dead" deadvirt on unreachable "$WORK/no"
	power_host resetvirt \
		"libvirt domain=x uri=test+tcp://127.0.0.1:$RESET/default"
	fails "libvirt: reset" resetvirt on unreachable "127.0.0.1:$RESET"
	exec 4>&-
}

# A key that a real sshd does not take.
libvirt_login_tests() {
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f wrongkey
	ssh-keygen -q -t ed25519 -N '' -f sshkey
	PORT=$(free_port)
	printf '%s\n' "ListenAddress 127.0.0.1:$PORT" "HostKey $WORK/sshkey" \
		"PidFile none" "AuthorizedKeysFile none" "UsePAM no" \
		"PasswordAuthentication no" "StrictModes no" >virt-sshd.conf
	/usr/sbin/sshd -D -f virt-sshd.conf -E virt-sshd.log &
	at_exit "kill $!"
	until_true 5 sh -c "ss -Hlnt 'sport = :$PORT' | grep -q ."
	power_host badvirt "libvirt domain=test 'uri=test+libssh2://root@\
127.0.0.1:$PORT/default?keyfile=$WORK/wrongkey&sshauth=privkey&\
known_hosts=$WORK/known&known_hosts_verify=auto'"
	fails "libvirt: wrong password (a key)" badvirt on authentication \
		"127.0.0.1:$PORT"
}

pdudaemon_tests() {
	start_pdudaemon
	power_host daemon "pdudaemon 127.0.0.1:$PORT rack3 5"
	ok "pdudaemon answers" until_true 30 ironbird power daemon on
	obeys "pdudaemon: on" daemon on unverified
	is "cannot be verified, and says so" "$(last daemon \
		"result, state_after")" "unverified|unknown"
	ok "and has done it" until_true 10 grep -q "on 5" outlet
	exits "off" 0 ironbird power daemon off
	ok "is done, too" until_true 10 grep -q "off 5" outlet
	# it asks for no password: the nearest is a PDU that it does not have
	power_host nopdu "pdudaemon 127.0.0.1:$PORT other 5"
	fails "pdudaemon: a PDU that it has not" nopdu on refused \
		"127.0.0.1:$PORT"
	deadport=$(free_port)
	power_host deaddaemon "pdudaemon 127.0.0.1:$deadport rack3 5"
	# it answers before anything is done: a PDU that does nothing is not
	# told from another, and never "verified"
	power_host lazy "pdudaemon 127.0.0.1:$PORT lazy 1"
	obeys "pdudaemon: lying" lazy on unverified
	kill -STOP "$DAEMON"
	(until_true 5 sh -c "ss -Hnt 'dport = :$PORT' | grep -q ESTAB"
	kill -CONT "$DAEMON") &
	obeys "pdudaemon: slow" daemon on unverified
	fails "pdudaemon: dead" deaddaemon on unreachable \
		"127.0.0.1:$deadport"
	power_host resetdaemon "pdudaemon 127.0.0.1:$RESET rack3 5"
	fails "pdudaemon: reset" resetdaemon on unreachable "127.0.0.1:$RESET"
}

# Who resets every connection, whatever was to be said.
start_menu reset apc
RESET=$PORT
echo reset >reset/mood

# part NAME PROGRAM: the tests of NAME, or why not.
part() {
	if command -v "$2" >/dev/null; then
		"$1_tests"
	else
		echo "# skipped $1: $2 is not installed"
	fi
}

part ipmi ipmi_sim
part nut /lib/nut/upsd
part libvirt libvirtd
part pdudaemon pdudaemon
no_secrets
