#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SNMP PDUs: every model, against a real snmpd with outlets behind it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/devices.sh
. "$E2E/devices.sh"

command -v snmpd >/dev/null || skip "snmpd is not installed"
device snmp

# model NAME ARGUMENTS GET SET-ON ON SET-OFF OFF READS-ON READS-OFF [TYPE]
model() {
	name=$1 arguments=$2
	shift 2
	echo "$* ${8:-integer}" >>"$D/table"
	power_host "$name" "snmp $name host=127.0.0.1:$PORT \
community=@$WORK/secret $arguments"
	models="${models:-} $name"
}
E=1.3.6.1.4.1
model apc outlet=7 $E.318.1.1.12.3.5.1.1.4.7 \
	$E.318.1.1.12.3.3.1.1.4.7 1 $E.318.1.1.12.3.3.1.1.4.7 2 1 2
model apc2 outlet=8 $E.318.1.1.26.9.2.3.1.5.8 \
	$E.318.1.1.26.9.2.4.1.5.8 1 $E.318.1.1.26.9.2.4.1.5.8 2 2 1
model apc-switch outlet=3 $E.318.1.1.4.4.2.1.3.3 \
	$E.318.1.1.4.4.2.1.3.3 1 $E.318.1.1.4.4.2.1.3.3 2 1 2
model apc6 outlet=4 $E.318.1.1.4.4.2.1.3.4 \
	$E.318.1.1.12.3.3.1.1.4.4 1 $E.318.1.1.12.3.3.1.1.4.4 2 1 2
model apc-switch-plus "outlet=5 unit=2" $E.318.1.1.6.7.1.1.5.2.1.5 \
	$E.318.1.1.6.5.1.1.5.2.1.5 1 $E.318.1.1.6.5.1.1.5.2.1.5 3 1 2
model raritan outlet=9 $E.13742.6.4.1.2.1.3.1.9 \
	$E.13742.6.4.1.2.1.2.1.9 1 $E.13742.6.4.1.2.1.2.1.9 0 7 8
model eaton outlet=2 $E.534.6.6.7.6.6.1.2.0.2 \
	$E.534.6.6.7.6.6.1.4.0.2 0 $E.534.6.6.7.6.6.1.3.0.2 0 1 0
model eaton-managed outlet=2 $E.534.6.6.6.1.2.2.1.3.2 \
	$E.534.6.6.6.1.2.2.1.3.2 1 $E.534.6.6.6.1.2.2.1.3.2 0 1 0
model sentry3 outlet=1.2.3 $E.1718.3.2.3.1.10.1.2.3 \
	$E.1718.3.2.3.1.11.1.2.3 1 $E.1718.3.2.3.1.11.1.2.3 2 5 4
model cyberpower outlet=6 $E.3808.1.1.3.3.5.1.1.4.6 \
	$E.3808.1.1.3.3.3.1.1.4.6 1 $E.3808.1.1.3.3.3.1.1.4.6 2 1 2
model gude "outlet=1 product=43" $E.28507.43.1.3.1.2.1.3.1 \
	$E.28507.43.1.3.1.2.1.3.1 1 $E.28507.43.1.3.1.2.1.3.1 0 1 0
model digipower outlet=2 $E.17420.1.2.9.1.13.0 \
	$E.17420.1.2.9.1.13.0 1,1,0,1 $E.17420.1.2.9.1.13.0 1,0,0,1 \
	1,1,0,1 1,0,0,1 string
model tripplite outlet=2 $E.850.10.2.3.5.1.2.1.2 \
	$E.850.10.2.3.5.1.4.1.2 2 $E.850.10.2.3.5.1.4.1.2 1 2 1
model ibm outlet=2 $E.2.6.223.8.2.2.1.11.2 \
	$E.2.6.223.8.2.2.1.11.2 1 $E.2.6.223.8.2.2.1.11.2 0 1 0
model poe "outlet=5 unit=1" 1.3.6.1.2.1.105.1.1.1.3.1.5 \
	1.3.6.1.2.1.105.1.1.1.3.1.5 1 1.3.6.1.2.1.105.1.1.1.3.1.5 2 1 2
model generic "oid=$E.99999.1.1 on=11 off=22" $E.99999.1.1 \
	$E.99999.1.1 11 $E.99999.1.1 22 11 22

printf 'a-long-password\n' >auth
printf 'another-password\n' >priv
start_snmpd "rwcommunity private 127.0.0.1
rocommunity looker 127.0.0.1
createUser ib SHA a-long-password AES another-password
rwuser ib authPriv"
ok "snmpd answers" until_true 10 ironbird power apc

# --- every model -------------------------------------------------------------
for one in $models; do
	exits "$one: on" 0 ironbird power "$one" on
	is "$one: is read back" "$(last "$one" "state_before, state_after,
		result")" "off|on|verified"
	exits "$one: off" 0 ironbird power "$one" off
	is "$one: is read back, too" "$(last "$one" "state_before,
		state_after, result")" "on|off|verified"
done
power_host msw "msw 127.0.0.1:$PORT 3"
exits "OSSTest's msw" 0 ironbird power msw on
is "is that outlet" "$(ironbird power apc-switch)" "host apc-switch: power on"
power_host msw6 "msw --apc6 127.0.0.1:$PORT 4"
exits "and msw --apc6" 0 ironbird power msw6 on
is "is that one" "$(ironbird power apc6)" "host apc6: power on"

echo 'HostProp_PowerSettleTime 1500ms' >>standalone.config

# --- versions and passwords --------------------------------------------------
power_host one "snmp apc host=127.0.0.1:$PORT outlet=7 version=1 \
community=@$WORK/secret"
obeys "snmp: on, version 1" one on
V3="snmp apc host=127.0.0.1:$PORT outlet=7 version=3 user=ib"
power_host three "$V3 auth=sha auth-password=@$WORK/auth priv=aes \
priv-password=@$WORK/priv"
exits "version 3" 0 ironbird power three off
is "is read back" "$(last three result)" verified
power_host wrong3 "$V3 auth-password=@$WORK/priv priv-password=@$WORK/auth"
fails "snmp: wrong password, version 3" wrong3 on authentication \
	"127.0.0.1:$PORT"
power_host nobody "snmp apc host=127.0.0.1:$PORT outlet=7 version=3 user=me \
auth-password=@$WORK/auth"
exits "an unknown user" 3 ironbird power nobody on
contains "is authentication, too" "$(last nobody error)" "authentication: "
power_host looker "snmp apc host=127.0.0.1:$PORT outlet=7 community=looker"
exits "a community that may only read" 3 ironbird power looker on
contains "is authentication as well" "$(last looker error)" "authentication: "
lacks "and is not shown" "$(last looker method)" looker
power_host wrong "snmp apc host=127.0.0.1:$PORT outlet=7 community=wrong"
# a PDU has no answer for a community that it does not know
fails "snmp: wrong password, version 2c" wrong on unreachable \
	"the PDU 127.0.0.1:$PORT"
power_host nofile "snmp apc host=127.0.0.1:$PORT outlet=7 community=@$WORK/no"
exits "a secret that is not there" 2 ironbird power nofile on
contains "is configuration" "$(last nofile error)" "configuration: "

# --- devices that are not what they should be --------------------------------
dead=$(free_port)
power_host dead "snmp apc host=127.0.0.1:$dead outlet=7"
fails "snmp: dead" dead on unreachable "the PDU 127.0.0.1:$dead"
power_host missing "snmp apc host=127.0.0.1:$PORT outlet=77 \
community=@$WORK/secret"
exits "an outlet that is not there" 3 ironbird power missing on
contains "is told" "$(last missing error)" "no such outlet"
echo lying >"$D/mood"
fails "snmp: lying" cyberpower on unverified "127.0.0.1:$PORT"
echo refusing >"$D/mood"
fails "snmp: refusing" cyberpower on refused "127.0.0.1:$PORT"
echo slow >"$D/mood"
obeys "snmp: slow" cyberpower on
echo silent >"$D/mood"
fails "snmp: silent" cyberpower off unreachable "127.0.0.1:$PORT"

# --- names -------------------------------------------------------------------
power_host typo "snmp cyberpover host=127.0.0.1 outlet=1"
exits "a model that is none" 2 ironbird power typo on
contains "gets a hint" "$OUT" "did you mean 'cyberpower'"
power_host typo2 "snmp apc host=127.0.0.1 outlet=1 comunity=x"
exits "an argument that is none" 2 ironbird power typo2 on
contains "gets one, too" "$OUT" "did you mean 'community'"
power_host typo3 "snmp apc outlet=1"
exits "an argument that is missing" 2 ironbird power typo3 on
contains "is named" "$OUT" "the argument 'host=' is missing"
# UDP has no reset: it is gone in the middle of the action
echo reset >"$D/mood"
fails "snmp: reset" cyberpower off unreachable "127.0.0.1:$PORT"
no_secrets
