#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The web pages: made of what changed, served by the lab's Apache, and looked
# at in a real browser, which must have nothing to complain of.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/lab.sh
. "$E2E/lab.sh"

R=$WORK/var/results
HOSTILE="<script>alert(1)</script>\" onload='x' &amp; <b>"

# flight NAME REVISION: one of branch v; its job bad fails in hostile words
flight() {
	ironbird flight-create -f "$1" play v >/dev/null
	ironbird job-create "$1" good e2e-pass toolstack=xl \
		"note=$HOSTILE" >/dev/null
	ironbird job-create "$1" bad e2e-fail >/dev/null
	ironbird run-flight "$1" >/dev/null 2>&1
	ironbird runvars --set built_revision_xen="$2" "$1" good
	printf '%s\n\033[2J\n' "$HOSTILE" >>"var/logs/$1/bad/1/3.ts-fail.log"
}
flight 1 0123456789abcdef
flight 2 fedcba9876543210
sqlite3 var/standalone.db "UPDATE steps SET reason = 'why: ' || '$(
	echo "$HOSTILE" | sed "s/'/''/g")', stage = reason
	WHERE status = 'fail';
	UPDATE jobs SET reason = (SELECT reason FROM steps s
		WHERE s.flight = jobs.flight AND s.job = jobs.job
		AND s.status = 'fail') WHERE status = 'fail';
	UPDATE steps SET testid = 'guest/' || '$(
	echo "$HOSTILE" | sed "s/'/''/g")' WHERE job = 'good' AND stepno = 1;
	INSERT INTO host_uses SELECT flight, job, 1, 'host', 'iron1', started
		FROM jobs WHERE run = 1;"

# --- made of what changed ----------------------------------------------------
exits "pages" 0 ironbird pages
is "are made" "$OUT" "$R: 13 made, 4 as they were"
is "each at its address" "$(cd "$R" &&
	find . -name '*.html' | sort | tr '\n' ' ')" \
	"./branch/v.html ./flight/1/bad/index.html ./flight/1/good/index.html \
./flight/1/index.html ./flight/2/bad/index.html ./flight/2/good/index.html \
./flight/2/index.html ./history/bad/ALL.html ./history/bad/v.html \
./history/good/ALL.html ./history/good/v.html ./host/iron1.html ./index.html "
exits "made again" 0 ironbird pages
is "all are as they were" "$OUT" "$R: 0 made, 5 as they were"
sql "UPDATE steps SET status = 'broken' WHERE flight = '2' AND stepno = 3 AND
	job = 'bad'; UPDATE jobs SET status = 'broken' WHERE flight = '2' AND
	job = 'bad'"
before=$(cksum <"$R/flight/2/good/index.html")
exits "when a job has another result" 0 ironbird pages
contains "its pages are made" "$OUT" "5 made"
contains "with it" "$(cat "$R/flight/2/index.html")" 'class="broken'
is "and no others" "$(cksum <"$R/flight/2/good/index.html")" "$before"
rm "$R/flight/1/good/index.html"
exits "one by its address" 0 ironbird pages flight/1/good/index.html
ok "is there again" test -s "$R/flight/1/good/index.html"
exits "one flight elsewhere" 0 sg-report-flight --html-dir="$WORK/else" 1
ok "is whole" test -s "$WORK/else/style.css"
for path in flight/1/../../x.html flight/9/index.html nowhere/x.html \
	history/good/.html /etc/passwd 9; do
	exits "no page: $path" 2 ironbird pages "$path"
done

# --- while it runs ------------------------------------------------------------
ironbird flight-create -f 3 play v >/dev/null
ironbird job-create 3 bad e2e-fail >/dev/null
ironbird job-create 3 later e2e-pass >/dev/null
ironbird run-job 3 bad >/dev/null 2>&1
exits "a flight that is not over" 0 ironbird pages 3
contains "is running" "$(cat "$R/flight/3/index.html")" "</span> running</span>"
contains "with what failed so far" "$(cat "$R/flight/3/index.html")" \
	"bad/index.html#s3"
lacks "and not with what is to come" "$(cat "$R/flight/3/index.html")" \
	"(the job)"
lacks "nor does the report judge" "$(ironbird report 3)" Verdict
contains "unless it is asked to" "$(ironbird report --that-flight=1 3)" \
	"Verdict: trouble"
ironbird flight delete 3
ironbird pages >/dev/null

# --- nothing that hosts say is markup ----------------------------------------
is "no text is a tag" "$(grep -rlE '<(script|b)[ >]|<[^>]*onload=' "$R")" ""
contains "it is shown" "$(cat "$R/flight/2/bad/index.html")" \
	"why: &lt;script&gt;alert(1)&lt;/script&gt;"
# Every relative address leads to a file.
lost() {
	find "$R" -name '*.html' | while read -r page; do
		grep -o 'href="[^"#]*' "$page" | sed 's/href="//' | sort -u |
			while read -r to; do
				case $to in
				'' | data:*) continue ;;
				esac
				[ -e "${page%/*}/$to" ] || echo "$page: $to"
			done
	done
}
is "no address leads nowhere" "$(lost)" ""

# --- histories as text -------------------------------------------------------
exits "a job's history" 0 sg-report-job-history --job=bad --branches=v
contains "newest first" "$(echo "$OUT" | sed -n 2p)" " 2 "
contains "with host, failure and revision" "$OUT" "iron1"
exits "of a flight's jobs" 0 ironbird history job --flight 1 --json
is "as JSON" "$(echo "$OUT" | json '$[2].built_revisions.xen')" fedcba9876543210
exits "a host's history" 0 sg-report-host-history --limit=3 iron1
is "has so many lines" "$(echo "$OUT" | wc -l)" 4
exits "history of nothing" 2 ironbird history job
exits "one that nobody knows is empty" 0 ironbird history job nosuch
is "which is said" "$OUT" "ironbird: no run is known"

# --- served ------------------------------------------------------------------
exits "a lab" 0 ironbird lab up
NS=$(ironbird lab status --json | json '$.namespace')
head() {
	ip netns exec "$NS" curl -sSI --max-time 5 "http://10.76.0.1/$1"
}
contains "a folder is its page" "$(head results/)" "text/html; charset=utf-8"
contains "the style is one" "$(head results/style.css)" "text/css"
log=logs/2/bad/1/3.ts-fail.log
contains "logs are text" "$(head $log)" "text/plain; charset=utf-8"
contains "whatever they look like" "$(head $log)" "nosniff"
contains "as they are" "$(web $log)" "$HOSTILE"
exits "folders are not listed" 22 web logs/

# --- in a browser ------------------------------------------------------------
# look NAME WIDTH URL [OPTION...]: NAME.png, NAME.dom, NAME.console
look() {
	look_name=$1 look_width=$2 look_url=$3
	shift 3
	ip netns exec "$NS" timeout 60 chromium-headless-shell --no-sandbox \
		--disable-gpu --hide-scrollbars \
		--user-data-dir="$WORK/profile" \
		--window-size="$look_width,1200" --enable-logging=stderr \
		--screenshot="$WORK/$look_name.png" --dump-dom "$@" \
		"http://10.76.0.1/$look_url" \
		>"$look_name.dom" 2>"$look_name.err" || return 1
	grep -F ':CONSOLE' "$look_name.err" >"$look_name.console" || :
}
# width FILE: of a PNG, from its header
width() {
	od -An -tu1 -j16 -N4 "$1" |
		awk '{ print $1 * 16777216 + $2 * 65536 + $3 * 256 + $4 }'
}
echo "Pages yes" >>standalone.config
ironbird flight-create -f 3 play v >/dev/null
ironbird job-create 3 "good-$(printf '%060d' 0)" e2e-pass \
	toolstack=xl >/dev/null
ironbird run-flight 3 >/dev/null 2>&1
contains "what run-flight leaves is served" "$(web results/flight/3/)" \
	"<h1>Flight 3: v</h1>"
n=0
for page in "" flight/2/ flight/2/bad/ history/bad/v.html host/iron1.html \
	branch/v.html flight/3/plan.html; do
	n=$((n + 1))
	ok "the browser opens /results/$page" look page$n 1280 "results/$page"
	is "and has nothing to complain of" "$(cat page$n.console)" ""
	is "one heading, one main part" "$(grep -o '<h1\|<main' page$n.dom |
		sort | tr '\n' ' ')" "<h1 <main "
done
ok "narrow and dark" look narrow 400 results/flight/2/ \
	--blink-settings=preferredColorScheme=0
is "nothing to complain of either" "$(cat narrow.console)" ""
is "its picture is as wide" "$(width narrow.png)" 400
ok "the picture shows something" test "$(wc -c <page2.png)" -gt 20000
ok "another one than in the light" not cmp -s page2.png narrow.png
is "no script became part of a page" "$(cat ./*.dom | grep -c '<script')" 0
contains "the grid is a table with headings" "$(cat page2.dom)" \
	'<th scope="row">'
contains "cells that are no pass say what they are" "$(cat page2.dom)" \
	'aria-label="fail: '
contains "and can be reached by keyboard" "$(cat page2.dom)" \
	'<a href="bad/index.html#s3" aria-label='
contains "passes are no stops" "$(cat page2.dom)" 'tabindex="-1"'
ok "a history in little room" look history 400 results/host/iron1.html
contains "has a name at each value" "$(cat history.dom)" \
	'<td data-name="Flight">'
contains "and who has the host" "$(cat history.dom)" "<dt>Has it now</dt>"
contains "there is a way around them" "$(cat page2.dom)" 'href="#main"'

# The test of the test: a page with a script is complained of.
mkdir "$R/bad" && cat >"$R/bad/index.html" <<'END'
<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"
content="default-src 'none'"><link rel="icon" href="data:,"><script>x()</script>
END
ok "a page with a script" look script 1280 results/bad/
contains "would be found" "$(cat script.console)" "Content Security Policy"
[ -z "${KEEP_PICTURES:-}" ] || cp ./*.png "$KEEP_PICTURES"
