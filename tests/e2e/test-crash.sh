#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGKILL at random moments, CRASH_KILLS times: to run-job, steps, watchdogs, a
# lab's services, supervisor, recorder and QEMU. No result lost, none invented,
# nothing left running.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

figure() {
	awk -v name="$1" '$1 == name { print int($2) }' figures
}

# crashes JOB KILLS [HOST]
crashes() {
	ok "$1: it is killed $2 times and more" "$B/tests/bench/crash" "$2" \
		t "$1" ${3:+"$3"} >figures
	cat figures
	ok "$1: kills" test "$(figure crash_kills)" -ge "$2"
	ok "$1: run-job was resumed" test "$(figure crash_resumes)" -gt 0
	is "$1: rows that are wrong" "$(figure crash_rows_wrong)" 0
	is "$1: processes that are left" "$(figure crash_leftovers)" 0
	is "$1: hosts that are left" \
		"$(sql "SELECT count(*) FROM host_allocations")" 0
	is "$1: the database is whole" "$(sql "PRAGMA integrity_check")" ok
}

job crash e2e-crash
crashes crash "${CRASH_KILLS:-40}"

IRONBIRD_TEST_NS=$(ironbird lab status --json | json '$.namespace')
export IRONBIRD_TEST_NS
job lab e2e-crash-lab host=iron1
rm -f work
crashes lab "${CRASH_KILLS:-40}" iron1
for kind in run_job step watchdog dnsmasq tftpd apache recorder supervisor \
	qemu; do
	ok "$kind was among them" test "$(figure crash_kills_$kind)" -gt 0
done
is "nothing of the lab is left" "$(processes "$IRONBIRD_TEST_NS")" ""
