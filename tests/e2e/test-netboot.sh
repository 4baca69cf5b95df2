#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts that boot over the network, in QEMU: one gets as far as the Debian
# installer's fetch of its preseed (the packages that it would need next are
# not here), one asks for a kernel that is not there, one finds an empty disk.
# They run side by side; no time is judged but the limit of the last one.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

LAB=$WORK/var/lab/lab

# A first power supply that is switched together with the real one: removes
# what the file it is named after says, between the orders and the boot.
cat >saboteur <<'END'
#!/bin/sh
input=$(cat)
dir=$(dirname "$0")
case $input in
*action=on*)
	for file in $(echo "$input" | sed -n 's/^remove=//p'); do
		mv "$dir/$file" "$dir/removed"
	done
	touch "$dir/is-on"
	;;
*action=off*) rm -f "$dir/is-on" ;;
*) [ -e "$dir/is-on" ] || exit 2 ;;
esac
END
chmod +x saboteur

# sabotaged HOST FILE: what is removed as soon as HOST is switched on
sabotaged() {
	echo "HostProp_$1_PowerMethod exec $WORK/saboteur remove=$2; \
qemu '$LAB/hosts/$1'" >>standalone.config
}

cat >>standalone.config <<END
HostProp_InstallMethod debian-installer
HostProp_empty_KernelLimit 20s
# the installer waits long for IPv6 routers, which the lab has not
HostProp_boots_InstallAppend ipv6.disable=1
DebianMirrorHost mirror.test
DebianPreseed= <<'EOP'
d-i clock-setup/ntp-server string ntp.test
EOP
END

exits "lab up" 0 ironbird lab up
NS=$(ironbird lab status --json | json '$.namespace')
exits "the host that boots" 0 ironbird lab add-host -m 1024 -d 1 boots
for host in lacks empty; do
	exits "the host that does not" 0 ironbird lab add-host -c 1 -m 256 \
		-d 1 $host
done
# boots is 10.76.1.1: %ipaddrhex% is the first of TftpPxeTemplates
PXE=var/lab/lab/tftp/pxelinux.cfg
sabotaged empty $PXE/0A4C0103

run_host() {
	job "$1" e2e-install "host=$1"
	ironbird run-job t "$1" >"$1.out" 2>&1 &
}

step() {
	sql "SELECT $2 FROM steps WHERE job = '$1' AND testid = 'host-install'"
}

event() {
	[ "$(sql "SELECT count(*) FROM boot_events WHERE host = '$1'
		AND source = '$2' AND detail LIKE '$3'")" -gt 0 ]
}

# --- all the way to the installer's orders -----------------------------------
run_host boots
boots=$!
pxe_file() {
	cat $PXE/0A4C0101
}
ok "orders are written before the host is switched on" until_true 60 \
	event boots tftp 'TFTP lpxelinux.0%'
contains "its PXE file has the installer" "$(pxe_file)" \
	"kernel http://10.76.0.1/osstest/images/debian-installer/linux"
preseed=$(pxe_file | sed -n 's|.*url=http://10.76.0.1\([^ ]*\) .*|\1|p')
contains "with what the host's properties add" "$(pxe_file)" \
	" ipv6.disable=1 "
contains "and the address of its orders" "$preseed" /osstest/boots/
contains "its preseed" "$(web "${preseed#/}")" \
	"d-i partman-auto/disk string /dev/vda"
contains "has the mirror" "$(web "${preseed#/}")" \
	"d-i mirror/http/hostname string mirror.test"
contains "and the lines of one's own" "$(web "${preseed#/}")" \
	"string ntp.test"
web "${preseed%preseed}booted.tar" >booted.tar
contains "what reports its boots is there" "$(tar -tf booted.tar)" \
	usr/local/sbin/ironbird-booted
ok "the ramdisk is fetched" until_true 120 event boots weblog \
	'GET %/debian-installer/initrd.gz 200'

# --- an empty disk, and a 404 ------------------------------------------------
run_host empty
empty=$!
wait $empty
is "a host that finds no boot file and an empty disk" "$?" 3
is "is broken" "$(step empty status)" broken
contains "with what it waited for" "$(step empty reason)" "host empty: no \
kernel was fetched within 20.0 s of its boot loader (stage kernel, last seen: "
lacks "and what was seen of it" "$(step empty reason)" "last seen: nothing"
ok "its boot file was asked for" event empty tftp \
	'TFTP pxelinux.cfg/0A4C0103%'
ok "and those for any host" event empty tftp 'TFTP pxelinux.cfg/default%'

sabotaged lacks var/lab/lab/web/osstest/images/debian-installer/linux
run_host lacks
lacks=$!
wait $lacks
is "a host whose kernel is not there" "$?" 3
is "is broken" "$(step lacks status)" broken
contains "because of the 404" "$(step lacks reason)" "host lacks asked for \
what is not there: GET /osstest/images/debian-installer/linux 404 (stage \
kernel, "
ok "long before its limit" [ "$(step lacks 'finished - started')" -lt 120000 ]
contains "the access log says the same" "$(cat "$LAB/log/access.log")" \
	'"GET /osstest/images/debian-installer/linux HTTP/1.0" 404'
ironbird power empty off >/dev/null
ironbird power lacks off >/dev/null

# --- the first host has its orders -------------------------------------------
fetched() {
	event boots weblog "GET $preseed 200"
}
ok "the installer fetches its preseed" until_true 300 fetched
contains "the access log says who" \
	"$(grep -F "$preseed HTTP" "$LAB/log/access.log" | tail -1)" \
	'200 '
contains "it was the Debian installer" \
	"$(grep -F "$preseed HTTP" "$LAB/log/access.log" | tail -1)" \
	'"debian-installer"'
boots_locally() {
	grep -q 'localboot 0' $PXE/0A4C0101
}
ok "from now on it boots from its disk" until_true 5 boots_locally
is "every arrow was stored, in order" "$(sql "SELECT group_concat(what, ' ')
	FROM (SELECT CASE
		WHEN stage = 'dhcp-ack' THEN 'DHCP'
		WHEN detail LIKE 'TFTP lpxelinux.0%' THEN 'loader'
		WHEN detail LIKE 'TFTP pxelinux.cfg/0A4C0101%' THEN 'orders'
		WHEN detail LIKE 'GET %/linux 200' THEN 'kernel'
		WHEN detail LIKE 'GET %/initrd.gz 200' THEN 'ramdisk'
		WHEN detail LIKE '%Linux version%' THEN 'Linux'
		WHEN detail LIKE 'GET %/preseed 200' THEN 'preseed'
		END AS what, min(id) AS id FROM boot_events
	WHERE host = 'boots' GROUP BY what ORDER BY id)
	WHERE what IS NOT NULL")" \
	"DHCP loader orders kernel ramdisk Linux preseed"
ok "its step waits for the next stage" kill -0 $boots
is "and says what it saw last" "$(step boots status)" running

# --- stopped: it cannot finish here ------------------------------------------
kill -INT $boots
wait $boots
is "a job that is stopped" "$?" 5
is "its step" "$(step boots "status, reason LIKE '%last seen: boots: %'")" \
	"aborted|1"
is "power, as its rows have it" "$(sql "SELECT group_concat(action || ' ' ||
	result, ', ') FROM (SELECT * FROM power_actions WHERE host = 'boots'
	ORDER BY id)")" "off verified, on verified"
log=$(step boots log)
contains "its log has the stages" "$(cat "$log")" "GET $preseed 200"
ok "its console was recorded" logged "$LAB/hosts/boots/console.log" \
	"Linux version"
ok "with times" grep -qE '^[1-9][0-9]* 1[0-9]{12}$' \
	"$LAB/hosts/boots/console.log.times"
exits "lab down" 0 ironbird lab down
is "leaves no process" "$(processes "$NS")" ""
