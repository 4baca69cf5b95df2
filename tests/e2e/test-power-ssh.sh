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
exits "soft: on, when it is on" 0 ironbird power soft1 on
is "is not verified" "$(last soft1 result)" unverified
exits "reset" 0 ironbird power soft1 reset
contains "is told to its system" "$(cat said)" "sync; reboot -f"
exits "off" 0 ironbird power soft1 off
contains "is, too" "$(cat said)" "sync; poweroff -f"
exits "on, when it is off" 3 ironbird power soft1 on
contains "is refused" "$(last soft1 error)" "refused: a host that is off"
sshd_up
touch stays
exits "soft: lying: one that goes on answering" 3 ironbird power soft1 off
contains "is told" "$OUT" "still answers on port 22"
rm stays

if command -v socat >/dev/null; then
	UDP=$(free_port)
	socat -u "UDP-RECV:$UDP,bind=127.0.0.1" "CREATE:packet" &
	at_exit "kill $!"
	power_host wol1 "wol broadcast=127.0.0.1 udp=$UDP"
	until_true 5 sh -c "ss -Hlnu 'sport = :$UDP' | grep -q ."
	exits "wol: on" 0 ironbird power wol1 on
	until_true 5 test -s packet
	is "is a magic packet" "$(od -An -tx1 -v packet | tr -d ' \n' |
		cut -c1-24) $(wc -c <packet)" "ffffffffffff525400aabbcc 102"
fi

# the parent is known by its own host key
power_host nested "guest parent=soft1 host=$IP domain=inner"
exits "guest: on" 0 ironbird power nested on
is "is read back" "$(last nested "state_before, state_after, result")" \
	"off|on|verified"
contains "by xl" "$(cat said)" "xl create /etc/xen/inner.cfg"
exits "off" 0 ironbird power nested off
is "is read back, too" "$(last nested "state_before, state_after, result")" \
	"on|off|verified"
touch lying
fails "guest: lying" nested on unverified "guest parent=soft1 host=$IP"
rm lying
touch late
obeys "guest: slow" nested on
rm late domain
touch gone
fails "guest: reset, in the middle of xl create" nested on unreachable \
	"host soft1 did not answer"
rm gone
power_host nested2 "guest parent=other host=$IP domain=inner"
fails "guest: another machine's key" nested2 on authentication "host=$IP"
power_host nested3 "guest parent=soft1 host=127.77.0.250 domain=inner"
fails "guest: dead" nested3 on unreachable "127.77.0.250"
power_host other soft
fails "soft: another machine's key" other off authentication "by 'soft'"
