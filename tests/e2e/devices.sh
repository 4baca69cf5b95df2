# SPDX-License-Identifier: GPL-2.0-or-later
# Simulated devices and packaged servers that tests and benchmarks switch
# power with; sourced after power.sh. Each start_ sets PORT, and D where its
# mood is; it ends with the test.
# shellcheck shell=sh

SIM=$(cd "$E2E/../sim" && pwd)

# device NAME: a folder for it, which knows the password
device() {
	D=$WORK/$1 PORT=$(free_port)
	mkdir "$D"
	cp secret "$D/password"
}

# listens: somebody does on PORT; nobody else can be given it from then on
listens() {
	ss -Hlnt "sport = :$PORT" | grep -q .
}

# start_relay NAME: everything that is switched by HTTP
start_relay() {
	device "$1"
	"$B/tests/sim/http-relay" "$PORT" "$D" labuser &
	at_exit "kill $!"
	until_true 5 listens
	LOGIN="user=labuser password=@$WORK/secret"
}

# start_menu NAME MODEL: a command line by telnet
start_menu() {
	device "$1"
	"$B/tests/sim/menu-pdu" "$PORT" "$D" "$2" &
	at_exit "kill $!"
	until_true 5 listens
	LOGIN="user=labuser password=@$WORK/secret"
}

# ipmi_sim takes no password of more than 20 bytes: a shorter SECRET.
short_secret() {
	SECRET=pw-$$-it
	echo "$SECRET" >secret
}

# start_ipmi NAME [LINE]: OpenIPMI's ipmi_sim, with a line more for its BMC
start_ipmi() {
	device "$1"
	ipmi_line="chassis_control \"$SIM/ipmi-chassis $D\""
	mkdir "$D/state"
	cat >"$D/conf" <<-END
	name "bmc"
	set_working_mc 0x20
	  startlan 1
	    addr 127.0.0.1 $PORT
	    priv_limit admin
	    allowed_auths_admin none md2 md5 straight
	    guid a123456789abcdefa123456789abcdef
	  endlan
	  ${2:-$ipmi_line}
	  user 1 true "" "test" user 10 none md2 md5 straight
	  user 2 true "labuser" "$SECRET" admin 10 none md2 md5 straight
	END
	cat >"$D/emu" <<-END
	mc_setbmc 0x20
	mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
	sel_enable 0x20 1000 0x0a
	mc_enable 0x20
	END
	ipmi_sim -c "$D/conf" -f "$D/emu" -n -s "$D/state" >bmc.log 2>&1 \
		</dev/null &
	echo $! >"$D/pid"
	at_exit "kill $!"
	METHOD="ipmi host=127.0.0.1:$PORT user=labuser cipher=3"
}

# start_nut NAME: upsd, and outlets that dummy-ups has
start_nut() {
	device "$1"
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
	METHOD="nut host=127.0.0.1:$PORT ups=pdu"
}

# start_snmpd: with the outlets of $D/table; LINES are more of snmpd.conf
start_snmpd() {
	cat >snmpd.conf <<-END
	agentAddress udp:127.0.0.1:$PORT
	rwcommunity $SECRET 127.0.0.1
	$1
	pass_persist .1.3.6.1.4.1 $SIM/snmp-outlets $D
	pass_persist .1.3.6.1.2.1.105 $SIM/snmp-outlets $D
	END
	export SNMP_PERSISTENT_DIR="$WORK/snmp-state"
	snmpd -f -Lf "$WORK/snmpd.log" -C -c "$WORK/snmpd.conf" \
		-p "$WORK/snmpd.pid" -I -system_mib,ipAddr &
	echo $! >"$D/pid"
	at_exit "kill -KILL $!"
}
