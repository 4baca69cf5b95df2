-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Every statement the program makes, by name: "-- STMT_NAME", then the SQL.
-- Parameters are bound in the order ?1, ?2, ...; columns are read by their
-- place. test-db checks that none of them scans a large table.

-- A clock that is set back in the middle of something makes it end when it
-- began, and not before: nothing lasts less than no time.

-- STMT_BEGIN
BEGIN IMMEDIATE
-- STMT_COMMIT
COMMIT
-- STMT_ROLLBACK
ROLLBACK
-- STMT_SAVEPOINT
SAVEPOINT nested
-- STMT_RELEASE
RELEASE nested
-- STMT_ROLLBACK_TO
ROLLBACK TO nested

-- STMT_PRAGMA_JOURNAL_WAL
PRAGMA journal_mode = WAL
-- STMT_PRAGMA_SYNCHRONOUS
PRAGMA synchronous = NORMAL
-- STMT_PRAGMA_SYNCHRONOUS_FULL
PRAGMA synchronous = FULL
-- STMT_PRAGMA_SYNCHRONOUS_OFF
PRAGMA synchronous = OFF
-- 512 MiB
-- STMT_PRAGMA_CACHE_LARGE
PRAGMA cache_size = -524288
-- STMT_PRAGMA_USER_VERSION
PRAGMA user_version
-- All of one moment: another process may just be making the tables.
-- STMT_SCHEMA_STATE
SELECT count(*), (SELECT user_version FROM pragma_user_version),
	(SELECT application_id FROM pragma_application_id)
FROM sqlite_schema

-- STMT_FLIGHT_INSERT
INSERT INTO flights (flight, intended, branch, created)
VALUES (?1, ?2, ?3, ?4)
-- STMT_FLIGHT_NEXT_NUMBER
SELECT coalesce(max(CAST(flight AS INTEGER)), 0) + 1 FROM flights
WHERE flight NOT GLOB '*[^0-9]*' AND length(flight) < 16
-- STMT_FLIGHT_GET
SELECT flight, blessing, intended, branch, created, started, finished,
	(SELECT group_concat(harness, ', ') FROM flights_harness_touched t
		WHERE t.flight = flights.flight)
FROM flights WHERE flight = ?1
-- STMT_FLIGHT_LIST
SELECT flight, blessing, intended, branch, created, started, finished,
	(SELECT group_concat(harness, ', ') FROM flights_harness_touched t
		WHERE t.flight = flights.flight)
FROM flights WHERE ?1 IS NULL OR blessing = ?1
ORDER BY id DESC LIMIT ?2
-- STMT_FLIGHT_BLESS
UPDATE flights SET blessing = ?2 WHERE flight = ?1 AND blessing = ?3
-- STMT_FLIGHT_SET_TIMES
UPDATE flights SET started = coalesce(nullif(?2, 0), started),
	finished = max(nullif(?3, 0), coalesce(nullif(?2, 0), started, ?3))
WHERE flight = ?1
-- STMT_FLIGHT_SET_INTENDED
UPDATE flights SET intended = ?2 WHERE flight = ?1
-- STMT_FLIGHT_SET_BRANCH
UPDATE flights SET branch = ?2 WHERE flight = ?1
-- STMT_FLIGHT_DELETE
DELETE FROM flights WHERE flight = ?1
-- STMT_FLIGHT_RENAME
UPDATE flights SET flight = ?2 WHERE flight = ?1
-- STMT_FLIGHT_MOVE_LOGS
UPDATE steps SET log = ?3 || substr(log, length(?2) + 1)
WHERE flight = ?1 AND substr(log, 1, length(?2)) = ?2
-- STMT_FLIGHT_MOVE_ARTIFACTS
UPDATE artifacts SET path = ?3 || substr(path, length(?2) + 1)
WHERE flight = ?1 AND substr(path, 1, length(?2)) = ?2

-- STMT_FLIGHT_RUNNER
SELECT runner_machine, runner_pid, runner_start FROM flights WHERE flight = ?1
-- STMT_FLIGHT_SET_RUNNER
UPDATE flights SET runner_machine = ?2, runner_pid = nullif(?3, 0),
	runner_start = nullif(?4, 0)
WHERE flight = ?1

-- STMT_FLIGHT_PRIORITY
SELECT priority, coalesce(started, created) FROM flights WHERE flight = ?1
-- STMT_FLIGHT_SET_PRIORITY
UPDATE flights SET priority = ?2 WHERE flight = ?1

-- STMT_FLIGHT_RUN_BESIDE
SELECT runner_machine, runner_pid, runner_start FROM flights
WHERE runner_pid IS NOT NULL AND flight <> ?1
-- STMT_WANT_LIST
SELECT w.host, w.flight, w.job, w.at, f.priority, coalesce(f.started, f.created), f.runner_machine,
	f.runner_pid, f.runner_start
FROM host_wants w JOIN flights f ON f.flight = w.flight
-- STMT_WANT_PUT
INSERT OR REPLACE INTO host_wants (host, flight, job, at)
VALUES (?1, ?2, ?3, nullif(?4, 0))
-- STMT_WANT_DELETE
DELETE FROM host_wants WHERE flight = ?1

-- STMT_PUBLISHED_AT
SELECT at FROM published WHERE flight = ?1 AND destination = ?2
-- STMT_PUBLISHED_SET
INSERT OR REPLACE INTO published (flight, destination, at) VALUES (?1, ?2, ?3)
-- STMT_PUBLISHED_DUE
SELECT f.flight FROM flights f
WHERE f.id > (SELECT max(id) FROM flights) - 1000
	AND f.finished IS NOT NULL AND NOT EXISTS (SELECT 1 FROM published p
	WHERE p.flight = f.flight AND p.destination = ?1
		AND p.at >= f.finished)
ORDER BY f.id

-- STMT_RETEST_PUT
INSERT OR REPLACE INTO retests (flight, of) VALUES (?1, ?2)
-- STMT_RETEST_OF
SELECT of FROM retests WHERE flight = ?1
-- STMT_RETEST_LIST
SELECT flight FROM retests WHERE of = ?1

-- STMT_FLIGHT_TOUCH
INSERT OR IGNORE INTO flights_harness_touched (flight, harness)
VALUES (?1, ?2)

-- STMT_JOB_INSERT
INSERT INTO jobs (flight, job, recipe) VALUES (?1, ?2, ?3)
-- STMT_JOB_GET
SELECT flight, job, recipe, status, reason, run, started, finished,
	owner_machine, owner_pid, owner_start
FROM jobs WHERE flight = ?1 AND job = ?2
-- STMT_JOB_LIST
SELECT flight, job, recipe, status, reason, run, started, finished,
	owner_machine, owner_pid, owner_start
FROM jobs WHERE flight = ?1 ORDER BY id
-- STMT_JOB_LIST_ABORTED
SELECT flight, job, recipe, status, reason, run, started, finished,
	owner_machine, owner_pid, owner_start
FROM jobs WHERE flight = ?1 AND status = 'aborted' ORDER BY id
-- STMT_JOB_BEGIN_RUN
UPDATE jobs SET run = run + 1, status = 'preparing', reason = NULL,
	started = ?3, finished = NULL,
	owner_machine = ?4, owner_pid = ?5, owner_start = ?6
WHERE flight = ?1 AND job = ?2
-- A run that was cut off goes on: what its watchdog said of it is over.
-- STMT_JOB_TAKE_OVER
UPDATE jobs SET status = CASE WHEN status = 'running' THEN status
		ELSE 'preparing' END, reason = NULL, finished = NULL,
	owner_machine = ?3, owner_pid = ?4, owner_start = ?5
WHERE flight = ?1 AND job = ?2
-- STMT_JOB_SET_OWNER
UPDATE jobs SET owner_machine = ?3, owner_pid = nullif(?4, 0),
	owner_start = nullif(?5, 0)
WHERE flight = ?1 AND job = ?2
-- A wish to stop that comes before the first step must not get lost.
-- STMT_JOB_SET_REASON
UPDATE jobs SET reason = ?3 WHERE flight = ?1 AND job = ?2
-- What was broken or aborted stays so until the job is queued or run again.
-- STMT_JOB_SET_STATUS
UPDATE jobs SET
	reason = CASE WHEN status IN ('broken', 'aborted') AND ?3 <> 'queued'
		THEN reason WHEN ?3 = 'running' THEN coalesce(?4, reason)
		ELSE ?4 END,
	status = CASE WHEN status IN ('broken', 'aborted') AND ?3 <> 'queued'
		THEN status ELSE ?3 END
WHERE flight = ?1 AND job = ?2
-- STMT_JOB_END_RUN
UPDATE jobs SET finished = max(?3, coalesce(started, ?3)), owner_machine = NULL, owner_pid = NULL,
	owner_start = NULL
WHERE flight = ?1 AND job = ?2
-- STMT_JOB_SET_RECIPE
UPDATE jobs SET recipe = ?3 WHERE flight = ?1 AND job = ?2
-- STMT_JOB_RENAME
UPDATE jobs SET job = ?3 WHERE flight = ?1 AND job = ?2
-- STMT_JOB_RENAME_REFERENCES
UPDATE runvars SET value = ?3
WHERE flight = ?1 AND value = ?2 AND substr(name, -3) = 'job'
-- STMT_JOB_DELETE
DELETE FROM jobs WHERE flight = ?1 AND job = ?2
-- A simulated job passed too, and says so.
-- STMT_JOB_PASSES
SELECT finished - started FROM jobs
WHERE job = ?1 AND status = 'pass' AND finished IS NOT NULL
	AND started IS NOT NULL AND reason IS NULL
ORDER BY finished DESC LIMIT 20

-- STMT_HISTORY_PASSES
SELECT r.job, u.host, r.finished - r.started FROM job_runs r
LEFT JOIN host_uses u
	ON u.flight = r.flight AND u.job = r.job AND u.run = r.run
WHERE r.recipe = ?1 AND r.status = 'pass' AND r.reason IS NULL
	AND r.finished IS NOT NULL AND r.started IS NOT NULL
ORDER BY r.finished DESC LIMIT ?2
-- STMT_HISTORY_OF_JOB
SELECT r.flight, r.job, r.run, u.ident, u.host, r.status, r.reason, r.started,
	r.finished
FROM job_runs r CROSS JOIN host_uses u
	ON u.flight = r.flight AND u.job = r.job AND u.run = r.run
WHERE r.job = ?1 AND r.finished IS NOT NULL
ORDER BY r.finished DESC LIMIT ?2
-- STMT_HISTORY_OF_HOST
SELECT r.flight, r.job, r.run, u.ident, u.host, r.status, r.reason, r.started,
	r.finished
FROM host_uses u CROSS JOIN job_runs r
	ON r.flight = u.flight AND r.job = u.job AND r.run = u.run
WHERE u.host = ?1 AND r.finished IS NOT NULL
ORDER BY u.since DESC LIMIT ?2
-- STMT_HISTORY_OF_RUNS
SELECT r.flight, r.job, r.run, u.ident, u.host, r.status, r.reason, r.started,
	r.finished
FROM job_runs r LEFT JOIN host_uses u
	ON u.flight = r.flight AND u.job = r.job AND u.run = r.run
WHERE r.flight = ?1 AND r.job = ?2 ORDER BY r.run, u.ident

-- STMT_RUNVAR_DEFINE
INSERT INTO runvars (flight, job, name, value, synth)
VALUES (?1, ?2, ?3, ?4, 0)
ON CONFLICT (flight, job, name) DO UPDATE SET value = ?4, synth = 0
-- STMT_RUNVAR_STORE
INSERT INTO runvars (flight, job, name, value, synth)
VALUES (?1, ?2, ?3, ?4, 1)
ON CONFLICT (flight, job, name) DO UPDATE SET value = ?4
WHERE synth = 1 OR value = ?4
-- STMT_RUNVAR_GET
SELECT value FROM runvars WHERE flight = ?1 AND job = ?2 AND name = ?3
-- STMT_RUNVAR_LIST_JOB
SELECT job, name, value, synth FROM runvars
WHERE flight = ?1 AND job = ?2 ORDER BY name
-- STMT_RUNVAR_LIST_FLIGHT
SELECT job, name, value, synth FROM runvars
WHERE flight = ?1 ORDER BY job, name
-- STMT_RUNVAR_DELETE
DELETE FROM runvars WHERE flight = ?1 AND job = ?2 AND name = ?3
-- STMT_RUNVAR_DELETE_SYNTH
DELETE FROM runvars WHERE flight = ?1 AND job = ?2 AND synth = 1

-- STMT_STEP_INSERT
INSERT INTO steps (flight, job, run, stepno, command, testid, status, stage,
	reason, log, started, finished, owner_machine, owner_pid, owner_start)
VALUES (?1, ?2, ?3, (SELECT coalesce(max(stepno), 0) + 1 FROM steps
		WHERE flight = ?1 AND job = ?2 AND run = ?3),
	?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, 0), ?12, ?13, ?14)
RETURNING stepno
-- STMT_STEP_SET_STAGE
UPDATE steps SET stage = ?5
WHERE flight = ?1 AND job = ?2 AND run = ?3 AND stepno = ?4
-- STMT_STEP_SET_OWNER
UPDATE steps SET owner_machine = ?5, owner_pid = ?6, owner_start = ?7
WHERE flight = ?1 AND job = ?2 AND run = ?3 AND stepno = ?4
-- STMT_STEP_SET_TESTID
UPDATE steps SET testid = ?5
WHERE flight = ?1 AND job = ?2 AND run = ?3 AND stepno = ?4
-- STMT_STEP_FINISH
UPDATE steps SET status = ?5, reason = ?6, finished = max(?7, started)
WHERE flight = ?1 AND job = ?2 AND run = ?3 AND stepno = ?4
-- STMT_STEP_LIST
SELECT s.flight, s.job, s.run, s.stepno, s.command, s.testid, s.status,
	s.stage, s.reason, s.log, s.started, s.finished, s.owner_machine,
	s.owner_pid, s.owner_start
FROM steps s
WHERE s.flight = ?1 AND s.job = ?2 AND s.run = coalesce(nullif(?3, 0),
	(SELECT j.run FROM jobs j WHERE j.flight = ?1 AND j.job = ?2))
ORDER BY s.stepno
-- STMT_STEP_LIST_FLIGHT
SELECT s.flight, s.job, s.run, s.stepno, s.command, s.testid, s.status,
	s.stage, s.reason, s.log, s.started, s.finished, s.owner_machine,
	s.owner_pid, s.owner_start
FROM jobs j CROSS JOIN steps s
	ON s.flight = j.flight AND s.job = j.job AND s.run = j.run
WHERE j.flight = ?1 ORDER BY j.id, s.stepno
-- STMT_STEP_PASSES
SELECT finished - started FROM steps
WHERE job = ?1 AND testid = ?2 AND status = 'pass'
	AND finished IS NOT NULL AND started IS NOT NULL
ORDER BY finished DESC LIMIT 20

-- STMT_ARTIFACT_INSERT
INSERT INTO artifacts (flight, job, run, stepno, name, path, bytes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (flight, job, run, stepno, name)
DO UPDATE SET path = ?6, bytes = ?7
-- STMT_ARTIFACT_LIST
SELECT a.stepno, a.name, a.path, a.bytes FROM artifacts a
WHERE a.flight = ?1 AND a.job = ?2 AND a.run = coalesce(nullif(?3, 0),
	(SELECT j.run FROM jobs j WHERE j.flight = ?1 AND j.job = ?2))
	AND (?4 = 0 OR a.stepno = ?4)
ORDER BY a.stepno, a.name

-- STMT_HOST_INSERT
INSERT INTO hosts (host) VALUES (?1) ON CONFLICT (host) DO NOTHING
-- STMT_HOST_DELETE
DELETE FROM hosts WHERE host = ?1
-- STMT_HOST_LIST
SELECT host FROM hosts ORDER BY host
-- STMT_HOST_PROP_GET
SELECT value FROM host_properties WHERE host = ?1 AND name = ?2
-- STMT_HOST_PROP_SET
INSERT INTO host_properties (host, name, value) VALUES (?1, ?2, ?3)
ON CONFLICT (host, name) DO UPDATE SET value = ?3
-- STMT_HOST_PROP_DELETE
DELETE FROM host_properties WHERE host = ?1 AND name = ?2
-- STMT_HOST_PROP_LIST
SELECT name, value FROM host_properties WHERE host = ?1 ORDER BY name
-- STMT_HOST_FLAG_INSERT
INSERT INTO host_flags (host, flag) VALUES (?1, ?2)
ON CONFLICT (host, flag) DO NOTHING
-- STMT_HOST_FLAG_DELETE
DELETE FROM host_flags WHERE host = ?1 AND flag = ?2
-- STMT_HOST_FLAG_LIST
SELECT flag FROM host_flags WHERE host = ?1 ORDER BY flag

-- STMT_ALLOCATION_GET
SELECT host, flight, job, ident, owner_machine, owner_pid, owner_start, since
FROM host_allocations WHERE host = ?1
-- STMT_ALLOCATION_LIST
SELECT host, flight, job, ident, owner_machine, owner_pid, owner_start, since
FROM host_allocations ORDER BY host
-- STMT_ALLOCATION_PUT
INSERT INTO host_allocations (host, flight, job, ident, owner_machine,
	owner_pid, owner_start, since)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (host) DO UPDATE SET flight = ?2, job = ?3, ident = ?4,
	owner_machine = ?5, owner_pid = ?6, owner_start = ?7, since = ?8
-- STMT_ALLOCATION_SET_IDENT
UPDATE host_allocations SET ident = ?2 WHERE host = ?1
-- STMT_ALLOCATION_HAND_OVER
UPDATE host_allocations SET owner_machine = ?3, owner_pid = ?4,
	owner_start = ?5
WHERE flight = ?1 AND job = ?2
-- STMT_ALLOCATION_FREE
DELETE FROM host_allocations WHERE flight = ?1 AND job = ?2
-- STMT_ALLOCATION_FREE_OWN
DELETE FROM host_allocations WHERE flight = ?1 AND job = ?2
	AND owner_machine = ?3 AND owner_pid = ?4 AND owner_start = ?5

-- STMT_HOST_STATE_GET
SELECT condition, hash, reason, boot_id, since, flight, job, run
FROM host_states WHERE host = ?1
-- STMT_HOST_STATE_PUT
INSERT INTO host_states (host, condition, hash, reason, boot_id, since,
	flight, job, run)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0))
ON CONFLICT (host) DO UPDATE SET condition = ?2, hash = ?3, reason = ?4,
	boot_id = ?5, since = ?6, flight = ?7, job = ?8, run = nullif(?9, 0)
-- STMT_PREPARATION_PUT
INSERT INTO host_preparations (host, hash, flight, job, made)
VALUES (?1, '', ?2, ?3, ?4)
-- STMT_PREPARATION_DELETE
DELETE FROM host_preparations WHERE host = ?1 AND hash = ?2
-- STMT_PREPARATION_SEAL
UPDATE host_preparations SET hash = ?2, made = ?3
WHERE host = ?1 AND hash = ''
-- What nobody can go back to any more.
-- STMT_PREPARATION_FORGET
DELETE FROM host_preparations
WHERE host = ?1 AND hash <> ?2 AND hash <> '' AND snapshot IS NULL
	AND NOT pristine
-- STMT_PREPARATION_LIST
SELECT host, hash, flight, job, made, snapshot, snapshot_bytes, boot_id,
	used, pristine
FROM host_preparations WHERE ?1 IS NULL OR host = ?1
ORDER BY host, hash
-- STMT_PREPARATION_SET_SNAPSHOT
UPDATE host_preparations SET snapshot = ?3, snapshot_bytes = ?4, boot_id = ?5
WHERE host = ?1 AND hash = ?2
-- STMT_PREPARATION_SET_PRISTINE
UPDATE host_preparations SET pristine = (hash = ?2) WHERE host = ?1
-- STMT_PREPARATION_USED
UPDATE host_preparations SET used = ?3 WHERE host = ?1 AND hash = ?2
-- STMT_FACT_PUT
INSERT INTO host_facts (host, hash, kind, name, value)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (host, hash, kind, name) DO UPDATE SET value = ?5
-- STMT_FACT_LIST
SELECT kind, name, value FROM host_facts WHERE host = ?1 AND hash = ?2
ORDER BY kind, name

-- STMT_BOOT_EVENT_INSERT
INSERT INTO boot_events (host, at, source, stage, detail, file, "offset")
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (source, file, "offset") DO NOTHING
-- STMT_BOOT_EVENT_LIST
SELECT host, at, source, stage, detail, file, "offset" FROM boot_events
WHERE host = ?1 AND at BETWEEN ?2 AND ?3 ORDER BY at, id LIMIT ?4
-- STMT_POWER_ACTION_INSERT
INSERT INTO power_actions (host, method, action, state_before, state_after,
	result, attempts, error, started, finished, device, outlet)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0),
	max(nullif(?10, 0), ?9), ?11, ?12)
-- STMT_POWER_OUTLET_LAST
SELECT state_after, finished FROM power_actions
WHERE device = ?1 AND outlet IS ?2 AND action IN ('on', 'off')
ORDER BY id DESC LIMIT 1
-- STMT_POWER_OUTLET_WEAR
SELECT count(*) FROM power_actions
WHERE device = ?1 AND outlet IS ?2 AND action IN ('on', 'off')
	AND (state_before <> state_after
		OR (state_after = 'unknown' AND result <> 'failed'))
-- STMT_POWER_ACTION_LIST
SELECT id, host, method, action, state_before, state_after, result, attempts,
	error, started, finished
FROM power_actions ORDER BY id DESC LIMIT ?1
-- STMT_POWER_ACTION_LIST_HOST
SELECT id, host, method, action, state_before, state_after, result, attempts,
	error, started, finished
FROM power_actions WHERE host = ?1 ORDER BY id DESC LIMIT ?2
-- STMT_POWER_ACTION_LIST_BETWEEN
SELECT id, host, method, action, state_before, state_after, result, attempts,
	error, started, finished
FROM power_actions WHERE host = ?1 AND finished BETWEEN ?2 AND ?3
ORDER BY finished DESC, id DESC LIMIT ?4

-- Newest first. ?3: blessings with commas between them, NULL: any; ?4 bounds
-- what is looked at, so that a branch full of other blessings costs no more.
-- STMT_PAST_FLIGHTS
SELECT id, flight, blessing, coalesce(started, created), finished
FROM flights
WHERE branch = ?1 AND id <= ?2 AND id > coalesce((SELECT o.id FROM flights o
		WHERE o.branch = ?1 AND o.id <= ?2
		ORDER BY o.id DESC LIMIT 1 OFFSET 4 * ?4), 0)
	AND (?3 IS NULL OR
		instr(',' || ?3 || ',', ',' || blessing || ',') > 0)
ORDER BY id DESC LIMIT ?4
-- STMT_PAST_FLIGHT_ID
SELECT id FROM flights WHERE flight = ?1
-- STMT_PAST_NEWEST_ID
SELECT coalesce(max(id), 0) FROM flights WHERE branch = ?1
-- The next name each time, by index: DISTINCT would read every row.
-- STMT_PAST_BRANCHES
WITH RECURSIVE b (branch) AS (
	SELECT min(branch) FROM flights
	UNION ALL
	SELECT (SELECT min(f.branch) FROM flights f WHERE f.branch > b.branch)
	FROM b WHERE b.branch IS NOT NULL)
SELECT branch FROM b WHERE branch IS NOT NULL
-- STMT_PAST_HOSTS
WITH RECURSIVE h (host) AS (
	SELECT min(host) FROM host_uses
	UNION ALL
	SELECT (SELECT min(u.host) FROM host_uses u WHERE u.host > h.host)
	FROM h WHERE h.host IS NOT NULL)
SELECT host FROM h WHERE host IS NOT NULL
-- STMT_PAST_BUILT
SELECT name, value FROM runvars
WHERE flight = ?1 AND name GLOB 'built_revision_*'
-- STMT_PAST_ELSEWHERE
SELECT value FROM runvars
WHERE flight = ?1 AND name GLOB '*buildjob' AND value GLOB '*.*'
-- STMT_PAST_JOB_BUILT
SELECT name, value FROM runvars WHERE flight = ?1 AND job = ?2
	AND (name GLOB 'built_revision_*' OR name GLOB '*buildjob')
-- STMT_PAST_BAD_STEPS
SELECT s.job, s.testid, s.stepno, s.status, s.reason
FROM jobs j CROSS JOIN steps s INDEXED BY steps_bad
	ON s.flight = j.flight AND s.job = j.job AND s.run = j.run
		AND s.status NOT IN ('pass', 'skip')
WHERE j.flight = ?1 ORDER BY j.id, s.stepno
-- STMT_PAST_JOB_BAD_STEPS
SELECT s.job, s.testid, s.stepno, s.status, s.reason
FROM steps s INDEXED BY steps_bad
WHERE s.flight = ?1 AND s.job = ?2 AND s.run = ?3
	AND s.status NOT IN ('pass', 'skip')
ORDER BY s.stepno
-- STMT_PAST_STEP
SELECT s.status, s.stepno FROM jobs j CROSS JOIN steps s
	ON s.flight = j.flight AND s.job = j.job AND s.run = j.run
WHERE j.flight = ?1 AND j.job = ?2 AND s.testid = ?3
-- STMT_PAST_PASSED_EVER
SELECT 1 FROM first_passes
WHERE branch = ?1 AND blessing = ?2 AND job = ?3 AND testid = ?4
	AND flight_id <= ?5
-- STMT_PAST_JOB_ON_BRANCH
SELECT j.flight, j.job, f.branch, f.blessing, j.run, j.status, j.started,
	j.finished, j.reason
FROM flights f CROSS JOIN jobs j ON j.flight = f.flight AND j.job = ?1
WHERE f.branch = ?2 AND f.id > coalesce((SELECT o.id FROM flights o
		WHERE o.branch = ?2 ORDER BY o.id DESC LIMIT 1 OFFSET ?4), 0)
	AND (?3 IS NULL OR
		instr(',' || ?3 || ',', ',' || f.blessing || ',') > 0)
ORDER BY f.id DESC LIMIT ?5
-- STMT_PAST_JOB_ANYWHERE
SELECT j.flight, j.job, f.branch, f.blessing, j.run, j.status, j.started,
	j.finished, j.reason
FROM jobs j CROSS JOIN flights f ON f.flight = j.flight
WHERE j.job = ?1 AND j.id > coalesce((SELECT o.id FROM jobs o
		WHERE o.job = ?1 ORDER BY o.id DESC LIMIT 1 OFFSET ?3), 0)
	AND (?2 IS NULL OR
		instr(',' || ?2 || ',', ',' || f.blessing || ',') > 0)
ORDER BY j.id DESC LIMIT ?4
-- STMT_PAST_HOST
SELECT u.flight, u.job, f.branch, f.blessing, u.run, r.status, r.started,
	r.finished, r.reason, u.ident
FROM host_uses u CROSS JOIN job_runs r
	ON r.flight = u.flight AND r.job = u.job AND r.run = u.run
	CROSS JOIN flights f ON f.flight = u.flight
WHERE u.host = ?1 ORDER BY u.since DESC LIMIT ?2
-- STMT_PAST_HOSTS_OF
SELECT host, ident FROM host_uses
WHERE flight = ?1 AND job = ?2 AND run = ?3

-- STMT_BASELINE_PUT
INSERT INTO baselines (flight, tree, revision) VALUES (?1, ?2, ?3)
ON CONFLICT (flight, tree) DO UPDATE SET revision = ?3
-- STMT_BASELINE_LIST
SELECT tree, revision FROM baselines WHERE flight = ?1 ORDER BY tree
-- STMT_NIGHT_PUT
INSERT INTO nights (flight, tested, of_baseline, stage)
VALUES (?1, ?2, ?3, 'made')
-- The oldest that is not over. One whose flight a person blessed otherwise is
-- nobody's any more.
-- STMT_NIGHT_FIND
SELECT n.flight, n.tested, n.of_baseline, n.stage, n.stopped, min(f.id)
FROM nights n CROSS JOIN flights f ON f.flight = n.flight
WHERE n.stage <> 'concluded' AND f.branch = ?1 AND f.intended = ?2
	AND f.blessing IN ('constructing', 'running', f.intended)
-- STMT_NIGHT_STAGE
UPDATE nights SET stage = ?2 WHERE flight = ?1
-- STMT_NIGHT_STOPPED
UPDATE nights SET stopped = ?2 WHERE flight = ?1
-- STMT_JUDGEMENT_PUT
INSERT INTO judgements (flight, horizon, overall, blocking, judged)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (flight) DO UPDATE SET horizon = ?2, overall = ?3, blocking = ?4,
	judged = ?5
-- STMT_JUDGEMENT_PUSHED
UPDATE judgements SET pushed = ?2 WHERE flight = ?1
-- STMT_JUDGEMENT_GET
SELECT horizon, overall, blocking, pushed, judged FROM judgements
WHERE flight = ?1
-- STMT_STASH_USE_INSERT
INSERT INTO stash_uses (dist, flight, job) VALUES (?1, ?2, ?3)
ON CONFLICT (dist, flight, job) DO NOTHING
-- STMT_STASH_USE_DELETE_JOB
DELETE FROM stash_uses WHERE flight = ?1 AND job = ?2
-- STMT_STASH_USE_LIST
SELECT flight, job FROM stash_uses WHERE dist = ?1 ORDER BY flight, job
-- STMT_STEPS_FORGET_LOGS
UPDATE steps SET log = NULL WHERE flight = ?1 AND log IS NOT NULL
-- STMT_ARTIFACTS_FORGET
DELETE FROM artifacts WHERE flight = ?1
