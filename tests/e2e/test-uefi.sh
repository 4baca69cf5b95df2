#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A UEFI host is installed over the network and boots from its disk: GRUB's
# network image, kernel and ramdisk by HTTP, the EFI system partition.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

ok "the lab comes up" ironbird lab up
ok "... with a UEFI host" ironbird lab add-host --uefi iron1
job install e2e-install host=iron1
ok "it is installed and answers on ssh" ironbird run-job t install
contains "its loader was GRUB's network image" \
	"$(cat "$WORK/var/lab/lab/log/tftpd.log")" grubnetx64.efi
contains "from now on it boots from its disk" \
	"$(cat "$WORK"/var/lab/lab/tftp/grub/grub.cfg-*)" local.cfg
ok "it runs as a UEFI system" ironbird ssh iron1 -- test -d /sys/firmware/efi
ok "the lab goes down" ironbird lab down
