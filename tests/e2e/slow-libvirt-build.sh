#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# libvirt from source, built against the tools that come with the hypervisor
# from source: all of it is installed on a virtual host, recognised there when
# it runs, and a guest lives its life under it. For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH IRONBIRD_JOBS_PATH
images=${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
cat >standalone.config <<END
StateDir $WORK/var
ImageCache $images
BuildCache ${images%/*}/ccache
Repos ${images%/*}/repos
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

on_host() {
	ironbird ssh iron1 -- "$@"
}

ok "Xen's source package becomes a tree" ironbird tree import xen
ok "... and libvirt's" ironbird tree import libvirt
job build-amd64 build
job build-amd64-libvirt build-libvirt buildjob=build-amd64
job life test-tiny toolstack=libvirt tiny_type=pvh buildjob=build-amd64 \
	xenbuildjob=build-amd64 libvirtbuildjob=build-amd64-libvirt
job wrong test-tiny toolstack=libvirt libvirtbuildjob=build-amd64-libvirt
ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1

ok "all is built, and a guest lives its life" ironbird run-job --deps t life
for testid in guest-start/tiny guest-saverestore/tiny guest-stop/tiny \
	guest-destroy/tiny leak-check/check; do
	is "step $testid" "$(sql "SELECT status FROM steps
		WHERE job = 'life' AND testid = '$testid'")" pass
done
is "libvirt was built against the tools of the job" \
	"$(manifest build-amd64-libvirt path_libvirtdist need)" \
	"$(runvar build-amd64 path_dist)"
is "... which the host runs" "$(runvar life host_tools_id)" \
	"$(manifest build-amd64-libvirt path_libvirtdist need_tools_id)"
is "the libvirt that runs is that of the manifest" \
	"$(runvar life host_libvirt_id)" \
	"$(manifest build-amd64-libvirt path_libvirtdist libvirt_id)"
is "... and so is its version" "$(runvar life host_libvirt_version)" \
	"$(manifest build-amd64-libvirt path_libvirtdist libvirt_version)"
is "its unit is that of the dist" \
	"$(on_host systemctl show -P FragmentPath libvirtd.service)" \
	/usr/local/lib/systemd/system/libvirtd.service
contains "the daemon has loaded the tools' library" \
	"$(on_host sh /root/ironbird-running)" \
	libvirt_libxl=/usr/local/lib/libxenlight.so.

sql "UPDATE runvars SET value = 'abcdef' WHERE job = 'life'
	AND name = 'host_libvirt_id'"
exits "another libvirt than the one installed" 3 \
	env OSSTEST_HOST_REUSE=1 ironbird run-job --only xen-boot t life
contains "is broken, not a failure" "$OUT" "but abcdef was installed"
exits "libvirt for tools that the job does not install" 99 \
	env OSSTEST_FLIGHT=t OSSTEST_JOB=wrong ts-xen-install host=iron1
contains "is not installed by hand either" "$OUT" \
	"but this job installs the packages' tools"

dist_files build-amd64-libvirt path_libvirtdist >first
rm -r "$(stash_of build-amd64-libvirt path_libvirtdist)"
echo "BuildJobs 3" >>standalone.config
ok "the same build again" ironbird run-job t build-amd64-libvirt
is "gives the same bytes" "$(dist_files build-amd64-libvirt path_libvirtdist)" \
	"$(cat first)"
