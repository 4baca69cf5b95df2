#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The table of docs/power.md, which fault of which module becomes what, against
# the tests of power: each cell has a test that expects it, "-" has none, and
# every module is a row. A test says "MODULE: FAULT..." (obeys, fails, told).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

PAGE=$(cd "$E2E/../.." && pwd)/docs/power.md

# MODULE: FAULT...|class or result, of each check in the tests. "$1: FAULT" is
# in a function faults(), which is called with its modules.
for file in "$E2E"/test-power*.sh; do
	sed -e :a -e '/\\$/{N;s/\\\n[ \t]*/ /;ba' -e '}' "$file" >joined
	grep -Eo '^[	 ]*(\[[^|]*\|\| )?(obeys|fails|told) "[^"]*: .*' joined |
		sed -E 's/^[	 ]*(\[[^|]*\|\| )?//' | awk '
		{
			split($0, part, "\"")
			rest = substr($0, length(part[1] part[2]) + 3)
			gsub(/"[^"]*"/, "quoted", rest)
			n = split(rest, word, " ")
			result = word[3]
			if (part[1] ~ /told/) result = word[2]
			if (part[1] ~ /obeys/ && n < 3) result = "verified"
			print part[2] "|" result
		}' >labels
	grep -v '^[$]1: ' labels
	sed -nE 's/^.*faults ([a-z]+) [^"]*$/\1/p' joined | while read -r module; do
		sed -n "s/^\$1: /$module: /p" labels
	done
done >checks 2>/dev/null
ok "there are checks" test "$(grep -c . checks)" -gt 100

# module, fault, cell: a line each
sed -n '/^## Faults that/,/^## /p' "$PAGE" | awk -F ' *[|] *' '
	/^\| module/ { for (i = 3; i < NF; i++) fault[i] = $i; next }
	/^\| [a-z]/ { for (i = 3; i < NF; i++) print $2 "|" fault[i] "|" $i }' \
	>cells
ok "there are cells" test "$(grep -c . cells)" -gt 100

# tested MODULE FAULT RESULT: some check expects it
tested() {
	case $2 in
	works) grep -Eq "^$1: (on|off|cycle)[^|]*\|$3\$" checks ;;
	*) grep -Eq "^$1: $2[^|]*\|$3\$" checks ;;
	esac
}
while IFS='|' read -r module fault cell; do
	for word in $(echo "$cell" | sed 's/\[[0-9]*\]//g; s/ row//; s/,/ /g'); do
		case $word in
		-) ok "$module: $fault: nothing of the kind" test \
			-z "$(grep "^$module: $fault" checks)" ;;
		waits) ok "$module: $fault: it waits" \
			tested "$module" "$fault" '(un)?verified' ;;
		*) ok "$module: $fault: $word" \
			tested "$module" "$fault" "$word" ;;
		esac
	done
done <cells

# every module there is, but one that is part of another's row
ironbird power --methods --json | sed -n 's/.*"method":	"\(.*\)",/\1/p' \
	>modules
ok "there are modules" test "$(grep -c . modules)" -gt 15
while read -r module; do
	case $module in ipmiextra) continue ;; esac
	ok "$module has a row" grep -q "^$module|works" cells
done <modules
