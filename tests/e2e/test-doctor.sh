#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# "ironbird doctor" on a lab of its own and on a real interface (one end of a
# cable between two namespaces): all well, and each thing broken in turn.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

CONTROLLER=ib-e2e-$$-doc-c
HOST=ib-e2e-$$-doc-h
NAMESPACES="$CONTROLLER $HOST"
LAB=$WORK/var/lab/lab

# A mirror of the test's own, which apt is told of as of any other.
mkdir -p archive/dists/bookworm/main/binary-amd64 apt/lists/partial apt/cache
RELEASE=archive/dists/bookworm/Release
PACKAGES=main/binary-amd64/Packages
printf '%s\n' 'Package: none' 'Version: 1' 'Architecture: amd64' \
	'Filename: none.deb' 'Size: 1' >archive/dists/bookworm/$PACKAGES
cat >$RELEASE <<END
Origin: Debian
Suite: stable
Codename: bookworm
Date: $(date -Ru | sed 's/+0000/UTC/')
Architectures: amd64
Components: main
SHA256:
 $(sha256sum <archive/dists/bookworm/$PACKAGES | cut -d ' ' -f 1) $(wc -c \
	<archive/dists/bookworm/$PACKAGES) $PACKAGES
END
echo "deb [trusted=yes arch=amd64] file:$WORK/archive bookworm main" \
	>sources.list
cat >apt.conf <<END
Dir::Etc::sourcelist "$WORK/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$WORK/apt/lists";
Dir::Cache "$WORK/apt/cache";
APT::Sandbox::User "root";
END
export APT_CONFIG="$WORK/apt.conf"

# doctor WORD...: what it says is in doctor.out; its exit status
doctor() {
	ironbird doctor "$@" >doctor.out 2>&1
	status=$?
	sed -n 's/^\(....\) \([a-z]*\): /\2 \1 /p' doctor.out >found
	return $status
}
# found CHECK: "ok", "warn" or "FAIL"; seen and mend CHECK: its words
found() {
	sed -n "s/^$1 \\([a-zA-Z]*\\) .*/\\1/p" found | sort | tail -1
}
seen() {
	sed -n "s/^$1 [a-zA-Z]* *//p" found
}
mend() {
	sed -n "/^.... $1: /{n;s/^     -> //p}" doctor.out
}

# --- nothing there -----------------------------------------------------------
exits "doctor with apt that knows no archive" 3 doctor
is "fails" "$(found mirror) $(mend mirror)" "FAIL apt-get update"
exits "apt-get update" 0 apt-get -q update
exits "doctor with an archive that does not answer" 3 doctor
contains "fails" "$(seen mirror)" \
	"file:$WORK/archive/dists/bookworm/InRelease cannot be fetched"
cp $RELEASE archive/dists/bookworm/InRelease
exits "doctor without a network" 0 doctor
is "the mirror answers" "$(found mirror)" ok
is "warns" "$(found network)" warn
contains "and says what to do" "$(mend network)" "ironbird lab up"
is "what needs one is not asked" "$(found dhcp) $(found http)" "warn warn"
exits "a host that nobody knows" 3 doctor iron7
is "fails" "$(found host)" FAIL
contains "with what adds it" "$(mend host)" "ironbird host add iron7 ether="

mkdir few
for program in ip ping unshare ssh ssh-keygen grub-mkimage apache2 dnsmasq \
	mke2fs zstd cpio busybox qemu-system-x86_64 apt-get; do
	ln -s "$(command -v $program)" few/
done
exits "programs that are missing" 3 env PATH="$WORK/few:$B/bin" ironbird \
	doctor
contains "are named" "$OUT" "FAIL programs: not installed: in.tftpd, mmdebstrap"
contains "with what installs them" "$OUT" \
	"     -> apt install tftpd-hpa mmdebstrap"

# --- a lab, its host off -----------------------------------------------------
exits "a lab" 0 ironbird lab up
exits "with a host" 0 ironbird lab add-host iron1
NS=$(ironbird lab status --json | json '$.namespace')
exits "doctor of a lab and its host" 0 doctor iron1
for check in programs rights state room database host properties blessings \
	network \
	servers dhcp tftp http power console ssh; do
	is "$check" "$(found $check)" ok
done
contains "DHCP is ours" "$(seen dhcp)" "10.76.0.1 offers 10.76.1"
contains "the file was seen in the access log" "$(seen http)" \
	"was seen in $LAB/log/access.log"
contains "which disk is wiped" "$(seen properties)" "an install wipes /dev/vda"
contains "whom it serves" "$(seen blessings)" "that become adhoc, play, real"
ironbird host set iron1 '!blessed-adhoc'
exits "doctor of a host that is not for what is new" 0 doctor iron1
is "warns" "$(found blessings)" warn
contains "names the flag" "$(seen blessings)" "it lacks the flag blessed-adhoc"
contains "and what sets it" "$(mend blessings)" \
	"ironbird host set iron1 +blessed-adhoc"
ironbird host set iron1 +blessed-adhoc
is "nothing is left in the folders" \
	"$(find "$LAB/web" "$LAB/tftp" -name 'doctor-*')" ""
exits "as JSON" 0 ironbird doctor --json iron1
is "each with its result" "$(echo "$OUT" | json '$[0].check') \
$(echo "$OUT" | json '$[0].result') $(echo "$OUT" | json '$[0].mend')" \
	"programs ok "

# --- the same, broken --------------------------------------------------------
ip netns add "$HOST"
ip -n "$HOST" link add eth0 type veth peer name stranger netns "$NS"
ip -n "$NS" link set stranger master br0 up
ip -n "$HOST" address add 10.76.0.9/16 dev eth0
ip -n "$HOST" link set eth0 up
ip netns exec "$HOST" dnsmasq --keep-in-foreground --port=0 \
	--conf-file=/dev/null --pid-file= --user=root --interface=eth0 \
	--bind-interfaces --dhcp-range=10.76.200.1,10.76.200.9 --no-ping \
	--dhcp-leasefile="$WORK/other.leases" --log-facility="$WORK/other" &
stranger=$!
is_serving() {
	ip netns exec "$HOST" ss -Hlun 'sport = 67' | grep -q .
}
ok "somebody else serves DHCP" until_true 5 is_serving
exits "doctor" 3 doctor
is "fails" "$(found dhcp)" FAIL
contains "and says who" "$(seen dhcp)" "on br0 10.76.0.9 (MAC "
is "all else is well" "$(grep -c FAIL found)" 1
kill $stranger
wait $stranger 2>/dev/null
ip netns delete "$HOST"

sed -i.good 's|^WebspaceLog .*|WebspaceLog '"$LAB"'/log/other.log|' \
	"$LAB/lab.config"
exits "an access log that is another file" 3 doctor
is "fails" "$(found http)" FAIL
contains "although the file came back" "$(seen http)" "a file came back, but \
within 2 s no line about it came in $LAB/log/other.log"
contains "with what to set" "$(mend http)" "set WebspaceLog"
sed -i 's|^WebspaceLog .*|WebspaceLog '"$WORK"'/no/where/access.log|' \
	"$LAB/lab.config"
exits "an access log in a folder that is not there" 3 doctor
contains "is named" "$(seen http)" "$WORK/no/where"
sed 's|^WebspaceFile .*|WebspaceFile '"$WORK"'/elsewhere|' \
	"$LAB/lab.config.good" >"$LAB/lab.config"
exits "a web folder that is not the served one" 3 doctor
contains "is a 404" "$(seen http)" "answers 404, though the file is \
$WORK/elsewhere/osstest/doctor-"
mv "$LAB/lab.config.good" "$LAB/lab.config"

supervisor=$(cut -d ' ' -f 1 "$LAB/lab.pid")
kill -STOP "$supervisor"
kill -KILL "$(child pid dnsmasq)"
exits "dnsmasq killed, and nobody to start it" 3 doctor
is "the servers fail" "$(found servers)" FAIL
contains "by name" "$(seen servers)" "lab lab: dnsmasq does not answer"
contains "with what mends it" "$(mend servers)" \
	"ironbird lab down lab && ironbird lab up lab"
is "nobody answers DHCP" "$(found dhcp)" FAIL
is "the others are not asked" "$(found tftp)" warn
kill -CONT "$supervisor"
# shellcheck disable=SC2016 # expanded by the inner shell
ok "it comes up again" until_true 10 doctor

ironbird host set iron1 ether= disk-device=
exits "a host without MAC and disk" 3 doctor iron1
is "fails" "$(found properties) $(seen properties)" \
	"FAIL not set: ether, disk-device"
is "with what sets them" "$(mend properties)" \
	"ironbird host set iron1 ether=MAC disk-device=/dev/DISK"

# --- a host that is up, but not as it should be ------------------------------
ip netns add "$HOST"
ip -n "$HOST" link add eth0 type veth peer name iron2 netns "$NS"
ip -n "$NS" link set iron2 master br0 up
ip -n "$HOST" address add 10.76.1.99/16 dev eth0
ip -n "$HOST" link set eth0 up
ip -n "$HOST" link set lo up
# Its outlet: the cable, which a program of the user's switches.
mkdir outlet
echo on >outlet/iron2
cat >fence-cable <<'END'
#!/bin/sh
action=status
while read -r line; do
	case $line in
	action=*) action=${line#action=} ;;
	plug=*) plug=${line#plug=} ;;
	netns=*) netns=${line#netns=} ;;
	esac
done
case $action in
on | off)
	echo "$action" >"OUTLETS/$plug"
	[ "$action" = on ] && way=up || way=down
	[ "$plug" != iron2 ] || ip -n "$netns" link set eth0 $way
	;;
status)
	[ "$(cat "OUTLETS/$plug")" = on ] || exit 2
	;;
esac
END
sed -i "s|OUTLETS|$WORK/outlet|g" fence-cable
chmod +x fence-cable
ironbird host add iron2 ether=52:54:00:e2:e0:99 ip-addr=10.76.1.99 \
	disk-device=/dev/vda lab="$LAB" power-cycle-time=1s \
	power-method="exec $WORK/fence-cable plug=iron2 netns=$HOST"
exits "a host that was never installed" 0 doctor iron2
is "is not asked by ssh" "$(found ssh)" warn
contains "nobody has its console" "$(seen console)" "no property Console"
mkdir -p var/keys/hosts
ssh-keygen -q -t ed25519 -N '' -C root@iron2 -f var/keys/hosts/iron2
exits "ssh that is refused" 3 doctor iron2
is "fails" "$(found ssh)" FAIL
contains "in so many words" "$(seen ssh)" "connection refused"
ssh-keygen -q -t ed25519 -N '' -f other-key
mkdir -p /run/sshd
printf '%s\n' "HostKey $WORK/other-key" "AuthorizedKeysFile $WORK/authorized" \
	"PidFile none" "StrictModes no" "UsePAM no" >sshd.config
ip netns exec "$HOST" /usr/sbin/sshd -D -f "$WORK/sshd.config" 2>sshd.log &
exits "another host's ssh key" 3 doctor iron2
contains "is seen" "$(seen ssh)" "key"
kill $!
wait $! 2>/dev/null
sed -i "s|^HostKey .*|HostKey $WORK/var/keys/hosts/iron2|" sshd.config
cp var/keys/login/id_ed25519.pub authorized
ip netns exec "$HOST" /usr/sbin/sshd -D -f "$WORK/sshd.config" 2>sshd.log &
is_there() {
	ip netns exec "$HOST" ss -Hltn 'sport = 22' | grep -q .
}
until_true 5 is_there
exits "its own key" 0 doctor iron2
is "is well" "$(found ssh)" ok
is "and so is its clock" "$(found clock)" ok

# --- whose outlet it is ------------------------------------------------------
exits "wipe-check with nobody to ask" 2 ironbird doctor --wipe-check iron2
contains "switches nothing" "$OUT" "say --yes"
is "in truth" "$(sql "SELECT count(*) FROM power_actions")" 0
exits "wipe-check" 0 ironbird doctor --wipe-check --yes iron2
is "tells what it does" "$OUT" "host iron2: power off
it is silent
host iron2: power on
it lives again
host iron2: the outlet is its"
contains "its date is stored" "$(ironbird host show iron2)" "power-verified"
exits "doctor" 0 doctor iron2
contains "knows it" "$(seen power)" "on; the outlet was proved on 20"
kill $!
wait $! 2>/dev/null
ironbird host set iron2 power-verified= \
	power-method="exec $WORK/fence-cable plug=iron3 netns=$HOST"
echo on >outlet/iron3
exits "another machine's outlet" 3 ironbird doctor --wipe-check --yes iron2
contains "is seen" "$OUT" "host iron2 lives on without power: the outlet of \
its power-method 'exec $WORK/fence-cable plug=iron3 netns=$HOST' is not"
is "and is on again" "$(cat outlet/iron3)" on
lacks "nothing is proved" "$(ironbird host show iron2)" power-verified
ip netns delete "$HOST"
exits "lab down" 0 ironbird lab down
exits "doctor of a lab that is down" 3 doctor
is "says how to bring it up" "$(mend network)" "ironbird lab up lab"

# --- a real interface --------------------------------------------------------
for ns in $NAMESPACES; do
	ip netns add "$ns"
	ip -n "$ns" link set lo up
done
ip -n "$CONTROLLER" link add eth1 type veth peer name eth0 netns "$HOST"
ip -n "$CONTROLLER" link set eth1 up
ip -n "$HOST" link set eth0 up
controller() {
	ip netns exec "$CONTROLLER" "$@"
}
cat >>standalone.config <<END
NetInterface eth1
NetAddress 192.0.2.1
END
ip_doctor() {
	controller ironbird doctor "$@" >doctor.out 2>&1
	status=$?
	sed -n 's/^\(....\) \([a-z]*\): /\2 \1 /p' doctor.out >found
	return $status
}
exits "an interface without an address" 3 ip_doctor
is "is told how to get it" "$(mend network)" \
	"ip address add 192.0.2.1/24 dev eth1"
ip -n "$CONTROLLER" address add 192.0.2.1/24 dev eth1
exits "nothing is up" 3 ip_doctor
is "is told how to bring it up" "$(mend servers)" \
	"ironbird services up --interface eth1"
ip netns exec "$CONTROLLER" dnsmasq --keep-in-foreground --port=0 \
	--conf-file=/dev/null --pid-file= --user=root --interface=eth1 \
	--bind-interfaces --dhcp-range=192.0.2.200,192.0.2.210 --no-ping \
	--dhcp-leasefile="$WORK/foreign.leases" --log-facility="$WORK/foreign" &
foreign=$!
has_port() {
	controller ss -Hlun 'sport = 67' | grep -q .
}
until_true 5 has_port
exits "somebody has the DHCP port" 3 ip_doctor
contains "in the words of 'services up'" "$(seen servers)" "services on eth1: \
udp port 67 is taken by another DHCP server; 'ss -lnp sport = 67' names it"
contains "and who" "$(seen servers)" "dnsmasq (process $foreign)"
kill $foreign
wait $foreign 2>/dev/null
exits "services up" 0 controller ironbird services up
exits "all is well" 0 ip_doctor
is "on the interface" "$(found servers) $(found dhcp) $(found tftp) \
$(found http)" "ok ok ok ok"
contains "DHCP to hosts that are known" "$(seen dhcp)" "serves hosts it knows"
cat >others.config <<END
StateDir $WORK/var2
NetInterface eth1
NetAddress 192.0.2.1
TftpPath $WORK/var/services/tftp
TftpLog $WORK/var/services/log/tftpd.log
WebspaceFile $WORK/var/services/web
WebspaceLog $WORK/var/services/log/access.log
DhcpLog $WORK/var/services/log/dnsmasq.log
DhcpLeases $WORK/var/services/leases
DhcpHostsDir $WORK/var/services/dhcp-hosts
END
exits "servers of the user's own" 0 env \
	OSSTEST_CONFIG="$WORK/others.config" \
	ip netns exec "$CONTROLLER" ironbird doctor
contains "are taken as such" "$OUT" "ok   servers: not ours, as TftpPath and \
WebspaceFile say: udp port 67: dnsmasq (process "
contains "are asked" "$OUT" "ok   http: a file came back, and was seen in"
exits "services down" 0 controller ironbird services down

# --- the folder that all is written to ---------------------------------------
mkdir full
echo "StateDir $WORK/full" >standalone.config
# shellcheck disable=SC2016 # expanded by the inner shell
read_only='mount -t tmpfs -o ro none "$1/full" && shift && exec "$@"'
in_read_only() {
	unshare -m sh -c "$read_only" - "$WORK" "$@"
}
exits "a StateDir that is read-only" 3 in_read_only ironbird doctor
contains "fails" "$OUT" "FAIL state: StateDir: cannot write in $WORK/full: \
Read-only file system"
contains "with what mends it" "$OUT" "     -> mount -o remount,rw"
exits "services there" 3 in_read_only ironbird services up -i lo
contains "are refused in the same words" "$OUT" \
	"ironbird: StateDir: cannot write in $WORK/full: Read-only file system"
cat >standalone.config <<END
StateDir $WORK/var
MinFreeSpace 900T
END
exits "a disk with less room than MinFreeSpace" 3 doctor
contains "fails" "$(seen room)" "and a job begins only with 921600.00 GiB \
(setting MinFreeSpace)"
job full e2e-pass toolstack=xl
exits "a job" 75 ironbird run-job t full
contains "does not begin" "$OUT" "job t.full cannot begin: StateDir: \
$WORK/var has "
is "and stays queued" "$(sql "SELECT status FROM jobs WHERE job = 'full'")" \
	queued
exits "its flight" 75 ironbird run-flight t
echo "StateDir $WORK/var" >standalone.config
exits "with room it runs" 0 ironbird run-job t full
