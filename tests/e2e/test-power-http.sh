#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Relays by HTTP and BMCs by Redfish, against a simulator of all of them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/devices.sh
. "$E2E/devices.sh"

start_relay relay
echo 'not-it' >wrong
AT="host=127.0.0.1:$PORT"
BAD="user=labuser password=@$WORK/wrong"

# --- every model -------------------------------------------------------------
models="tasmota shelly1 shelly netio dli eth008 gude esphome"
for one in $models; do
	power_host "$one" "http $one $AT outlet=3 device=relay $LOGIN"
	power_host "$one-bad" "http $one $AT outlet=3 device=relay $BAD"
done
ok "it answers" until_true 10 ironbird power netio
for one in $models; do
	exits "$one: on" 0 ironbird power "$one" on
	is "$one: is read back" "$(last "$one" "state_before, state_after,
		result")" "off|on|verified"
	exits "$one: off" 0 ironbird power "$one" off
	is "$one: is read back, too" "$(last "$one" "state_before,
		state_after, result")" "on|off|verified"
	exits "$one: a wrong password" 3 ironbird power "$one-bad" on
	contains "$one: is authentication" "$(last "$one-bad" error)" \
		"authentication: "
	is "$one: tried once" "$(last "$one-bad" attempts)" 1
	is "$one: and is off still" "$(ironbird power "$one")" \
		"host $one: power off"
done
power_host oss "eth008 127.0.0.1:$PORT labuser $SECRET 7"
exits "OSSTest's eth008" 0 ironbird power oss on
is "is verified" "$(last oss result)" verified
power_host daemon "pdudaemon 127.0.0.1:$PORT pdu-in-rack-3 9"
exits "pdudaemon" 0 ironbird power daemon on
is "cannot be verified, and says so" "$(last daemon "result, state_after")" \
	"unverified|unknown"
contains "was asked" "$(cat "$D/journal")" \
	"GET /power/control/on?hostname=pdu-in-rack-3&port=9"
power_host generic "http generic $AT $LOGIN on=/relay/4?turn=on \
off=/relay/4?turn=off get=/relay/4 value=ison reads-on=true reads-off=false"
exits "a generic one" 0 ironbird power generic on
is "is verified, too" "$(last generic "state_after, result")" "on|verified"

# a login in what is sent: the device gets it, and nobody else is told
form() {
	power_host "$1" "http generic $AT $2 on=/form?up off=/form?down \
get=/form method=POST content=user={user}&password={password}&state=$3 \
reads-on='is up' reads-off='is down'"
}
form form "$LOGIN" up
exits "a password in content" 0 ironbird power form on
is "is verified" "$(last form "state_after, result")" "on|verified"
ok "the device got it" grep -qxF \
	"POST /form?up user=labuser&password=$SECRET&state=up" "$D/journal"
printf '%s\n' "a b&c=%+$SECRET" >odd
form odd "user=lab+user password=@$WORK/odd" up
exits "one that is not right" 3 ironbird power odd on
contains "is authentication" "$(last odd error)" "authentication: "
ok "was sent as a form has it" grep -qxF "POST /form?up \
user=lab%2Buser&password=a%20b%26c%3D%25%2B$SECRET&state=up" "$D/journal"
form unread "user=labuser password=@$WORK/none" up
exits "one that is in no file" 2 ironbird power unread on
contains "is configuration" "$(last unread error)" "configuration: "
echo chatty >"$D/mood"
for one in form odd tasmota; do
	exits "$one: a device that repeats it" 3 ironbird power "$one" on
	contains "$one: is told without it" "$(last "$one" error)" "**"
	lacks "$one: in no part" "$OUT" "${SECRET#pw-}"
done
echo honest >"$D/mood"

# --- Redfish -----------------------------------------------------------------
R="redfish host=http://127.0.0.1:$PORT $LOGIN"
power_host bmc "$R"
exits "redfish: on" 0 ironbird power bmc on
is "is read back" "$(last bmc "state_before, state_after, result")" \
	"off|on|verified"
exits "on again" 0 ironbird power bmc on
exits "cycle" 0 ironbird power bmc cycle
is "is off and on" "$(grep -o 'ResetType":"[A-Za-z]*' "$D/journal" |
	cut -d'"' -f3 | tr '\n' ' ')" "On ForceOff On "
ok "its session is closed" grep -q "^DELETE .*/Sessions/1" "$D/journal"
exits "reset" 0 ironbird power bmc reset
exits "nmi" 0 ironbird power bmc nmi
is "are what they are" "$(grep -o 'ResetType":"[A-Za-z]*' "$D/journal" |
	cut -d'"' -f3 | tail -2 | tr '\n' ' ')" "ForceRestart Nmi "
exits "bootdev pxe" 0 ironbird power bmc bootdev pxe
ok "is an override for once" grep -q 'PATCH .*"Once".*"Pxe"' "$D/journal"
is "its row" "$(last bmc "action, result")" "bootdev pxe|unverified"
echo forgetful >"$D/mood"
exits "a BMC that forgets the override" 3 ironbird power bmc bootdev disk
contains "is told" "$OUT" "it took the boot override Hdd but reads Pxe"
echo noactions >"$D/mood"
exits "other reset types: off" 0 ironbird power bmc off
ok "are taken as offered" grep -q PushPowerButton "$D/journal"
exits "on" 0 ironbird power bmc on
exits "a type that is not offered" 3 ironbird power bmc nmi
contains "is told" "$OUT" "does not offer that reset type"
echo honest >"$D/mood"
power_host basic "$R auth=basic boot=pxe"
exits "basic, with a boot override" 0 ironbird power basic cycle
power_host badbmc "redfish host=http://127.0.0.1:$PORT $BAD"

# --- devices that are not what they should be --------------------------------
echo 'HostProp_PowerSettleTime 1500ms' >>standalone.config
# faults MODULE HOST
faults() {
	ironbird power "$2" on >/dev/null 2>&1
	obeys "$1: cycle" "$2" cycle
	echo lying >"$D/mood"
	fails "$1: lying" "$2" off unverified "127.0.0.1:$PORT"
	echo slow >"$D/mood"
	obeys "$1: slow" "$2" off
	echo silent >"$D/mood"
	fails "$1: silent" "$2" on unreachable "127.0.0.1:$PORT"
	echo reset >"$D/mood"
	fails "$1: reset" "$2" on unreachable "127.0.0.1:$PORT"
	echo refusing >"$D/mood"
	fails "$1: refusing" "$2" on refused "127.0.0.1:$PORT"
	# a 200 is a yes; what it reads then is no state
	echo garbage >"$D/mood"
	class=unverified
	[ "$1" = http ] || class=refused
	fails "$1: garbage" "$2" on $class "127.0.0.1:$PORT"
	echo honest >"$D/mood"
}
faults http netio
faults redfish bmc
fails "http: wrong password" netio-bad on authentication "127.0.0.1:$PORT"
fails "redfish: wrong password" badbmc on authentication "127.0.0.1:$PORT"
dead=$(free_port)
power_host dead "http netio host=127.0.0.1:$dead outlet=1"
fails "http: dead" dead on unreachable "127.0.0.1:$dead"
power_host deadbmc "redfish host=http://127.0.0.1:$dead $LOGIN"
fails "redfish: dead" deadbmc on unreachable "127.0.0.1:$dead"
echo 'HostProp_PowerSettleTime 4s' >>standalone.config

# --- chains: a BMC, and behind it the PDU ------------------------------------
power_host chain "redfish host=http://127.0.0.1:$(free_port) $LOGIN | \
http netio $AT outlet=2 $LOGIN"
exits "a fall-back" 0 ironbird power chain on
is "did it" "$(last chain "method, result")" "http netio $AT outlet=2 \
user=labuser password=@$WORK/secret|verified"
is "the first one failed" "$(sql "SELECT count(*) FROM power_actions
	WHERE host = 'chain' AND result = 'failed'
	AND error LIKE 'unreachable%'")" 1
is "it tells the state" "$(ironbird power chain)" "host chain: power on"
power_host both "http netio $AT outlet=2 $LOGIN | http netio $AT outlet=4 \
$LOGIN; http shelly1 $AT outlet=6 $LOGIN"
ironbird power both on >/dev/null
is "one that works has no use for its fall-back" "$(sql "SELECT count(*)
	FROM power_actions WHERE host = 'both'")" 2
power_host gap "http netio $AT outlet=1 $LOGIN gap=700ms"
# the gap begins with the first action, wherever in its command that was
begin=$(date +%s%3N)
ironbird power gap on >/dev/null
ironbird power gap off >/dev/null
ok "two actions have a gap" [ $(($(date +%s%3N) - begin)) -ge 700 ]
power_host idle "http netio $AT outlet=1 $LOGIN"
echo 'HostProp_idle_PowerGap 800ms' >>standalone.config
begin=$(date +%s%3N)
ironbird power idle on >/dev/null
ironbird power idle off >/dev/null
ok "so they have by the host's property" [ $(($(date +%s%3N) - begin)) -ge 800 ]

power_host early "http netio $AT outlet=2 $LOGIN"
power_host late "http gude $AT outlet=3 $LOGIN"
echo "HostProp_PowerStagger 1s" >>standalone.config
begin=$(date +%s%3N)
ironbird power early on >/dev/null &
early=$!
ironbird power late on >/dev/null
wait $early
ok "power-ons are staggered" [ $(($(date +%s%3N) - begin)) -ge 900 ]
echo "HostProp_PowerStagger 0" >>standalone.config

# --- a second opinion --------------------------------------------------------
echo "HostProp_talks_ConsoleLog $WORK/talks.log" >>standalone.config
power_host talks "http netio $AT outlet=3 $LOGIN"
echo boot >talks.log
ironbird power talks on >/dev/null
exits "off, and a console that is silent" 0 ironbird power talks off
echo "HostProp_talks_PowerQuietTime 3s" >>standalone.config
(while :; do echo still alive; sleep 0.1; done >>talks.log) &
talker=$!
exits "off, and a console that talks" 3 ironbird power talks off
kill "$talker"
contains "is a lie" "$OUT" "its power reads off, but its console said"
is "with a row" "$(last talks "method, result")" "console|failed"

# --- whose outlet is it? -----------------------------------------------------
cat >>standalone.config <<END
HostProp_mapped_ConsoleLog $WORK/mapped.log
HostProp_mapped_PowerMapTime 8s
HostProp_swapped_ConsoleLog $WORK/mapped.log
HostProp_swapped_PowerMapTime 1s
END
power_host mapped "http netio $AT outlet=4 $LOGIN"
power_host swapped "http netio $AT outlet=1 $LOGIN"
: >mapped.log
# a machine on outlet 4, that is on: it talks while it is
(while :; do
	case $(grep '"ID":4' "$D/journal" | tail -1) in
	*'"Action":1'*) echo alive >>mapped.log ;;
	esac
	sleep 0.1
done) &
machine=$!
exits "--map" 0 ironbird power --map mapped
contains "tells the sign" "$OUT" "its console spoke"
ironbird power mapped off >/dev/null
exits "--map of another machine's outlet" 3 ironbird power --map swapped
contains "is told" "$OUT" "the outlet is another machine's, or the machine is \
dead"
kill "$machine"
exits "--map of a host that shows nothing" 2 ironbird power --map netio
ironbird power list --json >devices.json
is "power list" "$(sqlite3 :memory: "SELECT json_extract(value, '\$.device') ||
	' ' || json_extract(value, '\$.state') || ' ' ||
	json_extract(value, '\$.switches') FROM json_each(CAST(readfile(
	'devices.json') AS TEXT)) WHERE json_extract(value, '\$.host') =
	'mapped'")" "127.0.0.1:$PORT off 5"
is "an outlet has one wear, whichever host it was for" "$(sqlite3 :memory: \
	"SELECT count(*) > 5, count(DISTINCT json_extract(value,
	'\$.switches')) FROM json_each(CAST(readfile('devices.json') AS TEXT))
	WHERE json_extract(value, '\$.outlet') = '3' AND json_extract(value,
	'\$.device') = '127.0.0.1:$PORT'")" "1|1"
is "a host's own" "$(ironbird power list mapped | awk 'NR > 1 { print \
	$1, $2, $3, $NF }')" "mapped 4 off 127.0.0.1:$PORT"

# --- TLS ---------------------------------------------------------------------
if command -v socat >/dev/null && command -v openssl >/dev/null; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout tls.key -out tls.crt -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost 2>/dev/null
	cat tls.key tls.crt >tls.pem
	TLS=$(free_port)
	socat "OPENSSL-LISTEN:$TLS,fork,reuseaddr,bind=127.0.0.1,\
cert=tls.pem,verify=0" "TCP:127.0.0.1:$PORT" &
	at_exit "kill $!"
	T="redfish host=localhost:$TLS $LOGIN"
	power_host tls "$T ca=$WORK/tls.crt"
	ok "TLS, verified by a CA file" until_true 5 ironbird power tls
	power_host tls2 "$T"
	exits "a certificate nobody knows" 3 ironbird power tls2 on
	contains "is not trusted" "$OUT" "its certificate is not trusted"
	is "and nothing was said to it" "$(last tls2 attempts)" 1
	KEY=$(openssl x509 -in tls.crt -pubkey -noout |
		openssl pkey -pubin -outform der |
		openssl dgst -sha256 -binary | base64)
	power_host pinned "$T fingerprint=sha256//$KEY"
	obeys "a key that is known by its fingerprint" pinned on
	power_host other "$T fingerprint=sha256//$(echo "$KEY" | rev)"
	exits "another key" 3 ironbird power other on
	contains "is not trusted" "$OUT" "its certificate is not trusted"
	lacks "and it was told no password" "$(tail -1 "$D/journal")" "$SECRET"
	power_host tls3 "$T insecure=yes"
	exits "unless it is said so" 0 ironbird power tls3 on
fi
no_secrets
lacks "no URL in a sentence has it" "$(cat standalone.config)" "\"$SECRET\""
