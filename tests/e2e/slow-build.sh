#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All of Xen from source: hypervisor and tools are built and run a guest on a
# virtual host; the other configurations are built. For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
images=${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
cat >standalone.config <<END
StateDir $WORK/var
ImageCache $images
BuildCache ${images%/*}/ccache
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

config_of() {
	path=$(sql "SELECT value FROM runvars WHERE job = '$1'
		AND name = 'path_xendist'")
	cat "var/stash/${path%/*}/xen.config"
}

ok "the source package becomes a tree" ironbird tree import xen
job build-amd64 build xen_build_targets='hypervisor tools'
job build-amd64-xsm build enable_xsm=true xen_build_debug=n
ok "with XSM, without assertions" ironbird run-job t build-amd64-xsm
contains "XSM is in it" "$(config_of build-amd64-xsm)" CONFIG_XSM_FLASK_POLICY=y
lacks "assertions are not" "$(config_of build-amd64-xsm)" CONFIG_DEBUG=y
for scheduler in RTDS ARINC653 NULL; do
	contains "the scheduler $scheduler is" "$(config_of build-amd64-xsm)" \
		"CONFIG_SCHED_$scheduler=y"
done

ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
job test-amd64-amd64-xl-tiny test-tiny arch=amd64 toolstack=xl tiny_arch=amd64 \
	tiny_type=pv xenbuildjob=build-amd64 buildjob=build-amd64
ok "hypervisor and tools are built, and a guest runs" \
	ironbird run-job --deps t test-amd64-amd64-xl-tiny
ironbird report t
