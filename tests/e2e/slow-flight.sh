#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Nights of a branch with nothing simulated: Xen is built from source, two
# virtual hosts boot it, three tests run on it. A revision that breaks one of
# them is a regression and stays where it is; its revert moves the branch.
# For make check-slow; slow-night.sh has the quick half of it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/xentree.sh
. "$E2E/xentree.sh"

unset IRONBIRD_TS_PATH OSSTEST_HOST_REUSE
images=${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
BRANCH=e2e-source
cat >standalone.config <<END
StateDir $WORK/var
ImageCache $images
BuildCache ${images%/*}/ccache
NightlyMail xen@example.com
Maildir $WORK/mail
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

output() {
	at refs/heads/tested/$BRANCH
}
# verdicts FLIGHT: of its jobs
verdicts() {
	sql "SELECT group_concat(job || ' ' || status, ', ') FROM
		(SELECT * FROM jobs WHERE flight = '$1' ORDER BY id)"
}
PASS='build-amd64 pass, test-amd64-amd64-xl-start pass, '
PASS=$PASS'test-amd64-amd64-xl-save pass, test-amd64-amd64-xl-migrate '

ok "the source package becomes a tree with candidates" make_xen_tree
ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
ok "... and another" ironbird lab add-host iron2

# --- the first night ---------------------------------------------------------
exits "the first night" 0 ironbird nightly $BRANCH
contains "is perfect" "$OUT" "Subject: [$BRANCH test] 1: all pass - PUSHED"
is "with a build and three tests" "$(verdicts 1)" "${PASS}pass"
is "on two hosts" "$(sql "SELECT count(DISTINCT host) FROM host_uses
	WHERE flight = '1'")" 2
is "which ran what was built" "$(sql "SELECT DISTINCT value FROM runvars
	WHERE flight = '1' AND name = 'host_xen_revision'")" "$(at staging)"
is "its revision is let through" "$(output)" "$(at staging)"

# --- a revision that breaks a test -------------------------------------------
good=$(output)
ok "a revision refuses live migration" break_migration
exits "the night after" 1 ironbird nightly $BRANCH
contains "has a regression" "$OUT" \
	"Subject: [$BRANCH test] 2: regressions - FAIL"
contains "named with job and step" "$OUT" "test-amd64-amd64-xl-migrate"
contains "against the flight of the baseline" "$OUT" "fail REGR. vs. 1"
contains "with the change that did it" "$OUT" "Refuse to log dirty pages"
contains "and that it stays" "$OUT" \
	"Not pushed: the flight is not tolerable: regressions."
is "one test fails, and no other" "$(verdicts 2)" "${PASS}fail"
# in the last run of its job: one that was broken has been run once more
is "in the step that migrates" "$(sql "SELECT testid
	FROM steps s JOIN jobs j USING (flight, job, run)
	WHERE flight = '2' AND s.status NOT IN ('pass', 'skip')")" \
	"guest-localmigrate/tiny"
is "it fails again by itself" "$(verdicts 3)" \
	"test-amd64-amd64-xl-migrate fail"
is "the branch has not moved" "$(output)" "$good"
contains "programs are told" "$(cat "var/nightly/$BRANCH.mro")" \
	"regression test-amd64-amd64-xl-migrate guest-localmigrate/tiny 1"
contains "so are people" "$(cat mail/new/*)" \
	"$BRANCH:test-amd64-amd64-xl-migrate:guest-localmigrate/tiny:fail:regression"
contains "and the page" "$(cat var/results/flight/2/index.html)" \
	"fail REGR. vs. 1"

# --- and its revert ----------------------------------------------------------
ok "it is reverted" candidate 'Revert "x86/mm: Refuse to log dirty pages"'
exits "the next night" 0 ironbird nightly $BRANCH
contains "is perfect" "$OUT" "4: all pass - PUSHED"
is "in every job" "$(verdicts 4)" "${PASS}pass"
is "on both hosts" "$(sql "SELECT count(DISTINCT host) FROM host_uses
	WHERE flight = '4'")" 2
is "with its own build" "$(sql "SELECT DISTINCT value FROM runvars
	WHERE flight = '4' AND name = 'host_xen_revision'")" "$(at staging)"
is "the branch moves" "$(output)" "$(at staging)"
