#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A UEFI host is installed over the network and boots from its disk: GRUB's
# network image, kernel and ramdisk by HTTP, the EFI system partition. The
# flight that does it is that which examines all hosts.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_FLIGHTS_PATH IRONBIRD_JOBS_PATH IRONBIRD_TS_PATH
cat >standalone.config <<END
StateDir $WORK/var
Pages no
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

ok "the lab comes up" ironbird lab up
ok "... with a UEFI host" ironbird lab add-host --uefi iron1
ok "a flight examines it" make-flight -f see examine
ok "it is installed and answers on ssh" ironbird run-flight see
contains "its loader was GRUB's network image" \
	"$(cat "$WORK/var/lab/lab/log/tftpd.log")" grubnetx64.efi
contains "from now on it boots from its disk" \
	"$(cat "$WORK"/var/lab/lab/tftp/grub/grub.cfg-*)" local.cfg
ok "it runs as a UEFI system" ironbird ssh iron1 -- test -d /sys/firmware/efi
is "every step of the examination passed" "$(sql "SELECT group_concat(testid)
	FROM (SELECT * FROM steps WHERE job = 'examine-iron1' AND
	status = 'pass' AND testid LIKE 'examine-%' ORDER BY stepno)")" \
	"examine-inventory,examine-cpu,examine-serial,examine-power,\
examine-hostprops-save"
is "its power was off in between" "$(sql "SELECT group_concat(action, ' ') FROM
	(SELECT * FROM power_actions ORDER BY id DESC LIMIT 2)")" "on off"
prop() {
	sql "SELECT value FROM host_properties WHERE host = 'iron1' AND
		name = '$1'"
}
is "what was found is its property" "$(prop hw-disks) $(prop hw-serial)" \
	"vda:12G ttyS0"
is "or flag" "$(sql "SELECT group_concat(flag) FROM (SELECT flag FROM host_flags
	WHERE host = 'iron1' AND flag LIKE 'firmware-%')")" firmware-uefi
contains "with the time of it" "$(prop hw-examined)" Z
ok "the lab goes down" ironbird lab down
