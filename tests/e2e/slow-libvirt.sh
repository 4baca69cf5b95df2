#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests under libvirt on a virtual host: started, saved, restored, stopped and
# destroyed through virsh, leaving nothing behind. For make check-slow.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

unset IRONBIRD_JOBS_PATH IRONBIRD_FLIGHTS_PATH IRONBIRD_TS_PATH
cat >standalone.config <<END
StateDir $WORK/var
ImageCache ${IRONBIRD_TEST_IMAGES:-$IRONBIRD_SHARE/var/images}
END
# shellcheck disable=SC2034 # for lib.sh
AT_EXIT='ironbird lab down >/dev/null 2>&1'

status() {
	sql "SELECT status FROM steps WHERE job = '$1' AND testid = '$2'"
}

ok "the lab comes up" ironbird lab up
ok "... with a host" ironbird lab add-host iron1
job tiny test-tiny toolstack=libvirt tiny_type=pvh
ok "a guest's life under libvirt passes" ironbird run-job t tiny
ironbird report t.tiny
for testid in guest-start/tiny saverestore-support-check/tiny \
	guest-saverestore/tiny guest-stop/tiny guest-start/tiny.2 \
	guest-destroy/tiny leak-check/check; do
	is "step $testid" "$(status tiny "$testid")" pass
done
is "libvirt migrates to other hosts only" \
	"$(status tiny migrate-support-check/tiny)" skip
is "... so that is not tried" "$(status tiny guest-localmigrate/tiny)" skip
contains "it was libvirt that started it" "$(sql "SELECT log FROM steps
	WHERE testid = 'guest-start/tiny'" | xargs cat)" "tiny: virsh create"
contains "its XML is kept" \
	"$(find var -path '*etc/xen*' -name '*.xml' -exec cat {} +)" \
	"<domain type='xen'"

# a guest is not gone because libvirtd is
export OSSTEST_FLIGHT=t OSSTEST_JOB=tiny
ok "it starts again" ts-guest-start host=iron1 tiny
ironbird ssh iron1 -- systemctl mask --runtime --now libvirtd.service \
	libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket 2>/dev/null
exits "without libvirtd no guest is destroyed" 1 \
	ts-guest-destroy host=iron1 tiny
contains "... nor said to be absent" "$OUT" "failed to connect"
is "it is still there" "$(ironbird ssh iron1 -- xl list | grep -c tiny)" 1
ironbird runvars --set toolstack=xl t tiny
ok "... and can be destroyed by xl" ts-guest-destroy host=iron1 tiny
ironbird runvars --set toolstack=xend t tiny
exits "xend is refused" 99 ts-guest-start host=iron1 tiny
contains "... in words" "$OUT" "'xend' is no part of Xen since 4.5"
