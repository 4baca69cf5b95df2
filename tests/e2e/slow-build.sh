#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All of Xen from source: hypervisor and tools are built, installed on a
# virtual host and recognised there, and a guest is started by the built xl;
# then the same with XSM, and back to the packages. For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
images=${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
cat >standalone.config <<END
StateDir $WORK/var
ImageCache $images
BuildCache ${images%/*}/ccache
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

test_job() {
	name=$1
	shift
	job "$name" test-tiny tiny_arch=amd64 tiny_type=pvh host=iron1 "$@"
}

ok "the source package becomes a tree" ironbird tree import xen
job build-amd64 build
job build-amd64-xsm build enable_xsm=true xen_build_debug=n \
	xen_build_targets=hypervisor
test_job tools buildjob=build-amd64 xenbuildjob=build-amd64
test_job xsm buildjob=build-amd64 xenbuildjob=build-amd64-xsm \
	xen_boot_append=flask=enforcing
ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1

ok "hypervisor and tools are built, and a guest runs" \
	ironbird run-job --deps t tools
contains "xl is among the tools" "$(tar --zstd -tf \
	"var/stash/$(runvar build-amd64 path_dist)")" usr/local/sbin/xl
is "the tools that run are those" "$(runvar tools host_tools_id)" \
	"$(manifest build-amd64 path_xendist tools_id)"
is "it is a debug build, as asked" "$(runvar tools host_xen_debug)" y
is "the guest was started by them" "$(sql "SELECT status FROM steps
	WHERE job = 'tools' AND testid = 'guest-start/tiny'")" pass
sql "UPDATE runvars SET value = 'abcdef' WHERE job = 'tools'
	AND name = 'host_tools_id'"
exits "other tools than those installed" 3 \
	ironbird run-job --only xen-boot t tools
contains "are broken, not a failure" "$OUT" "but abcdef was installed"

dist_files build-amd64 path_xendist >first
rm -r "$(stash_of build-amd64 path_xendist)"
echo "BuildJobs 3" >>standalone.config
ok "the same build again, by more processes" ironbird run-job t build-amd64
is "gives the same bytes" "$(dist_files build-amd64 path_xendist)" "$(cat first)"

ok "with XSM, without assertions" ironbird run-job --deps t xsm
config=$(cat "$(stash_of build-amd64-xsm path_xendist)/xen.config")
for scheduler in RTDS ARINC653 NULL; do
	contains "the scheduler $scheduler is in it" "$config" \
		"CONFIG_SCHED_$scheduler=y"
done
is "a release build, as asked" "$(runvar xsm host_xen_debug)" n
is "the policy was loaded" "$(runvar xsm host_xen_policy)" module

job packages e2e-boot host=iron1
ok "the packages again, on the same disk" \
	env OSSTEST_HOST_REUSE=1 ironbird run-job t packages
is "without anything of a build" "$(runvar packages host_tools_id)" packages
