# SPDX-License-Identifier: GPL-2.0-or-later
# One host, iron1, and jobs that have it until a file go-a or go-b is there;
# sourced after lib.sh.
# shellcheck shell=sh

cat >>standalone.config <<END
HostFlags_iron1 arch-amd64
PriorityWait 10m
END
mkdir jobs
for gate in a b; do
	cat >jobs/gate-$gate.yaml <<END
summary: Waits for a file
around: none
hosts: [host]
steps:
  - run: ts-hosts-allocate host
    testid: hosts-allocate
  - run: ts-gate $gate
END
done
export IRONBIRD_JOBS_PATH="$WORK/jobs"

# forget_runs: jobs that never ran begin as they are written. Of others the one
# that took longer goes first, and which of these did is chance.
forget_runs() {
	sql "DELETE FROM job_runs"
}
