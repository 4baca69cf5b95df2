#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel build, with a tree of one file in place of Linux: its options, its
# dist, and that a test finds it by kernbuildjob. The real one takes too long here.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
unset TREE_LINUX REVISION_LINUX
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
Tree_linux $WORK/linux
MinFreeSpace 1M
END

# What build-kernel asks of Linux's makefiles.
git init -q -b master linux
mkdir -p linux/scripts/kconfig
cat >linux/Makefile <<'END'
x86_64_defconfig:
	echo CONFIG_OF_BASE=y >.config
allnoconfig:
	: >.config
olddefconfig:
	sh scripts/settle .config
vmlinux: main.c
	$(CC) -DRELEASE='"$(LOCALVERSION)"' -Wl,--build-id=sha1 -o $@ $<
bzImage: vmlinux
	mkdir -p arch/x86/boot
	gzip -nc vmlinux >arch/x86/boot/bzImage
	echo symbols >System.map
modules:
kernelrelease:
	@echo 6.6.6$(LOCALVERSION)
modules_install:
	mkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.6.6$(LOCALVERSION)
	ln -s /build/src $(INSTALL_MOD_PATH)/lib/modules/6.6.6$(LOCALVERSION)/build
	echo crc32 >$(INSTALL_MOD_PATH)/lib/modules/6.6.6$(LOCALVERSION)/modules.builtin
END
cat >linux/scripts/kconfig/merge_config.sh <<'END'
#!/bin/sh
# -m -O DIR BASE FRAGMENT
cat "$5" >>"$4"
END
chmod +x linux/scripts/kconfig/merge_config.sh
# Of an option's values the last counts; one is unknown, one cannot be unset.
cat >linux/scripts/settle <<'SCRIPT'
awk '{ name = $0; sub(/^# /, "", name); sub(/[= ].*/, "", name) }
	name !~ /^CONFIG_/ || name == "CONFIG_UNHEARD_OF" { next }
	{ if (!(name in line)) names[++n] = name; line[name] = $0 }
	END { for (i = 1; i <= n; i++) print line[names[i]]
		print "CONFIG_STAYS=y" }' "$1" >settled
mv settled "$1"
SCRIPT
echo 'int main(void) { return sizeof(RELEASE) == 0; }' >linux/main.c
git -C linux add -A
git -C linux -c user.name=a -c user.email=a@b commit -qm first
commit=$(git -C linux rev-parse HEAD)
short=$(printf %.12s "$commit")

job build-amd64-pvops build-kern arch=amd64
exits "a kernel is built" 0 ironbird run-job t build-amd64-pvops
is "at the revision that was asked for" \
	"$(runvar build-amd64-pvops built_revision_linux)" "$commit"
dist=$(runvar build-amd64-pvops path_kerneldist)
names=$(tar --zstd -tf "var/stash/$dist")
contains "its dist has a kernel named after the commit" "$names" \
	"boot/vmlinuz-6.6.6-g$short"
contains "... its options" "$names" "boot/config-6.6.6-g$short"
contains "... and its modules" "$names" \
	"lib/modules/6.6.6-g$short/modules.builtin"
lacks "... without links into the build host" "$names" "-g$short/build"
options=$(tar --zstd -xOf "var/stash/$dist" "boot/config-6.6.6-g$short")
contains "the options are the base's" "$options" CONFIG_OF_BASE=y
contains "... and those of dom0" "$options" CONFIG_XEN_DOM0=y
manifest=$(cat "var/stash/${dist%/*}/manifest")
contains "the manifest has the release" "$manifest" \
	"kernel_version=6.6.6-g$short"
ok "... and the build id" grep -q '^kernel_build_id=[0-9a-f]\{40\}$' \
	"var/stash/${dist%/*}/manifest"

# --- a guest's ramdisk with it ----------------------------------------------
sha256=$(sha256sum <"var/stash/$dist" | cut -c1-64)
mkdir -p ramdisk/lib/modules/5.0/kernel/net
echo old | tee ramdisk/xen-blkfront.ko >ramdisk/lib/modules/5.0/kernel/net/xen-netfront.ko
(cd ramdisk && find . | cpio --quiet -o -H newc | zstd -q >../initrd.img)
guest_kernel() {
	sh "$IRONBIRD_SHARE/hypervisor/guest-kernel" kernel="$WORK/$1" \
		kernel_sha256="${2:-$(sha256sum <"$1" | cut -c1-64)}" \
		kernel_version="6.6.6-g$short" ramdisk="$WORK/initrd.img" \
		dir="$WORK/guest"
}

# add_modules WORDS: NAME a module, NAME=OTHER that needs another one, NAME!
# built in; in the build's dist, as with.tar.zst.
add_modules() {
	rm -rf with
	mkdir with
	tar --zstd -C with -xf "var/stash/$dist"
	kernel=with/lib/modules/6.6.6-g$short
	mkdir -p "$kernel/kernel/xen"
	for module; do
		file=kernel/xen/${module%%[=!]*}.ko
		case $module in
		*!) echo "$file" >>"$kernel/modules.builtin"; continue ;;
		*=*) echo "$file: kernel/lib/${module#*=}.ko" ;;
		*) echo "$file:" ;;
		esac >>"$kernel/modules.dep"
		echo new >"$kernel/$file"
	done
	tar --zstd -C with -cf with.tar.zst .
}

add_modules xen-netfront xen-blkfront!
exits "a guest gets it" 0 guest_kernel with.tar.zst
is "... with its modules in the ramdisk, but for what it has built in" \
	"$(cpio --quiet -t <guest/initrd.img | grep ko)" \
	"lib/modules/6.6.6-g$short/kernel/xen/xen-netfront.ko"
ok "... and not the image's" [ "$(cpio --quiet -i --to-stdout '*.ko' \
	<guest/initrd.img)" = new ]
ok "... and the kernel itself" cmp guest/vmlinuz "with/boot/vmlinuz-6.6.6-g$short"
exits "another file than the build's" 1 guest_kernel with.tar.zst "$sha256"
contains "is not taken" "$OUT" "instead of $sha256"
add_modules xen-netfront
exits "a kernel that lacks what the ramdisk loads" 1 guest_kernel with.tar.zst
contains "is not given to a guest" "$OUT" \
	"has xen-blkfront.ko neither as a module nor built in"
add_modules xen-netfront=page_pool xen-blkfront
exits "nor one whose module needs another" 1 guest_kernel with.tar.zst
contains "... which is named" "$OUT" "xen-netfront.ko of Linux 6.6.6-g$short needs page_pool.ko"

job build-small build-kern kernel_base=allnoconfig \
	kernel_kconfig='pvops small'
exits "other options" 0 ironbird run-job t build-small
ok "are another build" [ "$(runvar build-small path_kerneldist)" != "$dist" ]

# --- single options ----------------------------------------------------------
# options JOB: of its kernel
options() {
	tar --zstd -xOf "var/stash/$(runvar "$1" path_kerneldist)" \
		"boot/config-6.6.6-g$short"
}
job build-override build-kern kconfig_override_y=CONFIG_EXT4_FS,KUNIT \
	kconfig_override_m=XEN_BLKDEV_FRONTEND kconfig_override_n=CONFIG_XEN_DOM0
exits "options of runvars" 0 ironbird run-job t build-override
ok "are another build" [ "$(runvar build-override path_kerneldist)" != "$dist" ]
is "... and win over the fragments" "$(options build-override |
	grep -E 'CONFIG_(EXT4_FS|KUNIT|XEN_BLKDEV_FRONTEND|XEN_DOM0)[= ]' |
	LC_ALL=C sort)" \
	"# CONFIG_XEN_DOM0 is not set
CONFIG_EXT4_FS=y
CONFIG_KUNIT=y
CONFIG_XEN_BLKDEV_FRONTEND=m"
job build-twin build-kern kconfig_override_y='KUNIT EXT4_FS KUNIT' \
	kconfig_override_m=CONFIG_XEN_BLKDEV_FRONTEND kconfig_override_n=XEN_DOM0
exits "the same in other words" 0 ironbird run-job t build-twin
is "is the same build" "$(runvar build-twin path_kerneldist)" \
	"$(runvar build-override path_kerneldist)"
job build-none build-kern kconfig_override_y=UNHEARD_OF
exits "an option that the tree does not take" 1 ironbird run-job t build-none
contains "is told" "$OUT" "this tree does not take 'CONFIG_UNHEARD_OF=y' of \
the runvars kconfig_override_y, _m, _n: it has 'nothing'"
job build-kept build-kern kconfig_override_n=STAYS
exits "an option that stays set" 1 ironbird run-job t build-kept
contains "is told, too" "$OUT" "'# CONFIG_STAYS is not set'"
job build-both build-kern kconfig_override_y=KUNIT kconfig_override_n=KUNIT
exits "an option of two values" 3 ironbird run-job t build-both
contains "is refused" "$OUT" "kconfig_override_n: CONFIG_KUNIT has another value"
job build-word build-kern kconfig_override_y='EXT4_FS=y'
exits "what is no option" 3 ironbird run-job t build-word
contains "is refused" "$OUT" "'EXT4_FS=y' is no option of a kernel"

job build-odd build-kern kernel_kconfig=nonsense
exits "a fragment that is not there" 3 ironbird run-job t build-odd
contains "is named" "$OUT" "there is no Kconfig fragment"

exits "the command for it" 0 ironbird build --linux master
contains "says where the dist is" "$OUT" "$WORK/var/stash/$dist"

# --- what a test needs -------------------------------------------------------
cat >check.yaml <<'END'
summary: Only the check of builds
around: none
steps:
  - run: ts-build-check
    on-fail: blocked
END
export IRONBIRD_JOBS_PATH="$WORK"
job test check kernbuildjob=build-amd64-pvops
exits "a test finds the dist by kernbuildjob" 0 ironbird run-job t test
rm -r "var/stash/${dist%/*}"
exits "... and is blocked when it is lost" 4 ironbird run-job t test
unset IRONBIRD_JOBS_PATH

sed -i "s/^olddefconfig:/olddefconfig:\n\tsed -i '\/CONFIG_XEN_DOM0\/d' .config/" \
	linux/Makefile
git -C linux -c user.name=a -c user.email=a@b commit -qam second
exits "a tree that does not take an option" 1 \
	ironbird run-job t build-amd64-pvops
contains "is told which" "$OUT" "does not take CONFIG_XEN_DOM0=y"
