#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# cs-adjust-flight, operation by operation, and flight diff.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

ironbird make-flight -f base e2e >/dev/null
adjust() {
	cs-adjust-flight "$@"
}
jobs_of() {
	sql "SELECT group_concat(job, ' ') FROM
		(SELECT job FROM jobs WHERE flight = '$1' ORDER BY id)"
}
vars() {
	sql "SELECT group_concat(job || ' ' || name || '=' || value, ', ') FROM
		(SELECT * FROM runvars WHERE flight = '$1' AND name = '$2'
		ORDER BY job)"
}

# --- copies ------------------------------------------------------------------
sql "INSERT INTO runvars VALUES ('base', 'test-good', 'found', 'x', 1)"
exits "a new flight with all of another" 0 adjust new:play copy base
is "has its number printed" "$OUT" 1
is "its jobs" "$(jobs_of 1)" "$(jobs_of base)"
is "its definitions" "$(vars 1 buildjob)" \
	"test-bad buildjob=build-bad, test-good buildjob=build-good"
is "but not what was found out" "$(vars 1 found)" ""
is "and the blessing" "$(sql "SELECT intended FROM flights
	WHERE flight = '1'")" play
ironbird flight-create -f some play e2e >/dev/null
exits "some of its jobs" 0 adjust some copy-jobs base '!/bad/'
is "are copied" "$(jobs_of some)" "test-good build-good"
exits "a flight that is not there" 2 adjust some copy bass
contains "gets a hint" "$OUT" "did you mean 'base'"

# --- jobs --------------------------------------------------------------------
exits "a list" 0 adjust base jobs-list '^build-'
is "has those" "$(echo "$OUT" | tr '\n' ' ')" "build-good build-bad "
exits "a name that is wrong" 2 adjust base jobs-list test-god
contains "gets a hint" "$OUT" "did you mean 'test-good'"
exits "an expression that is wrong" 2 adjust base jobs-list '/(/'
exits "renamed" 0 adjust -v some jobs-rename /good/ 's/good/better/'
is "all of them" "$(jobs_of some)" "test-better build-better"
is "and what names them" "$(vars some buildjob)" \
	"test-better buildjob=build-better"
contains "is told with -v" "$OUT" "some.test-good is now test-better"
exits "a name that is taken" 2 adjust some jobs-rename test-better \
	's/^test/build/'
exits "deleted" 0 adjust some jobs-del build-better
is "it is gone" "$(jobs_of some)" test-better
exits "a status" 0 adjust some job-status . blocked
is "is set" "$(sql "SELECT status FROM jobs WHERE flight = 'some'")" blocked
exits "by its other name" 0 adjust some change-status . queued
is "as well" "$(sql "SELECT status FROM jobs WHERE flight = 'some'")" queued
exits "a word that is none" 2 adjust some job-status . 'done'
exits "another recipe" 0 adjust some recipe-set . e2e-fail
is "is set" "$(sql "SELECT recipe FROM jobs WHERE flight = 'some'")" e2e-fail
exits "a recipe that is not there" 2 adjust some recipe-set . e2e-fial

# --- runvars -----------------------------------------------------------------
exits "set" 0 adjust 1 runvar-set /^test/ colour red
is "in those" "$(vars 1 colour)" "test-bad colour=red, test-good colour=red"
exits "perhaps set" 0 adjust 1 runvar-perhaps-set . colour blue
is "where it was not" "$(vars 1 colour)" "build-bad colour=blue, \
build-good colour=blue, test-bad colour=red, test-good colour=red"
exits "changed" 0 adjust 1 runvar-change /^test/ colour red green
exits "but only from what it is" 2 adjust 1 runvar-change . colour green red
contains "which is said" "$OUT" "has colour="
is "nothing is changed then" "$(vars 1 colour)" "build-bad colour=blue, \
build-good colour=blue, test-bad colour=green, test-good colour=green"
exits "substituted" 0 adjust 1 runvar-perlop . '^col' 's/(e+)/<\1>/g'
is "everywhere" "$(vars 1 colour)" "build-bad colour=blu<e>, \
build-good colour=blu<e>, test-bad colour=gr<ee>n, test-good colour=gr<ee>n"
exits "no substitution" 2 adjust 1 runvar-perlop . . 'tr/a/b/'
exits "deleted" 0 adjust 1 runvar-del '!test-good' colour
is "but in one" "$(vars 1 colour)" "test-good colour=gr<ee>n"

# --- the flight, several at once ---------------------------------------------
exits "blessing and branch" 0 adjust 1 intended-blessing real branch other
is "are set" "$(sql "SELECT intended, branch FROM flights
	WHERE flight = '1'")" "real|other"
exits "one good and one bad operation" 2 adjust 1 runvar-set . a b \
	recipe-set . none
is "do nothing" "$(vars 1 a)" ""
exits "too few arguments" 2 adjust 1 runvar-set .
contains "say how" "$OUT" "adjust-flight FLIGHT runvar-set JOBS NAME VALUE"
exits "an unknown operation" 2 adjust 1 runvar-sett . a b
contains "gets a hint" "$OUT" "did you mean 'runvar-set'"

# --- jobs that were run ------------------------------------------------------
ironbird run-job base build-good >/dev/null
exits "a job that was run" 2 adjust base runvar-set build-good a b
contains "is left alone" "$OUT" "job base.build-good was run already"
exits "unless told" 0 adjust --force base runvar-set build-good a b

# --- diff --------------------------------------------------------------------
ironbird make-flight -f same e2e >/dev/null
ironbird make-flight -f twin e2e >/dev/null
exits "flights that are alike" 0 ironbird flight diff same twin
is "differ in nothing" "$OUT" ""
adjust twin runvar-set test-good extra 1 runvar-change test-bad arch amd64 \
	arm64 jobs-del build-bad recipe-set build-good e2e-fail
exits "others" 1 ironbird flight diff same twin
is "differ in these" "$(echo "$OUT" | tail -n +2 | tr -s ' ' |
	tr '\n' ',')" "test-good extra - 1,build-good recipe e2e-pass \
e2e-fail,build-bad job e2e-fail -,test-bad arch amd64 arm64,"
exits "as JSON" 1 ironbird flight diff --json same twin
contains "too" "$OUT" '"what":	"extra"'
exits "with one that is not there" 2 ironbird flight diff same twins
