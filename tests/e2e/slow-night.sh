#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The hypervisor from source, night after night: a revision is built, boots on
# a virtual host and is let through; one that breaks a test is a regression and
# is not; its revert is. slow-flight.sh does so with two hosts and three tests.
# For make check-slow.
#
# Source package, compilers and what they made before come from the checkout's
# own caches, and are made when they must be.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/xentree.sh
. "$E2E/xentree.sh"

unset IRONBIRD_TS_PATH
BRANCH=e2e-source-one
var=${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
cat >standalone.config <<END
StateDir $WORK/var
ImageCache $var
BuildCache ${var%/*}/ccache
# once more is one boot more: slow-flight.sh does it
NightlyRetest n
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

output() {
	at refs/heads/tested/$BRANCH
}
TEST=test-amd64-amd64-xl-migrate

ok "the source package becomes a tree with candidates" make_xen_tree
ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1

# --- a revision that is good -------------------------------------------------
exits "the first night" 0 ironbird nightly $BRANCH
contains "is perfect" "$OUT" "Subject: [$BRANCH test] 1: all pass - PUSHED"
is "what was built is what was asked for" \
	"$(runvar build-amd64 built_revision_xen 1)" "$(at staging)"
is "... and what was installed" "$(runvar $TEST host_xen_revision 1)" \
	"$(at staging)"
is "... and what was let through" "$(output)" "$(at staging)"

# --- one that breaks a test --------------------------------------------------
# The host is not installed again: only what it boots is another hypervisor.
export OSSTEST_HOST_REUSE=1
good=$(output)
ok "a revision refuses live migration" break_migration
exits "the night after" 1 ironbird nightly $BRANCH
contains "has a regression, named with job and step" "$OUT" \
	"$TEST"
contains "against the flight of the baseline" "$OUT" "fail REGR. vs. 1"
contains "with the change that did it" "$OUT" "Refuse to log dirty pages"
contains "and that it stays" "$OUT" \
	"Not pushed: the flight is not tolerable: regressions."
is "in the step that migrates, and no other" "$(sql "SELECT testid FROM steps
	WHERE flight = '2' AND status NOT IN ('pass', 'skip')")" \
	guest-localmigrate/tiny
is "the branch has not moved" "$(output)" "$good"

# --- and its revert ----------------------------------------------------------
ok "it is reverted" candidate 'Revert "x86/mm: Refuse to log dirty pages"'
exits "the night after that" 0 ironbird nightly $BRANCH
contains "is perfect" "$OUT" "3: all pass - PUSHED"
is "the branch moves" "$(output)" "$(at staging)"
is "each build had an id of its own" "$(sql "SELECT count(DISTINCT value),
	count(*) FROM runvars WHERE name = 'host_xen_build_id'")" "3|3"

# As if the host had booted something else than what was installed.
sql "UPDATE runvars SET value = 'abcdef' WHERE flight = '3'
	AND name = 'host_xen_build_id'"
exits "another build id than the one installed" 3 \
	ironbird run-job --only xen-boot 3 $TEST
contains "is broken, not a failure" "$OUT" "but abcdef was installed"
