#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The commands by OSSTest's names, as its users expect them, and their JSON.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# json PATH: that member of what the last "exits" got, or "malformed"
json() {
	printf '%s\n' "$OUT" >json.text
	sqlite3 :memory: "SELECT CASE WHEN json_valid(t)
		THEN json_extract(t, '$1') ELSE 'malformed' END
		FROM (SELECT CAST(readfile('json.text') AS TEXT) AS t)"
}

runvars() {
	sql "SELECT group_concat(name || iif(synth, '~', '') || '=' || value,
		' ') FROM (SELECT * FROM runvars WHERE flight = '$1' AND
		job = '$2' ORDER BY name)"
}

jobs_of() {
	sql "SELECT group_concat(job, ' ') FROM (SELECT job FROM jobs
		WHERE flight = '$1' ORDER BY job)"
}

# --- standalone-reset --------------------------------------------------------
exits "standalone-reset" 0 standalone-reset e2e
contains "tells its jobs" "$OUT" "flight standalone has 4 jobs"
is "they are rows" "$(jobs_of standalone)" \
	"build-bad build-good test-bad test-good"
is "of the flight and branch" "$(sql "SELECT branch || ' ' || intended
	FROM flights WHERE flight = 'standalone'")" "e2e adhoc"
exits "a job of it" 0 sg-run-job build-good
exits "standalone-reset again" 0 standalone-reset e2e xen-4.17 play
contains "keeps the earlier flight" "$OUT" \
	"the earlier flight standalone is now standalone.1"
is "with what became of it" "$(sql "SELECT status FROM jobs WHERE
	flight = 'standalone.1' AND job = 'build-good'")" pass
ok "and its logs" test -f "$(sql "SELECT log FROM steps WHERE
	flight = 'standalone.1' AND stepno = 1")"
is "the new one is fresh" "$(sql "SELECT count(*) FROM jobs WHERE
	flight = 'standalone' AND status = 'queued'")" 4
exits "another flight" 0 standalone-reset -f mine e2e
is "has the jobs" "$(jobs_of mine)" "$(jobs_of standalone)"

# --- make-flight -------------------------------------------------------------
exits "make-flight" 0 make-flight e2e
is "prints a number" "$OUT" 1
exits "the next" 0 env RUNVARS='all=1 arch=x' TEST_RUNVARS=test=1 \
	OSSTEST_JOBS_ONLY='test-.*:build-good' make-flight e2e '' play
is "is another number" "$OUT" 2
is "only jobs of OSSTEST_JOBS_ONLY" "$(jobs_of 2)" \
	"build-good test-bad test-good"
is "runvars of the environment: all jobs, tests" "$(runvars 2 test-good)" \
	"all=1 arch=x buildjob=build-good test=1 toolstack=xl"
is "and no builds" "$(runvars 2 build-good)" \
	"all=1 arch=x toolstack=xl"
exits "by OSSTEST_FLIGHT" 0 env OSSTEST_FLIGHT=named make-flight e2e
is "it has that name" "$OUT" named
exits "--print" 0 make-flight --print e2e
contains "shows what it would make" "$OUT" "  buildjob=build-good"
is "and makes nothing" "$(sql "SELECT count(*) FROM flights")" 6

# --- cs-flight-create, cs-job-create -----------------------------------------
exits "cs-flight-create" 0 cs-flight-create play xen-unstable
is "prints a number" "$OUT" 3
exits "by OSSTEST_FLIGHT" 0 env OSSTEST_FLIGHT=f cs-flight-create play \
	xen-unstable
is "prints the name" "$OUT" f
exits "twice" 2 cs-flight-create -f f play xen-unstable
exits "with --replace" 0 cs-flight-create --replace -f f play xen-unstable
is "both are there" "$(sql "SELECT group_concat(flight, ' ') FROM (SELECT
	flight FROM flights WHERE flight LIKE 'f%' ORDER BY flight)")" "f f.1"

exits "cs-job-create" 0 cs-job-create f build e2e-pass arch=amd64 gone=1 \
	path_dist~=build/dist '!gone' 'empty=' 'two=a=b' arch=i386
is "VAR=VALUE, VAR~=VALUE, !VAR; the last word counts" \
	"$(runvars f build)" "arch=i386 empty= path_dist~=build/dist two=a=b"
exits "disable" 0 cs-job-create f off e2e-pass arch=amd64 disable
exits "not in OSSTEST_JOBS_ONLY" 0 env OSSTEST_JOBS_ONLY='tes:est.*' \
	cs-job-create f test e2e-pass
is "make no job" "$(jobs_of f)" build
exits "in OSSTEST_JOBS_ONLY" 0 env OSSTEST_JOBS_ONLY='no:te.t' \
	cs-job-create f test e2e-pass buildjob=build toolstack=xl
is "makes it" "$(jobs_of f)" "build test"

# --- runvars -----------------------------------------------------------------
exits "mg-show-flight-runvars" 0 mg-show-flight-runvars f
lacks "definitions alone" "$OUT" path_dist
exits "with -a" 0 mg-show-flight-runvars -a f
contains "what was found out has a tilde" "$OUT" "path_dist~"
exits "raw" 0 mg-show-flight-runvars -r f test
is "has tabs" "$OUT" "$(printf 'test\tbuildjob\tbuild\ntest\ttoolstack\txl')"
exits "a flight's, by OSSTEST_FLIGHT" 0 env OSSTEST_FLIGHT=f \
	mg-show-flight-runvars
contains "are that flight's" "$OUT" "build"
exits "--json" 0 ironbird runvars --json --all f.build
is "is an array" "$(json '$[2].name') $(json '$[2].synth')" "path_dist 1"
exits "--set and --unset" 0 ironbird runvars --set new=1 --set arch=arm64 \
	--unset two --unset path_dist f build
is "change the job" "$(runvars f build)" "arch=arm64 empty= new=1"
exits "nothing when one is wrong" 2 ironbird runvars --set new=2 \
	--unset nosuch f build
is "is changed" "$(runvars f build)" "arch=arm64 empty= new=1"
exits "toolstack for the step that reads it" 0 ironbird runvars \
	--set toolstack=xl f build

# --- running, steps, reports -------------------------------------------------
exits "sg-execute-flight" 0 sg-execute-flight f
is "has run both jobs" "$(sql "SELECT group_concat(job || ' ' || status, ', ')
	FROM (SELECT * FROM jobs WHERE flight = 'f' ORDER BY started)")" \
	"build pass, test pass"
exits "step list of a flight" 0 ironbird step list f
contains "names jobs" "$OUT" "build.1 "
exits "of a job, as JSON" 0 ironbird step list --json f.build
is "has its steps" "$(json '$[1].testid') $(json '$[1].status')" \
	"environment/debian pass"
exits "of a flight, as JSON" 0 ironbird step list --json f
is "has all jobs" "$(json '$[0].job') $(json '$[7].job')" "build test"
exits "step show by testid" 0 ironbird step show f.build.environment/debian
contains "has the end of the log" "$OUT" "flight f job build testid env"
exits "by number, as JSON" 0 ironbird step show --json f.build.2
is "has it, too" "$(json '$.command')" "ts-environment host debian"
contains "and the log's path" "$(json '$.log')" "2.ts-environment.log"
exits "sg-report-flight" 0 sg-report-flight f
contains "has the verdict" "$OUT" "2 pass"
exits "report --json" 0 ironbird report --json f
is "has the jobs" "$(json '$.jobs[1].job') $(json '$.jobs[1].status')" \
	"test pass"

# --- jobs and steps in one word, or in several -------------------------------
while read -r command; do
	# shellcheck disable=SC2086 # words
	exits "$command f.build" 0 ironbird $command f.build
	one=$OUT
	# shellcheck disable=SC2086 # words
	exits "$command f build" 0 ironbird $command f build
	is "is the same" "$OUT" "$one"
	# shellcheck disable=SC2086 # words
	exits "$command f biuld" 2 ironbird $command f biuld
	contains "gets a hint" "$OUT" "did you mean 'build'"
done <<'COMMANDS'
report
report --json
runvars --all
step list
step list --json
why
repro
run-job --dry-run
COMMANDS
ironbird step show f.build.2 >one
ironbird log f.build.2 >log.one
for words in "f.build 2" "f build 2" "f build.2" \
	"f build environment/debian" "f build.environment/debian"; do
	# shellcheck disable=SC2086 # words
	is "step show $words" "$(ironbird step show $words)" "$(cat one)"
	# shellcheck disable=SC2086 # words
	is "log $words" "$(ironbird log $words)" "$(cat log.one)"
done
exits "a step that is not there" 2 ironbird log f build nosuch
contains "is told by its name" "$OUT" "job f.build has no step as in 'nosuch'"
exits "a job that is not there" 2 ironbird log f biuld 2
contains "gets a hint as well" "$OUT" "did you mean 'build'"

# --- flights -----------------------------------------------------------------
exits "flight list" 0 ironbird flight list
contains "has them" "$OUT" standalone.1
exits "as JSON" 0 ironbird flight list --json --limit 1
is "the newest first" "$(json '$[0].flight') $(json '$[1]')" "f "
exits "flight show" 0 ironbird flight show f
contains "has its jobs" "$OUT" "build  e2e-pass  pass"
exits "as JSON" 0 ironbird flight show --json f
is "too" "$(json '$.intended') $(json '$.jobs[0].status')" "play pass"
blessing=$(json '$.blessing')
exits "bless what it is not" 2 ironbird flight bless f real nosuch
exits "bless" 0 cs-flight-bless f real nosuch "$blessing"
exits "flights of a blessing" 0 ironbird flight list --json -b real
is "are those" "$(json '$[0].flight') $(json '$[1]')" "f "
exits "delete" 0 ironbird flight delete f.1
exits "and it is gone" 2 ironbird flight show f.1
exits "delete one with jobs" 0 ironbird flight delete standalone.1
is "leaves none of its rows" "$(sql "SELECT (SELECT count(*) FROM jobs WHERE
	flight = 'standalone.1') + (SELECT count(*) FROM steps WHERE flight =
	'standalone.1') + (SELECT count(*) FROM runvars WHERE flight =
	'standalone.1')")" 0

# --- hosts -------------------------------------------------------------------
exits "no hosts" 0 mg-hosts list
contains "says how to get one" "$OUT" "lab add-host"
exits "as JSON" 0 mg-hosts list --json
is "is an empty array" "$(json '$[0]')" ""
exits "add" 0 mg-hosts add iron1 PowerMethod=null ip-addr=192.0.2.9 \
	+arch-amd64 +hvm
exits "add it again" 2 mg-hosts add iron1
is "OSSTest's two spellings are one" "$(sql "SELECT group_concat(name, ' ')
	FROM (SELECT name FROM host_properties ORDER BY name)")" \
	"ip-addr power-method"
exits "set" 0 mg-hosts set iron1 IpAddr=192.0.2.10 PowerMethod= '!hvm' +x
exits "set after --" 0 mg-hosts set iron1 -- -x ether=52:54:00:12:34:56
exits "show" 0 mg-hosts show --json iron1
is "is what was set" "$(json '$.properties') $(json '$.flags')" \
	'{"ether":"52:54:00:12:34:56","ip-addr":"192.0.2.10"} ["arch-amd64"]'
exits "all or nothing" 2 mg-hosts set iron1 ether=x +bad/flag
is "is changed" "$(sql "SELECT value FROM host_properties
	WHERE name = 'ether'")" \
	52:54:00:12:34:56
cat >>standalone.config <<'CONFIG'
TestHost kodo4
HostProp_kodo4_PowerMethod null
HostFlags_kodo4 purpose-test
CONFIG
exits "list, with hosts of the settings" 0 mg-hosts list
contains "has both" "$(echo "$OUT" | awk 'NR > 1 { print $1 }' |
	tr '\n' ' ')" "iron1 kodo4 "
exits "as JSON" 0 mg-hosts list --json
is "too" "$(json '$[1].host') $(json '$[1].flags[0]')" "kodo4 purpose-test"
exits "power" 0 ironbird power --json kodo4 on
is "is not verified by what cannot be read" "$(json '$.verified')" 0
exits "power actions" 0 ironbird power actions --json kodo4
is "has the action" "$(json '$[0].action') $(json '$[0].result')" \
	"on unverified"
exits "power --methods" 0 ironbird power --methods --json
is "is an array" "$(json '$[0].method')" qemu
# in OSSTest's words
exits "create-like" 0 mg-hosts create-like iron1 iron2,iron3
is "copies nothing" "$(mg-hosts showprops iron2 iron3)" ""
exits "create-like of one that is there" 2 mg-hosts create-like iron1 iron4,iron2
is "adds none" "$(sql "SELECT count(*) FROM hosts WHERE host = 'iron4'")" 0
exits "setprops" 0 mg-hosts setprops iron2 'iron3*' - LinuxBootAppend 'a b' - \
	ip-addr 192.0.2.20
exits "of one that is as thought" 0 mg-hosts setprops iron2 -- ip-addr \
	192.0.2.20 192.0.2.22
exits "and of one that is not" 2 mg-hosts setprops iron2 iron3 -- ip-addr \
	192.0.2.22 192.0.2.23
contains "says so" "$OUT" "host iron3: its property ip-addr is not '192.0.2.22'"
is "showprops" "$(mg-hosts showprops IpAddr | tr -s ' ')" \
	" iron1 ip-addr 192.0.2.10
 iron2 ip-addr 192.0.2.22
 iron3 ip-addr 192.0.2.20
 kodo4 ip-addr "
contains "of one host" "$(mg-hosts showprops iron3 | tr -s ' ')" \
	" iron3 linux-boot-append 'a b'"
exits "an empty value" 0 mg-hosts setprops 'iron*' -- linux-boot-append ''
is "removes it" "$(sql "SELECT count(*) FROM host_properties
	WHERE name = 'linux-boot-append'")" 0
exits "setflags" 0 mg-hosts setflags 'iron*' - hvm quick - !arch-amd64
exits "after --" 0 mg-hosts setflags iron3 -- -quick
exits "setflagexpr" 0 mg-hosts setflagexpr '*' - good \
	'purpose-test | hvm & !(quick|~hvm)' - slow '!quick & hvm'
is "showflags" "$(mg-hosts showflags)" "             | iron1 iron2 iron3 kodo4
good         | .     .     x     x    
hvm          | x     x     x     .    
purpose-test | .     .     .     x    
quick        | x     x     .     .    
slow         | .     .     x     .    "
for bad in 'hvm &' '(hvm' 'hvm)' 'a b' '' '!'; do
	exits "the expression '$bad'" 2 mg-hosts setflagexpr iron1 -- x "$bad"
done
exits "a pattern that fits no host" 2 mg-hosts setflags 'x*' -- hvm
exits "hosts, and nothing to set" 2 mg-hosts setflags iron1 iron2 hvm
exits "or nothing after them" 2 mg-hosts setflags iron1 iron2 --
exits "power" 0 mg-hosts power kodo4 off
contains "is switched" "$OUT" "host kodo4: power off was asked for"
exits "what power does not know" 2 mg-hosts power kodo4 up
exits "an unknown word" 2 mg-hosts showprop
mg-hosts delete iron2
mg-hosts delete iron3
exits "delete" 0 mg-hosts delete iron1
exits "and it is gone" 2 mg-hosts show iron1

# --- the other listings ------------------------------------------------------
exits "recipe list --json" 0 ironbird recipe list --json
is "is an array" "$(json '$[0].name' | grep -c .)" 1
exits "recipe show --json" 0 ironbird recipe show --json e2e-hosts
is "has the steps" "$(json '$.steps[0].testid') $(json '$.hosts[1]')" \
	"allocate dst_host"
exits "image list --json" 0 ironbird image list --json
is "is an array" "$(json '$[0].cached')" 0
exits "config --json" 0 ironbird config --json
is "is an array" "$(json '$[0].name')" TestHost
exits "config --json of one" 0 ironbird config --json TestHost
is "has its origin" "$(json '$.value') $(json '$.origin')" \
	"kodo4 $WORK/standalone.config:4"
exits "config --check --json" 0 ironbird config --check --json
is "has two lists" "$(json '$.errors')$(json '$.warnings')" "[][]"
exits "lab list --json" 0 ironbird lab list --json
is "is an array" "$(json '$')" "[]"
exits "lab status --json" 0 ironbird lab status --json
is "is down" "$(json '$.up')" 0
exits "lab status of a lab that is not there" 2 ironbird lab status lob
contains "says so" "$OUT" "there is no lab 'lob'; none was made yet"
mkdir -p var/lab/lab
exits "with another one beside it" 2 ironbird lab status lob
contains "it is named" "$OUT" \
	"there is no lab 'lob' (did you mean 'lab'?); there are: lab"
exits "one that is there" 0 ironbird lab status lab
rmdir var/lab/lab
exits "services status --json" 0 ironbird services status --json
is "are down" "$(json '$.up') $(json '$.services')" "0 []"

# --- which Ironbird ----------------------------------------------------------
exits "--version" 0 ironbird --version
version=${OUT#ironbird }
ok "is one line with a revision" [ "$OUT" = "ironbird ${version%% *}" ]
exits "a flight that ran" 0 ironbird flight show --json \
	"$(sql "SELECT flight FROM flights WHERE started LIMIT 1")"
is "tells who ran it" "$(json '$.harness')" "$version"
exits "one that did not" 0 ironbird flight show standalone
contains "has nobody to tell" "$OUT" "harness    -"
exits "the help" 0 ironbird help
is "fits a terminal" "$(echo "$OUT" | awk 'length > 80')" ""
exits "help for what is no command" 2 ironbird help consol
contains "has a hint" "$OUT" "did you mean 'console'"
