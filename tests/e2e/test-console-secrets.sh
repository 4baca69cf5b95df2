#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Passwords of consoles are in no argv, no log, no listing and no core file:
# all of these are looked at while sessions of real servers are open, while a
# password is refused, and when a recorder dies of a signal.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/console.sh
. "$E2E/console.sh"

# argv_of_all: every command line there is
argv_of_all() {
	for pid in /proc/[0-9]*; do
		tr '\0' ' ' <"$pid/cmdline"
		echo
	done 2>/dev/null >>cmdlines
}

# session NAME CONSOLE: is open, with the right password, and not with another
session() {
	host "$1" "$2 password=@$WORK/secret"
	echo "$RECORDER" >"$1.pid"
	ok "$1: it is there" until_true 30 spoke "$1" 1
	argv_of_all
	host "$1-wrong" "$2 password=@$WORK/wrong"
	ok "$1: a wrong password is told" until_true 30 eval \
		"argv_of_all; marked ' away .*$3'"
	host "$1-plain" "$2 password=$SECRET"
	ok "$1: one that stands in the setting" until_true 30 spoke \
		"$1-plain" 1
	argv_of_all
}

ssh_sessions() {
	PORT=$(free_port)
	sshd_start "exec cat"
	session ssh "ssh host=127.0.0.1 port=$PORT user=root \
known-hosts=$D/known" "Permission denied"
	contains "its program was seen" "$(cat cmdlines)" "ssh -e none"
}

conserver_sessions() {
	PORT=$(free_port)
	conserver_start ""
	until_true 20 listening "$PORT"
	session conserver "$CONSERVER" password
	contains "its program was seen" "$(cat cmdlines)" "console -n -e"
}

ipmi_sessions() {
	PORT=$(free_port)
	bmc_start bmc
	session ipmi "$IPMI retries=1" "Unable to establish"
	contains "its program was seen" "$(cat cmdlines)" "ipmitool -I lanplus"
}

part_sessions() {
	if command -v "$2" >/dev/null; then
		SEEN="$SEEN $1"
		"$1_sessions"
	else
		echo "# skipped $1: $2 is not installed"
	fi
}

prlimit --pid $$ --core=unlimited:unlimited
SEEN=
part_sessions ssh /usr/sbin/sshd
part_sessions conserver conserver
part_sessions ipmi ipmi_sim
lacks "no command line has it" "$(cat cmdlines)" "$SECRET"

# --- what is listed and reported -----------------------------------------------
# of a host that the database knows, as 'host set' makes it
echo "HostProp_listed_Ether 52:54:00:00:00:01" >>standalone.config
ironbird host set listed \
	"console=bmc: ipmi host=127.0.0.1:1 user=u password=$SECRET" \
	"power-method=ipmi host=127.0.0.1:1 user=u password='$SECRET'" \
	"guest-pass=$SECRET" >/dev/null
echo "HostProp_placed_PowerMethod ipmi 127.0.0.1 labuser $SECRET lanplus" \
	>>standalone.config
for form in "host list" "host list --json" "host show listed" \
	"host show --json listed" "console --modules" "doctor listed" \
	"console --lines 100 ${SEEN##* }-plain"; do
	# shellcheck disable=SC2086 # words
	ironbird $form >out 2>&1 </dev/null
	lacks "$form" "$(cat out)" "$SECRET"
done
contains "what is there instead" "$(ironbird host show listed)" \
	"user=u password=***"
contains "and where no key names it" "$(ironbird host list)" \
	"ipmi 127.0.0.1 labuser *** lanplus"

# --- a recorder that crashes ---------------------------------------------------
for name in $SEEN; do
	recorder=$(cat "$name.pid")
	is "$name: core limits of its recorder and of its program" "$(for pid in \
		$recorder $(ps -o pid= --ppid "$recorder"); do
		awk '/^Max core/ { print $5 }' "/proc/$pid/limits"
	done | tr '\n' ' ')" "1 1 "
	kill -ABRT "$recorder"
	wait "$recorder" 2>/dev/null
	is "$name: its core file" "$(find . -maxdepth 1 -name 'core*')" ""
done
is "nor has a log of ours" "$(grep -rlF --exclude='standalone.db*' "$SECRET" \
	var ./*.recorder)" ""
