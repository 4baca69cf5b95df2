#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Flights: made from a file, run in the order of their dependencies.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

exits "no flight at all" 2 ironbird report
contains "says what makes one" "$OUT" "'ironbird standalone-reset' makes one"
exits "a flight is made" 0 ironbird make-flight e2e
is "it gets a number" "$OUT" 1
exits "another one" 0 ironbird make-flight e2e "" play
is "gets the next" "$OUT" 2
is "with branch and blessing" "$(sql "SELECT branch, intended, blessing
	FROM flights WHERE flight = '2'")" "e2e|play|constructing"
exits "one with a name" 0 make-flight -f mine e2e
is "its runvars are definitions" "$(sql "SELECT group_concat(name || '=' ||
	value || synth, ' ') FROM (SELECT * FROM runvars WHERE flight = 'mine'
	AND job = 'test-good' ORDER BY name)")" \
	"arch=amd640 buildjob=build-good0 toolstack=xl0"
is "a taken name makes nothing" "$(make-flight -f mine e2e 2>/dev/null;
	sql "SELECT count(*) FROM jobs WHERE flight = 'mine'")" 4
exits "--print makes nothing" 0 ironbird make-flight --print e2e
contains "but says what it would" "$OUT" "buildjob=build-bad"
exits "an unknown file" 2 ironbird make-flight e2f
contains "gets a hint" "$OUT" "did you mean 'e2e'"
is "and no flight" "$(sql "SELECT count(*) FROM flights")" 3
OSSTEST_JOBS_ONLY='test-.*' exits "some jobs only" 0 make-flight -f some e2e
is "are made" "$(sql "SELECT group_concat(job, ' ') FROM
	(SELECT job FROM jobs WHERE flight = 'some' ORDER BY id)")" \
	"test-good test-bad"

exits "the flight is as bad as its worst job" 4 ironbird run-flight 2
is "its jobs" "$(sql "SELECT group_concat(job || ' ' || status, ', ') FROM
	(SELECT * FROM jobs WHERE flight = '2' ORDER BY id)")" \
	"test-good pass, build-good pass, build-bad fail, test-bad blocked"
is "a dependency comes first" "$(sql "SELECT t.started >= b.finished FROM
	jobs t, jobs b WHERE t.flight = '2' AND b.flight = '2' AND
	t.job = 'test-good' AND b.job = 'build-good'")" 1
is "the blocked job says by what" "$(sql "SELECT reason FROM jobs
	WHERE flight = '2' AND job = 'test-bad'")" "job build-bad did not pass"
is "the flight is blessed" "$(sql "SELECT blessing, finished >= started FROM
	flights WHERE flight = '2'")" "play|1"
exits "and is not run again" 2 sg-execute-flight 2
contains "for it is blessed" "$OUT" "is blessed 'play'"
exits "one that is not there" 2 ironbird run-flight 99
is "is said once" "$OUT" "ironbird: there is no flight '99'"
exits "its report" 0 ironbird report 2
contains "counts" "$OUT" "Result blocked: 2 pass, 1 fail, 1 blocked"

exits "jobs in a circle" 2 ironbird make-flight -f circle e2e-circle
contains "make no flight" "$OUT" "depends, through others, on itself"
is "not even half of it" "$(sql "SELECT count(*) FROM flights
	WHERE flight = 'circle'")" 0
ironbird flight-create -f circle play e2e >/dev/null
ironbird job-create circle a e2e-pass bjob=b >/dev/null
ironbird job-create circle b e2e-pass ajob=a >/dev/null
exits "nor are they run" 2 ironbird run-flight circle
contains "are told" "$OUT" "depends, through others, on itself"

# --- how many jobs the controller runs at once -------------------------------
echo 'LocalJobs 1' >>standalone.config
ironbird flight-create -f local play e2e >/dev/null
for one in first second; do
	ironbird job-create local $one e2e-pass toolstack=xl >/dev/null
done
contains "with one at a time the second waits" "$(ironbird why local.second)" \
	"this controller runs as many jobs as it may (LocalJobs)"
exits "and they are run" 0 ironbird run-flight local
is "one after the other" "$(sql "SELECT max(started) >= min(finished) FROM jobs
	WHERE flight = 'local'")" 1
sed -i '/^LocalJobs/d' standalone.config

# --- stopped -----------------------------------------------------------------
ironbird flight-create -f stop play e2e >/dev/null
ironbird job-create stop first e2e-abort >/dev/null
ironbird job-create stop second e2e-pass toolstack=xl firstjob=first >/dev/null
ironbird run-flight stop >out 2>&1 &
pid=$!
hangs() {
	[ "$(sql "SELECT 1 FROM steps WHERE flight = 'stop' AND
		testid = 'hang' AND stage IS NOT NULL")" ]
}
ok "its first job hangs" until_true 20 hangs
kill -TERM $pid
wait $pid
is "a flight that is stopped" "$(sql "SELECT group_concat(status, ' ') FROM
	(SELECT * FROM jobs WHERE flight = 'stop' ORDER BY id)")" \
	"aborted queued"
is "begins no more jobs and stays as it is" \
	"$(sql "SELECT blessing FROM flights WHERE flight = 'stop'")" running

# --- made by hand, and told by mail ------------------------------------------
echo "Maildir $WORK/mail" >>standalone.config
mails() {
	cat mail/new/* 2>/dev/null
	rm -f mail/new/*
}
# by_hand FLIGHT RECIPE [RUNVAR...]: a flight with one job
by_hand() {
	by_hand_flight=$1
	shift
	ironbird flight-create -f "$by_hand_flight" real e2e >/dev/null
	ironbird job-create "$by_hand_flight" one "$@" toolstack=xl >/dev/null
}
by_hand first e2e-pass built_revision_xen=1111
exits "a flight as OSSTest's users run theirs" 0 mg-execute-flight first
is "is blessed play" "$(sql "SELECT blessing FROM flights
	WHERE flight = 'first'")" play
mail=$(mails)
contains "its user has mail" "$mail" "To: $(id -un)"
contains "which says what it came to" "$mail" \
	"Subject: [e2e test] first: all pass"
is "it was judged" "$(sql "SELECT overall FROM judgements
	WHERE flight = 'first'")" perfect
by_hand second e2e-fail built_revision_xen=2222
exits "options as OSSTest has them" 1 mg-execute-flight -Bmine \
	-Exen@example.com -ffirst second
mail=$(mails)
contains "the mail is somebody else's" "$mail" "To: xen@example.com"
contains "with what failed" "$mail" "    e2e:one:fail:fail:"
contains "compared with the flight that was named" "$mail" \
	"X-Osstest-Versions-That:
    xen=1111"
is "so is the blessing" "$(sql "SELECT blessing FROM flights
	WHERE flight = 'second'")" mine
by_hand third e2e-pass
for wrong in "--mail= third" "--that-flight first third" \
	"--mail a@example.com --that-flight nosuch third"; do
	# shellcheck disable=SC2086
	exits "run-flight $wrong" 2 ironbird run-flight $wrong
done
is "was not begun" "$(sql "SELECT run FROM jobs WHERE flight = 'third'")" 0
exits "who did not ask" 0 ironbird run-flight third
is "has no mail" "$(mails)" ""
sed -i 's/^Maildir.*/Sendmail \/nonexistent\/mailer/' standalone.config
by_hand fourth e2e-pass
exits "a mailer that is not there" 0 ironbird run-flight -E xen fourth
contains "is told, and is no part of the verdict" "$OUT" "/nonexistent/mailer"
by_hand fifth e2e-pass
exits "nor are logs that have nowhere to go" 0 ironbird run-flight -P fifth
contains "which is told, too" "$OUT" "LogsPublish"
