#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Passwords of power devices are in no argv, no file, no report and no core
# file: all of these are looked at while an action hangs, and after it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/devices.sh
. "$E2E/devices.sh"

echo 'HostProp_PowerSettleTime 4s' >>standalone.config
start_menu menu apc
MENU=$PORT MOODS=$D
start_relay relay
power_host relay "http tasmota host=127.0.0.1:$PORT outlet=3 $LOGIN"
power_host bmc "redfish host=http://127.0.0.1:$PORT $LOGIN"
power_host menu "telnet apc host=127.0.0.1:$MENU outlet=3 $LOGIN"
power_host plain "http tasmota host=127.0.0.1:$PORT outlet=4 user=labuser \
password=$SECRET"
power_host agent "exec $WORK/hang password=@$WORK/secret"
printf '#!/bin/sh\ncat >/dev/null\nexec sleep 100\n' >hang
power_host tool "ipmi host=127.0.0.1:1 $LOGIN"
chmod 755 hang
ok "they answer" until_true 10 ironbird power relay

# argv_of_all: every command line there is
argv_of_all() {
	for pid in /proc/[0-9]*; do
		tr '\0' ' ' <"$pid/cmdline"
		echo
	done 2>/dev/null
}

# crash HOST: its action hangs, is looked at, and dies of a signal
crash() {
	mkdir "core-$1"
	prlimit --pid $$ --core=unlimited:unlimited
	(cd "core-$1" && exec ironbird power "$1" on >out 2>&1) &
	crashed=$!
	until_true 5 logged "/proc/$crashed/cmdline" ironbird
	# it has read its password when a child or a connection is there
	until_true 5 sh -c "ss -Hntp | grep -q pid=$crashed, ||
		[ -n \"\$(cat /proc/$crashed/task/$crashed/children)\" ]"
	argv_of_all >>cmdlines
	CORE=$(awk '/^Max core/ { print $5 }' "/proc/$crashed/limits")
	kill -ABRT "$crashed"
	wait "$crashed" 2>/dev/null
}
logged() {
	grep -q "$2" "$1" 2>/dev/null
}

echo silent >"$D/mood"
echo silent >"$MOODS/mood"
for host in relay bmc menu agent tool plain; do
	crash $host
	is "$host: its core limit" "$CORE" 1
	is "$host: no file has it" "$(grep -rlaF "$SECRET" "core-$host")" ""
done
contains "the command lines were seen" "$(cat cmdlines)" "ipmitool"
# and that such a file would have it
case $(cat /proc/sys/kernel/core_pattern) in
core*)
	export IRONBIRD_CORE=1
	rm -rf core-relay
	crash relay
	unset IRONBIRD_CORE
	# sanitizers forbid it, too
	[ "$CORE" = 0 ] || ok "a core file would have had it" \
		grep -qaF "$SECRET" core-relay/core*
	rm -rf core-relay
	;;
esac

# --- what is written down ----------------------------------------------------------
rm "$D/mood" "$MOODS/mood"
mkdir jobs ts
cat >jobs/switch.yaml <<'END'
summary: Switches hosts from a step, well and badly
around: none
steps:
  - run: ts-switch
END
cat >ts/ts-switch <<'END'
#!/bin/sh
for host in relay bmc menu plain; do
	ironbird power $host on
	ironbird power $host status
done
echo refusing >relay/mood
ironbird power relay off
ironbird power plain off
exit 1
END
chmod 755 ts/ts-switch
sed -i "s#relay/mood#$D/mood#" ts/ts-switch
IRONBIRD_JOBS_PATH=$WORK/jobs IRONBIRD_TS_PATH=$WORK/ts
job secrets switch
ironbird run-job t secrets >run.out 2>&1
is "four were switched on" "$(sql "SELECT count(DISTINCT host) FROM
	power_actions WHERE action = 'on' AND result = 'verified'")" 4
for form in "report t" "report --all t" "report --json t" "report --junit t" \
	"log t.secrets" "power list" "power list --json" "power actions" \
	"power actions --json" "power plain --json"; do
	# shellcheck disable=SC2086 # words
	ironbird $form >out 2>&1
	lacks "$form" "$(cat out)" "$SECRET"
done
lacks "run-job" "$(cat run.out)" "$SECRET"
contains "the log has the actions" "$(cat var/logs/t/secrets/*/*.log)" \
	"password=***"
# what is left are the settings, and what the device knows
rm -f standalone.config secret relay/password relay/journal menu/password
is "no other file has it" "$(grep -rlaF "$SECRET" "$WORK")" ""
no_secrets
