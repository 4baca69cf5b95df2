#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A host is prepared once: reused as it is, gone back to by a snapshot and by
# its pristine partition, and prepared anew only when something differs.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset OSSTEST_HOST_REUSE
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
ok "... that has a pristine partition" \
	ironbird host set iron1 pristine-partition=yes

condition() {
	sql "SELECT condition FROM host_states WHERE host = 'iron1'"
}

# The jobs that marked the host since it was prepared.
marks() {
	ironbird ssh iron1 cat /root/mark | tr '\n' ' '
}

# --- prepared ----------------------------------------------------------------
job one e2e-reuse host=iron1
exits "a dry run" 0 ironbird run-job --dry-run t.one
contains "says why the host is prepared" "$OUT" \
	"fresh: iron1 is prepared anew: nothing is recorded"
ok "the first job passes" ironbird run-job t one
is "the host was installed" "$(step status one host-install)" pass
is "and is clean now" "$(condition)" clean
exits "host show" 0 ironbird host show iron1
contains "says so" "$(echo "$OUT" | tr -s ' ')" "state clean"
is "the facts have what was read" "$(sql "SELECT count(*) FROM host_facts
	WHERE kind IN ('image', 'files', 'property', 'setting') AND name IN
	('debian-host', 'overlay', 'disk-device', 'HostImage')")" 4

# --- reused as it is ---------------------------------------------------------
job two e2e-reuse host=iron1
exits "a dry run" 0 ironbird run-job --dry-run t.two
contains "says that it would be reused" "$OUT" "reused: iron1 has debian-host-"
OUT=$(TERM=dumb script -qec "ironbird run-job t two" /dev/null </dev/null)
is "on a terminal, nobody is asked" "$?" 0
lacks "about a wipe" "$OUT" "Go on?"
is "nothing was installed" "$(step status two host-install)" skip
contains "for a reason" "$(step reason two host-install)" "since t.one"
is "what needs it was run" "$(step status two mark)" pass
is "the host is as it was left" "$(marks)" "one two "
is "its runvars are the job's" "$(sql "SELECT value FROM runvars
	WHERE job = 'two' AND name = 'host_installed'")" yes

# --- what differs ------------------------------------------------------------
ironbird host set iron1 disk-swap=600
exits "with another property" 0 ironbird run-job --dry-run t.two
contains "it would be installed" "$OUT" \
	"property disk-swap differs: '600', was ''"
ironbird host set iron1 disk-swap=
exits "--fresh" 0 ironbird run-job --fresh --dry-run t.two
contains "prepares anyway" "$OUT" "a fresh preparation is asked for"
job no e2e-reuse-no host=iron1
exits "reuse: no" 0 ironbird run-job --dry-run t.no
contains "does so, too" "$OUT" "the recipe says 'reuse: no'"

# --- dirty, and back to a snapshot -------------------------------------------
job leak e2e-reuse-leak host=iron1
exits "a job that leaves something behind fails" 1 ironbird run-job t leak
is "on a host that was reused" "$(step status leak host-install)" skip
exits "host show" 0 ironbird host show iron1
contains "says that it is dirty" "$OUT" \
	"dirty: t.leak had it and did not leave it clean"
exits "lab snapshots" 0 ironbird lab snapshots
contains "has one" "$OUT" t.one
job three e2e-reuse host=iron1
ok "the next job passes" ironbird run-job t three
contains "on the host as it was prepared" "$(step reason three host-install)" \
	"back to its snapshot of debian-host-"
is "and nothing that was done since" "$(marks)" "three "
ok "no file is left" ironbird ssh iron1 '[ ! -e /tmp/left-behind ]'
is "its clock is right" "$(($(date +%s) - $(ironbird ssh iron1 date +%s) < 5))" 1

# --- off ----------------------------------------------------------------------
ok "the host loses its power" ironbird power iron1 off
job four e2e-reuse host=iron1
ok "the next job passes" ironbird run-job t four
is "from the snapshot" "$(marks)" "four "

# --- back to the pristine partition -------------------------------------------
exits "snapshots can be deleted" 0 ironbird lab snapshots delete iron1
is "all of them" "$OUT" "1 snapshot deleted"
ironbird power iron1 off
job unasked e2e-reuse host=iron1
OUT=$(TERM=dumb script -qec "ironbird run-job t unasked" /dev/null </dev/null)
is "a host that was to be reused, and is off" "$?" 3
contains "is not wiped when nobody was asked" "$OUT" \
	"would have to be installed again (from its own disk), which nobody was"
job five e2e-reuse host=iron1
# how often the image was fetched, in how many tries it took
images() {
	grep -c root.ext4 "$WORK/var/lab/lab/log/access.log"
}
fetched=$(images)
exits "a dry run" 0 ironbird run-job --dry-run t.five
contains "says what it goes back to" "$OUT" "goes back to its pristine partition"
ok "the next job passes" ironbird run-job t five
is "without a step of another name" "$(sql "SELECT count(*) FROM steps
	WHERE job = 'five' AND status NOT IN ('pass', 'skip')
	AND testid NOT LIKE '%.try%'")" 0
contains "root was restored" "$(step reason five host-ping-check-native)" \
	"restored from its pristine partition"
is "nothing that was done since is there" "$(marks)" "five "
is "nothing was fetched but the installer" "$(images)" "$fetched"
is "the host is clean" "$(condition)" clean

ok "the lab goes down" ironbird lab down
