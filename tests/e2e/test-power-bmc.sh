#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is packaged, and is used through its own program or protocol: ipmi_sim,
# upsd with dummy-ups, virsh, a fence agent. What is missing is skipped.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"

SIM=$(cd "$E2E/../sim" && pwd)
echo not-it >wrong
# ipmi_sim takes no password of more than 20 bytes
SECRET=pw-$$-it
echo "$SECRET" >secret

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
	PORT=$(free_port)
	D=$WORK/bmc
	mkdir "$D" "$D/state"
	cat >bmc.conf <<-END
	name "bmc"
	set_working_mc 0x20
	  startlan 1
	    addr 127.0.0.1 $PORT
	    priv_limit admin
	    allowed_auths_admin none md2 md5 straight
	    guid a123456789abcdefa123456789abcdef
	  endlan
	  chassis_control "$SIM/ipmi-chassis $D"
	  user 1 true "" "test" user 10 none md2 md5 straight
	  user 2 true "labuser" "$SECRET" admin 10 none md2 md5 straight
	END
	cat >bmc.emu <<-END
	mc_setbmc 0x20
	mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
	sel_enable 0x20 1000 0x0a
	mc_enable 0x20
	END
	ipmi_sim -c bmc.conf -f bmc.emu -n -s "$D/state" >bmc.log 2>&1 \
		</dev/null &
	at_exit "kill $!"
	I="ipmi host=127.0.0.1:$PORT user=labuser cipher=3"
	power_host bmc "$I password=@$WORK/secret"
	echo "HostProp_PowerSettleTime 20s" >>standalone.config
	ok "ipmi_sim answers" until_true 20 ironbird power bmc
	watch_argv &
	watcher=$!
	exits "ipmi: on" 0 ironbird power bmc on
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
	power_host oss "ipmi 127.0.0.1:$PORT labuser $SECRET -I lanplus cipher=3"
	exits "OSSTest's ipmi" 0 ironbird power oss off
	is "its row has no password" "$(last oss method)" \
		"ipmi host=127.0.0.1:$PORT user=labuser password=*** \
interface=lanplus cipher=3"
	kill "$watcher"
	power_host badbmc "$I password=@$WORK/wrong"
	exits "a wrong password" 3 ironbird power badbmc on
	contains "is authentication" "$(last badbmc error)" "authentication: "
	is "tried once" "$(last badbmc attempts)" 1
	power_host nobody "ipmi host=127.0.0.1:$PORT user=me cipher=3 \
password=@$WORK/secret"
	exits "an unknown user" 3 ironbird power nobody on
	contains "is authentication, too" "$(last nobody error)" \
		"authentication: "
	echo "HostProp_bmc_PowerSettleTime 5s" >>standalone.config
	ironbird power bmc off >/dev/null
	echo lying >"$D/mood"
	exits "a BMC that lies" 3 ironbird power bmc on
	contains "is unverified" "$(last bmc error)" "unverified: it took the \
command but still reads off"
	power_host cold "$I password=@$WORK/secret bmc-reset=yes"
	exits "its cold reset, the last rung" 3 ironbird power cold on
	echo slow >"$D/mood"
	ok "it is back" until_true 20 ironbird power bmc
	exits "a slow one" 0 ironbird power bmc on
	is "is on in the end" "$(last bmc result)" verified
	power_host deadbmc "ipmi host=127.0.0.1:$(free_port) user=me \
cipher=3 password=@$WORK/secret"
	exits "a dead one" 3 ironbird power deadbmc on
	contains "is unreachable" "$(last deadbmc error)" "unreachable: "
}

nut_tests() {
	PORT=$(free_port)
	D=$WORK/nut
	mkdir "$D"
	chmod 755 "$WORK" "$D"
	printf '[pdu]\n driver = dummy-ups\n port = pdu.dev\n' >"$D/ups.conf"
	printf '%s: %s\n' ups.status OL outlet.1.switch off \
		outlet.1.status off outlet.2.switch off outlet.3.switch off \
		>"$D/pdu.dev"
	echo "LISTEN 127.0.0.1 $PORT" >"$D/upsd.conf"
	printf '[labuser]\n password = %s\n actions = SET\n instcmds = ALL\n' \
		"$SECRET" >"$D/upsd.users"
	chmod 600 "$D/upsd.users"
	export NUT_CONFPATH="$D" NUT_STATEPATH="$D"
	/lib/nut/dummy-ups -a pdu -D -u root >nut-driver.log 2>&1 </dev/null &
	at_exit "kill $!"
	until_true 10 test -S "$D/dummy-ups-pdu"
	/lib/nut/upsd -D -u root >upsd.log 2>&1 </dev/null &
	at_exit "kill $!"
	N="nut host=127.0.0.1:$PORT ups=pdu"
	power_host outlet "$N outlet=2 user=labuser password=@$WORK/secret"
	ok "upsd answers" until_true 20 ironbird power outlet
	exits "nut: on" 0 ironbird power outlet on
	is "is read back" "$(last outlet "state_before, state_after, result")" \
		"off|on|verified"
	exits "off" 0 ironbird power outlet off
	power_host badnut "$N outlet=2 user=labuser password=@$WORK/wrong"
	exits "a wrong password" 3 ironbird power badnut on
	contains "is authentication" "$(last badnut error)" "authentication: "
	power_host lyingnut "$N outlet=1 user=labuser password=@$WORK/secret"
	exits "a status that does not follow" 3 ironbird power lyingnut on
	contains "is unverified" "$(last lyingnut error)" "unverified: "
	power_host noups "nut host=127.0.0.1:$PORT ups=other outlet=1 \
user=labuser password=@$WORK/secret"
	exits "an unknown UPS" 2 ironbird power noups on
	power_host deadnut "nut host=127.0.0.1:$(free_port) ups=pdu"
	exits "no upsd" 3 ironbird power deadnut on
	contains "is unreachable" "$(last deadnut error)" "unreachable: "
}

libvirt_tests() {
	# libvirt's own test driver: each virsh has a world of its own, in
	# which the domain "test" runs; so switching it off does not last
	power_host domain "libvirt domain=test uri=test:///default"
	exits "libvirt: status" 0 ironbird power domain
	is "is on" "$OUT" "host domain: power on"
	exits "on" 0 ironbird power domain on
	is "is verified" "$(last domain result)" verified
	exits "off, that does not last" 3 ironbird power domain off
	contains "is unverified" "$(last domain error)" "unverified: "
	exits "reset" 0 ironbird power domain reset
	exits "an override, that libvirt has not" 3 ironbird power domain \
		bootdev pxe
	power_host nodomain "libvirt domain=other uri=test:///default"
	exits "an unknown domain" 3 ironbird power nodomain on
	contains "is refused" "$(last nodomain error)" "refused: libvirt at"
	power_host deadvirt \
		"libvirt domain=x 'uri=test+unix:///default?socket=$WORK/no'"
	exits "no libvirt" 3 ironbird power deadvirt on
	contains "is unreachable" "$(last deadvirt error)" "unreachable: "
}

fence_tests() {
	power_host fenced "fence fence_dummy type=file status_file=$WORK/fence"
	printf off >fence
	echo "HostProp_fenced_PowerSettleTime 20s" >>standalone.config
	exits "a packaged fence agent: on" 0 ironbird power fenced on
	is "is read back" "$(last fenced "state_before, state_after, result")" \
		"off|on|verified"
	exits "off" 0 ironbird power fenced off
	is "is what the agent did" "$(cat fence)" off
}

pdudaemon_tests() {
	PORT=$(free_port)
	cat >pdudaemon.conf <<-END
	{ "daemon": { "hostname": "127.0.0.1", "port": $PORT,
	  "logging_level": "DEBUG", "listener": "http",
	  "dbname": "$WORK/pdudaemon.db" },
	  "pdus": { "rack3": { "driver": "localcmdline",
	    "cmd_on": "echo on %s > $WORK/outlet",
	    "cmd_off": "echo off %s > $WORK/outlet" } } }
	END
	pdudaemon --conf="$WORK/pdudaemon.conf" >pdudaemon.log 2>&1 \
		</dev/null &
	at_exit "kill $!"
	power_host daemon "pdudaemon 127.0.0.1:$PORT rack3 5"
	ok "pdudaemon answers" until_true 30 ironbird power daemon on
	is "cannot be verified, and says so" "$(last daemon \
		"result, state_after")" "unverified|unknown"
	ok "and has done it" until_true 10 grep -q "on 5" outlet
	exits "off" 0 ironbird power daemon off
	ok "is done, too" until_true 10 grep -q "off 5" outlet
	power_host nopdu "pdudaemon 127.0.0.1:$PORT other 5"
	exits "a PDU that it does not have" 3 ironbird power nopdu on
}

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
part libvirt virsh
part fence fence_dummy
part pdudaemon pdudaemon
no_secrets
