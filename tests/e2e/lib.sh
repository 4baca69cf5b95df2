# SPDX-License-Identifier: GPL-2.0-or-later
# What the end-to-end tests are written with; sourced, not run.
#
#	B=build sh tests/e2e/test-NAME.sh
#
# AT_EXIT is evaluated at the end, whatever happened (a lab goes down there).
#
# Each test gets a folder of its own with a standalone.config, is in it, and
# has the real program first in PATH. Lines are "ok N - what" or
# "not ok N - what"; the exit status is 1 if one was not ok.
# shellcheck shell=sh

set -u

E2E=${IRONBIRD_E2E:-$(cd "$(dirname "$0")" && pwd)} || exit 1
B=${B:-build}
case $B in
/*) ;;
*) B=$PWD/$B ;;
esac

WORK=$(mktemp -d "${TMPDIR:-/tmp}/ironbird-e2e-XXXXXX") || exit 1
OK_COUNT=0
NOT_OK_COUNT=0

finish() {
	status=$?
	trap - EXIT
	eval "${AT_EXIT:-:}"
	cd /
	if [ "${KEEP:-}" ]; then
		echo "# kept: $WORK"
	else
		rm -rf "$WORK"
	fi
	echo "1..$OK_COUNT"
	[ "$status" -eq 0 ] || exit "$status"
	[ "$NOT_OK_COUNT" -eq 0 ] || exit 1
	exit 0
}
trap finish EXIT
trap 'exit 130' INT TERM

cd "$WORK" || exit 1
unset OSSTEST_FLIGHT OSSTEST_JOB OSSTEST_JOBS_ONLY RUNVARS TEST_RUNVARS \
	BUILD_RUNVARS IRONBIRD_RUN IRONBIRD_STEP IRONBIRD_PROGRESS_FD
export PATH="$B/bin:$PATH"
# where jobs/ and flights/ are when B is outside the checkout
IRONBIRD_SHARE=${IRONBIRD_SHARE:-$(cd "$E2E/../.." && pwd)}
export IRONBIRD_SHARE
export OSSTEST_CONFIG="$WORK/standalone.config"
export IRONBIRD_JOBS_PATH="$E2E/jobs"
export IRONBIRD_FLIGHTS_PATH="$E2E/flights"
export IRONBIRD_TS_PATH="$E2E/ts"
export NO_COLOR=1
# nobody looks at the pages of most tests
cat >standalone.config <<END
StateDir $WORK/var
StepGrace 200ms
Pages no
END

# ok WHAT COMMAND...: the command succeeds.
ok() {
	what=$1
	shift
	OK_COUNT=$((OK_COUNT + 1))
	if "$@"; then
		echo "ok $OK_COUNT - $what"
	else
		echo "not ok $OK_COUNT - $what"
		NOT_OK_COUNT=$((NOT_OK_COUNT + 1))
	fi
}

# is WHAT GOT WANTED: the two texts are the same.
is() {
	ok "$1" [ "$2" = "$3" ]
	[ "$2" = "$3" ] || printf '# got:    %s\n# wanted: %s\n' "$2" "$3"
}

in_text() {
	case $1 in
	*"$2"*) ;;
	*)
		printf '# not found: %s\n# in: %s\n' "$2" "$1"
		return 1
		;;
	esac
}

# contains WHAT TEXT PART / lacks WHAT TEXT PART
contains() {
	ok "$1" in_text "$2" "$3"
}

not_in_text() {
	case $1 in
	*"$2"*)
		printf '# found: %s\n' "$2"
		return 1
		;;
	esac
}

lacks() {
	ok "$1" not_in_text "$2" "$3"
}

# exits WHAT STATUS COMMAND...: its output is left in $OUT.
exits() {
	exits_what=$1 exits_wanted=$2
	shift 2
	OUT=$("$@" 2>&1)
	is "$exits_what" "$?" "$exits_wanted"
	[ "$NOT_OK_COUNT" -eq 0 ] || echo "$OUT" | sed 's/^/# /' | tail -5
}

# sql STATEMENT: what the test's database says.
sql() {
	sqlite3 -batch -noheader -cmd ".timeout 10000" "$WORK/var/standalone.db" "$1"
}

# step COLUMN JOB TESTID: of the row of its last run
step() {
	sql "SELECT $1 FROM steps WHERE job = '$2' AND testid = '$3'
		ORDER BY run DESC LIMIT 1"
}

# runvar JOB NAME [FLIGHT]: its value in flight t
runvar() {
	sql "SELECT value FROM runvars WHERE flight = '${3:-t}' AND job = '$1'
		AND name = '$2'"
}

# stash_of JOB RUNVAR: the folder of the dist that the runvar names
stash_of() {
	stash_path=$(runvar "$1" "$2")
	echo "$WORK/var/stash/${stash_path%/*}"
}

# manifest JOB RUNVAR KEY: what the manifest of that dist says
manifest() {
	sed -n "s/^$3=//p" "$(stash_of "$1" "$2")/manifest"
}

# dist_files JOB RUNVAR: names, sizes and hashes of what is in that dist
dist_files() {
	grep '^file ' "$(stash_of "$1" "$2")/manifest"
}

# for_a_while SECONDS COMMAND...: tries again until it succeeds, for no longer:
# for what may well not come.
for_a_while() {
	while_tries=$(($1 * 20))
	shift
	until "$@"; do
		while_tries=$((while_tries - 1))
		[ "$while_tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

# until_true SECONDS COMMAND...: the same for what is to come. SECONDS is what a
# quick machine takes; how busy this one is nobody knows: a minute at least.
until_true() {
	until_seconds=$1
	[ "$until_seconds" -ge 60 ] || until_seconds=60
	shift
	for_a_while "$until_seconds" "$@"
}

# patiently COMMAND...: with ever longer LIMITs, until it succeeds: for what is
# ended at a limit, but is to do something before that.
patiently() {
	for LIMIT in 300ms 3s 30s; do
		"$@" && return
	done
	return 1
}

# job NAME RECIPE [RUNVAR...]: a job of flight t.
job() {
	ironbird flight-create -f t adhoc e2e >/dev/null 2>&1 || :
	ironbird job-create t "$@" >/dev/null
}
