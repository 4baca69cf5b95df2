#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A real hypervisor on the console of a virtual host, booted without a disk or
# a network: its debug keys, a reboot in the middle of a step, a panic.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >>standalone.config <<END
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
TestHost iron1
HostProp_iron1_Console qemu $WORK/iron1.dev
HostProp_iron1_IpAddr 127.0.0.9
HostProp_iron1_DiskDevice /dev/vda
NetAddress 127.0.0.1
ConsoleLinger 10m
BootLimit 5m
SilenceLimit 0
END
mkdir -p var/services/log var/services/tftp var/services/web
LOG=$WORK/var/consoles/iron1/console.log
# the processor that pdu/qemu's virtual hosts have
CPU=qemu64,+svm,+npt,+pdpe1gb,+ssse3,+sse4.1,+sse4.2,+popcnt,+aes,+fsgsbase
CPU=$CPU,+erms,+bmi1,+bmi2,+movbe

INSTALLER=$(ironbird image build installer 2>image.log |
	sed -n 's/^installer: \(.*\), [^,]*$/\1/p')
BUNDLE=$(ironbird hypervisor pack 2>bundle.log | sed -n 's/: xen .*//p')
tar -xf "$BUNDLE/xendist.tar" --wildcards '*xen-hypervisor-4*'
find . -name 'xen-hypervisor-4*.deb' -exec dpkg-deb -x {} x \;
zcat x/boot/xen-4*-amd64.gz >xen.elf
ok "there is a hypervisor" test -s xen.elf

ironbird console --record iron1 2>recorder.log &
AT_EXIT="kill $!"
until_true 10 test -S "$LOG.sock"
qemu-system-x86_64 -nodefaults -machine pc -accel tcg,thread=multi,tb-size=32 \
	-cpu "$CPU" -m 640 -display none \
	-chardev "socket,id=s,path=$WORK/iron1.dev,server=off,reconnect=1" \
	-serial chardev:s -kernel xen.elf -append "console=com1 \
com1=115200,8n1 loglvl=all guest_loglvl=all dom0_mem=400M" \
	-initrd "$INSTALLER/vmlinuz console=hvc0 rdinit=/bin/sh,\
$INSTALLER/initrd.img" >qemu.log 2>&1 &
AT_EXIT="kill $!; $AT_EXIT"

# shells N: so many have begun on its console
shells() {
	[ "$(grep -ac "can't access tty" "$LOG")" -ge "$1" ]
}

typed() {
	printf '%s\n' "$*" | ironbird console --write --lines 0 iron1 \
		>/dev/null 2>&1
}

ok "dom0 has a shell" until_true 240 shells 1
typed mount -t proc proc /proc
typed "echo it an''swers"
ok "which answers" until_true 30 grep -aq "^it answers" "$LOG"

# --- debug keys --------------------------------------------------------------
exits "debug keys" 0 ironbird console --debug-keys iron1
contains "the input is Xen's" "$OUT" "*** Serial input to Xen"
contains "d is answered" "$OUT" "'d' pressed -> dumping registers"
contains "q is answered" "$OUT" "'q' pressed -> dumping domain info"
contains "with all of them, each by its own words" "$OUT" \
	"debug keys: 19 answered"
lacks "none is left" "$OUT" "answered,"
contains "in the end it is dom0's again" "$(echo "$OUT" |
	grep -a 'Serial input' | tail -1)" "Serial input to DOM0"
typed "echo it goes o''n"
ok "and its shell goes on" until_true 30 grep -aq "^it goes on" "$LOG"
mkfifo keyboard
ironbird console --write --lines 1 iron1 <keyboard >shown 2>&1 &
typist=$!
AT_EXIT="kill $typist 2>/dev/null; $AT_EXIT"
exec 9>keyboard
# who is shown something is the one who types
ok "somebody types" until_true 30 test -s shown
exits "while somebody types they are not sent" 75 ironbird console \
	--debug-keys iron1
contains "and say by whom" "$OUT" "is typing"
exec 9>&-
# it ends when its recorder has let it go
wait "$typist"

# --- a reboot in the middle of a step ----------------------------------------
echo "type echo b >/proc/sysrq-trigger" >mode
job reboot e2e-console
exits "a host that reboots in the middle of a step" 1 ironbird run-job t reboot
contains "ends it" "$(sql "SELECT reason FROM jobs WHERE job = 'reboot'")" \
	"console: host iron1 rebooted, and nobody asked for it: "
ok "it comes up again" until_true 240 shells 2

# --- a panic while a test case waits -----------------------------------------
typed mount -t proc proc /proc
job panic e2e-install host=iron1
OSSTEST_HOST_REUSE=1 ironbird run-job t panic >run.log 2>&1 &
waits() {
	[ "$(sql "SELECT count(*) FROM steps WHERE job = 'panic'
		AND stage IS NOT NULL")" = 1 ]
}
ok "a step waits for the host" until_true 20 waits
typed 'echo c >/proc/sysrq-trigger'
wait $!
contains "its panic ends the wait" "$(sql "SELECT reason FROM jobs
	WHERE job = 'panic'")" "Kernel panic - not syncing: sysrq triggered"
contains "naming the host" "$(sql "SELECT reason FROM jobs
	WHERE job = 'panic'")" "host-install: host iron1 crashed: "
contains "the place in the log" "$(sql "SELECT reason FROM jobs
	WHERE job = 'panic'")" "($LOG, byte "
contains "and what came before" "$(sql "SELECT reason FROM jobs
	WHERE job = 'panic'")" "last seen: "
