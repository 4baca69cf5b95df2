#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Nights of a branch: a revision that breaks a test is a regression and stays
# where it is; its revert is perfect and moves the branch.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.com
export GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com
BRANCH=e2e-nightly
N=$WORK/var/nightly
cat >>standalone.config <<END
Tree_xen $WORK/xen.git
NightlyMail xen@example.com
Maildir $WORK/mail
Pages yes
ResultsHtmlPubBaseUrl http://lab.example.com/results
HostFlags_iron1 arch-amd64
HostFlags_iron2 arch-amd64
END
git init -q --bare xen.git
git init -q -b staging work
git -C work remote add origin "$WORK/xen.git"

# commit SUBJECT [BROKEN [FLAKY]]: a candidate
commit() {
	echo "${2:-}" >work/broken
	echo "${3:-}" >work/flaky
	echo "$1" >work/what
	git -C work add . && git -C work commit -q -m "$1" &&
		git -C work push -q origin staging
}
at() {
	git --git-dir=xen.git rev-parse -q --verify "$1"
}
output() {
	at refs/heads/tested/$BRANCH
}
newest() {
	sql "SELECT flight FROM flights ORDER BY id DESC LIMIT 1"
}
overall() {
	sql "SELECT overall FROM judgements WHERE flight = '$1'"
}
mails() {
	cat mail/new/* 2>/dev/null
	rm -f mail/new/*
}
tonight() {
	ironbird nightly $BRANCH
}

# --- the first night ---------------------------------------------------------
exits "a branch of a tree that is empty" 2 tonight
commit "Begin"
exits "the first night" 0 tonight
contains "is perfect" "$OUT" "Subject: [$BRANCH test] 1: all pass - PUSHED"
is "on two hosts" "$(sql "SELECT count(DISTINCT host) FROM host_uses")" 2
is "its revision is let through" "$(output)" "$(at staging)"
is "which is a row" "$(sql "SELECT pushed FROM judgements
	WHERE flight = '1'")" "$(at staging)"
mail=$(mails)
contains "the mail is whole" "$mail" "To: xen@example.com"
contains "with headers for programs" "$mail" "X-Osstest-Versions-This:
    xen=$(at staging)"
contains "and where the pages are" "$mail" \
	"http://lab.example.com/results/flight/1/index.html"
ok "which are there" test -s var/results/flight/1/test-one/index.html
exits "nothing new" 0 tonight
is "nothing to do" "$OUT" "$BRANCH: up to date, nothing to test"
is "and no mail" "$(mails)" ""

# --- a revision that breaks a test -------------------------------------------
good=$(output)
commit "$(printf 'Break the second test \033[2J')" test-two
exits "the night after" 1 cr-daily-branch $BRANCH
contains "has a regression" "$OUT" \
	"Subject: [$BRANCH test] 2: regressions - FAIL"
contains "named with job and step" "$OUT" "test-two  2 nightly-test"
contains "against the flight of the baseline" "$OUT" "fail REGR. vs. 1"
contains "with what is new" "$OUT" "Break the second test \\x1b[2J"
contains "by whom" "$OUT" "Ann <ann@example.com>"
contains "and that it stays" "$OUT" \
	"Not pushed: the flight is not tolerable: regressions."
is "which one reads first" "$(echo "$OUT" |
	grep -n 'Not pushed\|^Verdict' | cut -d: -f2 | tr '\n' ' ')" \
	"Not pushed Verdict "
is "the branch has not moved" "$(output)" "$good"
is "the verdict is a row" "$(overall 2)" regressions
is "it was tried once more, alone, from the same build" "$(sql "SELECT
	group_concat(j.job || ' ' || r.value) FROM jobs j JOIN runvars r
	USING (flight, job) WHERE j.flight = '3' AND r.name = 'xenbuildjob'")" \
	"test-two 2.build-amd64"
contains "which the mail says" "$OUT" \
	"Regressions were run once more, in flight 3."
contains "with the address of its page" "$OUT" \
	"http://lab.example.com/results/flight/3/index.html"
contains "the page has it" "$(cat var/results/flight/2/index.html)" \
	'<dt>Run once more in</dt><dd><a href="../3/index.html">3</a>'
contains "and there is the way back" \
	"$(cat var/results/flight/3/index.html)" \
	'<dt>Runs once more</dt><dd><a href="../2/index.html">2</a>'
contains "the report names it" "$(ironbird report 2)" \
	"Regressions were run once more in flight 3"
contains "and the other way" "$(ironbird report 3)" \
	"Runs once more what failed in flight 2"
contains "for programs" "$(ironbird report --json 2 | tr -d ' \n\t')" \
	'"retest_of":null,"retests":["3"]'
contains "flight show, too" "$(ironbird flight show 2)" "retest     3"
contains "of both" "$(ironbird flight show --json 3 | tr -d ' \n\t')" \
	'"retest_of":"2"'
contains "programs are told too" "$(cat "$N/$BRANCH.mro")" \
	"regression test-two nightly-test 1"
contains "so is the mail" "$(mails)" \
	"$BRANCH:test-two:nightly-test:fail:regression"
contains "and the page" "$(cat var/results/flight/2/index.html)" \
	"fail REGR. vs. 1"

# --- and its revert ----------------------------------------------------------
git -C work revert --no-edit HEAD >/dev/null &&
	git -C work push -q origin staging
exits "the revert" 0 tonight
contains "is perfect" "$OUT" "4: all pass - PUSHED"
contains "and ends the bad time" "$OUT" "Failing since              2"
is "the branch moves" "$(output)" "$(at staging)"
is "the verdict of the bad night stays" "$(overall 2)" regressions

# --- what fails now and then -------------------------------------------------
commit "Be unsteady" "" test-three
exits "a test that passes the second time" 0 tonight
contains "is not what holds a branch" "$OUT" "tolerable FAIL - PUSHED"
contains "for it passed" "$OUT" "fail pass in 6"
is "the branch moves" "$(output)" "$(at staging)"

# --- people have their way ---------------------------------------------------
commit "Break the first test" test-one
echo 'NightlyRetest n' >>standalone.config
for file in stop daily.stop $BRANCH.stop; do
	touch "$N/$file"
	exits "the file $file" 0 tonight
	is "stops it" "$OUT" "$BRANCH: stopped by the file $N/$file"
	rm "$N/$file"
done
at staging >"$N/$BRANCH.force-rev"
touch "$N/$BRANCH.block"
exits "a branch that is blocked" 1 tonight
contains "does not move, forced or not" "$OUT" \
	"Not pushed: the file $N/$BRANCH.block is there."
rm "$N/$BRANCH.block"
exits "a revision that is forced" 0 ironbird nightly --always $BRANCH
contains "is let through" "$OUT" "regressions - FAIL - PUSHED"
is "bad as it is" "$(output)" "$(at staging)"
commit "Mend it"
exits "asked not to push" 0 ironbird nightly --no-push $BRANCH
contains "it only tells" "$OUT" "Not pushed: not asked to."

# --- a baseline that nobody tested -------------------------------------------
commit "Pushed by hand"
git -C work push -q origin "HEAD:tested/$BRANCH"
hand=$(output)
commit "And one more"
exits "an untested baseline" 0 tonight
contains "is tested itself" "$OUT" "had not been tested"
is "with its own revision" "$(sql "SELECT value FROM runvars WHERE
	name = 'built_revision_xen' ORDER BY CAST(flight AS INTEGER) DESC
	LIMIT 1")" "$hand"
is "and the branch stays" "$(output)" "$hand"
exits "the night after" 0 tonight
is "moves it" "$(output)" "$(at staging)"

# --- two at once; killed and carried on --------------------------------------
commit "Take long"
touch build-waits
ironbird nightly $BRANCH >first 2>&1 &
pid=$!
began() {
	[ -e build-began ]
}
ok "a night is at it" until_true 20 began
exits "another one" 75 tonight
contains "says so and leaves" "$OUT" "branch $BRANCH: another nightly is at it"
flight=$(newest)
runner=$(sql "SELECT runner_pid FROM flights WHERE flight = '$flight'")
kill -KILL $pid
wait $pid 2>/dev/null
kill -TERM "$runner" 2>/dev/null
rm build-waits
gone() {
	! kill -0 "$runner" 2>/dev/null
}
ok "when it is killed, and its flight stopped" until_true 20 gone
exits "the next one" 0 tonight
is "carries the flight on" "$(newest)" "$flight"
is "to its end" "$(output)" "$(at staging)"

# killed BEGAN: a night is killed, and its flight stopped, once BEGAN is there
killed() {
	rm -f "$1"
	ironbird nightly $BRANCH >/dev/null 2>&1 &
	pid=$!
	until_true 20 [ -e "$1" ] || return 1
	kill -KILL $pid
	wait $pid 2>/dev/null
	runner=$(sql "SELECT runner_pid FROM flights
		WHERE runner_pid IS NOT NULL")
	kill -TERM "$runner"
	rm -f build-waits test-waits
	until_true 20 gone
}
# by_hand: as nightly makes its flight, were it killed right after
by_hand() {
	REVISION_XEN=$(at staging) ironbird make-flight \
		--night="candidate=$(at staging)" \
		--baseline="xen=$(output)" -- $BRANCH "" real
}
mails >/dev/null

echo "NightlyOutput_$BRANCH first" >>standalone.config
touch build-waits
ok "the first night of all is killed" killed build-began
flight=$(newest)
is "nothing is there to compare it with" "$(sql "SELECT count(*) FROM baselines
	WHERE flight = '$flight'")" 0
exits "the next one" 0 tonight
is "carries it on" "$(newest)" "$flight"
is "to its end" "$(at refs/heads/first)" "$(at staging)"
sed -i '/^NightlyOutput/d' standalone.config

commit "Made, not run"
flight=$(by_hand)
is "a flight has its baseline from the start" "$(sql "SELECT tree || ' ' ||
	revision FROM baselines WHERE flight = '$flight'")" "xen $(output)"
exits "a night that made its flight, and no more" 0 tonight
is "is carried on" "$(newest)" "$flight"
is "and moves the branch" "$(output)" "$(at staging)"
for wrong in --night=both=$(output) --night=candidate=master \
	"--baseline=$(output)"; do
	exits "make-flight $wrong" 2 ironbird make-flight "$wrong" $BRANCH
done
is "makes nothing" "$(newest)" "$flight"

commit "Run, not judged"
flight=$(by_hand)
ok "a flight is over" ironbird run-flight --yes --quiet "$flight"
before=$(sql "SELECT finished FROM flights WHERE flight = '$flight'")
mails >/dev/null
exits "a night that was killed then" 0 tonight
is "does not make another" "$(newest)" "$flight"
is "nor runs it again" "$(sql "SELECT finished FROM flights
	WHERE flight = '$flight'")" "$before"
contains "but mails" "$(mails)" "$flight: all pass - PUSHED"
is "and moves the branch" "$(output)" "$(at staging)"
sql "UPDATE nights SET stage = 'retested' WHERE flight = '$flight'"
exits "one that had pushed, too" 0 tonight
contains "mails" "$(mails)" "$flight: all pass - PUSHED"
exits "and only that" 0 tonight
contains "is left to do" "$OUT" "up to date"

sed -i 's/^NightlyRetest.*/NightlyRetest y/' standalone.config
commit "Break the third test" test-three
flight=$(($(newest) + 1))
echo $((flight + 1)) >test-waits
ok "a night is killed in its retest" killed test-began
exits "the next one" 1 tonight
is "goes on with the retest" "$(newest)" $((flight + 1))
is "to its end" "$(sql "SELECT blessing FROM flights
	WHERE flight = '$((flight + 1))'")" real-retest
mail=$(mails)
contains "and mails" "$mail" "$flight: regressions - FAIL"
contains "of both" "$mail" "run once more, in flight $((flight + 1))."
commit "Break the third test in another way" test-three
flight=$(by_hand)
ok "a person takes one away" ironbird flight bless "$flight" broken \
	constructing
exits "the night after" 1 tonight
is "makes its own, and a retest" "$(newest)" $((flight + 2))
mails >/dev/null
sed -i 's/^NightlyRetest.*/NightlyRetest n/' standalone.config

# --- over its limit ----------------------------------------------------------
# over_limit BEGAN: a night that would wait forever, ended after BEGAN was there
over_limit() {
	rm -f "$1"
	sed -i '/^Nightly\(Limit\|Grace\)/d' standalone.config
	printf 'NightlyLimit %s\nNightlyGrace %s\n' "$LIMIT" "$2" \
		>>standalone.config
	mails >/dev/null
	OUT=$(ironbird nightly $BRANCH 2>&1)
	STATUS=$?
	[ -e "$1" ]
}
commit "Mend the third test"
touch build-waits
ok "a flight goes over NightlyLimit" patiently over_limit build-began 10m
is "trouble" "$STATUS" 3
flight=$(newest)
of="flight = '$flight'"
is "its jobs are aborted, each with the reason" "$(sql "SELECT DISTINCT status,
	substr(reason, 1, 44) FROM jobs WHERE $of")" \
	"aborted|NightlyLimit: the flight was not over within"
is "in order: what is always done was" "$(sql "SELECT testid, status
	FROM steps WHERE $of ORDER BY stepno" | tr '\n' ' ')" \
	"nightly-build|aborted nightly-logs|pass "
is "it is over" "$(sql "SELECT blessing, finished > 0 FROM flights
	WHERE $of")" "real|1"
is "judged" "$(overall "$flight")" trouble
mail=$(mails)
contains "mailed" "$mail" "$flight: trouble: aborted - STOPPED at NightlyLimit"
contains "with the limit" "$mail" "NightlyLimit: the flight was not over within"
is "and concluded" "$(sql "SELECT stage FROM nights WHERE $of")" concluded
touch logs-wait
over_both() {
	over_limit logs-began "$LIMIT"
}
ok "one that would not be stopped, either" patiently over_both
rm logs-wait
is "trouble, too" "$STATUS" 3
ok "was another flight" [ "$(newest)" -gt "$flight" ]
is "of which nothing is left" "$(sql "SELECT count(*) FROM jobs WHERE
	(status <> 'aborted' OR owner_pid IS NOT NULL)
	AND flight = '$(newest)'")" 0
contains "and is told" "$(mails)" "STOPPED at NightlyLimit"
rm build-waits
sed -i '/^Nightly\(Limit\|Grace\)/d' standalone.config
flight=$(newest)
exits "the night after" 0 tonight
is "has a flight of its own" "$(newest)" $((flight + 1))
is "and moves the branch" "$(output)" "$(at staging)"

# --- several branches; OSSTest's words ---------------------------------------
cat >>standalone.config <<END
NightlyTree_away away
Tree_away $WORK/nothing.git
END
commit "For a night of several"
exits "a night of branches, one without its tree" 3 \
	ironbird nightly away $BRANCH a/b
contains "tells of it" "$OUT" "branch away: "
contains "and of another" "$OUT" "a/b"
contains "and tests what there is" "$OUT" "all pass - PUSHED"
is "which moves" "$(output)" "$(at staging)"
exits "up to date, but for a bad name" 2 ironbird nightly a/b $BRANCH
commit "In OSSTest's words"
exits "to play" 0 cr-daily-branch --play $BRANCH
is "is that blessing" "$(sql "SELECT blessing FROM flights
	WHERE flight = '$(newest)'")" play
exits "for real" 0 cr-daily-branch --real $BRANCH
exits "both" 2 cr-daily-branch --real --play $BRANCH
contains "are one too many" "$OUT" "one blessing is enough"

# --- other trees -------------------------------------------------------------
git init -q --bare linux.git
git -C work push -q "$WORK/linux.git" HEAD:refs/heads/staging
kernel=$(at staging)
cat >>standalone.config <<END
Tree_linux $WORK/linux.git
Revision_xen staging
NightlyTree_$BRANCH-linux linux
NightlyTree_$BRANCH-late linux
NightlyWith $BRANCH-new
END
good=$(output)
commit "Break the first test of all" test-one
under_test() {
	sql "SELECT value FROM runvars WHERE flight = '$(newest)' AND
		name = 'built_revision_$1'"
}
exits "a kernel with the newest hypervisor" 1 ironbird nightly $BRANCH-linux
is "that is broken" "$(under_test xen)" "$(at staging)"
contains "as its own branch has let nothing through" "$OUT" \
	"branch $BRANCH-new has let nothing through yet: the tree xen is"
# a branch of the tree under test says nothing of it
printf 'NightlyWith_%s-linux %s-late %s\n' $BRANCH $BRANCH $BRANCH \
	>>standalone.config
mails >/dev/null
exits "with one that its own branch let through" 0 \
	ironbird nightly $BRANCH-linux
is "is what it asked for" "$(under_test xen)" "$good"
is "and is let through" "$(git --git-dir=linux.git rev-parse \
	tested/$BRANCH-linux)" "$kernel"
contains "the mail has both trees" "$(mails)" "X-Osstest-Versions-This:
    linux=$kernel
    xen=$good"
is "the branch of xen is make-flight's XENBRANCH" "$(sql "SELECT count(*)
	FROM jobs WHERE flight = '$(newest)' AND job = 'test-late'")" 1
exits "asked for another hypervisor" 1 \
	env REVISION_XEN="$(at staging)" ironbird nightly --always $BRANCH-linux
is "it has that" "$(under_test xen)" "$(at staging)"
sed -i '/^NightlyWith/d' standalone.config
commit "Mend the first test of all"

# --- what goes wrong ---------------------------------------------------------
git -C work checkout -q -b other HEAD~1 && echo x >work/x &&
	git -C work add x && git -C work commit -q -m "Elsewhere" &&
	git -C work push -q -f origin "other:tested/$BRANCH"
ironbird nightly $BRANCH >/dev/null 2>&1	# the baseline itself
moved=$(output)
exits "an output that went elsewhere" 0 tonight
contains "is told" "$OUT" "Not pushed: the push failed:"
is "and left as it is" "$(output)" "$moved"
sed -i 's/^Maildir.*/Sendmail \/nonexistent\/mailer/' standalone.config
exits "a mailer that is not there" 0 ironbird nightly --always $BRANCH
contains "is told, and all else is done" "$OUT" "/nonexistent/mailer"
sed -i 's/^Sendmail.*/Maildir mail/' standalone.config
exits "a branch without a flight" 3 ironbird nightly nosuch
contains "is told" "$OUT" "no flight"
exits "a tree that is not there" 2 env TREE_XEN= ironbird nightly a/b
contains "a bad name" "$OUT" "branch"

# --- stopped by hand ---------------------------------------------------------
# A person has the hosts: the tests wait for them.
sql "INSERT INTO host_allocations (host, flight, job, ident, owner_pid, since)
	VALUES ('iron1', '', '', 'host', 0, 0), ('iron2', '', '', 'host', 0, 0)"
mails >/dev/null
last=$(newest)
ironbird nightly --always $BRANCH >out 2>&1 &
pid=$!
waits() {
	[ "$(newest)" != "$last" ] && [ "$(sql "SELECT 1 FROM flights f
		JOIN jobs j USING (flight) WHERE f.flight = '$(newest)' AND
		runner_pid IS NOT NULL AND j.job = 'build-amd64' AND
		j.status = 'pass'")" ]
}
ok "a night waits for hosts" until_true 20 waits
exits "it is stopped" 0 ironbird flight stop --why "not tonight" "$(newest)"
wait $pid
is "which is trouble" $? 3
mail=$(mails)
contains "and told by mail" "$mail" "$(newest): trouble: aborted/pass - STOPPED
"
contains "it stays" "$mail" "Not pushed: somebody stopped the flight."
contains "with the reason" "$mail" "not tonight"
is "all of it" "$(sql "SELECT group_concat(DISTINCT status) FROM jobs
	WHERE flight = '$(newest)' AND job <> 'build-amd64'")" aborted
sql "DELETE FROM host_allocations"
last=$(newest)
exits "the next night" 0 ironbird nightly --always $BRANCH
ok "has a flight of its own" [ "$(newest)" != "$last" ]

# --- room for logs -----------------------------------------------------------
kept=$(find var/logs -mindepth 1 -maxdepth 1 | wc -l)
exits "with room enough nothing goes" 0 ironbird expire-logs
is "nothing" "$OUT" ""
printf 'LogsMinSpaceMby 999999999\n' >>standalone.config
exits "nor what is too young" 0 cr-ensure-disk-space
is "nothing at all" "$(find var/logs -mindepth 1 -maxdepth 1 | wc -l)" "$kept"
echo 'LogsMinExpireAge 0' >>standalone.config
exits "else what matters least goes" 0 ironbird expire-logs
contains "the oldest tolerable first" "$(echo "$OUT" | head -1)" \
	"the logs of flight 1 are gone"
is "its files" "$(find var/logs/1 2>/dev/null)" ""
is "and their paths" "$(sql "SELECT count(*) FROM steps WHERE flight = '1'
	AND log IS NOT NULL")" 0
is "its page offers none" "$(grep -c 'logs/1' \
	var/results/flight/1/test-one/index.html)" 0
ok "the newest stays" test -d "var/logs/$(newest)"

# --- a branch's own tree, candidates, and where they go ----------------------
git init -q --bare mirror.git
git -C work checkout -q -b mine && echo >work/broken && echo mine >work/what &&
	git -C work add . && git -C work commit -q -m "Mine" &&
	git -C work push -q origin mine
cat >>standalone.config <<END
NightlyInput_$BRANCH mine
NightlyPush $WORK/mirror.git
END
before=$(output)
exits "candidates elsewhere" 0 tonight
is "are let through, elsewhere" "$(git --git-dir=mirror.git rev-parse -q \
	--verify refs/heads/tested/$BRANCH)" "$(at mine)"
is "and nothing is where the tree is" "$(output)" "$before"
printf '%s\n' "NightlyTree_$BRANCH other" "Tree_other $WORK/other.git" \
	>>standalone.config
exits "another tree" 3 tonight
contains "is the one that is looked at" "$OUT" "$WORK/other.git cannot be"
