#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# "make install" into a folder, and the program that is run from there.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

ROOT=$(cd "$E2E/../.." && pwd)
unset IRONBIRD_SHARE IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
unset MAKEFLAGS MFLAGS MAKELEVEL

exits "make install" 0 make -C "$ROOT" B="$B" DESTDIR="$WORK/root" \
	PREFIX=/usr install
USR=$WORK/root/usr
SHARE=$USR/share/ironbird
export PATH="$USR/bin:/usr/sbin:/usr/bin:/sbin:/bin"
is "the program is the installed one" "$(command -v ironbird)" \
	"$USR/bin/ironbird"
is "nothing outside PREFIX" "$(ls root)" usr

# --- what is there -----------------------------------------------------------
exits "help" 0 ironbird help
for link in standalone-reset make-flight sg-run-job sg-execute-flight \
	sg-report-flight cs-flight-create cs-job-create mg-hosts \
	mg-show-flight-runvars; do
	exits "$link" 0 "$link" -h
done
for source in "$ROOT"/testcases/ts-*.c; do
	basename "$source" .c
done >wanted
is "every test case" "$(cd "$USR/lib/ironbird" && echo ts-* | tr ' ' '\n')" \
	"$(cat wanted)"
ok "what starts run-jobs finds the program beside them" \
	test -x "$USR/lib/ironbird/ironbird"
rm wanted
for page in "$ROOT"/docs/*.[1-8]; do
	name=${page##*/}
	ok "$name" cmp "$page" "$USR/share/man/man${name##*.}/$name"
done
for dir in jobs flights host-images hypervisor; do
	ok "$dir, whole" diff -r "$ROOT/$dir" "$SHARE/$dir"
done
ok "the example" cmp "$ROOT/standalone.config.example" \
	"$SHARE/standalone.config.example"
for name in ironbird sg-run-job mg-hosts; do
	ok "completion for $name" \
		cmp "$ROOT/docs/ironbird.bash" \
		"$USR/share/bash-completion/completions/$name"
done
is "no text of it names the checkout" \
	"$(grep -rIlF "$ROOT" root || :)$(grep -rIlF "$B" root || :)" ""

# --- it runs from there ------------------------------------------------------
is "StateDir is not in the folder of the program" "$(cd / &&
	env -u OSSTEST_CONFIG HOME="$WORK" ironbird config --value StateDir)" \
	/var/lib/ironbird
exits "recipe list" 0 ironbird recipe list
contains "has the main job's recipe" "$OUT" "test-debian "
exits "recipe check, all of them and their test cases" 0 \
	ironbird recipe check
exits "recipe show" 0 ironbird recipe show test-debian
exits "image list" 0 ironbird image list
contains "has the host image" "$OUT" debian-host
exits "standalone-reset" 0 standalone-reset
contains "makes the main job" "$OUT" test-amd64-amd64-xl
exits "make-flight" 0 make-flight demo
is "prints its name" "$(echo "$OUT" | tail -1)" 1
is "its jobs are rows" "$(sql "SELECT count(*) > 0 FROM jobs
	WHERE flight = '1'")" 1
exits "runvars" 0 mg-show-flight-runvars standalone
contains "of the flight file" "$OUT" arch
for program in "$USR"/lib/ironbird/ts-*; do
	exits "${program##*/} --describe" 0 "$program" --describe
done
is "all of it is in StateDir" "$(ls)" "root
standalone.config
var"

mkdir jobs ts
printf '#!/bin/sh\nexit 0\n' >ts/ts-fake
chmod +x ts/ts-fake
cat >jobs/fake.yaml <<'RECIPE'
summary: A recipe of the site's own, with a test case that is installed
around: none
steps:
  - run: ts-fake
  - run: ts-build-check
RECIPE
export IRONBIRD_JOBS_PATH="$WORK/jobs" IRONBIRD_TS_PATH="$WORK/ts"
ironbird job-create standalone own fake
exits "run-job" 0 ironbird run-job own
is "its steps" "$(sql "SELECT group_concat(testid || ' ' || status, ', ')
	FROM steps WHERE job = 'own'")" "fake pass, build-check pass"
exits "report" 0 ironbird report standalone.own
