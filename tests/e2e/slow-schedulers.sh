#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each scheduler of a hypervisor that is built from source, on a virtual host:
# it is the one that runs, and a guest starts and stops. For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
images=${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
cat >standalone.config <<END
StateDir $WORK/var
ImageCache $images
BuildCache ${images%/*}/ccache
Repos ${images%/*}/repos
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

ok "the source package becomes a tree" ironbird tree import xen
ok "the lab comes up" ironbird lab up
# one processor for dom0, one for the guest of the null scheduler
ok "... with a host of two processors" ironbird lab add-host --cpus 2 iron1
job build-amd64 build xen_build_debug=n xen_build_targets=hypervisor
for scheduler in credit credit2 rtds null arinc653; do
	job test-$scheduler e2e-schedule xenbuildjob=build-amd64 tiny_type=pv \
		"xen_boot_append=sched=$scheduler dom0_max_vcpus=1" \
		host_hostflags=PropMinVer:hw-cpus:2
	ok "a guest runs by $scheduler" \
		ironbird run-job --deps t test-$scheduler
	export OSSTEST_HOST_REUSE=1
	is "... which the hypervisor says, too" "$(ironbird ssh iron1 -- \
		xl info xen_scheduler | tail -n 1)" $scheduler
done
job test-none e2e-schedule xen_boot_append=sched=rtds
exits "a hypervisor without the scheduler" 3 ironbird run-job t test-none
contains "is broken, and not tested" "$OUT" \
	"the hypervisor that was installed has no scheduler rtds"
