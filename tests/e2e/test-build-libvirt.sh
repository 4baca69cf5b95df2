#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A build of libvirt, with a tree of three files in place of it: its options,
# its dist, and what tells it when it runs. slow-libvirt.sh builds the real one.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
unset TREE_LIBVIRT REVISION_LIBVIRT
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
Tree_libvirt $WORK/libvirt
MinFreeSpace 1M
END

runvar() {
	sql "SELECT value FROM runvars WHERE job = '$1' AND name = '$2'"
}

commit() {
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
shared_module('libvirt_driver_libxl', 'part.c', name_prefix: '',
  install: true, install_dir: lib / 'libvirt/connection-driver')
install_data('part.c', install_dir: get_option('includedir'))
install_data('part.c', install_dir: get_option('sysconfdir') / 'libvirt')
END
cat >libvirt/meson_options.txt <<'END'
option('driver_libxl', type: 'feature', value: 'auto', description: 'Xen')
option('driver_qemu', type: 'feature', value: 'auto', description: 'QEMU')
option('packager_version', type: 'string', value: '', description: 'revision')
END
echo 'int part(void); int part(void) { return 0; }' >libvirt/part.c
echo 'int main(void) { return sizeof(PACKAGE) == 1; }' >libvirt/main.c
first=$(commit first)

job build-amd64-libvirt build-libvirt arch=amd64
exits "libvirt is built" 0 ironbird run-job t build-amd64-libvirt
is "at the revision that was asked for" \
	"$(runvar build-amd64-libvirt built_revision_libvirt)" "$first"
dist=$(runvar build-amd64-libvirt path_libvirtdist)
names=$(tar --zstd -tf "var/stash/$dist")
contains "its dist has the daemon" "$names" usr/local/sbin/libvirtd
contains "... and configuration" "$names" etc/libvirt/part.c
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

mkdir -p libvirt/src/keycodemapdb
echo x >libvirt/src/keycodemapdb/.keep
commit submodule >/dev/null
exits "a tree without its submodule's files" 1 \
	ironbird run-job t build-amd64-libvirt
contains "is told which" "$OUT" "has nothing in src/keycodemapdb"
git -C libvirt rm -rq src
echo 'int main(void) { return NOTHING; }' >libvirt/main.c
commit wrong >/dev/null
exits "a tree that does not compile" 1 ironbird run-job t build-amd64-libvirt
contains "... its first error" "$OUT" "main.c:1:25: error:"
