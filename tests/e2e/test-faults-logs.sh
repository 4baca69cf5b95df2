#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts that are lost on their way up, as the logs tell it: no machine is
# started, the lines of its log files are written here. Each stage's limit has
# its sentence, each fault its own, and logs may be rotated meanwhile.
# shellcheck disable=SC2154 # number_HOST and pid_HOST are set by eval
[ "${IN_NAMESPACE:-}" ] || IN_NAMESPACE=1 exec unshare --mount sh "$0"
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

ACCESS=$WORK/log/access.log DHCP=$WORK/log/dnsmasq.log TFTP=$WORK/log/tftpd.log
mkdir log web tftp power
cat >power/outlet <<'END'
#!/bin/sh
input=$(cat)
state=$(dirname "$0")/$(echo "$input" | sed -n 's/^outlet=//p')
case $input in
*action=on*) : >"$state" ;;
*action=off*) rm -f "$state" ;;
*) [ -e "$state" ] || exit 2 ;;
esac
END
chmod +x power/outlet
cat >>standalone.config <<END
NetAddress 127.0.0.1
WebspaceFile $WORK/web
TftpPath $WORK/tftp
WebspaceLog $ACCESS
DhcpLog $DHCP
TftpLog $TFTP
DhcpLeases $WORK/leases
DhcpHostsDir $WORK/dhcp-hosts
DebianMirrorHost mirror.test
HostProp_InstallMethod debian-installer
HostProp_DiskDevice /dev/vda
HostProp_PowerCycleTime 0
HostProp_PowerQuietTime 0
END
count=0
PART=

# host NAME [PROPERTY VALUE]...: one that is "on" when its file says so
host() {
	name=$1
	shift
	count=$((count + 1))
	{
		echo "HostProp_${name}_Ether $(ether $count)"
		echo "HostProp_${name}_IpAddr 192.0.2.$count"
		[ "$name" = deaf ] ||
			echo "HostProp_${name}_ConsoleLog" \
				"$WORK/log/$name.console"
		echo "HostProp_${name}_PowerMethod exec $WORK/power/outlet" \
			"outlet=$name"
	} >>standalone.config
	while [ $# -gt 1 ]; do
		echo "HostProp_${name}_$1 $2" >>standalone.config
		shift 2
	done
	eval "number_$name=$count"
	echo "$name" >>names
}

address() {
	eval "echo 192.0.2.\$number_$1"
}

ether() {
	printf '52:54:00:00:00:%02x' "$1"
}

# dhcp HOST TYPE [TEXT], tftp HOST TEXT, web HOST PATH [STATUS [LOG]]: log lines,
# for now in files of that name and $PART
dhcp() {
	eval "n=\$number_$1"
	echo "Nov 20 05:12:01 dnsmasq-dhcp[7]: DHCP$2(br0)" \
		"$([ "$2" = DISCOVER ] || echo "192.0.2.$n ")$(ether "$n")" \
		"${3:-}" | sed 's/  */ /g; s/ $//' >>"$DHCP$PART"
}

tftp() {
	eval "n=\$number_$1"
	echo "Nov 20 05:12:01 lab in.tftpd[$n]: $(echo "$2" |
		sed "s/CLIENT/192.0.2.$n/")" >>"$TFTP$PART"
}

web() {
	eval "n=\$number_$1"
	echo "192.0.2.$n - - [20/Nov/2026:05:12:01 +0000] \"GET $2 HTTP/1.0\"" \
		"${3:-200} 9 \"-\" \"x\"" >>"${4:-$ACCESS$PART}"
}

# noticed HOST SOURCE: a line of that log was
noticed() {
	[ "$(sql "SELECT count(*) FROM boot_events WHERE host = '$1'
		AND source = '$2'")" -gt 0 ]
}

# The way up, as far as the stage: up HOST STAGE. The lines of a log come in one
# piece, for the limits of the stages between are not what is tested, and are
# seen before those of the next log come, for each log is read by itself.
up() {
	base=$(echo "web/osstest/$1"/*)
	rm -f "$DHCP.part" "$TFTP.part" "$ACCESS.part"
	PART=.part
	lines_up "$1" "$2"
	PART=
	cat "$DHCP.part" >>"$DHCP"
	until_true 20 noticed "$1" dhcp
	[ -e "$TFTP.part" ] || return 0
	cat "$TFTP.part" >>"$TFTP"
	until_true 20 noticed "$1" tftp
	[ -e "$ACCESS.part" ] || return 0
	cat "$ACCESS.part" >>"$ACCESS"
	until_true 20 noticed "$1" weblog
}

lines_up() {
	for stage in dhcp loader kernel ramdisk orders installer partman boot \
		ssh; do
		case $stage in
		dhcp) dhcp "$1" DISCOVER ;;
		loader) dhcp "$1" ACK ;;
		kernel)
			tftp "$1" 'RRQ from CLIENT filename lpxelinux.0'
			tftp "$1" 'RRQ from CLIENT filename pxelinux.cfg/01' ;;
		ramdisk) web "$1" /osstest/images/debian-installer/linux ;;
		orders) web "$1" /osstest/images/debian-installer/initrd.gz ;;
		installer) web "$1" "${base#web}/preseed" ;;
		partman) web "$1" "${base#web}/partman" ;;
		boot) web "$1" "${base#web}/installed" ;;
		ssh) web "$1" "${base#web}/booted" ;;
		esac
		[ "$stage" != "$2" ] || return 0
	done
}

fingerprint() {
	ssh-keygen -lf "$1" | cut -d' ' -f2
}

step() {
	sql "SELECT $2 FROM steps WHERE job = '$1'"
}

log_of() {
	cat "$(step "$1" log)"
}

waits() {
	[ "$(step "$1" "stage LIKE '%: waiting for it to come up'" \
		2>/dev/null)" = 1 ]
}

begin() {
	job "$1" e2e-install "host=$1"
	ironbird run-job t "$1" >"$1.out" 2>&1 &
	eval "pid_$1=\$!"
}

# The job's end; then its reason is as given, where * stands for times.
lost() {
	eval "wait \$pid_$1"
	is "$1: exit status" "$?" 3
	reason=$(step "$1" reason | sed -e 's/[0-9][0-9.]* s\>/* s/g' \
		-e "s/; console '\.*', \* s ago//" \
		-e "s|/osstest/$1/[0-9a-f]*/|/osstest/$1/N/|")
	is "$1: its sentence" "$reason" "$2"
}

# --- a network that is this test's own ---------------------------------------
NS=ib-faults-$$
ip netns add "$NS"
NAMESPACES=$NS
ip -n "$NS" link set lo up
ip -n "$NS" link add br0 type veth peer name wire
ip -n "$NS" link set wire up
ip -n "$NS" link set br0 up
printf 'NetNamespace %s\nNetInterface br0\n' "$NS" >>standalone.config

# --- each stage has a limit, each fault ends the wait at once ----------------
host firmware FirmwareLimit 300ms
host dhcp DhcpLimit 300ms
host loader LoaderLimit 300ms
host kernel KernelLimit 300ms
host ramdisk RamdiskLimit 300ms
host orders OrdersLimit 300ms
host installer StageLimit 300ms
host partman StageLimit 300ms
host boot BootLimit 300ms
host ssh BootLimit 3s
host silent SilenceLimit 5s
# nobody records its console, and its installer fetches nothing for a while
host deaf SilenceLimit 4s StageLimit 6s
host talks SilenceLimit 3s RamdiskLimit 5s
host whole InstallLimit 300ms
host refused
host missing
host none
host disk
host prompt
host broken
host console
host renamed
host cut
host link KernelLimit 300ms
host key
host panic

# a console that draws a bar says something, though no line ends
dots() {
	while kill -0 "$pid_talks" 2>/dev/null; do
		printf . >>log/talks.console
		sleep 0.1
	done
}

ok "a flight" ironbird flight-create -f t adhoc e2e
while read -r name; do
	begin "$name"
done <names
while read -r name; do
	ok "$name is waited for" until_true 120 waits "$name"
	case $name in
	dhcp|loader|kernel|ramdisk|orders|installer|partman|boot|ssh)
		up "$name" "$name" ;;
	silent) up silent ramdisk ;;
	deaf) up deaf partman ;;
	talks)
		dots &
		up talks ramdisk ;;
	esac
done <names

linux=/osstest/images/debian-installer/linux
ramdisk=/osstest/images/debian-installer/initrd.gz

lost firmware "host firmware: no DHCP request within * s of power-on (stage \
firmware, last seen: nothing)"
lost dhcp "host dhcp: no DHCP answer within * s of its request (stage dhcp, \
last seen: DHCP discover, * s ago)"
lost loader "host loader: no boot loader began within * s of its DHCP answer \
(stage loader, last seen: DHCP ack $(address loader), * s ago)"
lost kernel "host kernel: no kernel was fetched within * s of its boot loader \
(stage kernel, last seen: TFTP pxelinux.cfg/01, * s ago)"
lost ramdisk "host ramdisk: no ramdisk was fetched within * s of its kernel \
(stage ramdisk, last seen: GET $linux 200, * s ago)"
contains "its log has the line" "$(log_of ramdisk)" \
	"its log: $ACCESS, byte "
contains "as it is in the access log" "$(log_of ramdisk)" \
	": $(grep "^$(address ramdisk) " "$ACCESS")"
lost orders "host orders: its installer fetched no orders within * s of its \
ramdisk (stage orders, last seen: GET $ramdisk 200, * s ago)"
lost installer "host installer: its installer did not reach the stage \
'partman' within * s of its orders (stage installer, last seen: GET \
/osstest/installer/N/preseed 200, * s ago)"
lost partman "host partman: its installer did not reach the stage 'installed' \
within * s of the stage before (stage partman, last seen: GET \
/osstest/partman/N/partman 200, * s ago)"
lost boot "host boot: no report of its boot within * s of its reboot (stage \
boot, last seen: GET /osstest/boot/N/installed 200, * s ago)"
lost ssh "host ssh: no ssh answer within * s of the report of its boot (stage \
ssh, last seen: GET /osstest/ssh/N/booted 200, * s ago)"
lost silent "host silent is silent: no event and no console byte for * s \
(stage ramdisk, last seen: GET $linux 200, * s ago)"
lost deaf "host deaf: its installer did not reach the stage 'installed' \
within * s of the stage before (stage partman, last seen: GET \
/osstest/deaf/N/partman 200, * s ago)"
lost talks "host talks: no ramdisk was fetched within * s of its kernel (stage \
ramdisk, last seen: GET $linux 200, * s ago)"
lost whole "host whole: not up within * s of power-on (stage firmware, last \
seen: nothing)"

up refused loader
tftp refused 'RRQ from CLIENT filename lpxelinux.0'
tftp refused 'sending NAK (1, File not found) to CLIENT'
lost refused "host refused asked for what is not there: TFTP lpxelinux.0 \
refused: File not found (stage loader, * s after power-on)"
contains "its log has the line" "$(log_of refused)" \
	"its log: $TFTP, byte $(grep -b 'sending NAK' "$TFTP" |
		sed 's/:/: /')"
up missing kernel
web missing $linux 404
lost missing "host missing asked for what is not there: GET $linux 404 (stage \
kernel, * s after power-on)"
dhcp none DISCOVER "no address available"
lost none "host none got no address: the DHCP server has no address for it \
(stage dhcp, * s after power-on)"
web disk /osstest/disk/0123456789abcdef/booted 404
lost disk "host disk booted its disk instead of the network: GET \
/osstest/disk/N/booted 404 (stage firmware, * s after power-on)"
echo 'prompt login: ' >>log/prompt.console
lost prompt "host prompt booted its disk instead of the network: prompt \
login: (stage firmware, * s after power-on)"
up broken partman
web broken "${base#web}/failed?stage=disk&reason=there%20is%20no%20disk"
lost broken "host broken could not be installed: the installer failed at \
disk: there is no disk (stage partman, * s after power-on)"
up console orders
echo 'ironbird-installer: FAILED network: no network card' \
	>>log/console.console
lost console "host console could not be installed: the installer failed at \
network: no network card (stage orders, * s after power-on)"
contains "its log has the line" "$(log_of console)" "its log: \
$WORK/log/console.console, byte 0: ironbird-installer: FAILED network"

# --- logs are rotated while they are watched ---------------------------------
# seen HOST: what of it was stored, in order
seen() {
	sql "SELECT group_concat(substr(detail, -5), ' ') FROM (SELECT detail
		FROM boot_events WHERE host = '$1' AND source = 'weblog'
		ORDER BY id)"
}

stored() {
	[ "$(sql "SELECT count(*) FROM boot_events WHERE host = '$1'
		AND source = 'weblog'")" -ge "$2" ]
}

up renamed kernel
web renamed /1/a
mv "$ACCESS" "$ACCESS.1"
# the server has it open until it is told
web renamed /1/b 200 "$ACCESS.1"
web renamed $linux
ok "a log is renamed, and a new one made" until_true 60 stored renamed 3
is "what stands in both was seen" "$(seen renamed)" "a 200 b 200 x 200"
web renamed $ramdisk 404
lost renamed "host renamed asked for what is not there: GET $ramdisk 404 \
(stage ramdisk, * s after power-on)"
up cut kernel
web cut /1/a
ok "what was written is read" until_true 60 stored cut 1
cp "$ACCESS" "$ACCESS.2"
: >"$ACCESS"
web cut $linux
ok "a log is copied and truncated" until_true 60 stored cut 2
is "what stood and stands in it was seen" "$(seen cut)" "a 200 x 200"
web cut $ramdisk 404
lost cut "host cut asked for what is not there: GET $ramdisk 404 (stage \
ramdisk, * s after power-on)"

# --- sshd's of hosts ----------------------------------------------------------
# sshd HOST KEY [COMMAND]: on its address, in the network of this test
sshd() {
	ip -n "$NS" address add "$(address "$1")/32" dev br0
	cat >"$1.sshd" <<END
ListenAddress $(address "$1"):22
HostKey $2
PidFile $WORK/$1.pid
AuthorizedKeysFile $WORK/var/keys/login/id_ed25519.pub
${3:+ForceCommand $3}
StrictModes no
UsePAM no
END
	ip netns exec "$NS" /usr/sbin/sshd -f "$WORK/$1.sshd" -E "$WORK/$1.log"
	until_true 20 [ -s "$1.pid" ]
}

mkdir -p /run/sshd
chmod 755 "$WORK"
ssh-keygen -q -t ed25519 -N '' -C other -f other-key
ok "an sshd has another host's key" sshd key "$WORK/other-key"
up key ssh
lost key "host key: shows another host's ssh key ($(fingerprint other-key) \
instead of $(fingerprint var/keys/hosts/key)) (stage ssh, * s after power-on)"

# A host whose disk is full: what it is asked for, it cannot write.
host full
mkdir full
mount -t tmpfs -o size=16k tmpfs full
cat >full-command <<END
#!/bin/sh
case \$SSH_ORIGINAL_COMMAND in
*boot_id*) exec dd if=/dev/zero of=$WORK/full/file ;;
*df*)	SSH_ORIGINAL_COMMAND=\$(echo "\$SSH_ORIGINAL_COMMAND" |
		sed "s|/root|$WORK/full|g") ;;
esac
eval "\$SSH_ORIGINAL_COMMAND"
END
chmod 755 full-command
ssh-keygen -q -t ed25519 -N '' -C full -f var/keys/hosts/full
ok "a host has a full disk" sshd full "$WORK/var/keys/hosts/full" \
	"$WORK/full-command"
exits "a command on it does not fail, it is broken" 99 \
	ts-host-reboot host=full
contains "its disk is to blame" "$OUT" "host full has no room left on its disk \
($WORK/full: all of its 16 KiB are in use): host full: 'cat \
/proc/sys/kernel/random/boot_id 2>&1' ended with status 1: "

# One that is told to reboot and does not come back. Its sshd does nothing but
# say which boot this is.
host again BootLimit 300ms
cat >again-command <<'END'
#!/bin/sh
case $SSH_ORIGINAL_COMMAND in
*boot_id*) exec cat /proc/sys/kernel/random/boot_id ;;
*systemctl*reboot*) exit 0 ;;
esac
exit 1
END
chmod 755 again-command
mkdir -p web/osstest/again/0123456789abcdef
ssh-keygen -q -t ed25519 -N '' -C again -f var/keys/hosts/again
ok "a host is up" sshd again "$WORK/var/keys/hosts/again" \
	"$WORK/again-command"
exits "it does not come back from its reboot" 99 ts-host-reboot host=again
contains "by this limit" "$OUT" "BROKEN: host again: no report of its boot \
within 0.30 s of its reboot (stage boot, last seen: nothing)"

# --- panics ------------------------------------------------------------------
up panic orders
echo '[    1.0] Kernel panic - not syncing: Attempted to kill init!' \
	>>log/panic.console
lost panic "host panic crashed: [    1.0] Kernel panic - not syncing: \
Attempted to kill init! (stage orders, * s after power-on) \
($WORK/log/panic.console, byte 0; stage 'host panic: waiting for it to come \
up'; last seen: GET /osstest/images/debian-installer/initrd.gz 200, * s ago)"
contains "its log has the lines" "$(log_of panic)" "the console of panic:"

# --- the controller's interface ----------------------------------------------
ip -n "$NS" link set br0 down
up link kernel
lost link "host link: no kernel was fetched within * s of its boot loader \
(stage kernel, last seen: TFTP pxelinux.cfg/01, * s ago); the controller's \
interface br0 is down"

# --- what is left of a host that is lost -------------------------------------
contains "its boot file points to the local disk" \
	"$(cat "tftp/pxelinux.cfg/C00002$(printf %02X "$number_kernel")")" \
	"localboot 0"
is "it is switched off" "$(ls power)" outlet
is "by rows that say so" "$(sql "SELECT group_concat(action || ' ' || result,
	', ') FROM (SELECT * FROM power_actions WHERE host = 'kernel'
	ORDER BY id)")" "off verified, on verified, off verified"
kill "$(cat key.pid)" "$(cat full.pid)" "$(cat again.pid)"
umount full
is "no host is allocated" "$(sql "SELECT count(*) FROM host_allocations")" 0
is "every job is broken" "$(sql "SELECT group_concat(DISTINCT status)
	FROM jobs")" broken
