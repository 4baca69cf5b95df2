#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A host that is as a job would make it: run-flight begins that job on it, and
# the others elsewhere or later. What is on the hosts are rows; the steps that
# would prepare one only say so.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >>standalone.config <<END
HostFlags_iron1 arch-amd64
HostFlags_iron2 arch-amd64
END
mkdir ts jobs
cat >ts/ts-host-reuse <<'END'
#!/bin/sh
# A host is reused when the row of its state says clean.
sqlite3 -cmd '.timeout 9000' var/standalone.db "INSERT INTO runvars
	SELECT '$OSSTEST_FLIGHT', '$OSSTEST_JOB', 'host_reused',
	CASE hash WHEN (SELECT hash FROM host_facts f WHERE f.host = s.host
		AND name = 'toolstack' AND value = (SELECT value FROM runvars
		WHERE flight = '$OSSTEST_FLIGHT' AND job = '$OSSTEST_JOB' AND
		name = 'toolstack')) THEN 'reused: it is as it should be'
		ELSE 'no' END, 1
	FROM (SELECT '$OSSTEST_HOST_HOST' AS name) n
	LEFT JOIN host_states s ON s.host = n.name"
END
chmod +x ts/ts-host-reuse
cat >jobs/ready.yaml <<'END'
summary: A host is prepared for a toolstack
around: none
hosts: [host]
steps:
  - run: ts-hosts-allocate {hosts}
    testid: hosts-allocate
  - run: ts-host-reuse decide {host}
    each-host: true
  - run: ts-note install {host}
    testid: install
    each-host: true
    prepares: true
  - run: ts-gate a
END
export IRONBIRD_TS_PATH="$WORK/ts:$E2E/ts" IRONBIRD_JOBS_PATH="$WORK/jobs"

# clean HOST TOOLSTACK: it was prepared for that, and nobody has it
clean() {
	sql "PRAGMA foreign_keys = 1;
	DELETE FROM host_preparations WHERE host = '$1';
	INSERT INTO host_preparations (host, hash, flight, job, made)
		VALUES ('$1', 'h-$2', 'before', 'x', 1);
	INSERT INTO host_facts VALUES ('$1', 'h-$2', 'runvar', 'toolstack', '$2'),
		('$1', 'h-$2', 'step', 'ts-note install {host}', '1');
	INSERT OR REPLACE INTO host_states (host, condition, hash, since)
		VALUES ('$1', 'clean', 'h-$2', 1)"
}
flight() {
	name=$1
	shift
	ironbird flight-create -f "$name" play e2e >/dev/null
	for word; do
		ironbird job-create "$name" "${word%%=*}" ready \
			"toolstack=${word#*=}" >/dev/null
	done
}
# where FLIGHT: job and host, in the order in which they began
where() {
	sql "SELECT group_concat(job || ' ' || host || coalesce(' ' || (SELECT
		substr(value, 1, 6) FROM runvars v WHERE v.flight = u.flight
		AND v.job = u.job AND name = 'host_reused'), ''), ', ')
		FROM (SELECT * FROM host_uses WHERE flight = '$1'
		ORDER BY since, job) u"
}

touch go-a
flight two a=libvirt b=xl
clean iron1 xl
clean iron2 libvirt
exits "two hosts that are ready" 0 ironbird run-flight two
is "each job has the one that is as it wants it" \
	"$(where two | tr , '\n' | sed 's/^ //' | sort | tr '\n' ,)" \
	"a iron2 reused,b iron1 reused,"
is "nothing was prepared" "$(cat notes 2>/dev/null)" ""

clean iron1 xl
clean iron2 other
flight first a=libvirt b=libvirt c=xl
exits "more jobs than hosts" 0 ironbird run-flight first
contains "the one that is spared the preparation has its host" \
	"$(where first)" "c iron1 reused"
is "the others are prepared for" "$(wc -l <notes)" 2

clean iron1 xl
clean iron2 libvirt
echo "HostReuse no" >>standalone.config
# jobs that have never run: of others the one that took longer goes first
flight never d=libvirt e=xl
exits "nothing is to be reused" 0 ironbird run-flight never
contains "as they come, then" "$(where never)" "d iron1"

sed -i /HostReuse/d standalone.config
clean iron1 xl
clean iron2 libvirt
flight plan a=libvirt b=xl
is "the plan says the same" "$(ironbird plan show plan |
	awk '/^[ab] / { print $1, $3 }' | sort | tr '\n' ,)" "a iron2,b iron1,"
