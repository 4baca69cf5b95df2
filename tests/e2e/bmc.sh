# SPDX-License-Identifier: GPL-2.0-or-later
# A BMC: OpenIPMI's ipmi_sim; sourced by what needs one, after power.sh.
# shellcheck shell=sh

# It takes no password of more than 20 bytes: a shorter SECRET.
short_secret() {
	SECRET=pw-$$-it
	echo "$SECRET" >secret
}

# run_bmc LOG LINE: one on PORT, with its files in the folder D and LINE for
# what hangs on it. SERVER is its process, IPMI how it is reached; EVENTS are
# lines for its event log.
run_bmc() {
	mkdir -p "$D/state"
	cat >"$D/conf" <<-END
	name "bmc"
	set_working_mc 0x20
	  startlan 1
	    addr 127.0.0.1 $PORT
	    priv_limit admin
	    allowed_auths_admin none md2 md5 straight
	    guid a123456789abcdefa123456789abcdef
	  endlan
	  $2
	  user 1 true "" "test" user 10 none md2 md5 straight
	  user 2 true "labuser" "$SECRET" admin 10 none md2 md5 straight
	END
	cat >"$D/emu" <<-END
	mc_setbmc 0x20
	mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
	sel_enable 0x20 1000 0x0a
	${EVENTS:-}
	mc_enable 0x20
	END
	ipmi_sim -c "$D/conf" -f "$D/emu" -n -s "$D/state" >"$1" 2>&1 \
		</dev/null &
	SERVER=$!
	at_exit "kill $SERVER"
	IPMI="ipmi host=127.0.0.1:$PORT user=labuser cipher=3"
}
