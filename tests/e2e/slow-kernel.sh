#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Linux from Debian's source package, the small one, as the kernel of dom0, of
# a PV and of a PVH guest on a virtual host, recognised by its build id in each.
# For make check-slow.
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

ok "the source package becomes a tree" ironbird tree import linux
job build-amd64-pvops build-kern kernel_base=allnoconfig \
	kernel_kconfig='pvops small'
job boot e2e-kernel kernbuildjob=build-amd64-pvops debian_type=pv \
	tiny_type=pvh
ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
ok "the kernel is built, dom0 and guests run it" ironbird run-job --deps t boot
id=$(manifest build-amd64-pvops path_kerneldist kernel_build_id)
release=$(manifest build-amd64-pvops path_kerneldist kernel_version)
is "as its build id says" "$(runvar boot host_kernel_build_id)" "$id"
for guest in debian tiny; do
	is "... and that of guest $guest" \
		"$(runvar boot ${guest}_kernel_build_id)" "$id"
	contains "... which says so itself" \
		"$(cat "$(step log boot "guest-start/$guest")")" \
		"guest $guest runs Linux $release, build id $id"
done
sql "UPDATE runvars SET value = 'abcdef' WHERE job = 'boot'
	AND name = 'host_kernel_build_id'"
sql "UPDATE runvars SET value = '6.6.6' WHERE job = 'boot'
	AND name = 'tiny_kernel_version'"
exits "a guest with another kernel than the one installed" 3 \
	ironbird run-job --only guest-start/tiny t boot
contains "is broken, not a failure" "$OUT" "but 6.6.6 was installed"
exits "another build id than the one installed" 3 \
	ironbird run-job --only xen-boot t boot
contains "is broken, not a failure" "$OUT" "but abcdef was installed"
