#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# "ironbird init": from nothing to a standalone.config, asked and unasked, in
# a network namespace whose interfaces are the test's own.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

LABS=
CONTROLLER=ib-e2e-$$-init
NAMESPACES=$CONTROLLER
ip netns add "$CONTROLLER"
ip -n "$CONTROLLER" link set lo up

controller() {
	ip netns exec "$CONTROLLER" "$@"
}
# init OPTION...: of a host that is told in full, but for what comes later
init() {
	controller ironbird init "$@" </dev/null
}
full() {
	init -H kodo4 -a 192.0.2.14 -e 52:54:00:12:34:56 -p manual \
		-d /dev/sda "$@"
}
rm standalone.config

# --- without a terminal ------------------------------------------------------
exits "nobody to ask" 2 init
is "is told what to say" "$OUT" "ironbird: nobody is asked, so these options \
are needed: --interface, --host, --address, --ether, --power, --disk"
exits "no interface there" 2 full -i eth1
contains "is told how to get one" "$OUT" \
	"there are: none, 'ip address add' gives one"

ip -n "$CONTROLLER" link add eth1 type veth peer name cable1
ip -n "$CONTROLLER" address add 192.0.2.1/24 dev eth1
ip -n "$CONTROLLER" link set eth1 up
ip -n "$CONTROLLER" link set cable1 up
exits "one interface" 2 init
is "is found" "$OUT" "ironbird: nobody is asked, so these options are \
needed: --host, --address, --ether, --power, --disk"

# bad WHAT OPTION VALUE SENTENCE
bad() {
	exits "$1" 2 full "$2" "$3"
	is "is told in one sentence" "$OUT" "ironbird: $4"
}
bad "a wrong interface" -i eth7 "--interface: 'eth7' is no interface with an \
IPv4 address; there are: eth1 (192.0.2.1)"
bad "an address that is none" -a 192.0.2.300 \
	"--address: '192.0.2.300' is not an IPv4 address like 192.0.2.14"
bad "an address elsewhere" -a 198.51.100.4 \
	"--address: 198.51.100.4 is not in the network of eth1 (192.0.2.1)"
bad "the controller's address" -a 192.0.2.1 \
	"--address: 192.0.2.1 is the controller's own address on eth1"
bad "the broadcast address" -a 192.0.2.255 "--address: 192.0.2.255 is the \
network or its broadcast address, not a host's"
bad "a MAC address that is none" -e 52:54:00:12:34 \
	"--ether: '52:54:00:12:34' is not a MAC address like 52:54:00:12:34:56"
bad "a group's MAC address" -e 01:00:5e:00:00:01 "--ether: 01:00:5e:00:00:01 \
is the address of a group, not of an interface"
bad "a disk that is none" -d sda \
	"--disk: 'sda' is not a disk like /dev/sda or /dev/disk/by-id/..."
bad "a console that is none" -c ttyS0 \
	"--console: 'ttyS0' is neither none nor the full path of a file"
bad "a range that is none" -r 192.0.2.9,192.0.2.2 "--range: \
'192.0.2.9,192.0.2.2' is neither none nor FIRST,LAST like \
192.0.2.128,192.0.2.254"
exits "a power method that is none" 2 full -p manuel
contains "is told which one was meant" "$OUT" "unknown power module 'manuel' \
(did you mean 'manual'?)"
exits "a name that is none" 2 full -H ../kodo4
contains "is told" "$OUT" "--host: "
ok "nothing was written" test ! -e standalone.config

# --- written -----------------------------------------------------------------
exits "all that is needed" 0 full
contains "is told what comes next" "$OUT" "ironbird doctor kodo4"
lacks "nothing is in the way" "$OUT" "In the way"
is "the file" "$(grep -v '^#' standalone.config)" "NetInterface eth1
NetAddress 192.0.2.1
TestHost kodo4
HostProp_kodo4_Ether 52:54:00:12:34:56
HostProp_kodo4_IpAddr 192.0.2.14
HostProp_kodo4_PowerMethod manual
HostProp_kodo4_DiskDevice /dev/sda
NetRange 192.0.2.128,192.0.2.254"
ok "is short" test "$(wc -l <standalone.config)" -lt 15
exits "and good" 0 ironbird config --check
is "in all" "$OUT" "0 errors, 0 warnings"
is "nothing is left beside it" "$(ls)" standalone.config
cp standalone.config first
exits "once more" 2 full -H other
contains "leaves it as it is" "$OUT" "is there already and is left as it is"
ok "in truth" cmp first standalone.config
exits "unless forced" 0 full -H other --force -c /var/log/other.console
contains "it is another one" "$(cat standalone.config)" \
	"HostProp_other_ConsoleLog /var/log/other.console"
rm standalone.config
exits "a password in it" 0 full -p "exec fence_apc_snmp ip=192.0.2.9 \
password=hush plug=3"
is "is for root alone" "$(stat -c %a standalone.config)" 600
rm standalone.config

# --- what has the ports ------------------------------------------------------
controller dnsmasq --keep-in-foreground --port=0 --conf-file=/dev/null \
	--pid-file= --user=root --interface=eth1 --bind-interfaces \
	--dhcp-range=192.0.2.200,192.0.2.210 \
	--dhcp-leasefile="$WORK/foreign.leases" --log-facility="$WORK/foreign" &
has_port() {
	controller ss -Hlun 'sport = 67' | grep -q .
}
ok "somebody serves DHCP already" until_true 5 has_port
exits "init beside it" 0 full
contains "says so, and who" "$OUT" "In the way: udp port 67 (DHCP) is taken \
by dnsmasq (process "
rm standalone.config

# --- on a terminal -----------------------------------------------------------
# typed LINE...: what a person types at init, its words in $OUT
typed() {
	OUT=$(printf '%s\n' "$@" | controller script -qec "ironbird init" \
		/dev/null | tr -d '\r')
}
typed eth9 '' kodo4 192.0.2.999 192.0.2.14 nonsense 52:54:00:12:34:56 '' '' \
	sda /dev/vda 192.0.2.50,192.0.2.60 n
contains "a bad answer" "$OUT" "'eth9' is no interface"
contains "another one" "$OUT" "'192.0.2.999' is not an IPv4 address"
is "each is asked again" "$(echo "$OUT" | grep -c 'MAC address of the')" 2
contains "what can be guessed is offered" "$OUT" \
	"Interface that the test hosts hang on [eth1]:"
contains "doctor is offered" "$OUT" "Run 'ironbird doctor kodo4' now?"
contains "the range" "$(cat standalone.config)" \
	"NetRange 192.0.2.50,192.0.2.60"
is "the answers are in the file" "$(sed -n 's/^HostProp_kodo4_//p' \
	standalone.config)" "Ether 52:54:00:12:34:56
IpAddr 192.0.2.14
PowerMethod manual
DiskDevice /dev/vda"
rm standalone.config
printf '%s\n' '' kodo4 | controller script -qec "ironbird init; echo rc \$?" \
	/dev/null >out 2>&1 &
typing=$!
wait $typing
contains "the end of input" "$(cat out)" "nothing was written"
ok "and nothing was" test ! -e standalone.config
