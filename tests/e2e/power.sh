# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of power modules share; sourced after lib.sh.
# shellcheck shell=sh

# The one password of all simulated devices. It may be in files that only we
# can read, and in what devices are asked; nowhere else.
printf 'pw-%s-%s\n' "$$" "$(date +%N)" >secret
chmod 600 secret
SECRET=$(cat secret)

cat >>standalone.config <<'END'
PowerRetries 2
HostProp_PowerSettleTime 4s
HostProp_PowerCycleTime 0
END

# power_host NAME METHOD: a host that is switched so.
power_host() {
	echo "HostProp_$1_PowerMethod $2" >>standalone.config
}

# last HOST COLUMNS: of its last power action.
last() {
	sql "SELECT $2 FROM power_actions WHERE host = '$1'
		ORDER BY id DESC LIMIT 1"
}

# patient HOST TIME: patient.config gives it that, as the settings' own limits are
# short, for what fails only when they are over
patient() {
	{
		cat standalone.config
		[ -z "$2" ] || echo "HostProp_$1_PowerSettleTime $2"
	} >patient.config
}

# obeys WHAT HOST ACTION [RESULT]: it does, and its row says so.
obeys() {
	obeys_state=$3
	[ "$3" != cycle ] || obeys_state=on
	[ "${4:-verified}" = verified ] || obeys_state=unknown
	patient "$2" 60s
	OSSTEST_CONFIG=$WORK/patient.config exits "$1" 0 ironbird power "$2" \
		"$3"
	is "$1: its row" "$(last "$2" "state_after, result")" \
		"$obeys_state|${4:-verified}"
}

# fails WHAT HOST ACTION CLASS DEVICE: the sentence names the device, the row
# has the class, and it was tried as often as that class is. A busy machine may
# be too slow for the settings' limit: then a longer one shows what it is.
fails() {
	fails_tries=2 fails_status=3 fails_times="'' 10s 60s"
	case $4 in
	configuration) fails_tries=1 fails_status=2 fails_times=60s ;;
	authentication) fails_tries=1 fails_times=60s ;;
	esac
	for fails_time in $fails_times; do
		patient "$2" "${fails_time#\'\'}"
		OUT=$(OSSTEST_CONFIG=$WORK/patient.config ironbird power \
			"$2" "$3" 2>&1)
		fails_got=$?
		fails_row=$(last "$2" "result, attempts,
			substr(error, 1, instr(error, ':') - 1)")
		[ "$fails_row" != "failed|$fails_tries|$4" ] || break
	done
	is "$1" $fails_got $fails_status
	contains "$1: names the device" "$OUT" "$5"
	contains "$1: and the host only as whose power it is" "$OUT" \
		"host $2: power $3 by '"
	is "$1: its row" "$fails_row" "failed|$fails_tries|$4"
}

# told WHAT HOST RESULT|CLASS: what its row says, of an action that was begun by
# other means
told() {
	is "$1: its row" "$(last "$2" "CASE result WHEN 'failed' THEN
		substr(error, 1, instr(error, ':') - 1) ELSE result END")" "$3"
}

skip() {
	echo "# skipped: $1"
	exit 0
}

# at_exit COMMAND: run when the test is over, before those that came first.
at_exit() {
	AT_EXIT="{ $1; } >/dev/null 2>&1; ${AT_EXIT:-:}"
}

# A port that nobody listens on, TCP or UDP, and that no other test was given:
# a link that tells whose it is. Below those that the kernel gives away.
PORTS=/tmp/ironbird-ports
mkdir -p "$PORTS"
at_exit "find $PORTS -lname $$ -delete"
free_port() {
	while :; do
		free=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12700))
		free_whose=$(readlink "$PORTS/$free")
		[ -z "$free_whose" ] || kill -0 "$free_whose" 2>/dev/null ||
			rm -f "$PORTS/$free"
		ss -Hlntu "sport = :$free" | grep -q . && continue
		! ln -s $$ "$PORTS/$free" 2>/dev/null || break
	done
	echo "$free"
}

# Nobody else may have seen the password: no row, no output, no argv.
no_secrets() {
	lacks "no row has the password" "$(sql "SELECT * FROM power_actions")" \
		"$SECRET"
	is "nor a file of ours" "$(grep -rlF "$SECRET" var)" ""
	[ ! -e cmdlines ] || lacks "nor had an argv" "$(cat cmdlines)" \
		"$SECRET"
}
