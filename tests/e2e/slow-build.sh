#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All of Xen from source: hypervisor and tools, and the other configurations.
# For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
images=${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
cat >standalone.config <<END
StateDir $WORK/var
ImageCache $images
BuildCache ${images%/*}/ccache
END
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

ok "hypervisor and tools" ironbird run-job t build-amd64
tools=$(sql "SELECT value FROM runvars WHERE job = 'build-amd64'
	AND name = 'path_dist'")
contains "xl is among them" "$(tar --zstd -tf "var/stash/$tools")" \
	usr/local/sbin/xl
contains "assertions are in the hypervisor" "$(config_of build-amd64)" \
	CONFIG_DEBUG=y
