#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What host-images/guest-disk writes on a host, in files here: partitions, the
# system, its boot loader; and what it leaves behind when it cannot.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -p image/boot overlay/etc
echo kernel >image/boot/vmlinuz-1
mke2fs -q -t ext4 -d image root.ext4 16M
zstd -q root.ext4
echo guest >overlay/etc/hostname
tar -C overlay -cf files.tar .

# disk FORMAT LOADER [KEY=VALUE...]: made from a copy of the image.
disk() {
	format=$1 loader=$2
	shift 2
	cp root.ext4.zst packed.zst
	sh "$IRONBIRD_SHARE/host-images/guest-disk" format="$format" \
		disk="$WORK/disk.$format" size=48 image="$WORK/packed.zst" \
		overlay="file://$WORK/files.tar" loader="$loader" kernel=1 \
		append='root=/dev/xvda1 quiet' "$@" 2>&1
}
# system FILE: the file system of the disk's partition.
system() {
	dd if="$1" of=system bs=512 skip=2048 status=none
}
inside() {
	debugfs -R "cat $1" system 2>/dev/null
}
bytes() {
	od -An -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}
loops() {
	losetup -a | grep -cF "$WORK"
}

exits "a disk whose kernel is dom0's" 0 disk raw none
cp disk.raw system
is "... is the file system itself" "$(inside /etc/hostname)" guest
is "... with the image in it" "$(inside /boot/vmlinuz-1)" kernel
is "... which has grown" "$(($(dumpe2fs -h system 2>/dev/null |
	sed -n 's/^Block count: *//p') * $(dumpe2fs -h system 2>/dev/null |
	sed -n 's/^Block size: *//p')))" $((48 << 20))

exits "a disk for a GRUB of dom0's" 0 disk raw menu
is "... has a partition table" "$(bytes disk.raw 510 2)" 55aa
is "... whose partition is Linux's, and starts" \
	"$(bytes disk.raw 446 1) $(bytes disk.raw 450 1)" "80 83"
is "... has no boot loader of its own" "$(bytes disk.raw 0 8)" 0000000000000000
system disk.raw
contains "... but a menu" "$(inside /boot/grub/grub.cfg)" \
	"linux /boot/vmlinuz-1 root=/dev/xvda1 quiet"
is "... and the image" "$(inside /boot/vmlinuz-1)" kernel

truncate -s 48M disk.raw.raw
losetup -f disk.raw.raw
exits "a disk for BIOS, where a killed run left its own" 0 disk raw bios
is "... starts with GRUB's boot sector" "$(bytes disk.raw 0 400)" \
	"$(bytes /usr/lib/grub/i386-pc/boot.img 0 400)"
is "... and still has its table" "$(bytes disk.raw 450 1)" 83
ok "... with GRUB behind it" [ "$(bytes disk.raw 512 4)" != 00000000 ]
system disk.raw
contains "... which speaks on the serial port" \
	"$(inside /boot/grub/grub.cfg)" "terminal_output serial"

exits "a disk in a qcow2 file" 0 disk qcow2 menu
is "... is one" "$(head -c 3 disk.qcow2)" QFI
qemu-img convert -O raw disk.qcow2 disk.raw
system disk.raw
is "... with the same in it" "$(inside /etc/hostname)" guest
ok "... and nothing beside it" [ ! -e disk.qcow2.raw ]

exits "a format that there is not" 1 disk vhd menu
contains "... is said" "$OUT" "there is no disk format 'vhd'"
exits "a boot loader that there is not" 1 disk raw lilo
contains "... is said too" "$OUT" "there is no boot loader 'lilo'"
exits "files that cannot be fetched" 1 disk raw menu \
	overlay="file://$WORK/nothing.tar"
contains "... are said" "$OUT" "$WORK/nothing.tar cannot be"
exits "an argument that there is not" 2 disk raw menu colour=red
is "no loop device is left" "$(loops)" 0

# --- one that is killed ------------------------------------------------------
mkfifo files.fifo
cp root.ext4.zst packed.zst
setsid sh -c 'echo $$ >pid; exec sh "$@"' sh \
	"$IRONBIRD_SHARE/host-images/guest-disk" format=raw \
	disk="$WORK/disk.raw" size=48 image="$WORK/packed.zst" loader=menu \
	overlay="file://$WORK/files.fifo" kernel=1 append= >killed.out 2>&1 &
# the shell becomes sleep when the other end of the pipe is opened
sleep 600 >files.fifo &
holder=$!
fetches() {
	[ "$(cat "/proc/$holder/comm")" = sleep ]
}
ok "one that waits for its files" until_true 60 fetches
is "... has a loop device" "$(loops)" 1
device=$(losetup -a | grep -F "$WORK" | cut -d : -f 1)
is "... that nobody else sees mounted" "$(grep -c "^$device " /proc/mounts)" 0
env kill -KILL -- "-$(cat pid)"
kill "$holder"
none_left() {
	[ "$(loops)" = 0 ]
}
ok "killed, it leaves none" until_true 60 none_left
exits "and the disk can be made" 0 disk raw menu
is "no loop device is left of that one either" "$(loops)" 0
