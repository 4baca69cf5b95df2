#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input: one clear sentence, the right exit status, nothing half-written.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

BIG=$(head -c 10240 /dev/zero | tr '\0' a)
LINES=$(printf 'a\nb')
COLOURS=$(printf 'a\033[31mb')

job j e2e-pass toolstack=xl
ironbird host add h1 power-method=null ip-addr=127.0.0.1

# The database as text is as it was when "remember" was called.
remember() {
	sqlite3 -batch "$WORK/var/standalone.db" .dump >rows.before
}

unchanged() {
	sqlite3 -batch "$WORK/var/standalone.db" .dump >rows.after
	ok "$1 changed no row" cmp rows.before rows.after
}

# One line of printable text that is not too long to read.
is_sentence() {
	awk 'length > 700 || /[[:cntrl:]]/ { bad = 1 }
		END { exit bad || NR != 1 }' err
}

was_refused() {
	[ "$got" = "$wanted" ] && [ ! -s out ] && is_sentence && return
	echo "# exit status $got, wanted $wanted; it said:"
	head -c 300 err | sed 's/^/# /'
	return 1
}

# refused STATUS COMMAND...: that exit status, one line on standard error and
# nothing on standard output.
refused() {
	wanted=$1
	shift
	"$@" >out 2>err </dev/null
	got=$?
	ok "$(printf '%.70s' "$*" | tr -c ' -~' '?')" was_refused
}

# hint TEXT: in what the last one that was refused said
hint() {
	contains "says: $1" "$(cat err)" "$1"
}

remember

# --- words that mean nothing -------------------------------------------------
refused 2 ironbird runvar
hint "did you mean 'runvars'?"
refused 2 ironbird report --jsn
hint "did you mean '--json'?"
refused 2 ironbird report -z
refused 2 ironbird report --json=3
refused 2 ironbird flight list -n x
refused 2 ironbird flight list -n -1
refused 2 ironbird flight list -n
refused 2 ironbird flight lst
hint "did you mean 'list'?"
refused 2 ironbird flight
refused 2 ironbird host show
refused 2 ironbird job-create t
refused 2 ironbird job-create t new e2e-passs
hint "did you mean 'e2e-pass'?"
refused 2 ironbird power h1 sideways
refused 2 ironbird job-create t new e2e-pass toolstack
refused 2 ironbird runvars --set toolstack t j
refused 2 ironbird runvars --set a=1 t
refused 2 ironbird runvars --set ok=1 --unset nosuch t j
refused 2 ironbird host set h1 ok=1 nonsense
refused 2 ironbird step list --run -1 t.j
unchanged "what was misspelt"

# --- names that nothing has --------------------------------------------------
refused 2 ironbird host show h2
hint "did you mean 'h1'?"
refused 2 ironbird host delete nosuch
refused 2 ironbird power nosuch on
refused 2 ironbird power list nosuch
refused 2 ironbird console nosuch
refused 2 ironbird ssh nosuch
refused 2 ironbird lab remove-host nosuch
refused 2 ironbird lab add-host h1
refused 2 ironbird host add h1
refused 2 ironbird flight-create -f t adhoc e2e
refused 2 ironbird job-create t j e2e-pass
refused 2 ironbird flight show nosuch
refused 2 ironbird flight delete nosuch
refused 2 ironbird flight bless t play real
refused 2 ironbird run-flight nosuch
refused 2 ironbird run-job t i
hint "did you mean 'j'?"
refused 2 ironbird report t.i
refused 2 ironbird step show t.j.nosuch
refused 2 ironbird recipe show e2e-pas
hint "did you mean 'e2e-pass'?"
refused 2 ironbird make-flight e2
refused 2 ironbird standalone-reset nosuch
refused 2 ironbird runvars t nosuch
refused 2 ironbird runvars --unset nosuch t j
refused 2 ironbird image build debian-hos
hint "did you mean 'debian-host'?"
refused 2 ironbird config TestHosts
hint "did you mean 'TestHost'?"
refused 2 ironbird config --value nosuch
refused 2 ts-host-reboot --job nosuch host=h1
refused 2 ts-host-reboot
unchanged "what is not there"

# --- names that nothing may have ---------------------------------------------
for name in .. a/b "a'b" 'a"b;c' "$LINES" "$COLOURS" "$BIG"; do
	refused 2 ironbird "$name"
	refused 2 ironbird host add "$name"
	refused 2 ironbird host set h1 "$name=1"
	refused 2 ironbird host set h1 "+$name"
	refused 2 ironbird power "$name"
	refused 2 ironbird lab add-host "$name"
	refused 2 ironbird lab status "$name"
	refused 2 ironbird flight-create -f "$name" adhoc e2e
	refused 2 ironbird flight-create "$name" e2e
	refused 2 ironbird flight bless t ok "$name"
	refused 2 ironbird job-create t "$name" e2e-pass
	refused 2 ironbird job-create t new "$name"
	refused 2 ironbird job-create t new e2e-pass "$name=1"
	refused 2 ironbird run-job t "$name"
	refused 2 ironbird report "t.$name"
	refused 2 ironbird step show "t.j.$name"
	refused 2 ironbird recipe show "$name"
	refused 2 ironbird make-flight "$name"
	refused 2 ironbird runvars --set "$name=1" t j
	refused 2 ironbird image build "$name"
	refused 2 ironbird config "$name"
	refused 2 env OSSTEST_FLIGHT="$name" ironbird runvars
	unchanged "a bad name"
done
is "values are free: quotes, newlines, 10 kB" "$(
	ironbird runvars --set "a=$LINES" --set "b=x'); DROP TABLE jobs;" \
		--set "c=$BIG" t j
	sql "SELECT hex(a.value) || b.value || length(c.value) FROM runvars a,
		runvars b, runvars c WHERE a.name = 'a' AND b.name = 'b'
		AND c.name = 'c'")" "610A62x'); DROP TABLE jobs;10240"
ironbird runvars --unset a --unset b --unset c t j

# --- files -------------------------------------------------------------------
mkdir jobs flights
export IRONBIRD_JOBS_PATH="$WORK/jobs:$IRONBIRD_JOBS_PATH"
export IRONBIRD_FLIGHTS_PATH="$WORK/flights"
# named FILE LINE TEXT: the last one refused said so
named() {
	hint "$WORK/$1:$2: $3"
}

printf 'summary: x\nsteps:\n  - run: ts-pass\n   bad: [\n' >jobs/syntax.yaml
printf 'summary: x\nsteps:\n  - run: ts-pass\n    on-fial: skip\n' \
	>jobs/key.yaml
printf 'summary: x\n' >jobs/nosteps.yaml
printf 'summary: x\nsteps:\n  - run: ts-pass\n    limit: soon\n' \
	>jobs/value.yaml
: >jobs/empty.yaml
printf 'summary: \377\376\000\001\n' >jobs/bytes.yaml
for recipe in syntax:4 key:4 nosteps:1 value:3 empty:1 bytes:1; do
	name=${recipe%:*}
	refused 2 ironbird recipe show "$name"
	named "jobs/$name.yaml" "${recipe#*:}" ""
	exits "recipe check $name" 2 ironbird recipe check "$name"
	contains "says the same" "$OUT" "$WORK/jobs/$name.yaml:${recipe#*:}: "
done
printf 'summary: \303\244\nsteps:\n\t- run: ts-pass\n' >jobs/tab.yaml
refused 2 ironbird recipe show tab
named jobs/tab.yaml 3 "YAML is indented with spaces, this line with a tab"
printf 'summary: x\nsteps:\n  - run: ts-pass\n    on-fail: brokn\n' \
	>jobs/word.yaml
refused 2 ironbird recipe show word
named jobs/word.yaml 4 \
	"on-fail: 'brokn' is none of fail, broken, blocked, skip"
refused 2 ironbird job-create t key key
cp "$E2E/jobs/e2e-pass.yaml" jobs/gone.yaml
ironbird job-create t key gone
printf 'summary: x\nsteps:\n  - run: ts-pass\n    on-fial: skip\n' \
	>jobs/gone.yaml
remember
refused 2 ironbird run-job t key
named jobs/gone.yaml 4 "unknown key 'on-fial' (did you mean 'on-fail'?)"

printf 'jobs:\n  - name: [\n' >flights/syntax.yaml
printf 'jobs:\n  - name: good\n    recipe: e2e-pass\n  - name: a/b\n    %s\n' \
	'recipe: e2e-pass' >flights/name.yaml
printf 'jobs:\n  - name: good\n    recipe: e2e-pass\n  - name: ab\n    %s\n' \
	'recipe: nosuch' >flights/recipe.yaml
for name in syntax name recipe; do
	refused 2 make-flight $name
	hint "$WORK/flights/$name.yaml:"
	refused 2 standalone-reset $name
done
unchanged "a malformed file"

# config LINE...: settings with these lines after ours
config() {
	printf '%s\n' "StateDir $WORK/var" "$@" >bad.config
	export OSSTEST_CONFIG="$WORK/bad.config"
}
config StepGrace
refused 2 ironbird flight list
named bad.config 2 "setting 'StepGrace' has no value"
config 'lower case' 'StepGrace soon'
refused 2 ironbird flight list
named bad.config 2 "'lower case' is not a setting"
hint "(and 1 more: 'ironbird config --check' lists them)"
exits "config --check" 2 ironbird config --check
contains "lists all" "$OUT" "bad.config:3: setting 'StepGrace': 'soon' is not"
config "DebianPreseed= <<'END'" x
refused 2 ironbird flight list
named bad.config 2 "setting 'DebianPreseed'"
config 'StepGraze 3s'
exits "an unknown setting is a warning" 0 ironbird flight list
contains "with a hint" "$OUT" "bad.config:2: setting 'StepGraze' is not known \
(did you mean 'StepGrace'?)"
printf 'TestHost \377\376\000\001\n\000' >bad.config
refused 2 ironbird flight list
export OSSTEST_CONFIG="$WORK/nosuch.config"
refused 2 ironbird flight list
export OSSTEST_CONFIG="$WORK/standalone.config"

# --- databases ---------------------------------------------------------------
cp var/standalone.db newer.db
sqlite3 newer.db 'PRAGMA user_version = 99'
echo "this is text, and no database at all" >text.db
sqlite3 other.db 'CREATE TABLE x(y)'
mkdir folder.db
for db in newer text other folder; do
	printf 'StateDir %s\nJobDB %s\n' "$WORK/var" "$WORK/$db.db" >$db.config
	[ -d $db.db ] || cp $db.db $db.copy
	export OSSTEST_CONFIG="$WORK/$db.config"
	for command in 'flight list' 'standalone-reset' 'run-job t j' \
		'lab status' 'console h1'; do
		# shellcheck disable=SC2086 # two words
		refused 2 ironbird $command
		hint "$WORK/$db.db"
	done
	[ -d $db.db ] || ok "$db.db is as it was" cmp $db.db $db.copy
done
refused 2 ts-host-reboot host=h1
export OSSTEST_CONFIG="$WORK/newer.config"
refused 2 ironbird flight list
hint "has version 99, newer than"
export OSSTEST_CONFIG="$WORK/standalone.config"

# --- not root, not installed -------------------------------------------------
# The build folder may be closed to others.
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/ironbird" "$@"
}
cp "$B/bin/ironbird" .
chmod 711 .
chmod 755 var
refused 2 nobody demo
hint "run it as root"
refused 2 nobody services up --interface lo
hint "run it as root"
refused 2 nobody flight list
hint "cannot be written"
chmod 700 .

mkdir programs
ln -s /usr/bin/* programs
rm -f programs/mmdebstrap
with() {
	PATH=$WORK/programs "$B/bin/ironbird" "$@"
}
refused 3 with services up --interface lo
hint "dnsmasq is not installed: apt install dnsmasq-base"
refused 3 with image build debian-host
hint "mmdebstrap"
ok "no image is half there" test -z "$(find var/images -name root.ext4.zst)"
unchanged "what cannot be done"
