# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of labs, services and virtual hosts need beyond lib.sh;
# sourced after it. Whatever a test leaves up is taken down at its end.
# shellcheck shell=sh

LABS=lab
NAMESPACES=

# Runs before finish, which sees the status of the test itself.
lab_finish() {
	lab_status=$?
	trap '' INT TERM
	jobs -p >"$WORK/jobs"
	xargs -r kill -KILL <"$WORK/jobs" 2>/dev/null
	for lab in $LABS; do
		ironbird lab down "$lab" >/dev/null 2>&1 || :
	done
	[ ! -e "$WORK/var/services" ] || ironbird services down >/dev/null 2>&1
	for lab in $NAMESPACES; do
		ip netns pids "$lab" 2>/dev/null | xargs -r kill -KILL
		ip netns delete "$lab" 2>/dev/null || :
	done
	(exit "$lab_status")
	finish
}
trap lab_finish EXIT

# json PATH: a value of the JSON text on stdin, as in '$.hosts[0].power'.
json() {
	cat >"$WORK/json.text"
	sqlite3 -batch -noheader :memory: \
		"SELECT json_extract(readfile('$WORK/json.text'), '$1')"
}

# child FIELD NAME: of a service or recorder of the lab: pid, starts, since.
child() {
	ironbird lab status --json >"$WORK/status.json" || return 1
	sqlite3 -batch -noheader :memory: "SELECT json_extract(value, '\$.$1')
		FROM json_each(readfile('$WORK/status.json'), '\$.services')
		WHERE json_extract(value, '\$.service') = '$2'"
}

# web FILE, tftp FILE: from inside the lab's network, on stdout.
web() {
	ip netns exec "$NS" curl -sSf --max-time 30 "http://10.76.0.1/$1"
}

tftp() {
	ip netns exec "$NS" curl -sSf --max-time 30 "tftp://10.76.0.1/$1"
}

web_answers() {
	[ "$(web ironbird-ready 2>/dev/null)" = ready ]
}

tftp_answers() {
	[ "$(tftp ironbird-ready 2>/dev/null)" = ready ]
}

not() {
	! "$@"
}

# alive PID: a zombie, which has no command line, is not.
alive() {
	grep -q . "/proc/$1/cmdline" 2>/dev/null
}

# processes [NAMESPACE...]: that name this test's folder, or are in these.
# The pattern is read from a file: grep would find itself.
processes() {
	echo "$WORK/" >"$WORK/pattern"
	grep -lzFf pattern /proc/[0-9]*/cmdline 2>/dev/null |
		sed 's|/proc/\([0-9]*\)/.*|\1|'
	for ns; do
		ip netns pids "$ns" 2>/dev/null
	done
}

# mounts TEXT...: those of any process that have one of the texts.
mounts() {
	for text; do
		grep -hF "$text" /proc/[0-9]*/mounts 2>/dev/null
	done
}

# logged FILE TEXT
logged() {
	grep -qsF "$2" "$1"
}
