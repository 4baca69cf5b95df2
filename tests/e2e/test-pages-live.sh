#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Pages without a command: whoever runs a flight or a job finds them up to
# date, while it runs and afterwards, its plan among them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >>standalone.config <<END
Pages yes
PagesEvery 100ms
HostFlags_iron1 arch-amd64
HostFlags_iron2 arch-amd64
END
R=$WORK/var/results

# flight NAME JOB=RECIPE...
flight() {
	name=$1
	shift
	ironbird flight-create -f "$name" play v >/dev/null
	for word; do
		ironbird job-create "$name" "${word%%=*}" "${word#*=}" \
			toolstack=xl >/dev/null
	done
}
# says FILE TEXT
says() {
	grep -qF "$2" "$R/$1" 2>/dev/null
}
# companions FLIGHT: of this test
companions() {
	for status in /proc/[0-9]*; do
		tr '\0' ' ' 2>/dev/null <"$status/cmdline" |
			grep -qF "pages --follow -- $1" &&
			[ "$(readlink "$status/cwd")" = "$WORK" ] &&
			echo "${status#/proc/}"
	done
}

# --- a flight ----------------------------------------------------------------
flight live a=e2e-gate b=e2e-gate c=e2e-gate
ironbird run-flight live >out 2>&1 &
pid=$!
ok "a running flight has its page" until_true 30 \
	says flight/live/index.html "</span> running</span>"
ok "with the step that runs now" until_true 30 \
	says flight/live/a/index.html "last stage: at the gate"
ok "and its plan" until_true 30 says flight/live/plan.html "2 of 3 jobs run"
ok "that says where" until_true 30 \
	says flight/live/plan.html '<td data-name="Where">iron'
ok "and what the others wait for" until_true 30 \
	says flight/live/plan.html \
	"waits until about"
ok "with a chart" until_true 30 \
	says flight/live/plan.svg '<g class="runs">'
ok "linked from its page" until_true 30 \
	says flight/live/index.html 'href="plan.html"'
ok "from its branch" until_true 30 \
	says branch/v.html 'href="../flight/live/plan.html"'
ok "and from the first page" until_true 30 \
	says index.html 'href="flight/live/plan.html"'
one=$(companions live)
ok "one process makes them" [ "$(echo "$one" | wc -w)" -eq 1 ]
ok "at low priority" [ "$(cut -d' ' -f19 "/proc/$one/stat")" -eq 10 ]
before=$(stat -c %i "$R/flight/live/plan.svg")
touch go-a
wait $pid
ok "its end is there when run-flight is" says flight/live/plan.html \
	"3 jobs, over since"
ok "with what was where" [ "$(grep -c '<g class="passed">' \
	"$R/flight/live/plan.svg")" -eq 3 ]
ok "in a new file: nobody sees half of one" \
	[ "$before" != "$(stat -c %i "$R/flight/live/plan.svg")" ]
lacks "the branch has no plan of it any more" "$(cat "$R/branch/v.html")" \
	plan.html
ok "the grid is whole" says flight/live/c/index.html "</span> pass</span>"
is "the process is gone" "$(companions live)" ""
exits "nothing is left to make" 0 ironbird pages live
contains "it was all there" "$OUT" ": 0 made"

# --- a job by hand -----------------------------------------------------------
flight hand good=e2e-pass
exits "run-job" 0 ironbird run-job hand.good
ok "leaves its page" says flight/hand/good/index.html "</span> pass</span>"

# --- killed, and failing -----------------------------------------------------
rm -f at-a go-a
flight killed a=e2e-gate
ironbird run-flight killed >out 2>&1 &
pid=$!
at_gate() {
	[ -e at-a ]
}
ok "a flight runs" until_true 20 at_gate
kill -KILL $pid
wait $pid 2>/dev/null
is_gone() {
	[ -z "$(companions killed)" ]
}
ok "its companion goes with run-flight" until_true 20 is_gone
ok "and left pages" says flight/killed/index.html "</span> running</span>"
touch go-a
exits "the next one takes it up" 0 ironbird run-flight --resume killed
ok "and its pages" says flight/killed/index.html "</span> perfect</span>"

flight nowhere good=e2e-pass
echo "Results $WORK/standalone.config/x" >>standalone.config
exits "pages that cannot be made change no verdict" 0 \
	ironbird run-flight nowhere
contains "it is told once" "$(echo "$OUT" | grep -c 'not up to date')" 1
contains "and why" "$OUT" "standalone.config"
echo "Pages no" >>standalone.config
exits "switched off" 0 ironbird run-job nowhere.good
lacks "nothing is told" "$OUT" "up to date"
