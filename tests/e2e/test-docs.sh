#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Documents against the program: every form and option is told, every example
# works, every README and path is there.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

ROOT=$(cd "$E2E/../.." && pwd)

# page NAME: as text, nothing wrapped
page() {
	mandoc -T ascii -O width=300 "$ROOT/docs/$1" | col -bx
}

# part NAME: what ironbird.1 says of a command
part() {
	awk -v name="   $1" '/^ ? ? ?[^ ]/ { inside = $0 == name } inside' page.txt
}

page ironbird.1 >page.txt

# --- commands ----------------------------------------------------------------
ironbird help | sed -n 's/^  \([a-z-]*\) .*/\1/p' >commands
ok "the help lists commands" test "$(wc -l <commands)" -gt 15
while read -r command; do
	exits "help $command" 0 ironbird help "$command"
	told=$OUT
	exits "$command -h" 0 ironbird "$command" -h
	is "is the same" "$OUT" "$told"
	is "fits a terminal" "$(echo "$OUT" | awk 'length > 80')" ""
	# a form may go on, further to the right
	echo "$OUT" | awk '/^ {16}/ { sub(/^ +/, " "); printf "%s", $0; next }
		{ printf "%s%s", NR > 1 ? "\n" : "", $0 } END { print "" }' |
		sed -n 's/^\(usage:\|      \) \(ironbird .*\)/\2/p' >forms
	echo "$OUT" | sed -n 's/^ \{2,6\}\(-.*\)/\1/p' | sed 's/  .*//' |
		grep -v -- --help >options
	part "$command" >said
	ok "ironbird.1 has $command" test -s said
	: >missing
	while read -r form; do
		grep -qxF "     $form" said || echo "form $form" >>missing
	done <forms
	while read -r option; do
		grep -qxF "     $option" said || echo "option $option" >>missing
	done <options
	is "forms and options of $command" "$(cat missing)" ""
	alias=$(echo "$OUT" | sed -n 's/^Also called as: //p')
	[ -z "$alias" ] || contains "$alias is told" "$(cat said)" "$alias"
done <commands
sed -n '/^OSSTEST/,/^ENVIRONMENT/s/^     \([a-z-]*\)  .*/\1/p' page.txt >links
ok "OSSTest's names are listed" test "$(wc -l <links)" -gt 8
while read -r link; do
	exits "the link $link" 0 "$link" -h
done <links
grep '^   [a-z]' page.txt | tr -d ' ' >told
is "ironbird.1 has no other command" "$(cat told)" "$(cat commands)"

# --- commands that READMEs, pages and units name -------------------------------
# first COMMAND: the words that it has before any name: its subcommands
first() {
	ironbird help "$1" | sed -n "s/^\(usage:\|      \) ironbird $1 //p" |
		sed 's/\[-[^]]*\] *//g; s/^--[a-z-]* *//; s/ .*//' |
		grep -x '[a-z|-]*' | tr '|' '\n'
}
# wrong COMMAND [WORD...]: what nobody could type; names of things are examples
wrong() {
	told=$(ironbird help "$1" 2>/dev/null || ironbird "$1") || {
		[ -L "$B/bin/$1" ] || echo "no command $1"
		return
	}
	command=$1 firsts=$(first "$1") place=1
	shift
	for word; do
		case $word in
		-- | \| | \\ | '#' | '>'*) break ;;
		-*) echo "$told" | grep -qe "${word%%=*}\\b" ||
			echo "$command has no $word" ;;
		*[!a-z-]*) place=2 ;;
		*)	[ $place = 2 ] || [ -z "$firsts" ] ||
				echo "$firsts" | grep -qxF "$word" ||
				echo "$command has no '$word'"
			place=2 ;;
		esac
	done
}
# named FILE: its commands, a line each, without "ironbird"; in `...` it may be
# left out
named() {
	case $1 in
	*.[1-8]) sed -n "s/^\([.'].*\)\?\bironbird \([a-z-]\)/\2/p" "$1" |
		sed "s/ [A-Z][a-z]\b//g; s/'.*//; s/ *[.,;:]*\$//" |
		grep -v '^ ' ;;
	*)	grep -oE "(^|[^a-z/.-])ironbird [a-z-][^\`']*" "$1" |
			sed "s/.*ironbird //"
		# shellcheck disable=SC2016 # quoted as text has it
		tr -s '\n ' ' ' <"$1" | grep -oE '`[^`]+`' | tr -d '`' |
			sed 's/^ironbird //' | awk '
			NR == FNR { commands[$1]; next }
			$1 in commands && $2 != "" && $2 !~ /^[A-Z]/' \
			commands - ;;
	esac
}
find "$ROOT" -path '*/build' -prune -o -path "$ROOT/var" -prune -o \
	\( -name README -o -path "$ROOT/docs/*" \) -type f -print |
	while read -r file; do
		named "$file" | while read -r words; do
			echo "$words" >>named
			set -f
			# shellcheck disable=SC2086 # words
			wrong $words | sed "s|^|${file#"$ROOT/"}: |"
			set +f
		done
	done >missing
ok "commands are named" test "$(wc -l <named)" -gt 150
is "and all of them are there" "$(cat missing)" ""

# --- test cases --------------------------------------------------------------
for program in "$B"/bin/ts-*; do
	name=${program##*/}
	"$program" --describe >description
	is "$name --describe" "$(sqlite3 :memory: "
		SELECT json_extract(t, '\$.name') || json_type(t, '\$.summary')
			|| json_type(t, '\$.args') || json_type(t, '\$.hosts')
			|| json_type(t, '\$.timeout_s')
		FROM (SELECT CAST(readfile('description') AS TEXT) AS t)")" \
		"${name}texttextintegerinteger"
	exits "$name -h" 0 "$program" -h
	contains "$name has a summary" "$OUT" "$(sqlite3 :memory: "SELECT
		json_extract(CAST(readfile('description') AS TEXT),
		'\$.summary')")."
done

# --- examples of the man pages -----------------------------------------------
# example PAGE FIRST LAST: its lines from one that matches to another, as they
# were before the page indented them
example() {
	page "$1" | awk -v first="^ *$2" -v last="^ *$3" '
		!inside && $0 ~ first {
			inside = 1
			match($0, /^ */)
			indent = RLENGTH
		}
		inside { print substr($0, indent + 1) }
		inside && $0 ~ last { exit }'
}

mkdir one && cd one || exit 1
example ironbird.1 'mkdir jobs ts' 'ironbird report' >try.sh
exits "the example of ironbird.1" 0 sh -eu ./try.sh
contains "passes" "$OUT" "2 pass"
cd .. || exit 1

example ironbird.config.5 'TestHost kodo4' 'export REV' \
	>one.config
exits "the example of ironbird.config.5" 0 ironbird config --check one.config

mkdir jobs
example ironbird.recipe.5 'summary: A guest' '- run: ts-guest-destroy' \
	>jobs/example.yaml
exits "the example of ironbird.recipe.5" 0 env IRONBIRD_TS_PATH= \
	IRONBIRD_JOBS_PATH="$WORK/jobs:$ROOT/jobs" ironbird recipe check example

example ironbird.testcase.7 '/[*] SPDX' '};' >ts-guest-pause.c
libraries=$(sed -n 's/^LDLIBS = //p' "$ROOT/Makefile")
# shellcheck disable=SC2086 # words
exits "the C example of ironbird.testcase.7" 0 ${CC:-cc} -std=gnu11 \
	-D_GNU_SOURCE -Wall -Wextra -Werror ${SAN:+-fsanitize=$SAN} \
	-I"$ROOT/controller" -I"$ROOT" -I"$B/gen" -o ts-guest-pause \
	ts-guest-pause.c "$B/libironbird.a" $libraries
exits "describes itself" 0 ./ts-guest-pause --describe

mkdir ts
example ironbird.testcase.7 '#!' 'exit 1' >ts/ts-toolstack-check
chmod +x ts/ts-toolstack-check
cat >jobs/toolstack.yaml <<'RECIPE'
summary: The shell example of ironbird.testcase(7)
around: none
steps:
  - run: ts-toolstack-check xl
  - run: ts-toolstack-check other
RECIPE
export IRONBIRD_TS_PATH="$WORK/ts" IRONBIRD_JOBS_PATH="$WORK/jobs"
job shell toolstack toolstack=xl
exits "the shell example" 1 ironbird run-job t shell
is "passes and fails" "$(sql "SELECT group_concat(testid || ' ' || status ||
	coalesce(' ' || reason, ''), ', ') FROM steps WHERE job = 'shell'")" \
	"toolstack-check/xl pass, toolstack-check/other fail the toolstack \
is xl, not other"

# --- files -------------------------------------------------------------------
ironbird config --example >example.config
ok "standalone.config.example is what config --example prints" \
	cmp example.config "$ROOT/standalone.config.example"
lint=$(cd "$ROOT" && mandoc -T lint -W warning docs/*.[1-8] 2>&1)
is "mandoc finds nothing" "$lint" ""

# What is named in README and not made by building or running.
grep -oE '(^|[ `(])[A-Za-z.-]+/[A-Za-z0-9_./-]*' "$ROOT/README" |
	tr -d ' `(' | grep -vE '^(build|var|Ctrl)/' | sort -u >paths
ok "README names paths" test "$(wc -l <paths)" -gt 8
while read -r path; do
	[ -e "$ROOT/$path" ] || [ -e "$ROOT/tests/$path" ] || echo "$path"
done <paths >missing
is "and they are there" "$(cat missing)" ""
grep -oE 'ironbird\.?[a-z]*\([1-8]\)' "$ROOT/README" | tr '()' '. ' |
	sort -u >pages
while read -r name; do
	ok "the page $name" test -e "$ROOT/docs/${name% }"
done <pages
for dir in "$ROOT"/controller/* "$ROOT"/testcases "$ROOT"/jobs "$ROOT"/flights \
	"$ROOT"/pdu "$ROOT"/host-images "$ROOT"/hypervisor "$ROOT"/tests \
	"$ROOT"/docs; do
	[ ! -d "$dir" ] || ok "${dir##*/} has a README" test -s "$dir/README"
done
