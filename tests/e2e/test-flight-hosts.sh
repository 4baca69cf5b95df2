#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A flight on several hosts: side by side, waiting for one another, broken and
# tried elsewhere, killed and taken up.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >>standalone.config <<END
HostFlags_iron1 arch-amd64 quick
HostFlags_iron2 arch-amd64
END

# flight NAME JOB=RECIPE[+RUNVAR=VALUE]...
flight() {
	name=$1
	shift
	ironbird flight-create -f "$name" play e2e >/dev/null
	for word; do
		recipe=${word#*=}
		# shellcheck disable=SC2046
		ironbird job-create "$name" "${word%%=*}" \
			$(echo "$recipe" | tr + ' ') >/dev/null
	done
}
# statuses FLIGHT
statuses() {
	sql "SELECT group_concat(job || ' ' || status, ', ') FROM
		(SELECT * FROM jobs WHERE flight = '$1' ORDER BY id)"
}
# runs FLIGHT JOB: each run with its hosts and status
runs() {
	sql "SELECT group_concat(u.host || ' ' || r.status, ', ') FROM
		(SELECT * FROM job_runs WHERE flight = '$1' AND job = '$2'
		ORDER BY run) r LEFT JOIN host_uses u
		USING (flight, job, run)"
}
# at_gate COUNT: so many jobs are there
at_gate() {
	[ -e at-a ] && [ "$(wc -l <at-a)" -ge "$1" ]
}
fresh() {
	rm -f at-a go-a bad-host hosts-used
}

# --- side by side ------------------------------------------------------------
flight side a=e2e-gate b=e2e-gate c=e2e-gate pair=e2e-two-hosts
ironbird run-flight side >out 2>&1 &
pid=$!
ok "two jobs run side by side on two hosts" until_true 20 at_gate 2
is "each has a host of its own" "$(sql "SELECT count(DISTINCT host) FROM
	host_allocations WHERE flight = 'side' AND owner_pid IN
	(SELECT owner_pid FROM jobs WHERE flight = 'side')")" 2
is "another one waits" "$(sql "SELECT count(*) FROM jobs
	WHERE flight = 'side' AND status = 'queued'")" 1
exits "a second run-flight" 75 ironbird run-flight side
contains "says who runs it" "$OUT" "flight side is run already: by process $pid"
exits "why one waits" 0 ironbird why side c
contains "is said with host and job" "$OUT" "side.c: waits until about"
contains "that it waits for" "$OUT" ": host iron"
exits "where one runs" 0 ironbird why side.a
contains "is said" "$OUT" "side.a: running on iron"
exits "an unknown job" 2 ironbird why side x
exits "the plan" 0 ironbird plan show side
is "has them all" "$(echo "$OUT" | awk 'NR > 1 && /^[abcp]/ { print $1, $2 }' |
	sort | tr '\n' ,)" "a running,b running,c queued,pair pass,"
contains "what is over with its hosts, too" "$(echo "$OUT" | tr -s ' ')" \
	"pair pass iron"
exits "as JSON" 0 ironbird plan show --json side
echo "$OUT" >plan.json
is "with hosts" "$(sqlite3 :memory: "SELECT group_concat(
	json_array_length(value, '\$.hosts')) FROM json_each(
	CAST(readfile('plan.json') AS TEXT), '\$.jobs')")" "1,1,1,2"
exits "as a chart" 0 ironbird plan show --svg plan.svg side
is "with a bar for each host of each" "$(grep -c '<rect x=' plan.svg)" 5
is "each bar is closed" "$(grep -c '<g ' plan.svg)" \
	"$(grep -c '</g>' plan.svg)"
touch go-a
wait $pid
is "all pass" "$(statuses side)" "a pass, b pass, c pass, pair pass"
contains "what begins is told" "$(cat out)" "begins   pair on iron"
is "the pair had both hosts" "$(sql "SELECT group_concat(host, ' ') FROM
	(SELECT host FROM host_uses WHERE flight = 'side' AND job = 'pair'
	ORDER BY host)")" "iron1 iron2"
is "never two jobs on one host" "$(sql "SELECT count(*) FROM host_uses x,
	host_uses y, job_runs a, job_runs b WHERE x.host = y.host AND
	x.job < y.job AND x.flight = 'side' AND y.flight = 'side' AND
	a.flight = 'side' AND a.job = x.job AND b.flight = 'side' AND
	b.job = y.job AND a.started < b.finished AND
	b.started < a.finished")" 0
is "no host is left" "$(sql "SELECT count(*) FROM host_allocations")" 0
is "each run-job has its log" "$(tail -1 var/logs/side/a/run-job.log)" \
	"ironbird report side tells more"

# --- on a terminal -----------------------------------------------------------
fresh
flight tty a=e2e-gate+host=iron1 b=e2e-gate+host=iron1
TERM=xterm script -qfec "stty cols 80; ironbird run-flight tty" typescript \
	>/dev/null 2>&1 &
pid=$!
seen() {
	grep -q "$1" typescript 2>/dev/null
}
ok "what runs is shown, with its stage" until_true 20 \
	seen "  [ab] iron1 until .* gate/a: at the gate"
ok "and what waits, with the reason" until_true 20 \
	seen "  [ab] waits until about .*: host iron1 runs job [ab]"
ok "and how many there are" seen "1 running, 1 waiting, 0 passed"
touch go-a
wait $pid
ok "what happens stays" seen "pass     [ab], "
is "no line is longer than the terminal" "$(tr '\r' '\n' <typescript |
	sed 's/\x1b\[[0-9]*[AJ]//g' | awk 'length > 80 && !/^Script/' |
	wc -l)" 0

fresh
flight narrow a=e2e-gate+host=iron1 b=e2e-gate+host=iron1
TERM=xterm script -qfec "stty cols 44; ironbird run-flight narrow" typescript \
	>/dev/null 2>&1 &
pid=$!
ok "what does not fit into a line goes on in the next" until_true 20 \
	seen "^      runs job [ab]"
touch go-a
wait $pid

# --- which host --------------------------------------------------------------
fresh
flight where pinned=e2e-on-host+host=iron2 \
	flagged=e2e-on-host+all_hostflags=arch-amd64,quick \
	nowhere=e2e-on-host+all_hostflags=hvm-intel \
	after=e2e-pass+toolstack=xl+nowherejob=nowhere
exits "a flight with a job that no host will do for" 4 ironbird run-flight where
is "jobs run where they may" "$(sort hosts-used | tr '\n' ' ')" \
	"flagged iron1 pinned iron2 "
is "that job is starved, what needs it is blocked" "$(statuses where)" \
	"pinned pass, flagged pass, nowhere starved, after blocked"
is "and says what is missing where" "$(sql "SELECT reason FROM jobs
	WHERE flight = 'where' AND job = 'nowhere'")" \
	"no host has the flags hvm-intel for 'host': iron1 is nearest and lacks hvm-intel"

fresh
flight wished a=e2e-on-host b=e2e-on-host
OSSTEST_HOST_HOST=iron2 exits "a host that is wished for" 0 \
	ironbird run-flight wished
is "is the only one used" "$(sort -u hosts-used | tr '\n' ' ')" \
	"a iron2 b iron2 "

# --- which flights a host serves ---------------------------------------------
fresh
ironbird host set iron1 +blessed-commission-play
flight usual a=e2e-on-host b=e2e-on-host
exits "beside a host that is being commissioned" 0 ironbird run-flight usual
is "a flight uses the other one" "$(sort -u hosts-used | tr '\n' ' ')" \
	"a iron2 b iron2 "
fresh
flight named named=e2e-on-host+host=iron1
exits "a job that names it" 0 ironbird run-flight named
is "gets it" "$(cat hosts-used)" "named iron1"
fresh
flight commission a=e2e-on-host b=e2e-on-host+all_hostflags=quick
ironbird adjust-flight commission intended-blessing commission-play
exits "a flight that commissions" 0 ironbird run-flight commission
is "has a host that serves all, too" "$(sort hosts-used | sed 's/a iron./a/' |
	tr '\n' ' ')" "a b iron1 "
ironbird host set iron2 +blessed-real
flight unserved a=e2e-on-host
is "why names the flag when no host serves" "$(ironbird why unserved a)" \
	"unserved.a: waits no host has the flags blessed-play for 'host': iron1 is \
nearest and lacks blessed-play"
exits "such a flight" 4 ironbird run-flight unserved
is "is starved" "$(statuses unserved)" "a starved"
exits "its job by hand" 3 ironbird run-job unserved a
contains "says so of each host" "$(cat var/logs/unserved/a/*/*hosts-allocate.log)" \
	"host iron2 lacks the flag blessed-play"
ironbird host set iron1 '!blessed-commission-play'
ironbird host set iron2 '!blessed-real'

# --- broken ------------------------------------------------------------------
fresh
echo iron1 >bad-host
flight broken one=e2e-on-host+host=iron1 other=e2e-on-host
exits "a flight with a host that breaks its jobs" 3 ironbird run-flight broken
is "a job without another host stays broken" "$(runs broken one)" \
	"iron1 broken"
is "the other passes in the end" "$(sql "SELECT status FROM jobs
	WHERE flight = 'broken' AND job = 'other'")" pass
fresh
echo iron2 >bad-host
flight again only=e2e-on-host+all_hostflags=arch-amd64
# the first job of a name goes to the first host; so make that the other one
ironbird run-flight again >/dev/null
sql "UPDATE flights SET blessing = 'running' WHERE flight = 'again'"
sql "UPDATE jobs SET status = 'queued' WHERE flight = 'again'"
exits "a job that is broken on one host" 0 ironbird run-flight again
is "is run again on the other, as a run of its own" "$(runs again only)" \
	"iron1 pass, iron2 broken, iron1 pass"
contains "and that is told" "$OUT" "again    only, on another host"

fresh
echo iron1 >bad-host
flight worn a=e2e-on-host+host=iron1 b=e2e-on-host+host=iron1 \
	c=e2e-on-host+host=iron1 d=e2e-on-host+host=iron1
exits "a host that breaks all of its jobs" 3 ironbird run-flight worn
is "gets no more after the third" "$(sql "SELECT status, count(*) FROM jobs
	WHERE flight = 'worn' GROUP BY status" | tr '\n' ' ')" \
	"broken|3 starved|1 "
contains "and that is said" "$OUT" \
	"host iron1 is left out: the last 3 jobs on it were broken"
sql "UPDATE job_runs SET finished = finished - 50000000
	WHERE flight = 'worn'"

# --- hosts of others ---------------------------------------------------------
fresh
flight others x=e2e-on-host+host=iron1
sql "INSERT INTO host_allocations (host, flight, job, ident, owner_pid, since)
	VALUES ('iron1', 'person', 'x', 'host', 0, 1)"
ironbird run-flight others >out 2>&1 &
pid=$!
runs_now() {
	[ "$(sql "SELECT blessing FROM flights WHERE flight = 'others'")" = \
		running ]
}
ok "a flight whose host somebody keeps" until_true 20 runs_now
is "waits" "$(statuses others)" "x queued"
sql "DELETE FROM host_allocations"
wait $pid
is "and begins when it is given back" "$(statuses others)" "x pass"

# --- two flights at once -----------------------------------------------------
fresh
for name in first second; do
	flight $name a=e2e-on-host b=e2e-on-host c=e2e-two-hosts \
		d=e2e-on-host e=e2e-two-hosts
done
ironbird run-flight first >out 2>&1 &
pid=$!
exits "beside another flight" 0 ironbird run-flight second
wait $pid
is "both pass" "$(sql "SELECT DISTINCT status FROM jobs
	WHERE flight IN ('first', 'second')")" pass
sql "CREATE VIEW used AS SELECT u.host, u.flight || u.job AS job, r.started,
	r.finished FROM host_uses u JOIN job_runs r USING (flight, job, run)
	WHERE u.flight IN ('first', 'second')"
is "and never share a host" "$(sql "SELECT count(*) FROM used a, used b
	WHERE a.host = b.host AND a.job < b.job AND
	a.started < b.finished AND b.started < a.finished")" 0

# --- killed ------------------------------------------------------------------
fresh
flight killed a=e2e-gate b=e2e-gate c=e2e-on-host+ajob=a
ironbird run-flight killed >out 2>&1 &
pid=$!
ok "two jobs run" until_true 20 at_gate 2
kill -KILL $pid
wait $pid 2>/dev/null
is "run-jobs outlive a run-flight that is killed" "$(sql "SELECT count(*)
	FROM jobs WHERE flight = 'killed' AND status = 'running'")" 2
ironbird run-flight --resume killed >out 2>&1 &
pid=$!
adopted() {
	[ "$(grep -c 'goes on' out)" -eq 2 ]
}
ok "the next one takes them up" until_true 20 adopted
touch go-a
wait $pid
is "and goes on to the end" "$(statuses killed)" "a pass, b pass, c pass"
is "nothing was run twice" "$(sort at-a | tr '\n' ' ')" "a 1 b 1 "
is "the flight is blessed" "$(sql "SELECT blessing FROM flights
	WHERE flight = 'killed'")" play

fresh
flight lost a=e2e-gate+host=iron1
ironbird run-flight lost >out 2>&1 &
pid=$!
ok "a job runs" until_true 20 at_gate 1
kill -KILL "$(sql "SELECT owner_pid FROM jobs WHERE flight = 'lost'")"
ok "a run-job that is killed is carried on" until_true 20 at_gate 2
touch go-a
wait $pid
is "in the same run" "$(runs lost a)" "iron1 pass"

fresh
flight both a=e2e-gate
ironbird run-flight both >out 2>&1 &
pid=$!
ok "a job runs" until_true 20 at_gate 1
host=$(sql "SELECT host FROM host_allocations")
kill -KILL $pid "$(sql "SELECT owner_pid FROM jobs WHERE flight = 'both'")"
wait $pid 2>/dev/null
touch go-a
exits "both were killed" 0 ironbird run-flight --resume both
contains "the run is carried on" "$OUT" "resumes  a on $host"
is "to its end, on its host" "$(runs both a)" "$host pass"

flight blessed good=e2e-pass+toolstack=xl
exits "a flight with another blessing" 0 sg-execute-flight blessed adhoc
is "has it in the end" "$(sql "SELECT blessing, intended FROM flights
	WHERE flight = 'blessed'")" "adhoc|adhoc"
flight twins pair=e2e-two-hosts+src_host=iron1+dst_host=iron1
exits "a pair of one host" 4 ironbird run-flight twins
contains "is starved, and says why" "$OUT" \
	"host iron1 cannot be 'dst_host' and another role at once"

flight verdicts good=e2e-pass+toolstack=xl bad=e2e-fail
ironbird run-flight verdicts >/dev/null
sql "UPDATE flights SET blessing = 'running' WHERE flight = 'verdicts'"
exits "resumed when nothing is left" 1 ironbird run-flight --resume verdicts
is "a verdict stays" "$(sql "SELECT sum(run) FROM jobs
	WHERE flight = 'verdicts'")" 2
sql "UPDATE flights SET blessing = 'running' WHERE flight = 'verdicts'"
exits "run again" 1 ironbird run-flight verdicts
is "what has not passed is run again" "$(sql "SELECT group_concat(run, ' ')
	FROM (SELECT run FROM jobs WHERE flight = 'verdicts' ORDER BY id)")" \
	"1 2"

# --- simulated ---------------------------------------------------------------
fresh
flight sim a=e2e-gate b=e2e-on-host+ajob=a
OSSTEST_SIMULATE=1 exits "a simulated flight" 0 ironbird run-flight sim
is "passes" "$(statuses sim)" "a pass, b pass"
is "but no step does" "$(sql "SELECT DISTINCT status || ': ' || reason
	FROM steps WHERE flight = 'sim'")" "skip: simulated: nothing was run"
is "no test case was run" "$(ls at-a hosts-used 2>/dev/null)" ""
ironbird flight-create -f real real e2e >/dev/null
OSSTEST_SIMULATE=1 exits "a real flight is not simulated" 2 \
	ironbird run-flight real

# --- nothing can be written --------------------------------------------------
flight nolog a=e2e-pass+toolstack=xl
mkdir -p var/logs/nolog
touch var/logs/nolog/a
exits "a job whose log cannot be written" 3 ironbird run-flight nolog
contains "is told" "$OUT" "var/logs/nolog/a"
