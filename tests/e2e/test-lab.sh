#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The embedded lab: up, down, its hosts' rows, and what is killed in between.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

LAB=$WORK/var/lab/lab

property() {
	sql "SELECT value FROM host_properties WHERE host = '$1'
		AND name = '$2'"
}

# --- what keeps a lab from coming up -----------------------------------------
mkdir few
exits "a missing program" 3 env PATH="$WORK/few:$B/bin" ironbird lab up
is "is named with its package" "$OUT" "ironbird: the program dnsmasq is not \
installed: apt install dnsmasq-base"
for program in dnsmasq apache2; do
	ln -s /bin/true few/$program
done
exits "another one" 3 env PATH="$WORK/few:$B/bin" ironbird lab up
contains "has its own package" "$OUT" \
	"in.tftpd is not installed: apt install tftpd-hpa"

# the build folder may be closed to others
chmod 711 "$WORK"
cp "$B/bin/ironbird" .
for verb in up down; do
	exits "lab $verb as somebody else" 2 setpriv --reuid 65534 \
		--regid 65534 --clear-groups "$WORK/ironbird" lab $verb
	is "says who may" "$OUT" "ironbird: a lab makes network devices and \
serves low ports: run it as root"
done
chmod 700 "$WORK"

exits "a name that is none" 2 ironbird lab up ../lab
contains "is shown" "$OUT" "'../lab'"
ok "and nothing was made" test ! -e var/lab

# --- down and up -------------------------------------------------------------
exits "a lab that never was is down" 0 ironbird lab down
is "status of a lab that is down" \
	"$(ironbird lab status --json | json '$.up')" 0
NS=$(ironbird lab status --json | json '$.namespace')
ok "its namespace is not there" test ! -e "/run/netns/$NS"

exits "lab up" 0 ironbird lab up
is "is told" "$OUT" "lab lab is up"
is "status" "$(ironbird lab status --json | json '$.up')" 1
is "the folder" "$(ironbird lab status --json | json '$.folder')" "$LAB"
is "a page by HTTP" "$(web ironbird-ready)" ready
contains "is in the access log" "$(tail -1 "$LAB/log/access.log")" \
	'"GET /ironbird-ready HTTP/1.1" 200'
web no-such-page >/dev/null 2>&1
is "a page that is not there" "$?" 22
contains "is in the access log, too" "$(tail -1 "$LAB/log/access.log")" \
	'"GET /no-such-page HTTP/1.1" 404'
is "a file by TFTP" "$(tftp ironbird-ready)" ready
ok "is in tftpd's log" until_true 5 logged "$LAB/log/tftpd.log" \
	"RRQ from 10.76.0.1 filename ironbird-ready"
tftp lpxelinux.0 >pxe
ok "the boot loader by TFTP is Debian's" \
	cmp pxe /usr/lib/PXELINUX/lpxelinux.0
tftp ../lab.config >/dev/null 2>&1
ok "nothing outside the folder by TFTP" test "$?" -ne 0

pids=$(ironbird lab status --json | json '$.services[0].pid')
exits "lab up again" 0 ironbird lab up
is "leaves the services as they are" "$pids" \
	"$(ironbird lab status --json | json '$.services[0].pid')"

# --- hosts -------------------------------------------------------------------
exits "add-host" 0 ironbird lab add-host --memory 256 --disk 1 iron1
contains "is told" "$OUT" "host iron1, 10.76.1.1, 52:54:00:"
ether=$(property iron1 ether)
is "its address" "$(property iron1 ip-addr)" 10.76.1.1
is "its DHCP entry" "$(cat "$LAB/dhcp-hosts/iron1")" \
	"$ether,10.76.1.1,iron1,infinite"
is "its other properties" "$(property iron1 power-method) \
$(property iron1 disk-device) $(property iron1 firmware) \
$(property iron1 lab)" "qemu '$LAB/hosts/iron1' /dev/vda bios $LAB"
contains "its flags" "$(sql "SELECT group_concat(flag, ' ') FROM host_flags
	WHERE host = 'iron1'")" arch-amd64
contains "its machine" "$(cat "$LAB/hosts/iron1/qemu.args")" "mac=$ether"
is "its disk" "$(qemu-img info --output=json "$LAB/hosts/iron1/disk.qcow2" |
	json '$."virtual-size"')" 1073741824
ok "its console is recorded from the start" \
	test -S "$LAB/hosts/iron1/console.dev"
is "status has it" "$(ironbird lab status --json | json '$.hosts[0].host') \
$(ironbird lab status --json | json '$.hosts[0].power')" "iron1 off"
exits "one of that name again" 2 ironbird lab add-host iron1
contains "is refused" "$OUT" "lab lab has a host iron1 already"
exits "a second host" 0 ironbird lab add-host iron2
is "has the next address" "$(property iron2 ip-addr)" 10.76.1.2
ok "and another MAC" test "$(property iron2 ether)" != "$ether"
exits "a host of a bad name" 2 ironbird lab add-host 'iron/3'
exits "a host without memory" 2 ironbird lab add-host --memory 5 iron3
ok "leaves nothing" test ! -e "$LAB/hosts/iron3"

ok "dnsmasq has read the new host" until_true 5 logged \
	"$LAB/log/dnsmasq.log" "read $LAB/dhcp-hosts/iron2"

# --- two labs side by side ---------------------------------------------------
echo "StateDir $WORK/other" >other.config
exits "another checkout's lab" 0 env OSSTEST_CONFIG="$WORK/other.config" \
	ironbird lab up
OTHER=$(OSSTEST_CONFIG=$WORK/other.config ironbird lab status --json |
	json '$.namespace')
NAMESPACES=$OTHER
ok "has its own namespace" test "$OTHER" != "$NS"
exits "a host of the same name in it" 0 env \
	OSSTEST_CONFIG="$WORK/other.config" ironbird lab add-host iron1
ok "has another MAC" test "$(cut -d , -f 1 \
	"$WORK/other/lab/lab/dhcp-hosts/iron1")" != "$ether"
exits "a second lab of this StateDir" 0 ironbird lab up second
LABS="lab second"
is "all are listed" "$(ironbird lab list --json | json '$[0].lab') \
$(ironbird lab list --json | json '$[1].lab')" "lab second"
exits "a host of the first in the second" 2 ironbird lab add-host -l second \
	iron1
contains "is refused" "$OUT" "there is a host iron1 already, and it is not in"
exits "the other checkout's goes down" 0 env \
	OSSTEST_CONFIG="$WORK/other.config" ironbird lab down
exits "the second goes down" 0 ironbird lab down second
is "the first serves on" "$(web ironbird-ready)" ready

# --- what dies is started again ----------------------------------------------
# In a process namespace of its own the server is the child of what we know.
server_of() {
	server=$(child pid "$1")
	children=$(cat "/proc/$server/task/$server/children")
	echo "${children:-$server}" | cut -d ' ' -f 1
}

recorded() {
	[ "$(child pid "console:$1")" ]
}

restarted() {
	[ "$(child starts "$1")" = 2 ] && alive "$(child pid "$1")"
}

for service in dnsmasq tftpd apache2 console:iron1; do
	pid=$(server_of $service)
	ok "$service is a process" kill -KILL "$pid"
	ok "$service is started again" until_true 10 restarted $service
done
ok "HTTP answers again" until_true 10 web_answers
ok "TFTP answers again" until_true 10 tftp_answers
is "the DHCP port is bound again" "$(ip netns exec "$NS" ss -Hlun 'sport = 67' |
	grep -c .)" 1

supervisor=$(cut -d ' ' -f 1 "$LAB/lab.pid")
before=$(processes "$NS" | sort -u)
kill -KILL "$supervisor"
is_down() {
	[ "$(ironbird lab status --json | json '$.up')" = 0 ]
}
ok "the supervisor is killed" until_true 5 is_down
all_gone() {
	for pid in $before; do
		! alive "$pid" || return 1
	done
}
ok "its services end with it" until_true 5 all_gone
exits "lab up afterwards" 0 ironbird lab up
ok "HTTP answers" web_answers
ok "TFTP answers" tftp_answers
is "the hosts are those of before" \
	"$(ironbird lab status --json | json '$.hosts[#-1].host')" iron2
ok "their consoles are recorded" until_true 5 recorded iron2
supervisor=$(cut -d ' ' -f 1 "$LAB/lab.pid")
kill -KILL "$supervisor"
until_true 5 not alive "$supervisor"
exits "lab up while its services still end" 0 ironbird lab up
ok "brings it up whole" web_answers

# --- fewer hosts, and down ---------------------------------------------------
exits "remove-host" 0 ironbird lab remove-host iron2
is "its rows are gone" "$(property iron2 ether)" ""
ok "its folder is gone" test ! -e "$LAB/hosts/iron2"
ok "its DHCP entry is gone" test ! -e "$LAB/dhcp-hosts/iron2"
ok "its recorder is gone" until_true 5 not recorded iron2
exits "a host that is not there" 2 ironbird lab remove-host iorn1
contains "gets a hint" "$OUT" "did you mean 'iron1'"

exits "a host is on when the lab goes down" 0 ironbird power iron1 on
qemu=$(cat "$LAB/hosts/iron1/qemu.pid")
ok "in a process of its own" alive "$qemu"
exits "lab down" 0 ironbird lab down
ok "it was switched off" not alive "$qemu"
is "with a row" "$(sql "SELECT action, result FROM power_actions
	ORDER BY id DESC LIMIT 1")" "off|verified"
is "no process is left" "$(processes "$NS" "$OTHER")" ""
ok "no namespace is left" test ! -e "/run/netns/$NS" -a \
	! -e "/run/netns/$OTHER"
is "no mount is left" "$(mounts "$WORK/" "$NS" "$OTHER")" ""
exits "lab down again" 0 ironbird lab down

# --- a port in use -----------------------------------------------------------
NAMESPACES=$NS
ip netns add "$NS"
ip -n "$NS" link set lo up
ip netns exec "$NS" busybox httpd -f -p 80 &
squatter=$!
listens() {
	ip netns exec "$NS" ss -Hltn 'sport = 80' | grep -q .
}
ok "somebody has port 80" until_true 5 listens
exits "a lab with a port in use" 3 ironbird lab up
is "says so in one sentence" "$OUT" "ironbird: lab lab: tcp port 80 is taken \
by another web server; 'ss -lnp sport = 80' names it"
is "and half of it is not left" "$(processes)" ""
exits "lab down with a stranger in the namespace" 3 ironbird lab down
contains "names its process" "$OUT" "network namespace $NS: $squatter; end"
kill $squatter
wait $squatter 2>/dev/null
exits "when it has ended, lab up" 0 ironbird lab up
ok "serves" web_answers
exits "and down" 0 ironbird lab down
is "leaves no process" "$(processes "$NS")" ""
