-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- The tables. Each "-- VERSION n" section takes a database from version n-1
-- to n in one transaction; schema.awk adds the "PRAGMA user_version" to each.
-- A section that was released is never edited: a change is a new section.
--
-- Times are UTC in milliseconds; NULL says "not yet". Names are checked
-- before they come here (base/names.h), status words are checked here.

-- VERSION 1

-- "IRBD": tells our file from other programs' databases.
PRAGMA application_id = 0x49524244;

CREATE TABLE flights (
	id INTEGER PRIMARY KEY,
	flight TEXT NOT NULL UNIQUE,
	blessing TEXT NOT NULL DEFAULT 'constructing',
	intended TEXT NOT NULL,
	branch TEXT NOT NULL,
	created INTEGER NOT NULL,
	started INTEGER,
	finished INTEGER
);
-- The next number of a numbered flight is read off the end of this.
CREATE INDEX flights_numbered ON flights (CAST(flight AS INTEGER))
	WHERE flight NOT GLOB '*[^0-9]*' AND length(flight) < 16;

CREATE TABLE jobs (
	id INTEGER PRIMARY KEY,
	flight TEXT NOT NULL REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE,
	job TEXT NOT NULL,
	recipe TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued',
		'preparing', 'running', 'pass', 'fail', 'broken', 'blocked',
		'starved', 'aborted')),
	reason TEXT,
	run INTEGER NOT NULL DEFAULT 0 CHECK (run >= 0),
	started INTEGER,
	finished INTEGER,
	owner_machine TEXT,
	owner_pid INTEGER,
	owner_start INTEGER,
	UNIQUE (flight, job)
);
CREATE INDEX jobs_of_flight ON jobs (flight);
CREATE INDEX jobs_passed ON jobs (job, finished, started)
	WHERE status = 'pass';

CREATE TABLE runvars (
	flight TEXT NOT NULL,
	job TEXT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	synth INTEGER NOT NULL CHECK (synth IN (0, 1)),
	PRIMARY KEY (flight, job, name),
	FOREIGN KEY (flight, job) REFERENCES jobs (flight, job)
		ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

CREATE TABLE steps (
	flight TEXT NOT NULL,
	job TEXT NOT NULL,
	run INTEGER NOT NULL CHECK (run >= 0),
	stepno INTEGER NOT NULL CHECK (stepno >= 1),
	command TEXT NOT NULL,
	testid TEXT NOT NULL,
	status TEXT NOT NULL CHECK (status IN ('running', 'pass', 'fail',
		'broken', 'blocked', 'skip', 'aborted', 'lost')),
	stage TEXT,
	reason TEXT,
	log TEXT,
	started INTEGER,
	finished INTEGER,
	owner_machine TEXT,
	owner_pid INTEGER,
	owner_start INTEGER,
	PRIMARY KEY (flight, job, run, stepno),
	UNIQUE (flight, job, run, testid),
	FOREIGN KEY (flight, job) REFERENCES jobs (flight, job)
		ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
-- Expected durations: the newest passes of a testid, read from this alone.
CREATE INDEX steps_passed ON steps (job, testid, finished, started)
	WHERE status = 'pass';

CREATE TABLE artifacts (
	flight TEXT NOT NULL,
	job TEXT NOT NULL,
	run INTEGER NOT NULL,
	stepno INTEGER NOT NULL,
	name TEXT NOT NULL,
	path TEXT NOT NULL,
	bytes INTEGER NOT NULL,
	PRIMARY KEY (flight, job, run, stepno, name),
	FOREIGN KEY (flight, job, run, stepno)
		REFERENCES steps (flight, job, run, stepno)
		ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

CREATE TABLE hosts (
	host TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE host_properties (
	host TEXT NOT NULL REFERENCES hosts (host) ON DELETE CASCADE,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (host, name)
) WITHOUT ROWID;

CREATE TABLE host_flags (
	host TEXT NOT NULL REFERENCES hosts (host) ON DELETE CASCADE,
	flag TEXT NOT NULL,
	PRIMARY KEY (host, flag)
) WITHOUT ROWID;

-- Hosts and jobs are no foreign keys: hosts may be known to the settings
-- only, and a person may keep a host for something that is no job.
-- owner_pid 0: kept by a person.
CREATE TABLE host_allocations (
	host TEXT NOT NULL PRIMARY KEY,
	flight TEXT NOT NULL,
	job TEXT NOT NULL,
	ident TEXT NOT NULL,
	owner_machine TEXT,
	owner_pid INTEGER NOT NULL,
	owner_start INTEGER,
	since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX host_allocations_of_job ON host_allocations (flight, job);

CREATE TRIGGER job_deleted AFTER DELETE ON jobs BEGIN
	DELETE FROM host_allocations
		WHERE flight = OLD.flight AND job = OLD.job;
END;
CREATE TRIGGER job_renamed AFTER UPDATE OF flight, job ON jobs BEGIN
	UPDATE host_allocations SET flight = NEW.flight, job = NEW.job
		WHERE flight = OLD.flight AND job = OLD.job;
END;

CREATE TABLE power_actions (
	id INTEGER PRIMARY KEY,
	host TEXT NOT NULL,
	method TEXT NOT NULL,
	action TEXT NOT NULL,
	state_before TEXT CHECK (state_before IN ('on', 'off', 'unknown')),
	state_after TEXT CHECK (state_after IN ('on', 'off', 'unknown')),
	result TEXT NOT NULL CHECK (result IN ('verified', 'unverified',
		'failed')),
	attempts INTEGER NOT NULL,
	error TEXT,
	started INTEGER,
	finished INTEGER
);
CREATE INDEX power_actions_of_host ON power_actions (host);
CREATE INDEX power_actions_of_time ON power_actions (host, finished);

-- file is "PATH#GENERATION" (watch/watch.h): a log that was rotated has new
-- lines at old offsets, and another generation.
CREATE TABLE boot_events (
	id INTEGER PRIMARY KEY,
	host TEXT NOT NULL,
	at INTEGER NOT NULL,
	source TEXT NOT NULL,
	stage TEXT NOT NULL,
	detail TEXT,
	file TEXT NOT NULL,
	"offset" INTEGER NOT NULL,
	UNIQUE (source, file, "offset")
);
CREATE INDEX boot_events_of_host ON boot_events (host, at);

-- VERSION 2

-- Who runs the flight's jobs now (run-flight).
ALTER TABLE flights ADD COLUMN runner_machine TEXT;
ALTER TABLE flights ADD COLUMN runner_pid INTEGER;
ALTER TABLE flights ADD COLUMN runner_start INTEGER;

-- Wear belongs to an outlet, whatever its host or password is.
ALTER TABLE power_actions ADD COLUMN device TEXT;
ALTER TABLE power_actions ADD COLUMN outlet TEXT;
CREATE INDEX power_actions_of_outlet ON power_actions (device, outlet);

-- Every run of a job, where jobs has the newest only; kept by the triggers.
CREATE TABLE job_runs (
	flight TEXT NOT NULL,
	job TEXT NOT NULL,
	run INTEGER NOT NULL,
	recipe TEXT NOT NULL,
	status TEXT NOT NULL,
	reason TEXT,
	started INTEGER,
	finished INTEGER,
	PRIMARY KEY (flight, job, run),
	FOREIGN KEY (flight, job) REFERENCES jobs (flight, job)
		ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
CREATE INDEX job_runs_passed ON job_runs (recipe, finished, started, job)
	WHERE status = 'pass' AND reason IS NULL;
CREATE INDEX job_runs_of_name ON job_runs (job, finished, status);

-- Which hosts a run had.
CREATE TABLE host_uses (
	flight TEXT NOT NULL,
	job TEXT NOT NULL,
	run INTEGER NOT NULL,
	ident TEXT NOT NULL,
	host TEXT NOT NULL,
	since INTEGER NOT NULL,
	PRIMARY KEY (flight, job, run, ident, host),
	FOREIGN KEY (flight, job) REFERENCES jobs (flight, job)
		ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
CREATE INDEX host_uses_of_host ON host_uses (host, since);

INSERT INTO job_runs (flight, job, run, recipe, status, reason, started,
	finished)
SELECT flight, job, run, recipe, status, reason, started, finished
FROM jobs WHERE run > 0;
INSERT INTO host_uses (flight, job, run, ident, host, since)
SELECT j.flight, j.job, j.run, v.name, v.value, j.started
FROM jobs j JOIN runvars v ON v.flight = j.flight AND v.job = j.job
WHERE j.run > 0 AND j.started IS NOT NULL
	AND (v.name = 'host' OR v.name GLOB '*_host');

CREATE TRIGGER job_run_begun AFTER UPDATE OF run ON jobs
WHEN NEW.run > OLD.run BEGIN
	INSERT INTO job_runs (flight, job, run, recipe, status, started)
		VALUES (NEW.flight, NEW.job, NEW.run, NEW.recipe, NEW.status,
			NEW.started)
		ON CONFLICT DO NOTHING;
	INSERT INTO host_uses (flight, job, run, ident, host, since)
		SELECT flight, job, NEW.run, ident, host, NEW.started
		FROM host_allocations
		WHERE flight = NEW.flight AND job = NEW.job;
END;
-- A job that is queued again says nothing more of the run it had.
CREATE TRIGGER job_run_changed AFTER UPDATE OF status, finished ON jobs
WHEN NEW.status <> 'queued' AND NEW.run = OLD.run BEGIN
	UPDATE job_runs SET status = NEW.status, reason = NEW.reason,
			finished = NEW.finished
		WHERE flight = NEW.flight AND job = NEW.job
			AND run = NEW.run;
END;
CREATE TRIGGER host_used AFTER INSERT ON host_allocations BEGIN
	INSERT INTO host_uses (flight, job, run, ident, host, since)
		SELECT flight, job, run, NEW.ident, NEW.host, NEW.since
		FROM jobs WHERE flight = NEW.flight AND job = NEW.job
			AND status IN ('preparing', 'running')
		ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER host_used_again AFTER UPDATE OF flight, job
ON host_allocations BEGIN
	INSERT INTO host_uses (flight, job, run, ident, host, since)
		SELECT flight, job, run, NEW.ident, NEW.host, NEW.since
		FROM jobs WHERE flight = NEW.flight AND job = NEW.job
			AND status IN ('preparing', 'running')
		ON CONFLICT DO NOTHING;
END;

-- What reports look up in history; each stays as quick as history grows.
CREATE INDEX flights_of_branch ON flights (branch, id);
CREATE INDEX jobs_named ON jobs (job, id);
CREATE INDEX steps_bad ON steps (flight, job, run, stepno)
	WHERE status NOT IN ('pass', 'skip');
CREATE INDEX runvars_built ON runvars (flight, name, value)
	WHERE name GLOB 'built_revision_*';
-- builds that a flight took from other flights
CREATE INDEX runvars_elsewhere ON runvars (flight, value)
	WHERE name GLOB '*buildjob' AND value GLOB '*.*';

-- Which steps ever passed where: as many rows as there are tests, however
-- many flights there were, and true when those flights are long deleted.
CREATE TABLE first_passes (
	branch TEXT NOT NULL,
	blessing TEXT NOT NULL,
	job TEXT NOT NULL,
	testid TEXT NOT NULL,
	flight_id INTEGER NOT NULL,
	PRIMARY KEY (branch, blessing, job, testid)
) WITHOUT ROWID;
INSERT INTO first_passes
	SELECT f.branch, f.blessing, s.job, s.testid, min(f.id)
	FROM flights f JOIN jobs j ON j.flight = f.flight
		JOIN steps s ON s.flight = j.flight AND s.job = j.job
			AND s.run = j.run
	WHERE s.status = 'pass'
		AND f.blessing NOT IN ('constructing', 'running')
	GROUP BY 1, 2, 3, 4;
CREATE TRIGGER flight_blessed AFTER UPDATE OF blessing ON flights
WHEN NEW.blessing NOT IN ('constructing', 'running') BEGIN
	INSERT OR IGNORE INTO first_passes
		SELECT NEW.branch, NEW.blessing, s.job, s.testid, NEW.id
		FROM jobs j CROSS JOIN steps s ON s.flight = j.flight
			AND s.job = j.job AND s.run = j.run
		WHERE j.flight = NEW.flight AND s.status = 'pass';
END;

-- What a flight is compared with, and what came of it: horizon is the newest
-- flight (flights.id) that was looked at as evidence, pushed the revision
-- that it let through.
CREATE TABLE baselines (
	flight TEXT NOT NULL REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE,
	tree TEXT NOT NULL,
	revision TEXT NOT NULL,
	PRIMARY KEY (flight, tree)
) WITHOUT ROWID;
CREATE TABLE judgements (
	flight TEXT NOT NULL PRIMARY KEY REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE,
	horizon INTEGER NOT NULL,
	overall TEXT NOT NULL CHECK (overall IN ('unjudged', 'perfect',
		'tolerable', 'regressions', 'trouble')),
	blocking INTEGER NOT NULL,
	pushed TEXT,
	judged INTEGER NOT NULL
) WITHOUT ROWID;
-- Which job refers to which entry of the stash: those are never removed.
CREATE TABLE stash_uses (
	dist TEXT NOT NULL,
	flight TEXT NOT NULL,
	job TEXT NOT NULL,
	PRIMARY KEY (dist, flight, job),
	FOREIGN KEY (flight, job) REFERENCES jobs (flight, job)
		ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
CREATE INDEX stash_uses_of_job ON stash_uses (flight, job);

-- What a preparation made of a host, and the facts that went into it. hash is
-- '' while it is being made. Those of states that the host had before stay
-- while there is a snapshot of them, or its pristine partition has them.
CREATE TABLE host_preparations (
	host TEXT NOT NULL,
	hash TEXT NOT NULL,
	flight TEXT NOT NULL,
	job TEXT NOT NULL,
	made INTEGER NOT NULL,
	snapshot TEXT,
	snapshot_bytes INTEGER,
	boot_id TEXT,
	used INTEGER,
	pristine INTEGER NOT NULL DEFAULT 0 CHECK (pristine IN (0, 1)),
	PRIMARY KEY (host, hash)
) WITHOUT ROWID;

-- kind 'result': a runvar that the preparation stored, not part of the hash.
CREATE TABLE host_facts (
	host TEXT NOT NULL,
	hash TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (host, hash, kind, name),
	FOREIGN KEY (host, hash) REFERENCES host_preparations (host, hash)
		ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

-- What is on a host now. flight, job, run: who has it since it was last seen
-- clean, NULL when nobody; a name only, so that it outlives the job.
CREATE TABLE host_states (
	host TEXT NOT NULL PRIMARY KEY,
	condition TEXT NOT NULL CHECK (condition IN ('preparing', 'clean',
		'used', 'dirty')),
	hash TEXT,
	reason TEXT,
	boot_id TEXT,
	since INTEGER NOT NULL,
	flight TEXT,
	job TEXT,
	run INTEGER
) WITHOUT ROWID;

-- Who is named here must not be taken for a later job of the same name.
CREATE TRIGGER host_taker_deleted AFTER DELETE ON jobs BEGIN
	UPDATE host_states SET condition = 'dirty', flight = NULL, job = NULL,
			run = NULL, reason = coalesce(reason, OLD.flight ||
			'.' || OLD.job || ' had it and was deleted')
		WHERE flight = OLD.flight AND job = OLD.job;
END;
CREATE TRIGGER host_taker_renamed AFTER UPDATE OF flight, job ON jobs BEGIN
	UPDATE host_states SET flight = NEW.flight, job = NEW.job
		WHERE flight = OLD.flight AND job = OLD.job;
END;
CREATE TRIGGER host_deleted AFTER DELETE ON hosts BEGIN
	DELETE FROM host_states WHERE host = OLD.host;
	DELETE FROM host_preparations WHERE host = OLD.host;
END;

-- VERSION 3

-- Which Ironbirds ran parts of a flight: the test system is tested, too.
CREATE TABLE flights_harness_touched (
	flight TEXT NOT NULL REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE,
	harness TEXT NOT NULL,
	PRIMARY KEY (flight, harness)
) WITHOUT ROWID;

-- Of flights that share hosts the one with the lower number goes first.
ALTER TABLE flights ADD COLUMN priority INTEGER;

-- What a flight that is run waits for: the next host that becomes free goes to
-- the flight whose job is named here and goes first. at: with other hosts, not
-- before then; NULL: as soon as it is free.
CREATE TABLE host_wants (
	host TEXT NOT NULL,
	flight TEXT NOT NULL REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE,
	job TEXT NOT NULL,
	at INTEGER,
	PRIMARY KEY (flight, host)
) WITHOUT ROWID;
CREATE INDEX flights_run ON flights (runner_pid) WHERE runner_pid IS NOT NULL;

-- Where a flight's logs have been copied to, and when.
CREATE TABLE published (
	flight TEXT NOT NULL REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE,
	destination TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (flight, destination)
) WITHOUT ROWID;

-- VERSION 4

-- Regressions that were run once more at once: in which flight, and of which.
CREATE TABLE retests (
	flight TEXT PRIMARY KEY NOT NULL REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE,
	of TEXT NOT NULL REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
CREATE INDEX retests_of ON retests (of);

-- VERSION 5

-- Flights that nightly made, and how far it has come with each, so that the
-- next one goes on from there. tested: the commit, which is the baseline's own
-- with of_baseline. stopped: why it was ended before all its jobs had run.
CREATE TABLE nights (
	flight TEXT PRIMARY KEY NOT NULL REFERENCES flights (flight)
		ON DELETE CASCADE ON UPDATE CASCADE,
	tested TEXT NOT NULL,
	of_baseline INTEGER NOT NULL CHECK (of_baseline IN (0, 1)),
	stage TEXT NOT NULL CHECK (stage IN ('made', 'run', 'retested',
		'concluded')),
	stopped TEXT
) WITHOUT ROWID;
CREATE INDEX nights_open ON nights (flight) WHERE stage <> 'concluded';
