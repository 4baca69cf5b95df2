#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The services on a real interface, here one end of a cable (veth) between
# two network namespaces: the controller's and a test host's.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

LABS=
CONTROLLER=ib-e2e-$$-controller
HOST=ib-e2e-$$-host
NAMESPACES="$CONTROLLER $HOST"
SERVICES=$WORK/var/services
ETHER=52:54:00:e2:e0:01

for ns in $NAMESPACES; do
	ip netns add "$ns"
	ip -n "$ns" link set lo up
done
ip -n "$CONTROLLER" link add eth1 type veth peer name eth0 netns "$HOST"
ip -n "$CONTROLLER" link set eth1 up
ip -n "$HOST" link set eth0 address $ETHER up

controller() {
	ip netns exec "$CONTROLLER" "$@"
}

# What the DHCP client is given, as the host would see it.
cat >lease <<'END'
#!/bin/sh
[ "$1" = bound ] || exit 0
echo "lease $ip $boot_file $siaddr $dns $domain" >lease.out
END
chmod +x lease
dhcp() {
	rm -f lease.out
	ip netns exec "$HOST" busybox udhcpc -i eth0 -f -n -q -t 3 -T 1 \
		-s "$WORK/lease" "$@" >dhcp.out 2>&1
}

cat >>standalone.config <<END
NetAddress 192.0.2.1
DnsDomain rig.test
END

# --- what keeps them from coming up ------------------------------------------
exits "no interface named" 2 controller ironbird services up
contains "is told how to" "$OUT" "--interface or the setting NetInterface"
exits "an interface that is not there" 2 controller ironbird services up \
	--interface eth7
contains "is told" "$OUT" "there is no interface 'eth7'"
exits "an interface without an address" 2 controller ironbird services up \
	--interface eth1
contains "is told" "$OUT" "interface eth1 has no IPv4 address"
ip -n "$CONTROLLER" address add 192.0.2.1/24 dev eth1

ip netns exec "$CONTROLLER" dnsmasq --keep-in-foreground --port=0 \
	--conf-file=/dev/null --pid-file= --user=root --interface=eth1 \
	--bind-interfaces \
	--dhcp-range=192.0.2.200,192.0.2.210 \
	--dhcp-leasefile="$WORK/foreign.leases" \
	--log-facility="$WORK/foreign" &
foreign=$!
has_port() {
	controller ss -Hlun 'sport = 67' | grep -q .
}
ok "somebody serves DHCP already" until_true 5 has_port
exits "services beside it" 3 controller ironbird services up -i eth1
is "are refused" "$OUT" "ironbird: services on eth1: udp port 67 is taken by \
another DHCP server; 'ss -lnp sport = 67' names it"
ok "it is left alone" alive $foreign
is "and nothing is left of the try" "$(controller ironbird services status)" \
	"services are down"
kill $foreign
wait $foreign 2>/dev/null

# --- up ----------------------------------------------------------------------
exits "services up" 0 controller ironbird services up --interface eth1
is "are told" "$OUT" \
	"DHCP, TFTP and the web server answer on 192.0.2.1 (eth1)"
is "status" "$(controller ironbird services status --json | json '$.up') \
$(controller ironbird services status --json | json '$.interface')" "1 eth1"
pid=$(controller ironbird services status --json | json '$.services[0].pid')
exits "up again" 0 controller ironbird services up --interface eth1
is "leaves them as they are" "$(controller ironbird services status --json |
	json '$.services[0].pid')" "$pid"
exits "up on another interface" 2 controller ironbird services up -i lo
contains "is refused" "$OUT" "services run on eth1 already"

# --- a host that is known, and one that is not -------------------------------
echo "$ETHER,192.0.2.14,iron1,infinite" >iron1
mv iron1 "$SERVICES/dhcp-hosts/"
ok "a new host's entry is read" until_true 5 logged \
	"$SERVICES/log/dnsmasq.log" "read $SERVICES/dhcp-hosts/iron1"
ok "DHCP to a host that is known" dhcp
is "is what it boots by" "$(cat lease.out)" \
	"lease 192.0.2.14 lpxelinux.0 192.0.2.1 192.0.2.1 rig.test"
ok "UEFI firmware" dhcp -x 0x5d:0007
is "gets a loader of its own" "$(cut -d ' ' -f 3 lease.out)" \
	grub/grubnetx64.efi
contains "its lease" "$(cat "$SERVICES/leases")" "$ETHER 192.0.2.14 iron1"
contains "DHCP is logged" "$(cat "$SERVICES/log/dnsmasq.log")" \
	"DHCPACK(eth1) 192.0.2.14 $ETHER iron1"

ip -n "$HOST" link set eth0 address 52:54:00:e2:e0:02
ok "DHCP to a host that nobody knows" not dhcp
contains "gives nothing" "$(cat "$SERVICES/log/dnsmasq.log")" \
	"DHCPDISCOVER(eth1) 52:54:00:e2:e0:02 no address available"
ip -n "$HOST" link set eth0 address $ETHER

rm "$SERVICES/dhcp-hosts/iron1"
ok "a host whose entry was removed is not known" until_true 10 not dhcp

# --- what a host fetches -----------------------------------------------------
ip -n "$HOST" address add 192.0.2.14/24 dev eth0
host_fetch() {
	ip netns exec "$HOST" curl -sSf --max-time 5 "$1"
}
echo hello >"$SERVICES/web/greeting"
is "HTTP" "$(host_fetch http://192.0.2.1/greeting)" hello
contains "is in the access log" "$(tail -1 "$SERVICES/log/access.log")" \
	'192.0.2.14 - - ['
contains "with its status" "$(tail -1 "$SERVICES/log/access.log")" \
	'"GET /greeting HTTP/1.1" 200'
host_fetch tftp://192.0.2.1/lpxelinux.0 >pxe
ok "TFTP" cmp pxe /usr/lib/PXELINUX/lpxelinux.0
ok "is in tftpd's log" until_true 5 logged "$SERVICES/log/tftpd.log" \
	"RRQ from 192.0.2.14 filename lpxelinux.0"

# --- down --------------------------------------------------------------------
exits "services down" 0 controller ironbird services down
is "leave no process" "$(processes "$CONTROLLER")" ""
is "leave no mount" "$(mounts "$WORK/")" ""
is "status" "$(ironbird services status --json | json '$.up')" 0
exits "down again" 0 ironbird services down
exits "up again" 0 controller ironbird services up --interface eth1
is "serve again" "$(host_fetch http://192.0.2.1/greeting)" hello
exits "and down" 0 controller ironbird services down
