#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that are called once for each action: GPIO lines, USB relays, a
# lab's own tool, fence agents.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/devices.sh
. "$E2E/devices.sh"

echo 'HostProp_PowerSettleTime 1s' >>standalone.config
mkdir bin relays
for tool in gpioset gpioget usbrelay sispmctl; do
	ln -s "$SIM/relay-tools" bin/$tool
done
ln -s "$SIM/relay-tools" bin/labuse
export PATH="$WORK/bin:$PATH" RELAY_DIR="$WORK/relays"

# --- rows of commands ----------------------------------------------------------
power_host line "gpio chip=gpiochip0 line=17"
obeys "gpio: on" line on unverified
is "gpio: is that line" "$(cat relays/LINE-gpiochip0-17)" 1
power_host sensed "exec gpio-low chip=gpiochip0 line=18 sense=19"
echo 0 >relays/LINE-gpiochip0-19
fails "gpio: lying" sensed on unverified \
	"command gpio-low chip=gpiochip0 line=18"
is "gpio-low: is switched the other way round" \
	"$(cat relays/LINE-gpiochip0-18)" 0
echo 1 >relays/LINE-gpiochip0-19
obeys "gpio: a line that senses it" sensed on
power_host relay "usbrelay relay=BITFT_2"
power_host relay1 "usbrelay relay=BITFT_1"
echo 'HostProp_relay1_PowerSettleTime 20s' >>standalone.config
obeys "command: on, usbrelay" relay on
is "usbrelay: and the other one is not" \
	"$(usbrelay | tr '\n' ' ')" "BITFT_1=0 BITFT_2=1 "
obeys "command: off" relay off
power_host strip "sispm outlet=3"
obeys "sispm: cycle" strip cycle
power_host xen1 xenuse
exits "xenuse, that is not there" 3 ironbird power xen1 on
is "is configuration" "$(last xen1 "attempts, substr(error, 1, 13)")" \
	"1|configuration"
ln -s "$SIM/relay-tools" bin/xenuse
obeys "xenuse: on" xen1 on unverified
is "xenuse: is told as OSSTest tells it" "$(tail -1 relays/journal)" \
	"xenuse --on xen1"
echo "XenUsePath $WORK/bin/labuse" >>standalone.config
obeys "xenuse: off, by XenUsePath" xen1 off unverified
is "xenuse: it is that program" "$(tail -1 relays/journal)" \
	"labuse --off xen1"
cat >bin/mine <<'END'
#!/bin/sh
cd "$RELAY_DIR"
case $1 in status) exit "$(cat mine)" ;; *) echo "$2" >mine ;; esac
END
chmod 755 bin/mine
power_host own "command on='mine set 0' off='mine set 2' \
status='mine status'"
echo 2 >relays/mine
obeys "a command of one's own" own on
power_host worded "command 'on=usbrelay {relay}=1' off=x relay=1"
exits "an argument that is none" 2 ironbird power worded on
contains "is told" "$OUT" "unknown argument 'relay='"
power_host leaky "command on='mine {password}' off='mine 1'"
exits "a secret on a command line" 2 ironbird power leaky on
contains "is refused" "$OUT" "takes an argument that is not there or secret"

echo lying >relays/mood
fails "command: lying" relay on unverified "command usbrelay relay=BITFT_2"
echo missing >relays/mood
fails "command: dead" relay on refused "usbrelay: No such device"
echo slow >relays/mood
obeys "command: slow" relay1 on
rm relays/mood
power_host nochip "gpio chip=none line=3"
echo missing >relays/mood
fails "gpio: dead" nochip on refused "gpioset none"
echo 'HostProp_itself_PowerSettleTime 20s' >>standalone.config
power_host itself "gpio chip=gpiochip0 line=20 sense=20"
echo slow >relays/mood
obeys "gpio: slow" itself on
rm relays/mood

# --- a program of one's own ----------------------------------------------------
# outlet NAME MOOD [KEY=VALUE]: a host on a simulated outlet in $NAME.pdu
outlet() {
	mkdir "$1.pdu"
	cp secret "$1.pdu/password"
	power_host "$1" "exec $SIM/fence-outlet dir=$WORK/$1.pdu mood=$2 \
password=@$WORK/${3:-secret}"
}
echo not-it >wrong
outlet own-honest honest
obeys "exec: cycle" own-honest cycle
outlet own-bad honest wrong
fails "exec: wrong password" own-bad on authentication \
	"fence-outlet: the password"
outlet own-dead stuck
fails "exec: dead" own-dead on unreachable "fence-outlet dir=$WORK/own-dead"
echo 'HostProp_own-slow_PowerSettleTime 20s' >>standalone.config
outlet own-slow slow
obeys "exec: slow" own-slow on
outlet own-lying lying
fails "exec: lying" own-lying on unverified "fence-outlet dir=$WORK/own-lying"
# the device is to blame: the job is broken, nothing is a revision's fault
mkdir -p jobs var/services/log
: >var/services/log/access.log
cat >jobs/powered.yaml <<'END'
summary: Switches its host
around: none
hosts: [host]
steps:
  - run: ts-host-power on host
END
export IRONBIRD_JOBS_PATH="$WORK/jobs" IRONBIRD_TS_PATH=
job powered powered host=own-lying
exits "a job whose host's outlet lies" 3 ironbird run-job t powered
is "is broken, and so is its step" "$(sql "SELECT j.status, s.status,
	instr(s.reason, 'host own-lying: power on by ''exec $SIM/fence-outlet') > 0,
	s.reason LIKE '%still reads off after 1.0 s (unverified)' FROM jobs j
	JOIN steps s USING (flight, job)")" "broken|broken|1|1"
contains "its report blames the outlet" "$(ironbird report t)" \
	"Result broken: 1 broken"
OSSTEST_FLIGHT=t OSSTEST_JOB=powered exits "OSSTest's ts-host-powercycle, by hand" \
	0 ts-host-powercycle host=own-honest
is "switches off and on" "$(sql "SELECT group_concat(action || ' ' || result)
	FROM (SELECT * FROM (SELECT rowid, * FROM power_actions WHERE
	host = 'own-honest' ORDER BY rowid DESC LIMIT 2) ORDER BY rowid)")" \
	"off verified,on verified"
printf '#!/bin/sh\ncat >/dev/null\nkill -KILL $$\n' >bin/killed
chmod 755 bin/killed
power_host own-killed "exec $WORK/bin/killed"
fails "exec: reset, by a signal" own-killed on refused "$WORK/bin/killed"
printf '#!/bin/sh\nkill -KILL $$\n' >bin/ended
chmod 755 bin/ended
power_host ended "command on=$WORK/bin/ended off=$WORK/bin/ended"
fails "command: reset, by a signal" ended on refused "$WORK/bin/ended"

# --- packaged fence agents -----------------------------------------------------
fence_tests() {
	printf off >fence
	power_host fenced "fence fence_dummy type=file status_file=$WORK/fence"
	obeys "fence: on, fence_dummy" fenced on
	obeys "fence: off, fence_dummy" fenced off
	is "fence_dummy: is what the agent did" "$(cat fence)" off
	start_relay relay
	TLS=$(free_port)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout tls.key -out tls.crt -days 2 -subj /CN=localhost \
		2>/dev/null
	cat tls.key tls.crt >tls.pem
	socat "OPENSSL-LISTEN:$TLS,fork,reuseaddr,bind=127.0.0.1,\
cert=tls.pem,verify=0" "TCP:127.0.0.1:$PORT" 2>socat.log &
	at_exit "kill $!"
	F="fence fence_redfish ip=127.0.0.1 ssl_insecure=1 \
systems_uri=/redfish/v1/Systems/1 username=labuser"
	power_host agent "$F ipport=$TLS password=@$WORK/secret power_timeout=3"
	ok "fence_redfish answers" until_true 10 ironbird power agent
	obeys "fence: on, fence_redfish" agent on
	echo not-it >wrong
	# which of all that went wrong this agent does not say
	power_host badagent "$F ipport=$TLS password=@$WORK/wrong"
	fails "fence: wrong password" badagent off refused \
		"Unable to get PowerState: https://127.0.0.1:$TLS"
	echo lying >"$D/mood"
	power_host hasty "$F ipport=$TLS password=@$WORK/secret power_timeout=1"
	fails "fence: lying" hasty off unverified \
		"Timed out waiting to power OFF"
	echo slow >"$D/mood"
	obeys "fence: slow" agent off
	echo reset >"$D/mood"
	fails "fence: reset" agent on unreachable "ipport=$TLS"
	dead=$(free_port)
	power_host deadagent "$F ipport=$dead password=@$WORK/secret"
	fails "fence: dead" deadagent on unreachable "port=$dead"
}
echo 'HostProp_PowerSettleTime 20s' >>standalone.config
if command -v fence_redfish >/dev/null; then
	fence_tests
else
	echo "# skipped: fence-agents is not installed"
fi

# --- what nothing can switch ---------------------------------------------------
power_host fixed unsupported
fails "unsupported: on" fixed on configuration "nothing can switch it on"
is "its state is unknown" "$(ironbird power fixed)" "host fixed: power unknown"
no_secrets

# --- a host that is to be used as it is -----------------------------------------
ok "the relay is off" ironbird power relay off
exits "a host that is kept, but is off" 99 env OSSTEST_HOST_REUSE=1 \
	ts-host-install host=relay
contains "... is not waited for" "$OUT" \
	"host relay is to be kept as it is, and its power is off"
