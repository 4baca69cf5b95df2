#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A build of libvirt, with a tree of four files in place of it: its options,
# its dist, what tells it when it runs, and which of Xen's libraries it is
# built against. slow-libvirt-build.sh has the real one.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/tree.sh
. "$E2E/tree.sh"

unset IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
unset TREE_LIBVIRT REVISION_LIBVIRT TREE_XEN REVISION_XEN
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
Tree_libvirt $WORK/libvirt
Tree_xen $WORK/xen
MinFreeSpace 1M
END

# What libvirt asks of Xen's tools, besides what tree.sh has of them.
make_tree >/dev/null
cat >>xen/Makefile <<'END'
	ln -s libxenlight.so.1 $(at)/lib/libxenlight.so
	mkdir -p $(at)/include $(at)/share/pkgconfig
	cp tools/libxl.h $(at)/include
	cp tools/xenlight.pc $(at)/share/pkgconfig
END
echo 'int light(void) { return 0; } int libxl_ctx_free(void *x) { return !x; }' \
	>xen/tools/light.c
echo 'int libxl_ctx_free(void *x);' >xen/tools/libxl.h
cat >xen/tools/xenlight.pc <<'END'
prefix=/usr/local
includedir=${prefix}/include
libdir=${prefix}/lib

Name: Xenlight
Description: tools of a test
Version: 4.99
Cflags: -I${includedir}
Libs: -L${libdir} -lxenlight
END
commit tools >/dev/null

commit_libvirt() {
	git -C libvirt add -A
	git -C libvirt -c user.name=a -c user.email=a@b commit -qm "$1"
	git -C libvirt rev-parse HEAD
}

# What build-libvirt asks of libvirt's meson files.
git init -q -b master libvirt
cat >libvirt/meson.build <<'END'
project(
  'libvirt', 'c',
  version: '9.9.0',
)
assert(get_option('driver_libxl').enabled(), 'without the driver for Xen')
assert(get_option('driver_qemu').disabled(), 'with a driver that is not ours')
lib = get_option('libdir')
shared_library('virt', 'part.c', version: '0.9009.0', install: true)
executable('libvirtd', 'main.c', install: true,
  install_dir: get_option('sbindir'),
  c_args: '-DPACKAGE="' + get_option('packager_version') + '"')
shared_module('libvirt_driver_libxl', 'driver.c', name_prefix: '',
  install: true, dependencies: dependency('xenlight'), install_dir: lib / 'libvirt/connection-driver')
install_data('part.c', install_dir: get_option('includedir'))
install_data('part.c', install_dir: get_option('sysconfdir') / 'libvirt')
END
cat >libvirt/meson_options.txt <<'END'
option('driver_libxl', type: 'feature', value: 'auto', description: 'Xen')
option('driver_qemu', type: 'feature', value: 'auto', description: 'QEMU')
option('packager_version', type: 'string', value: '', description: 'revision')
END
echo 'int part(void); int part(void) { return 0; }' >libvirt/part.c
cat >libvirt/driver.c <<'END'
#include <libxl.h>
int part(void);
int part(void) { return libxl_ctx_free(0); }
END
echo 'int main(void) { return sizeof(PACKAGE) == 1; }' >libvirt/main.c
first=$(commit_libvirt first)

job build-amd64-libvirt build-libvirt arch=amd64
exits "libvirt is built" 0 ironbird run-job t build-amd64-libvirt
is "at the revision that was asked for" \
	"$(runvar build-amd64-libvirt built_revision_libvirt)" "$first"
dist=$(runvar build-amd64-libvirt path_libvirtdist)
names=$(tar --zstd -tf "var/stash/$dist")
contains "its dist has the daemon" "$names" usr/local/sbin/libvirtd
contains "... and configuration, not the packages'" "$names" \
	usr/local/etc/libvirt/part.c
lacks "... and no headers" "$names" include
manifest=$(cat "var/stash/${dist%/*}/manifest")
contains "the manifest has the version" "$manifest" libvirt_version=9.9.0

# hypervisor/running makes the same hash, of files that are mapped
mkdir root
tar --zstd -C root -xf "var/stash/$dist"
lib=root/usr/local/lib/x86_64-linux-gnu
is "... and the hash of what will run" \
	"$(sed -n 's/^libvirt_id=//p' "var/stash/${dist%/*}/manifest")" \
	"$(sha256sum root/usr/local/sbin/libvirtd $lib/libvirt.so.0.9009.0 \
		$lib/libvirt/connection-driver/libvirt_driver_libxl.so |
		cut -c1-64 | sort | sha256sum | cut -c1-64)"

exits "the command for it" 0 ironbird build --libvirt master
contains "takes it from the stash" "$OUT" "$WORK/var/stash/$dist"

# --- against Xen's tools of a build ------------------------------------------
# needed JOB: the library of Xen's that its driver is linked with
needed() {
	tar --zstd -xOf "var/stash/$(runvar "$1" path_libvirtdist)" \
		usr/local/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_libxl.so \
		>driver.so
	readelf -d driver.so | sed -n 's/.*NEEDED.*\[\(libxen.*\)\]/\1/p'
}

contains "what is built for the packages' tools has theirs" \
	"$(needed build-amd64-libvirt)" libxenlight.so.4
job build-amd64 build
job build-own build-libvirt buildjob=build-amd64
exits "libvirt is built against tools of a build" 0 \
	ironbird run-job --deps t build-own
is "... which is another build" \
	"$(runvar build-own path_libvirtdist | grep -cxF "$dist")" 0
is "... with their library" "$(needed build-own)" libxenlight.so.1
is "the manifest says which they are" \
	"$(manifest build-own path_libvirtdist need)" "$(runvar build-amd64 path_dist)"
is "... by what tells them when they run" \
	"$(manifest build-own path_libvirtdist need_tools_id)" \
	"$(manifest build-amd64 path_dist tools_id)"
is "... and their revision" "$(manifest build-own path_libvirtdist need_revision)" \
	"$(git -C xen rev-parse HEAD)"
exits "the command for both" 0 ironbird build --xen master --libvirt master
contains "takes the very same" "$OUT" "$(runvar build-own path_libvirtdist)"

mkdir recipes
cat >recipes/check.yaml <<'END'
summary: Only the check of builds
around: none
steps:
  - run: ts-build-check
    on-fail: blocked
END
export IRONBIRD_JOBS_PATH="$WORK/recipes"
job fits check toolstack=libvirt libvirtbuildjob=build-own buildjob=build-amd64
job packages check toolstack=libvirt libvirtbuildjob=build-own
job other check toolstack=libvirt libvirtbuildjob=build-amd64-libvirt \
	buildjob=build-amd64
exits "a test with the tools that libvirt was built against" 0 \
	ironbird run-job t fits
exits "a test with libvirt for tools that it does not install" 3 \
	ironbird run-job t packages
contains "is broken before a host is touched" "$OUT" \
	"was built against the tools $(runvar build-amd64 path_dist | sed 's|/.*||')"
contains "... and told what it would get" "$OUT" \
	"but this job installs the packages' tools"
exits "... nor are the packages' for those of a build" 3 \
	ironbird run-job t other
contains "... which is told" "$OUT" \
	"was built against the packages' tools, but this job installs the tools xen-"
unset IRONBIRD_JOBS_PATH

job build-hypervisor build xen_build_targets=hypervisor
job build-without build-libvirt buildjob=build-hypervisor
exits "a build without tools is nothing to build against" 4 \
	ironbird run-job --deps t build-without
contains "... which is told" "$OUT" "has no runvar path_dist"
rm xen/tools/xenlight.pc
sed -i /xenlight.pc/d xen/Makefile
git -C xen -c user.name=a -c user.email=a@b commit -qam "no xenlight.pc"
exits "nor are tools without xenlight.pc" 1 ironbird run-job --deps t build-own
contains "... which is told as well" "$OUT" "have no usable xenlight.pc"

mkdir -p libvirt/src/keycodemapdb
echo x >libvirt/src/keycodemapdb/.keep
commit_libvirt submodule >/dev/null
exits "a tree without its submodule's files" 1 \
	ironbird run-job t build-amd64-libvirt
contains "is told which" "$OUT" "has nothing in src/keycodemapdb"
git -C libvirt rm -rq src
echo 'int main(void) { return NOTHING; }' >libvirt/main.c
commit_libvirt wrong >/dev/null
exits "a tree that does not compile" 1 ironbird run-job t build-amd64-libvirt
contains "... its first error" "$OUT" "main.c:1:25: error:"
