#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The hypervisor from source: two revisions of it are built, and boot one
# after the other on a virtual host, each recognised by its build id.
#
# Source package, compilers and what they made before come from the checkout's
# own caches, and are made when they must be.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/tree.sh
. "$E2E/tree.sh"

unset IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
var=${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
cat >standalone.config <<END
StateDir $WORK/var
ImageCache $var
BuildCache ${var%/*}/ccache
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

ok "the source package becomes a tree" ironbird tree import xen
new=$(git -C var/repos/import/xen.git rev-parse debian)
old=$(git -C var/repos/import/xen.git rev-parse debian~1)
# The tools take most of the time: slow-build.sh has them.
job build-new build revision_xen="$new" \
	xen_build_targets='hypervisor livepatches'
job build-old build revision_xen="$old" xen_build_targets=hypervisor
job boot-new e2e-boot xenbuildjob=build-new livepatchbuildjob=build-new
job boot-old e2e-boot xenbuildjob=build-old livepatchbuildjob=build-new

ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
ok "what the test needs is built, and it passes" \
	ironbird run-job --deps t boot-new
is "what was built is what was asked for" \
	"$(runvar build-new built_revision_xen)" "$new"
is "... and what was installed" "$(runvar boot-new host_xen_revision)" "$new"

# by hand, on the host as it is
export OSSTEST_FLIGHT=t OSSTEST_JOB=boot-new
exits "live patches that are not there" 99 ts-livepatch-run host=iron1
contains "are told" "$OUT" "ts-livepatch-install brings it"
exits "they come with the build" 0 ts-livepatch-install host=iron1
exits "the hypervisor is patched while it runs, and back" 0 \
	ts-livepatch-run host=iron1
unset OSSTEST_FLIGHT OSSTEST_JOB

export OSSTEST_HOST_REUSE=1
ok "another revision, on the same host" ironbird run-job --deps t boot-old
is "is another build" "$(runvar build-old built_revision_xen)" "$old"
ids=$(sql "SELECT count(DISTINCT value), count(*) FROM runvars
	WHERE flight = 't' AND name = 'host_xen_build_id'")
is "with a build id of its own" "$ids" "2|2"
OSSTEST_FLIGHT=t OSSTEST_JOB=boot-old exits "another one's live patches" 99 \
	ts-livepatch-install host=iron1
contains "are refused" "$OUT" "livepatchbuildjob must be xenbuildjob"

# As if the host had booted something else than what was installed.
sql "UPDATE runvars SET value = 'abcdef' WHERE job = 'boot-old'
	AND name = 'host_xen_build_id'"
exits "another build id than the one installed" 3 \
	ironbird run-job --only xen-boot t boot-old
contains "is broken, not a failure" "$OUT" "but abcdef was installed"

# The host as a build host, with a tree that takes no time: what it makes is
# what this machine makes.
make_tree >/dev/null
job build-there build tree_xen="$WORK/xen" host=iron1
ok "a build on the host" ironbird run-job t build-there
dist=$(runvar build-there path_xendist)
contains "was made there" "$(cat "$(sql "SELECT log FROM steps
	WHERE job = 'build-there' AND testid = 'xen-build'")")" \
	"host iron1: fetching what was built"
cp "var/stash/$dist" there.tar.zst
rm -r "var/stash/${dist%/*}"
job build-here build tree_xen="$WORK/xen"
ok "the same build here" ironbird run-job t build-here
ok "gives the same bytes" cmp "var/stash/$dist" there.tar.zst
# shellcheck disable=SC2016 # for make
sed 's|^all:.*|&\n\tpython3 -c "x = bytearray(1) * (400 << 20)"|' \
	xen/xen/Makefile >hungry
mv xen/xen/Makefile .
mv hungry xen/xen/Makefile
commit hungry >/dev/null
cp standalone.config settings
echo "BuildMemoryAll 150M" >>standalone.config
exits "a build that eats the host's memory" 3 ironbird run-job t build-there
contains "is ended, and the limit is named" "$OUT" "host iron1 cannot build: \
hypervisor/build-on-host: its processes together needed more than the 150 MB"
mv settings standalone.config
mv Makefile xen/xen
sed -i 's/int main/in main/' xen/xen/main.c
commit bad >/dev/null
exits "a source that does not build there" 1 ironbird run-job t build-there
contains "fails with the first error line" "$OUT" "main.c:1:1: error:"
