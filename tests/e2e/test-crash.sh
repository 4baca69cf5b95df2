#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGKILL to run-job and to steps, at random moments, CRASH_KILLS times: no
# result lost, none invented, nothing left running.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

kills=${CRASH_KILLS:-60}
job crash e2e-crash
ok "it is killed $kills times and more" "$B/tests/bench/crash" "$kills" \
	t crash >figures
cat figures
figure() {
	awk -v name="$1" '$1 == name { print int($2) }' figures
}
is "kills" "$(figure crash_kills)" "$kills"
ok "run-job was resumed" test "$(figure crash_resumes)" -gt 0
is "rows that are wrong" "$(figure crash_rows_wrong)" 0
is "processes that are left" "$(figure crash_leftovers)" 0
is "hosts that are left" "$(sql "SELECT count(*) FROM host_allocations")" 0
is "the database is whole" "$(sql "PRAGMA integrity_check")" ok
