#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds, with a tree of one file in place of Xen's: what is built, what is
# not built twice, and everything that can be wrong with it. The build host is
# the real one; its system comes from the checkout's own cache.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/tree.sh
. "$E2E/tree.sh"

unset IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
unset TREE_XEN REVISION_XEN
settings() {
	cat <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
Tree_xen $WORK/xen
MinFreeSpace 1M
END
}
settings >standalone.config

# row COLUMN JOB
row() {
	step "$1" "$2" xen-build
}

entries() {
	find var/stash -mindepth 1 -maxdepth 1 -name 'xen-*' | wc -l
}

first=$(make_tree)

# --- built, and not built twice ----------------------------------------------
job build-amd64 build arch=amd64
exits "a build" 0 ironbird run-job t build-amd64
is "the revision that was asked for is found" \
	"$(runvar build-amd64 built_revision_xen)" "$first"
is "the asked one is kept as well" "$(runvar build-amd64 revision_xen)" HEAD
dist=$(runvar build-amd64 path_xendist)
ok "its dist is in the stash" test -s "var/stash/$dist"
ok "... without a clock in it" sh -c "tar --zstd -tvf 'var/stash/$dist' |
	awk -v when=\"\$(TZ=UTC git -C xen log -1 --date=format-local:%H:%M \
	--format=%cd)\" '\$5 != when { exit 1 }'"
manifest=$(cat "var/stash/${dist%/*}/manifest")
contains "a manifest" "$manifest" "built_revision=$first"
contains "... with the compiler" "$manifest" "compiler=gcc"
contains "... and the build id" "$manifest" "xen_build_id=$(
	tar --zstd -xOf "var/stash/$dist" boot/xen-1.0.gz | gzip -dc >elf
	readelf -n elf | sed -n 's/.*Build ID: //p')"
contains "... and that assertions are in it" "$manifest" "xen_debug=y"
tools=$(runvar build-amd64 path_dist)
contains "the tools are a dist of their own" \
	"$(tar --zstd -tf "var/stash/$tools")" usr/local/sbin/xl
tar --zstd -xf "var/stash/$tools"
contains "known by one hash of what runs" "$manifest" "tools_id=$(sha256sum \
	usr/local/sbin/* usr/local/lib/libxenlight.so.1 | cut -c1-64 | sort |
	sha256sum | cut -c1-64)"
log=$(row log build-amd64)
contains "the compiler's output is in the log" "$(cat "$log")" "build-id=sha1"
ok "nothing is left of its work" test -z "$(ls var/build)"

exits "the same again" 0 ironbird run-job t build-amd64
contains "is taken from the stash, and says so" "$(row stage build-amd64)" \
	"taken from the stash: ${dist%/*}, built by t.build-amd64"
job build-twin build arch=amd64 revision_xen=master host=local
exits "another job that comes to the same" 0 ironbird run-job t build-twin
is "... gets the same" "$(runvar build-twin path_xendist)" "$dist"
is "... and is told whose it is" "$(runvar build-twin xen_built_by)" \
	t.build-amd64
cp "var/stash/$dist" first.tar.zst
rm -r "var/stash/${dist%/*}"
exits "what was lost" 0 ironbird run-job t build-twin
ok "is built again, with the same bytes" cmp "var/stash/$dist" first.tar.zst
printf x | dd of="var/stash/$dist" bs=1 seek=99 conv=notrunc 2>/dev/null
exits "a damaged dist" 3 ironbird stash verify
contains "is named" "$OUT" "dist ${dist%/*} is damaged"
exits "... and built again" 0 ironbird run-job t build-amd64
ok "... with the same bytes" cmp "var/stash/$dist" first.tar.zst

job build-debug build arch=amd64 xen_build_debug=n \
	xen_build_targets=hypervisor
exits "another configuration" 0 ironbird run-job t build-debug
is "is another build" "$(entries)" 2
is "without tools" "$(runvar build-debug path_dist)" ""
job build-odd build xen_build_targets=tools
exits "targets that there are not" 1 ironbird run-job t build-odd
contains "are named" "$OUT" "the first target is hypervisor, not 'tools'"

# What a recipe runs is part of what is built; how that is told is not.
mkdir recipes
export IRONBIRD_JOBS_PATH="$WORK/recipes"
recipe() { cat "$IRONBIRD_SHARE/jobs/build.yaml" >recipes/build.yaml; }
recipe
printf '    limit: 1h\n# a remark\n' >>recipes/build.yaml
exits "a recipe with another limit and a remark" 0 \
	ironbird run-job t build-amd64
contains "gives the same build" "$(row stage build-amd64)" \
	"taken from the stash: ${dist%/*}"
sed -i 's/^steps:/&\n  - run: ts-build-check/' recipes/build.yaml
exits "a recipe with another step" 0 ironbird run-job t build-debug
is "is another build" "$(entries)" 3
entry=$(runvar build-debug path_xendist)
recipe
rm -r "var/stash/${entry%/*}"
ironbird run-job t build-debug >/dev/null
unset IRONBIRD_JOBS_PATH

# --- what a test needs -------------------------------------------------------
cat >check.yaml <<'END'
summary: Only the check of builds
around: none
steps:
  - run: ts-build-check
    on-fail: blocked
END
export IRONBIRD_JOBS_PATH="$WORK"
job test check xenbuildjob=build-new
job build-new build
exits "a test whose build has not run" 4 ironbird run-job t test
exits "with what it needs" 0 ironbird run-job --deps t test
contains "which is taken" "$OUT" "== t.build-new"
exits "once more" 0 ironbird run-job --deps t test
contains "nothing is run for it" "$OUT" "t.build-new: passed before"
sed -i 's/return 0/return 1/' xen/xen/main.c
second=$(commit second)
exits "the branch has moved" 0 ironbird run-job --deps t test
is "... and is built" "$(runvar build-new built_revision_xen)" "$second"
REVISION_XEN=$first
export REVISION_XEN
exits "a revision in the environment" 0 ironbird run-job --deps t test
is "... is what is tested" "$(runvar build-new built_revision_xen)" "$first"
is "... and nothing was compiled for it" "$(entries)" 3
unset REVISION_XEN
ironbird flight-create -f pair adhoc e2e >/dev/null
ironbird job-create pair test check xenbuildjob=t.build-debug \
	dst_host_xenbuildjob=t.build-new >/dev/null
exits "a pair whose second host has a build of its own" 0 \
	ironbird run-job pair test
log=$(sql "SELECT log FROM steps WHERE flight = 'pair'")
for one in xenbuildjob=build-debug dst_host_xenbuildjob=build-new; do
	path=$(runvar "${one#*=}" path_xendist)
	contains "${one%=*} is that dist" "$(cat "$log")" \
		"${one%=*}: ${path%/*} is whole"
done
ironbird flight delete pair >/dev/null
path=$(runvar build-new path_xendist)
printf x >>"var/stash/$path"
exits "a dist that is damaged" 4 ironbird run-job t test
contains "blocks the test" "$OUT" "${path%/*} is damaged"
job no-dist check kernbuildjob=build-new
exits "a dist that the build did not make" 4 ironbird run-job t no-dist
contains "... too" "$OUT" "build-new has no runvar path_kerneldist"

ironbird flight-create -f u adhoc e2e >/dev/null
ironbird job-create u build-amd64 build >/dev/null
ironbird job-create u test check xenbuildjob=build-amd64 >/dev/null
exits "a whole flight, on no host at all" 0 ironbird run-flight u
is "each of its jobs passed" "$(sql "SELECT group_concat(status) FROM jobs
	WHERE flight = 'u'")" "pass,pass"
ironbird flight delete u >/dev/null

# --- without a test ----------------------------------------------------------
exits "the command build" 0 ironbird build --xen "$second" \
	xen_build_debug=n
contains "prints where the dists are" "$OUT" "$WORK/var/stash/xen-"
exits "a word that is no runvar" 2 ironbird build nonsense
REVISION_SEABIOS=x exits "a revision that does not exist" 3 \
	ironbird build --xen nowhere
contains "a variable that it does not read is told" "$OUT" \
	"\$REVISION_SEABIOS has no effect: what is built here is of xen"
for flight in $(sql "SELECT flight FROM flights WHERE branch = 'build'"); do
	ironbird flight delete "$flight" >/dev/null
done

# --- the stash ---------------------------------------------------------------
contains "the stash is listed" "$(ironbird stash list)" "t.build-debug"
exits "make room" 0 ironbird stash gc --all
is "only what nobody refers to goes" "$(entries)" 2
contains "what went is named" "$OUT" "removed xen-"

# --- bad input ---------------------------------------------------------------
sed -i 's/int main/in main/' xen/xen/main.c
bad=$(commit bad)
job build-bad build revision_xen=master
exits "a source that does not build" 1 ironbird run-job t build-bad
contains "fails with the first error line and its file" "$OUT" \
	"xen at $(echo "$bad" | cut -c1-12) does not build: main.c:1:1: error:"
contains "... in the report as well" "$(ironbird report t.build-bad)" \
	"main.c:1:1: error:"
is "and leaves nothing in the stash" "$(entries)" 2
job test-bad check xenbuildjob=build-bad
exits "a test of it" 4 ironbird run-job --deps t test-bad
contains "is blocked" "$OUT" "t.test-bad: blocked, job build-bad did not pass"
git -C xen reset -q --hard "$second"

job build-none build revision_xen=mastr
exits "a revision that does not exist" 3 ironbird run-job t build-none
contains "is named, with the nearest" "$OUT" \
	"has no revision 'mastr' (did you mean 'master'?)"
mkdir nogit
job build-nogit build tree_xen="$WORK/nogit"
exits "a tree that is not git" 3 ironbird run-job t build-nogit
contains "is named" "$OUT" "tree xen: $WORK/nogit cannot be fetched"
job build-fragment build xen_kconfig=nonsense
exits "a Kconfig fragment that is not there" 3 ironbird run-job t build-fragment
contains "is named" "$OUT" "kconfig/xen-nonsense"

# A share folder with a patch that fits nothing.
mkdir share share/hypervisor
for part in "$IRONBIRD_SHARE"/*; do
	[ "${part##*/}" = hypervisor ] || ln -s "$part" share/
done
for part in "$IRONBIRD_SHARE"/hypervisor/*; do
	ln -s "$part" share/hypervisor/
done
rm share/hypervisor/patches
mkdir -p share/hypervisor/patches/xen
printf -- '--- a/xen/main.c\n+++ b/xen/main.c\n@@ -1 +1 @@\n-not there\n+new\n' \
	>share/hypervisor/patches/xen/0001-odd.patch
sed 's/-not there/-int main(void) { return 1; }/' \
	share/hypervisor/patches/xen/0001-odd.patch |
	sed 's/+new/+int main(void) { return 2; }/' \
	>share/hypervisor/patches/xen/0002-good.patch
job build-patch build xen_patches=0001-odd
exits "a patch that does not apply" 3 env IRONBIRD_SHARE="$WORK/share" \
	ironbird run-job t build-patch
contains "is named" "$OUT" "the patch 0001-odd.patch does not apply to xen"
job build-good build xen_patches=0002-good
exits "a patch that does" 0 env IRONBIRD_SHARE="$WORK/share" \
	ironbird run-job t build-good
good=$(runvar build-good path_xendist)
contains "is in the manifest" "$(cat "var/stash/${good%/*}/manifest")" \
	"patch=0002-good.patch"

# --- at once -----------------------------------------------------------------
sed -i 's/return 1/return 3/' xen/xen/main.c
commit third >/dev/null
job build-one build
job build-two build
ironbird run-job t build-one >one 2>&1 &
ironbird run-job t build-two >two 2>&1
wait $!
is "two builds of the same at once: both pass" \
	"$(runvar build-one path_xendist)" "$(runvar build-two path_xendist)"
is "... and one of them built it" "$(sql "SELECT count(*) FROM steps
	WHERE job IN ('build-one', 'build-two') AND testid = 'xen-build'
	AND stage LIKE 'taken from the stash%'")" 1

# --- builds that need builds -------------------------------------------------
job build-c2 build xenbuildjob=build-c1
job chain check xenbuildjob=build-c2
job build-c1 build
exits "what a build needs is run before it" 0 ironbird run-job --deps t chain
is "... in order" "$(echo "$OUT" | sed -n 's/^== //p' | tr '\n' ' ')" \
	"t.build-c1 t.build-c2 "
ironbird runvars --set xenbuildjob=build-c2 t build-c1 >/dev/null
exits "builds that need each other" 2 ironbird run-job --deps t chain
contains "are told" "$OUT" "depends, through others, on itself"
ironbird runvars --unset xenbuildjob t build-c1 >/dev/null

# --- cut off -----------------------------------------------------------------
# make opens a pipe that nobody writes to.
pipe=/tmp/pipe-$$
sed -i "s|^all:.*|&\\n\\tmkfifo $pipe; cat $pipe|" xen/xen/Makefile
commit hangs >/dev/null
hangs() {
	pids=$(pgrep -f -x "cat $pipe") && [ -n "$pids" ]
}
job build-cut build
ironbird run-job t build-cut >cut.out 2>&1 &
pid=$!
ok "a build is in its middle" until_true 30 hangs
kill -KILL $pid
wait $pid 2>/dev/null
gone() {
	for p in $pids; do
		[ ! -e "/proc/$p/exe" ] || return 1
	done
}
ok "its processes end with their run-job" until_true 10 gone
is "nothing of it is in the stash" "$(find var/stash -name '*.new')" ""
ok "what it worked on is still there" test -n "$(ls var/build)"
git -C xen reset -q --hard HEAD~1
exits "another revision is built all the same" 0 ironbird run-job t build-cut
cat >short.yaml <<'END'
summary: A build that has no time
around: none
steps:
  - run: ts-xen-build host=local
    limit: 1500ms
END
git -C xen reset -q --hard 'HEAD@{1}'
job build-long short
exits "a build over its limit" 3 ironbird run-job t build-long
contains "is stopped" "$OUT" "did not end within 1.5 s"
ok "... with all that it ran" until_true 10 gone
git -C xen reset -q --hard HEAD~1
{ settings; echo "BuildMemory 20M"; } >standalone.config
job build-small build
exits "a build without memory" 3 ironbird run-job t build-small
contains "does not begin" "$OUT" "a program of one line does not compile"

# What it eats is more than one build may have, and less than one process may.
cp xen/xen/Makefile Makefile
# shellcheck disable=SC2016 # for make
sed -i 's|^all:.*|&\n\tpython3 -c "x = bytearray(1) * (400 << 20)"|' \
	xen/xen/Makefile
commit hungry >/dev/null
{ settings; echo "BuildMemoryAll 150M"; } >standalone.config
job build-hungry build
exits "a build that eats memory" 3 ironbird run-job t build-hungry
contains "is ended, and the limit is named" "$OUT" \
	"needed more than the 150 MB that BuildMemoryAll allows"
# those of living processes are other tests' builds
left_groups() {
	find /sys/fs/cgroup -maxdepth 4 -name "ironbird-build-*" \
		-newer xen/xen/Makefile | while read -r group; do
		kill -0 "${group##*-}" 2>/dev/null || echo "$group"
	done
}
is "... and no control group is left" "$(left_groups)" ""
cat >without.sh <<'END'
set -eu
umount -R /sys/fs/cgroup
ironbird run-job t build-hungry
END
exits "without control groups" 0 unshare --mount sh without.sh
contains "... the log says so" "$(cat "$(row log build-hungry)")" \
	"no control group can be made for the memory of a build"
sed 's|^all:.*|&\n\tdd if=/dev/zero of=/dev/null bs=1G count=1|' Makefile \
	>xen/xen/Makefile
commit greedy >/dev/null
{ settings; echo "BuildMemory 500M"; } >standalone.config
exits "a process that takes more than one may" 3 ironbird run-job t build-hungry
contains "is no fault of the revision" "$OUT" \
	"needed more than the 500 MB that BuildMemory allows: dd: memory exhausted"
mv Makefile xen/xen
commit modest >/dev/null
settings >standalone.config

# --- a full disk -------------------------------------------------------------
# What is left on a file system of 60 kB holds no dist.
cat >full.sh <<'END'
set -eu
mkdir -p full
mount -t tmpfs -o size="$1" none full
ironbird run-job t build-full
END
mkdir -p xen/roms/u-boot
git -C xen update-index --add --cacheinfo \
	160000,0123456789012345678901234567890123456789,roms/u-boot
sed -i 's/return 3/return 4/' xen/xen/main.c
# what does not pack small
head -c 200000 /dev/urandom >xen/noise
# shellcheck disable=SC2016 # for make
sed 's|^install: all|&\n\tmkdir -p %/boot; cp ../noise %/boot|; s|%|$(DESTDIR)|g' \
	xen/xen/Makefile >Makefile
mv Makefile xen/xen
commit fourth >/dev/null
{ settings; echo "Stash $WORK/full"; } >standalone.config
job build-full build
exits "a full disk" 3 unshare --mount sh full.sh 60k
contains "is told" "$OUT" "No space left on device"
{ settings; echo "BuildDir $WORK/full"; } >standalone.config
exits "a disk that is full while it builds" 3 unshare --mount sh full.sh 350k
contains "is told, and no compiler" "$OUT" "cannot be built, the disk is full: cp:"
settings >standalone.config
exits "with room again" 0 ironbird run-job t build-full
is "a sub-tree's revision is recorded" \
	"$(runvar build-full built_revision_xen_roms_u-boot)" \
	0123456789012345678901234567890123456789
is "and no half dist was left" "$(find full -mindepth 1)" ""

# --- live patches, built with the hypervisor ----------------------------------
job build-patches build revision_xen="$first" \
	xen_build_targets='hypervisor livepatches'
exits "live patches of a tree that has none" 1 ironbird run-job t build-patches
contains "are named" "$OUT" "this tree has no live patches in xen/test/livepatch"
mkdir -p xen/xen/test/livepatch
echo "how they are made" >xen/xen/test/livepatch/README
commit patches >/dev/null
job build-patched build xen_build_targets='hypervisor livepatches'
exits "of one that has some" 0 ironbird run-job t build-patched
contains "are a dist" \
	"$(tar --zstd -tf "var/stash/$(runvar build-patched path_livepatchdist)")" \
	usr/lib/debug/xen-livepatch/hello.livepatch

# --- submodules --------------------------------------------------------------
printf '[submodule "boot"]\n\tpath = roms/u-boot\n\turl = ../u-boot\n' \
	>xen/.gitmodules
git init -q -b master u-boot
echo '#define VALUE 5' >u-boot/value.h
git -C u-boot add value.h
git -C u-boot -c user.name=a -c user.email=a@b commit -qm module
module=$(git -C u-boot rev-parse HEAD)
git -C xen update-index --cacheinfo "160000,$module,roms/u-boot"
sed -i '1i #include "../roms/u-boot/value.h"
	s/return 4/return VALUE/' xen/xen/main.c
commit fifth >/dev/null
mv u-boot away
job build-module build
exits "a submodule that cannot be fetched" 3 ironbird run-job t build-module
contains "is named with its URL, and no fault of the revision" "$OUT" \
	"tree xen/roms/u-boot: $WORK/u-boot cannot be fetched"
mv away u-boot
exits "one that can" 0 ironbird run-job t build-module
is "is what is built, and recorded" \
	"$(runvar build-module built_revision_xen_roms_u-boot)" "$module"

# --- a tree out of a source package ------------------------------------------
settings | grep -v Tree_xen >standalone.config
exits "a version that the mirror lacks" 3 ironbird tree import xen=0.1
contains "is named, with those that it has" "$OUT" \
	"the mirror has no source package xen 0.1; it has: 4."
echo 'HypervisorPin xen=0.2' >>standalone.config
exits "... also as a pin" 3 ironbird tree import xen
contains "... likewise" "$OUT" "no source package xen 0.2; it has: 4."
settings | grep -v Tree_xen >standalone.config
exits "a tree that nobody names" 3 ironbird build --xen nowhere
contains "is imported" "$OUT" "== tree import xen"
contains "... with the names of its versions" "$OUT" "it has commits and debian"
contains "and known from then on" "$(ironbird tree list)" "import"
