#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Machines that are switched over ssh: soft, wol, guest. A real sshd takes
# their commands, writes them down, and runs none of them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/devices.sh
. "$E2E/devices.sh"

[ "$(id -u)" = 0 ] || skip "an sshd on port 22 needs root"
start_sshd_host soft1 || skip "no sshd can listen on $IP port 22"
ssh-keygen -q -t ed25519 -N '' -C test -f keys/hosts/other
cat >>standalone.config <<END
HostProp_wol1_IpAddr $IP
HostProp_other_IpAddr $IP
HostProp_wol1_Ether 52:54:00:aa:bb:cc
END

power_host soft1 soft
obeys "soft: on, when it is on" soft1 on unverified
exits "reset" 0 ironbird power soft1 reset
contains "is told to its system" "$(cat said)" "sync; reboot -f"
exits "off" 0 ironbird power soft1 off
contains "is, too" "$(cat said)" "sync; poweroff -f"
fails "soft: dead: on, when it is off" soft1 on refused "a host that is off"
sshd_up

# faults MODULE HOST: of a machine that switches itself off, when it is told
faults() {
	touch stays
	echo "HostProp_PowerSettleTime 1s" >>standalone.config
	fails "$1: lying: it goes on answering" "$2" off unverified \
		"$IP still answers on port 22"
	echo "HostProp_PowerSettleTime 20s" >>standalone.config
	rm stays
	touch lingers
	obeys "$1: slow" "$2" off unverified
	rm lingers
	obeys "$1: dead: it is off" "$2" off unverified
	sshd_up
	touch breaks
	obeys "$1: reset: the session, and the machine" "$2" off unverified
	rm breaks
	sshd_up
}
faults soft soft1
cp keys/hosts/soft1 keys/hosts/wol1
cp keys/hosts/soft1.pub keys/hosts/wol1.pub
power_host wol1 "wol broadcast=127.0.0.1 udp=$(free_port)"
faults wol wol1
power_host wolother "wol broadcast=127.0.0.1 host=$IP"
ssh-keygen -q -t ed25519 -N '' -C test -f keys/hosts/wolother
fails "wol: wrong password: another machine's key" wolother off \
	authentication "host=$IP"

if command -v socat >/dev/null; then
	UDP=$(free_port)
	socat -u "UDP-RECV:$UDP,bind=127.0.0.1" "CREATE:packet" &
	at_exit "kill $!"
	power_host wol1 "wol broadcast=127.0.0.1 udp=$UDP"
	until_true 5 sh -c "ss -Hlnu 'sport = :$UDP' | grep -q ."
	obeys "wol: on" wol1 on unverified
	until_true 5 test -s packet
	is "is a magic packet" "$(od -An -tx1 -v packet | tr -d ' \n' |
		cut -c1-24) $(wc -c <packet)" "ffffffffffff525400aabbcc 102"
fi

# the parent is known by its own host key
power_host nested "guest parent=soft1 host=$IP domain=inner"
obeys "guest: on" nested on
is "is read back" "$(last nested "state_before, state_after, result")" \
	"off|on|verified"
contains "by xl" "$(cat said)" "xl create /etc/xen/inner.cfg"
exits "off" 0 ironbird power nested off
is "is read back, too" "$(last nested "state_before, state_after, result")" \
	"on|off|verified"
touch lying
echo "HostProp_nested_PowerSettleTime 1s" >>standalone.config
fails "guest: lying" nested on unverified "guest parent=soft1 host=$IP"
rm lying
echo "HostProp_nested_PowerSettleTime 20s" >>standalone.config
touch late
obeys "guest: slow" nested on
rm late domain
touch gone
fails "guest: reset, in the middle of xl create" nested on unreachable \
	"host soft1 did not answer"
rm gone
power_host nested2 "guest parent=other host=$IP domain=inner"
fails "guest: wrong password: another machine's key" nested2 on authentication "host=$IP"
power_host nested3 "guest parent=soft1 host=127.77.0.250 domain=inner"
fails "guest: dead" nested3 on unreachable "127.77.0.250"
power_host other soft
fails "soft: wrong password: another machine's key" other off authentication "by 'soft'"
