#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The flights that come with Ironbird, written out, against golden files; and
# what make-flight is told by its arguments, the environment and the hosts.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

ROOT=$(cd "$E2E/../.." && pwd)
GOLDEN=$E2E/golden/flights
unset IRONBIRD_FLIGHTS_PATH IRONBIRD_JOBS_PATH
unset TEST_ARCHES BUILD_ARCHES TREE_XEN REVISION_XEN

for file in "$ROOT"/flights/*.yaml; do
	name=$(basename "$file" .yaml)
	ironbird make-flight --print "$name" >got 2>&1
	ok "$name is as in its golden file" diff "$GOLDEN/$name" got
done
for file in "$GOLDEN"/*; do
	ok "golden ${file##*/} has its flight" \
		test -e "$ROOT/flights/${file##*/}.yaml"
done

# --- a mistake in a file that is for more branches ---------------------------
mkdir typo
sed 's/^summary:/sumary:/' "$ROOT/flights/xen-unstable.yaml" \
	>typo/xen-unstable.yaml
IRONBIRD_FLIGHTS_PATH="$WORK/typo" exits "a mistake in the file of a branch" 2 \
	ironbird make-flight --print xen-4.19-testing
contains "is told, with file and line" "$OUT" "typo/xen-unstable.yaml:2: "
IRONBIRD_FLIGHTS_PATH="$WORK/typo" exits "a branch that another file is for" 0 \
	ironbird make-flight --print linux-next

# --- the example of the manual -----------------------------------------------
mkdir flights
mandoc -T ascii -O width=200 "$ROOT/docs/ironbird.flight.5" | col -bx |
	sed -n '/summary: Two/,/debian_type=pvh/s/^ \{11\}//p' \
	>flights/schedulers.yaml
export IRONBIRD_FLIGHTS_PATH="$WORK/flights"
exits "the example of ironbird.flight.5" 0 \
	ironbird make-flight --print schedulers xen-4.4-testing
is "has one job for an old version" "$(echo "$OUT" | grep -c '^test-')" 1
exits "and for a new one" 0 \
	ironbird make-flight --print schedulers xen-unstable
is "two" "$(echo "$OUT" | grep '^test-')" "test-amd64-amd64-xl test-debian
test-amd64-amd64-xl-rtds test-debian"

exits "runvars for one architecture" 0 env ARCH_RUNVARS_amd64=colour=red \
	ARCH_RUNVARS_armhf=colour=blue RUNVARS=colour=grey \
	ironbird make-flight --print schedulers xen-unstable
is "are those of its jobs, and go before others" \
	"$(echo "$OUT" | grep '^  colour=' | sort -u)" "  colour=red"
is "of all of them" "$(echo "$OUT" | grep -c '^  colour=')" \
	"$(echo "$OUT" | grep -c '^  arch=amd64')"

# --- hosts -------------------------------------------------------------------
exits "without any host" 0 ironbird make-flight -f none schedulers
contains "that is told" "$OUT" "xl, test-amd64-amd64-xl-rtds cannot run: there is no host"
cat >>standalone.config <<END
HostFlags_iron1 arch-amd64
HostFlags_iron2 arch-amd64 hvm-amd
END
exits "with hosts" 0 ironbird make-flight -f some schedulers
is "nothing is" "$OUT" some
TEST_RUNVARS=all_hostflags=hvm-amd,quick exits "with flags no host has" 0 \
	ironbird make-flight -f flags schedulers
contains "the nearest host is named, and what it lacks" "$OUT" \
	"no host has the flags hvm-amd, quick for 'host': iron2 is nearest and lacks quick"
echo HostProp_iron1_HwCpus 2 >>standalone.config
TEST_RUNVARS=all_hostflags=PropMinVer:hw-cpus:2 exits \
	"a host with as many processors as a job asks for" 0 \
	ironbird make-flight -f cpus schedulers
is "is found" "$OUT" cpus
TEST_RUNVARS=all_hostflags=PropMinVer:hw-cpus:10 exits "one with more" 0 \
	ironbird make-flight -f more schedulers
contains "is not, which is told at once" "$OUT" "cannot run: no host has the flags PropMinVer:hw-cpus:10"
ironbird host set iron1 +blessed-commission-real
ironbird host set iron2 +blessed-real
exits "hosts that are for other flights" 0 \
	ironbird make-flight -f adhoc schedulers
contains "are told, too" "$OUT" \
	"cannot run: no host has the flags blessed-adhoc"
exits "and are found by those" 0 \
	ironbird make-flight -f real schedulers xen-unstable real
is "which have hosts" "$OUT" real
ironbird host set iron1 '!blessed-commission-real'
ironbird host set iron2 '!blessed-real'
exits "a job for each host" 0 env IRONBIRD_FLIGHTS_PATH= \
	ironbird make-flight --print examine
is "is on that host" "$(echo "$OUT" | grep -E '^examine|host=')" \
	"examine-iron1 host-examine
  host=iron1
examine-iron2 host-examine
  host=iron2"

# --- builds of another flight ------------------------------------------------
cat >flights/built.yaml <<END
summary: A build and what needs it
builds:
  - {build: xen, name: build-amd64, recipe: e2e-pass, trees: [xen]}
needs: [xenbuildjob=xen]
jobs:
  - {name: test-a, recipe: e2e-pass}
  - {name: test-b, recipe: e2e-none, disabled: it is not written yet}
END
export IRONBIRD_JOBS_PATH="$E2E/jobs"
vars() {
	sql "SELECT group_concat(job || ' ' || name || '=' || value, ', ') FROM
		(SELECT * FROM runvars WHERE flight = '$1' ORDER BY job, name)"
}
git init -q -b master xen
commit() {
	git -C xen -c user.name=a -c user.email=a@b commit -q --allow-empty -m "$1"
	git -C xen rev-parse HEAD
}
one=$(commit one)
REVISION_XEN=master TREE_XEN=$WORK/xen exits "a flight with builds" 0 \
	ironbird make-flight -f base built "" real
contains "fetches their tree, and says so the first time" "$OUT" \
	"the tree xen is fetched from $WORK/xen for the first time"
is "has them, and the trees of the environment" "$(vars base)" \
	"build-amd64 asked_revision_xen=master, build-amd64 revision_xen=$one, \
build-amd64 tree_xen=$WORK/xen, test-a xenbuildjob=build-amd64"
is "what is disabled is not made" "$(sql "SELECT group_concat(job, ' ') FROM
	jobs WHERE flight = 'base'")" "build-amd64 test-a"
exits "one with the builds of another" 0 \
	ironbird make-flight -f next built "" play base
is "refers to them" "$(vars next)" "test-a xenbuildjob=base.build-amd64"
exits "a flight that is not there" 2 \
	ironbird make-flight -f bad built "" play bass
contains "gets a hint" "$OUT" "did you mean 'base'"
OSSTEST_JOBS_ONLY='test-b' exits "only what is disabled" 2 \
	ironbird make-flight -f empty built
contains "makes nothing" "$OUT" "has no job that can be made"
is "no flight either" "$(sql "SELECT count(*) FROM flights
	WHERE flight IN ('bad', 'empty')")" 0
exits "a branch of another file" 2 ironbird make-flight --print xen-4.17
contains "gets no file" "$OUT" "there is no flights/xen-4.17.yaml"

# --- revisions ---------------------------------------------------------------
cat >flights/three.yaml <<END
summary: Three builds of a tree
builds:
  - {build: xen, name: build-amd64, recipe: e2e-pass, trees: [xen]}
  - {build: debug, name: build-amd64-debug, recipe: e2e-pass, trees: [xen]}
  - {build: old, name: build-amd64-old, recipe: e2e-pass, trees: [xen],
     runvars: [revision_xen=old]}
jobs:
  - {name: test-a, recipe: e2e-pass}
END
# revisions FLIGHT: of its builds, each with what was asked for
revisions() {
	sql "SELECT group_concat(job || ' ' || value, ' ') FROM (SELECT * FROM
		runvars WHERE flight = '$1' AND (name = 'revision_xen' OR
		name = 'asked_revision_xen') ORDER BY job, name)"
}
exits "a tree that nobody names" 0 ironbird make-flight -f unknown three
contains "is told when the flight is made" "$OUT" "nobody says where the tree xen \
comes from: 'ironbird tree import xen' makes it"
is "... once for each revision" "$(echo "$OUT" | grep -c nobody)" 2
is "and its revisions stay as they were asked for" "$(revisions unknown)" \
	"build-amd64-old old"
echo "Tree_xen $WORK/xen" >>standalone.config
exits "a revision that the tree lacks" 2 ironbird make-flight -f bad three
contains "makes no flight" "$OUT" "no flight is made, as all its builds are \
to be of one commit: tree xen ($WORK/xen) has no revision 'old'"
git -C xen branch old
two=$(commit two)
exits "builds of a tree" 0 ironbird make-flight -f three three
is "need no word when all is well" "$OUT" three
is "are of one commit, where nothing else is asked for" "$(revisions three)" \
	"build-amd64 HEAD build-amd64 $two build-amd64-debug HEAD \
build-amd64-debug $two build-amd64-old old build-amd64-old $one"
echo "Revision_xen old" >>standalone.config
exits "a revision of the settings" 0 ironbird make-flight -f setting three
contains "is asked for" "$(revisions setting)" \
	"build-amd64 old build-amd64 $one build-amd64-debug old"
contains "--print needs no tree to say so" "$(TREE_XEN=/none ironbird \
	make-flight --print three)" "revision_xen=old"
REVISION_XEN=$two exits "a commit of the environment" 0 \
	ironbird make-flight -f commit three
is "is that commit, and nothing else was asked for" "$(sql "SELECT count(*)
	FROM runvars WHERE flight = 'commit' AND value = '$two'")" 2
TREE_XEN=/none REVISION_XEN=$two exits "a commit that is known" 0 \
	ironbird make-flight -f known three '' '' base
TREE_XEN=/none exits "a tree that cannot be fetched" 3 \
	ironbird make-flight -f bad three
contains "makes no flight" "$OUT" \
	"one commit: tree xen: /none cannot be fetched"
TREE_XEN=/none exits "nor when it is made anew" 3 ironbird standalone-reset three
TREE_XEN=/none OSSTEST_JOBS_ONLY='test-.*' exits "tests alone need no tree" \
	0 ironbird make-flight -f tests three
lacks "... and fetch none" "$OUT" "fetched"
contains "which is told, for it was named" "$OUT" \
	"\$TREE_XEN has no effect: what is built here is nothing"
is "nothing was left of those" "$(sql "SELECT count(*) FROM flights
	WHERE flight = 'bad'")" 0
TREE_QEMU_UPSTREAM=/q REVISION_SEABIOS=r TREEVCS_LINUX=git \
	exits "variables that no build reads" 0 ironbird make-flight -f unread three
for variable in TREE_QEMU_UPSTREAM REVISION_SEABIOS TREEVCS_LINUX; do
	contains "$variable is told" "$OUT" \
		"\$$variable has no effect: what is built here is of xen"
done
is "and no other" "$(echo "$OUT" | grep -c 'no effect')" 3
TREEVCS_XEN=git exits "git is what trees are" 0 \
	ironbird make-flight --print three
lacks "which is no news" "$OUT" "no effect"
for variable in TREEVCS_XEN=hg TREEVCS_LINUX=svn; do
	exits "$variable" 2 env $variable ironbird make-flight -f bad three
	contains "is refused" "$OUT" \
		"\$${variable%=*} is '${variable#*=}': trees of git are built"
done
TREEVCS_LINUX=hg exits "the command build" 2 \
	ironbird build --xen old
contains "refuses them too" "$OUT" "trees of git are built"

# --- what an examination found -----------------------------------------------
examined() {
	ironbird job-create next "$@" >/dev/null
	ironbird run-job next "$1" >out 2>&1
}
ok "a host is examined" examined see1 e2e-examined host=iron2 \
	hw_cpus=4 hw_flags=hvm,hvm-amd,firmware-bios
is "it has the flags" "$(sql "SELECT group_concat(flag, ' ') FROM
	(SELECT flag FROM host_flags WHERE host = 'iron2' ORDER BY flag)")" \
	"firmware-bios hvm hvm-amd"
is "and the properties" "$(sql "SELECT value FROM host_properties
	WHERE host = 'iron2' AND name = 'hw-cpus'")" 4
ok "examined again" examined see2 e2e-examined host=iron2 \
	hw_flags=firmware-uefi
is "it has lost what it lost" "$(sql "SELECT group_concat(flag, ' ') FROM
	host_flags WHERE host = 'iron2'")" firmware-uefi

# --- a whole flight, simulated -----------------------------------------------
unset IRONBIRD_FLIGHTS_PATH IRONBIRD_JOBS_PATH IRONBIRD_TS_PATH
cat >standalone.config <<END
StateDir $WORK/var
HostFlags_iron7 arch-amd64 purpose-test hvm hvm-amd
HostFlags_iron8 arch-amd64 purpose-test hvm hvm-amd firmware-bios
HostProp_iron8_HwCpus 2
END
exits "xen-unstable on two hosts" 0 make-flight -f xu xen-unstable
contains "lacks an Intel one" "$OUT" "test-amd64-amd64-xl-pvhv2-intel cannot \
run: no host has the flags arch-amd64, purpose-test, hvm-intel"
OSSTEST_SIMULATE=1 exits "is simulated" 4 ironbird run-flight xu
jobs=$(grep -c '^[a-z]' "$GOLDEN/xen-unstable")
is "what can run does" "$(sql "SELECT status, count(*) FROM jobs
	WHERE flight = 'xu' GROUP BY status" | tr '\n' ' ')" "pass|$((jobs - 2)) starved|2 "
is "a build comes before what needs it" "$(sql "SELECT count(*) FROM runvars v
	JOIN jobs t ON t.flight = v.flight AND t.job = v.job
	JOIN jobs b ON b.flight = v.flight AND b.job = v.value
	WHERE v.flight = 'xu' AND v.name LIKE '%buildjob' AND
	t.status = 'pass' AND t.started < b.finished")" 0
is "builds run on the controller" "$(sql "SELECT count(*) FROM host_uses
	WHERE flight = 'xu' AND job LIKE 'build-%'")" 0
is "the others on both hosts" "$(sql "SELECT count(DISTINCT host) FROM
	host_uses WHERE flight = 'xu'")" 2
