#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What ts-logs-capture asks a hypervisor by its debug keys, and when: a program
# (tests/sim/xen-console.c) is the console that dom0 and Xen share. A real Xen
# is asked in test-console-xen.sh.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

mkdir log web tftp
cat >outlet <<'END'
#!/bin/sh
# what is asked is noted where the console notes it, too
input=$(cat)
name=$(echo "$input" | sed -n 's/^outlet=//p')
cd "$(dirname "$0")/$name" || exit 1
case $input in
*action=on*) echo "power on" >>asked; : >on ;;
*action=off*) echo "power off" >>asked; rm -f on ;;
*) [ -e on ] || exit 2 ;;
esac
END
chmod +x outlet
NS=ib-keys-$$
ip netns add "$NS"
NAMESPACES=$NS
ip -n "$NS" link set lo up
cat >>standalone.config <<END
NetNamespace $NS
NetInterface lo
NetAddress 127.0.0.1
WebspaceFile $WORK/web
TftpPath $WORK/tftp
WebspaceLog $WORK/log/access.log
DhcpLog $WORK/log/dnsmasq.log
TftpLog $WORK/log/tftpd.log
DhcpLeases $WORK/leases
DhcpHostsDir $WORK/dhcp-hosts
DebianMirrorHost mirror.test
HostProp_DiskDevice /dev/vda
HostProp_PowerCycleTime 0
HostProp_PowerQuietTime 0
XenDebugKeys d 0 q r
BootLimit 300ms
ConsoleLinger 1s
END
count=0

# host NAME MOOD: one with Xen, that is on
host() {
	count=$((count + 1))
	mkdir -p "$1" "web/osstest/$1/0123456789abcdef"
	echo "$2" >"$1/mood"
	: >"$1/on"
	cat >>standalone.config <<-END
	HostProp_$1_Ether 52:54:00:00:00:0$count
	HostProp_$1_IpAddr 192.0.2.$count
	HostProp_$1_PowerMethod exec $WORK/outlet outlet=$1
	HostProp_$1_Console exec $B/tests/sim/xen-console $WORK/$1
	END
	ip -n "$NS" address add "192.0.2.$count/32" dev lo
}

# answering: the host just made has an sshd, and one file for a log
answering() {
	mkdir -p var/keys/hosts /run/sshd
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "var/keys/hosts/$1"
	cat >"$1/sshd" <<-END
	ListenAddress 192.0.2.$count:22
	HostKey $WORK/var/keys/hosts/$1
	PidFile $WORK/$1/pid
	AuthorizedKeysFile $WORK/var/keys/login/id_ed25519.pub
	ForceCommand tar -czf - -C $WORK mood
	StrictModes no
	UsePAM no
	END
	ip netns exec "$NS" /usr/sbin/sshd -f "$WORK/$1/sshd" \
		-E "$WORK/$1/log"
	ok "host $1 has an sshd" until_true 20 [ -s "$1/pid" ]
}

# run HOST WORKS: a job of that name, whose step passes or not
run() {
	job "$1" e2e-debug-keys "host=$1" "works=$2" host_installed=yes \
		host_xen_build_id=0123456789abcdef
	ironbird run-job t "$1" >"$1.out" 2>&1
	: >"$1.done"
}

asked() {
	[ ! -e "$1/asked" ] || tr '\n' ',' <"$1/asked"
}

# of JOB COLUMN: of its step that captures
of() {
	sql "SELECT $2 FROM steps WHERE job = '$1' AND testid LIKE 'logs-%'"
}

# answers JOB: the artifact
answers() {
	cat "$(sql "SELECT path FROM artifacts WHERE job = '$1'
		AND name = 'debug-keys'")"
}

# all NAME...: their jobs have ended
all() {
	for name; do
		[ -e "$name.done" ] || return 1
	done
}

: >mood
host gone honest
host mute silent
host far slow
host stuck sticky
host works honest
answering works
host fails honest
answering fails
host deaf deaf
host other honest
echo x >other/conswitch
chmod 755 "$WORK"
ironbird flight-create -f t adhoc e2e >/dev/null 2>&1
{ run gone yes; run works yes; } &
{ run mute yes; run fails no; } &
run stuck yes &
ok "all jobs end" until_true 120 all gone mute stuck works fails

# --- a host that does not answer ---------------------------------------------
keys="key d,key 0,key q,key r,"
is "a silent host: its Xen is asked, then power is cut" "$(asked gone)" \
	"input Xen,${keys}input DOM0,power off,power on,"
contains "the answers are an artifact" "$(answers gone)" \
	"(XEN) 'd' pressed -> dumping registers"
contains "with all their lines" "$(answers gone)" \
	"(XEN) General information for domain 0:"
contains "and that of a key that Xen does not name" "$(answers gone)" \
	"(XEN) sched_smt_power_savings: disabled"
is "the input is dom0's again" "$(answers gone | tr -d '\r' | tail -1)" \
	"(XEN) *** Serial input to DOM0 (type 'CTRL-a' three times to switch \
input)"
contains "its log says how many" "$(cat "$(of gone log)")" \
	"debug keys: 4 answered"
is "power was cut, by its rows" "$(sql "SELECT group_concat(action || ' ' ||
	result, ', ') FROM (SELECT * FROM power_actions WHERE host = 'gone'
	AND started >= $(of gone started) ORDER BY id)")" \
	"off verified, on verified"
contains "what comes after is another matter" "$(of gone reason)" \
	"host gone: no report of its boot within 0.30 s"

# --- a Xen that does not answer ----------------------------------------------
contains "a Xen that is dead: the sentence" "$(cat "$(of mute log)")" \
	"debug keys of mute: no hypervisor takes the serial input (Ctrl-a \
three times)"
is "no key goes to dom0; power is cut" "$(asked mute)" \
	"power off,power on,"
is "within the limit of 3 s" "$(sql "SELECT min(started) - $(of mute started)
	< 30000 FROM power_actions WHERE host = 'mute'")" 1

contains "a Xen that keeps the input is told of" "$(answers stuck)" \
	"[ironbird: the input stays with the hypervisor]"

# --- a host that answers -----------------------------------------------------
is "a job that passed: nothing is asked" "$(asked works)" ""
is "and passes" "$(sql "SELECT status FROM jobs WHERE job = 'works'")" pass
is "a step that failed: it is asked, and stays on" "$(asked fails)" \
	"input Xen,${keys}input DOM0,"
contains "an artifact there, too" "$(answers fails)" "'q' pressed -> dumping"
is "its logs are fetched as well" "$(of fails status)" pass

# --- by hand -----------------------------------------------------------------
sed -i 's/^XenDebugKeys .*/XenDebugKeys d y r/' standalone.config
exits "lines of guests are no answer" 0 ironbird console --debug-keys deaf
contains "and the keys are named" "$OUT" "debug keys: 0 answered, without an \
answer: dr, not sent because Xen has no such key: y"
is "that one was not sent" "$(asked deaf)" \
	"input Xen,key d,key r,input DOM0,"
sed -i 's/^XenDebugKeys .*/XenDebugKeys d 0 q/' standalone.config
exits "a Xen that takes its time" 0 ironbird console --debug-keys far
contains "is waited for, key by key" "$(asked far)" \
	"input Xen,key d,key 0,key q,input DOM0,"
contains "though a guest was heard first" "$OUT" "d0v0 Unhandled: vec 13"
echo 'HostProp_other_XenConswitch x' >>standalone.config
exits "a Xen with another conswitch" 0 ironbird console --debug-keys other
is "is reached by its letter" "$(asked other)" \
	"input Xen,key d,key 0,key q,input DOM0,"
contains "which it tells itself" "$OUT" "type 'CTRL-x' three times"
kill "$(cat works/pid)" "$(cat fails/pid)"
