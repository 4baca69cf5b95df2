#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Virtual hosts that go wrong in one way each, from an outlet that lies to a
# disk that cannot be written: every job is broken, and says why in a sentence
# of its own. Each is stopped as early as it can be; two run side by side.
#
# Images come from the checkout's own cache, and are built when they must be.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

LAB=$WORK/var/lab/lab
# One of its hosts has an outlet that keeps it on: the lab goes down when it
# has not.
honest() {
	echo "HostProp_liar_PowerMethod qemu '$LAB/hosts/liar'" \
		>>standalone.config
}
# shellcheck disable=SC2016,SC2034 # for lib.sh, which expands it
AT_EXIT='cd "$WORK"; honest; ironbird lab down >/dev/null 2>&1'
mkdir power sabotage
# A first power supply, switched together with the real one. What a host's
# sabotage/HOST does is done after the boot files are written, before it is on.
cat >power/outlet <<END
#!/bin/sh
input=\$(cat)
host=\$(echo "\$input" | sed -n 's/^host=//p')
always=\$(echo "\$input" | sed -n 's/^always=//p')
case \$input in
*action=on*)
	[ ! -e "$WORK/sabotage/\$host" ] || . "$WORK/sabotage/\$host" >&2
	: >"$WORK/power/\$host.on" ;;
*action=off*) rm -f "$WORK/power/\$host.on" ;;
*)
	case \$always in
	on) exit 0 ;;
	off) exit 2 ;;
	esac
	[ -e "$WORK/power/\$host.on" ] || exit 2 ;;
esac
END
chmod +x power/outlet

cat >>standalone.config <<END
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
HostProp_InstallAppend ironbird.wait=1
HostProp_PowerSettleTime 10s
END
exits "lab up" 0 ironbird lab up
NS=$(ironbird lab status --json | json '$.namespace')

# host NAME [PROPERTY VALUE]...: a small one, whose power goes by the outlet
# first and then by QEMU; "-" instead of QEMU: by the outlet alone
host() {
	name=$1 qemu="; qemu '$LAB/hosts/$1'"
	shift
	ironbird lab add-host -c 1 -m 512 -d 6 "$name" >/dev/null ||
		ok "host $name is made" false
	# sectors of its disk are what faults are told in
	truncate -s 6G "$LAB/hosts/$name/disk.img"
	qemu "$name" 's/disk.qcow2,format=qcow2/disk.img,format=raw/'
	[ "${1:-}" != - ] || { qemu='' && shift; }
	while [ $# -gt 1 ]; do
		case $1 in
		outlet) outlet=" always=$2" ;;
		*) echo "HostProp_${name}_$1 $2" ;;
		esac
		shift 2
	done >>standalone.config
	echo "HostProp_${name}_PowerMethod exec $WORK/power/outlet" \
		"host=$name${outlet:-}$qemu" >>standalone.config
	outlet=
}

# sabotage HOST: stdin is what is done
sabotage() {
	{
		printf 'orders=%s\n' "\$(echo '$LAB/web/osstest/$1'/*/orders)"
		printf 'boot=%s\n' "\$(grep -rl 'osstest/$1/' '$LAB/tftp/pxelinux.cfg')"
		printf 'reports="%s/%s/%s"\n' http://10.76.0.1/osstest "$1" \
			"\$(basename \"\$(dirname \"\$orders\")\")"
		cat
	} >"sabotage/$1"
}

# qemu HOST SED: changes its arguments
qemu() {
	sed -i "$2" "$LAB/hosts/$1/qemu.args"
}

step() {
	sql "SELECT $2 FROM steps WHERE job = '$1'"
}

run_jobs() {
	for name; do
		ironbird run-job t "$name" >"$name.out" 2>&1
		echo $? >"$name.status"
		: >"$name.done"
	done
}

# lost HOST SENTENCE LINE: * stands for times; LINE is in the log of the step
lost() {
	until_true 600 [ -e "$1.done" ]
	is "$1: exit status" "$(cat "$1.status")" 3
	is "$1: its sentence" "$(step "$1" reason |
		sed -e 's/[0-9][0-9.]* s\>/* s/g' \
		-e "s|/osstest/$1/[0-9a-f]*/|/osstest/$1/N/|" \
		-e 's|images/installer-[0-9a-f]*/|images/installer/|' \
		-e 's|images/debian-host-[0-9a-f]*/|images/debian-host/|')" "$2"
	[ -z "${3:-}" ] || contains "$1: the log's line" \
		"$(grep 'its log: ' "$(step "$1" log)")" "$3"
}

# --- a disk to boot from: it says what it is told on the serial port ---------
boot_sector() {
	cat >sector.s <<END
	.code16
	xor %ax, %ax
	mov %ax, %ds
again:	mov \$text, %si
next:	lodsb
	test %al, %al
	jz end
	mov %al, %ah
wait:	mov \$0x3fd, %dx
	in %dx, %al
	test \$0x20, %al
	jz wait
	mov \$0x3f8, %dx
	mov %ah, %al
	out %al, %dx
	jmp next
end:	$2
text:	.asciz "$3"
	.org 510
	.word 0xaa55
END
	as --32 -o sector.o sector.s &&
		ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o sector \
			-e 0x7c00 sector.o &&
		dd if=sector of="$LAB/hosts/$1/disk.img" conv=notrunc \
			status=none
	qemu "$1" 's/bootindex=2/bootindex=0/'
}

# --- power -------------------------------------------------------------------
host refuses - outlet off PowerSettleTime 2s
host dead - FirmwareLimit 1s
host liar
boot_sector liar 'sti; hlt; jmp again' 'I am still here.\r\n'
ok "a machine is on" ironbird power liar on
# its outlet has another word for it
sed -i "s|host=liar; qemu.*|host=liar|" standalone.config

# --- the network -------------------------------------------------------------
host unplugged FirmwareLimit 8s
qemu unplugged 's/^virtio-net-pci.*/&,romfile=/'
host ignored DhcpLimit 3s
host old
boot_sector old 'hlt; jmp end' 'old login: '
# longer than any pause of firmware and loader, on a slow machine too
host prompt SilenceLimit 10s

# --- what is fetched ---------------------------------------------------------
for name in kernel ramdisk image short sum; do
	host $name
done
# --- what the installer finds ------------------------------------------------
host nocard InstallAppend "ironbird.wait=1 module_blacklist=virtio_net"
host nodisk DiskDevice /dev/vdz
host small DiskRoot 8192
host bad DiskSwap 0
host worn DiskRoot 64 DiskSwap 0

dnsmasq=$(child pid dnsmasq)
sabotage ignored <<END
sed -i 's/,.*/,ignore/' '$LAB/dhcp-hosts/ignored'
kill -HUP $dnsmasq
END
sabotage prompt <<'END'
printf 'serial 0 115200\nprompt 1\ntimeout 0\nsay what now?\n' >"$boot"
END
sabotage kernel <<'END'
sed -i 's|/vmlinuz|/gone/vmlinuz|' "$boot"
END
sabotage ramdisk <<'END'
sed -i 's|/initrd|/gone/initrd|' "$boot"
END
sabotage image <<'END'
sed -i -e 's|^image=.*/|&gone/|' -e 's|^image_zst_bytes=.*|image_zst_bytes=99999|' "$orders"
END
# small images of this test's own, so that all fit into the memory
sabotage short <<'END'
head -c 99999 /dev/zero >"${orders%orders}small"
sed -i -e "s|^image=.*|image=$reports/small|" \
	-e 's|^image_zst_bytes=.*|image_zst_bytes=100000|' "$orders"
END
sabotage sum <<'END'
head -c 99999 /dev/zero >"${orders%orders}small"
sed -i -e "s|^image=.*|image=$reports/small|" \
	-e 's|^image_zst_bytes=.*|image_zst_bytes=99999|' "$orders"
END
truncate -s 16M small.ext4
mke2fs -q -t ext4 small.ext4
zstd -q small.ext4
sabotage worn <<END
cp '$WORK/small.ext4.zst' "\${orders%orders}small"
sed -i -e "s|^image=.*|image=\$reports/small|" \\
	-e 's|^image_bytes=.*|image_bytes=16777216|' \\
	-e "s|^image_zst_bytes=.*|image_zst_bytes=$(stat -c %s small.ext4.zst)|" \\
	-e "s|^image_zst_sha256=.*|image_zst_sha256=$(sha256sum <small.ext4.zst |
		cut -d' ' -f1)|" "\$orders"
END
# QEMU's own faults: every write fails; the one that covers a sector of root
printf '[inject-error]\nevent = "pwritev"\nerrno = "5"\n' >bad.conf
printf '[inject-error]\nevent = "pwritev"\nerrno = "5"\nsector = "%s"\n' \
	$(((1 + 1 + 128) * 2048)) >worn.conf
for name in bad worn; do
	qemu $name "s|file=\(.*disk.img\),|file=blkdebug:$WORK/$name.conf:\1,werror=report,|"
done

while read -r name; do
	job "$name" e2e-install "host=$name"
done <<END
$(sed -n 's/^HostProp_\(.*\)_PowerMethod.*/\1/p' standalone.config)
END
run_jobs refuses liar unplugged old kernel image sum nodisk bad &
run_jobs dead ignored prompt ramdisk short nocard small worn &

lost refuses "host refuses: power on by 'exec $WORK/power/outlet \
host=refuses always=off' failed, tried 3 times: it took the command but still \
reads off after * s (unverified)"
is "liar: what its console said" \
	"$(until_true 600 [ -e liar.done ] && step liar reason |
	sed 's/said [0-9]* bytes/said N bytes/; s/[0-9.]* s\>/* s/')" \
	"host liar: its power reads off, but its console said N bytes in the \
* s after that: the outlet lies, or is another machine's (unverified)"
is "liar: nothing was wiped" "$(head -c 512 "$LAB/hosts/liar/disk.img" |
	tail -c 2 | od -An -tx1)" " 55 aa"
lost dead "host dead: no DHCP request within * s of power-on (stage firmware, \
last seen: nothing)"
lost unplugged "host unplugged: no DHCP request within * s of power-on (stage \
firmware, last seen: nothing)"
lost ignored "host ignored: no DHCP answer within * s of its request (stage \
dhcp, last seen: DHCP discover, * s ago)" "ignored"
lost old "host old booted its disk instead of the network: old login: (stage \
firmware, * s after power-on)" "$LAB/hosts/old/console.log, byte "
is "prompt: exit status" "$(until_true 600 [ -e prompt.done ] &&
	cat prompt.status)" 3
contains "prompt: what is silent, and since when" "$(step prompt reason)" \
	"host prompt is silent: no event and no console byte for 10.0 s (stage \
kernel, last seen: "
contains "... and what it said last" "$(step prompt reason)" "; console 'boot:', "
url=http://10.76.0.1
lost kernel "host kernel asked for what is not there: GET \
/osstest/images/installer/gone/vmlinuz 404 (stage kernel, * s after power-on)" \
	"$LAB/log/access.log, byte "
lost ramdisk "host ramdisk asked for what is not there: GET \
/osstest/images/installer/gone/initrd.img 404 (stage ramdisk, * s after \
power-on)" "gone/initrd.img HTTP/1.0"
lost image "host image asked for what is not there: GET \
/osstest/images/debian-host/gone/root.ext4.zst 404 (stage image, * s after \
power-on)" "gone/root.ext4.zst HTTP/1.1"
lost short "host short could not be installed: the installer failed at image: \
the image $url/osstest/short/N/small was cut short: 99999 of 100000 bytes \
came (stage image, * s after power-on)"
is "sum: its sentence" "$(until_true 600 [ -e sum.done ] && step sum reason |
	sed -e 's/[0-9a-f]\{64\}/H/g' -e 's/[0-9.]* s\>/* s/' \
		-e "s|/osstest/sum/[0-9a-f]*/|/osstest/sum/N/|")" \
	"host sum could not be installed: the installer failed at image: the \
image $url/osstest/sum/N/small has sha256 H, not H (stage image, * s after \
power-on)"
lost nocard "host nocard could not be installed: the installer failed at \
network: no network card got an address: there is none of this kernel's, or \
not the one that BOOTIF names (stage orders, * s after power-on)" \
	"$LAB/hosts/nocard/console.log, byte "
lost nodisk "host nodisk could not be installed: the installer failed at \
disk: there is no disk /dev/vdz, only: vda (stage disk, * s after power-on)"
lost small "host small could not be installed: the installer failed at disk: \
disk /dev/vda has 6144 MiB, too small for root 8192 MiB and swap 512 MiB \
(stage disk, * s after power-on)"
contains "bad: a disk that no write reaches" "$(until_true 600 [ -e bad.done ] &&
	step bad reason)" "host bad could not be installed: the installer \
failed at disk: cannot partition /dev/vda: "
contains "... by the kernel's word" "$(step bad reason)" \
	"kernel: "
contains "... of this disk" "$(step bad reason)" " dev vda, "
contains "worn: a disk that one write does not reach" \
	"$(until_true 600 [ -e worn.done ] && step worn reason)" \
	"host worn could not be installed: the installer failed at image: disk \
/dev/vda cannot be written: "
contains "... by the kernel's word" "$(step worn reason)" " dev vda"

# --- the loader, which all of them share -------------------------------------
host loader
job loader e2e-install host=loader
mv "$LAB/tftp/lpxelinux.0" lpxelinux.0
run_jobs loader
mv lpxelinux.0 "$LAB/tftp/lpxelinux.0"
lost loader "host loader asked for what is not there: TFTP lpxelinux.0 \
refused: File not found (stage loader, * s after power-on)" \
	"$LAB/log/tftpd.log, byte "

# --- the controller's interface goes down and comes up again -----------------
host flaps DiskDevice /dev/vdz
job flaps e2e-install host=flaps
run_jobs flaps &
fetched() {
	[ "$(sql "SELECT count(*) FROM boot_events WHERE host = 'flaps'
		AND detail LIKE 'GET %/orders 200'")" -gt 0 ]
}
tap=$(sed -n 's/.*ifname=\([^,]*\).*/\1/p' "$LAB/hosts/flaps/qemu.args")
sent() {
	ip netns exec "$NS" cat "/sys/class/net/$tap/statistics/rx_packets"
}
has_sent() {
	[ "$(sent)" -gt "$1" ]
}
ok "a host is on its way" until_true 300 fetched
ip -n "$NS" link set br0 down
ok "... and asks in vain" until_true 300 has_sent $(($(sent) + 1))
ip -n "$NS" link set br0 up
lost flaps "host flaps could not be installed: the installer failed at disk: \
there is no disk /dev/vdz, only: vda (stage disk, * s after power-on)"

# --- an installation that is cut off -----------------------------------------
host cut
job cut e2e-install-cut host=cut
run_jobs cut
until_true 600 [ -e cut.done ]
contains "cut: its sentence" "$(sql "SELECT reason FROM jobs
	WHERE job = 'cut'")" "within 8.0 s"
contains "... and what logs-capture did" "$(cat "$(sql "SELECT log FROM steps
	WHERE job = 'cut' AND testid = 'logs-capture'")")" \
	"host cut: power off, as it did not come up"

# --- what is left of them ----------------------------------------------------
is "every job is broken" "$(sql "SELECT group_concat(DISTINCT status)
	FROM jobs")" broken
is "their boot files point to the local disk" "$(grep -L 'localboot 0' \
	"$LAB"/tftp/pxelinux.cfg/0A4C01*)" ""
is "they are off" "$(find power -name '*.on')" ""
is "... all but the one whose outlet lies" "$(ironbird lab status --json |
	json '$.hosts' | grep -o '"power":"on"' | wc -l)" 1
is "none is allocated" "$(sql "SELECT count(*) FROM host_allocations")" 0
exits "a lab does not leave a machine behind that is on" 3 ironbird lab down
contains "... and says who it is" "$OUT" \
	"host liar: its power reads off, but its console said "
honest
exits "lab down" 0 ironbird lab down
is "leaves no process" "$(processes "$NS")" ""
