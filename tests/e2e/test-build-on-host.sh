#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# hypervisor/build-on-host, which builds on hosts that were booted for that, in
# a mount namespace of this machine: what a build has there, and the memory
# that each of its processes has. All of them together: test-build-boot.sh.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
END
unset IRONBIRD_JOBS_PATH IRONBIRD_TS_PATH
job build build host=local
# any build makes the system that builds run in
ok "the system that builds run in" ironbird run-job --quiet \
	--only host-build-prep t build
root=$(sql "SELECT log FROM steps WHERE testid = 'host-build-prep'" |
	xargs sed -n 's/.*Z \(.*\/build-host-[0-9a-f]*\), .*/\1/p' | tail -n 1)
ok "... is known" test -x "$root/root/usr/bin/gcc"

# here.sh ARGUMENTS...: build-on-host where nothing of this machine is written
cat >here.sh <<END
set -eu
mount -t tmpfs none /var/lib
mkdir -p /var/lib/ironbird/build/root /var/lib/ironbird/build/ccache
mount --bind "$root/root" /var/lib/ironbird/build/root
umount -R /sys/fs/cgroup 2>/dev/null || :
[ -e unprepared ] || echo x >/var/lib/ironbird/build/system
status=0
sh "$IRONBIRD_SHARE/hypervisor/build-on-host" "\$@" || status=\$?
[ ! -e /var/lib/ironbird/build/out.tar.zst ] ||
	cp /var/lib/ironbird/build/out.tar.zst .
exit \$status
END

# runs MEMORY NAME=VALUE...: what is in the folder work
runs() {
	memory=$1
	shift
	rm -f out.tar.zst
	tar --zstd -C work -cf work.tar.zst .
	unshare --mount sh here.sh run "file://$WORK/work.tar.zst" \
		"$(sha256sum <work.tar.zst | cut -c1-64)" "$memory" 0 "$@"
}

mkdir -p work/src work/out
cat >work/build <<'END'
set -eu
echo "int main(void) { return 0; }" >src/t.c
gcc -o out/t src/t.c
id -u
echo "word $WORD, $(pwd), $(sed -n 's/^ *\(.*\):.*/\1/p' /proc/net/dev | paste -sd ,)."
{ touch /usr/x || echo "read-only"; } 2>&1
[ "${1:-$EAT}" = 0 ] || dd if=/dev/zero of=/dev/null bs="$EAT" count=1
END
exits "a build" 0 runs 1000000000 WORD=hello EAT=0
contains "is a user of its own" "$OUT" 64999
contains "... with its words, in its folder, without a network" "$OUT" \
	"word hello, /build, lo."
contains "... and a system that stays as it is" "$OUT" "read-only"
contains "what it leaves is packed" "$(tar --zstd -tf out.tar.zst)" out/t
exits "a process within its memory" 0 runs 1000000000 WORD=x EAT=400M
exits "one that takes more" 1 runs 300000000 WORD=x EAT=400M
contains "says that it has none" "$OUT" "memory exhausted"
ok "... and nothing is packed" test ! -e out.tar.zst

exits "something else than what was sent" 3 unshare --mount sh here.sh run \
	"file://$WORK/work.tar.zst" abcdef 1000000000 0
contains "is told" "$OUT" "instead of abcdef"
touch unprepared
exits "a host that was not prepared" 3 runs 1000000000 WORD=x EAT=0
contains "... says so" "$OUT" "was not prepared"
