#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Logs of steps, read and followed; what a shell offers to complete.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# --- logs --------------------------------------------------------------------
job fail e2e-fail
ironbird run-job t fail >/dev/null 2>&1
exits "a log" 0 ironbird log t.fail.fail
is "is printed" "$OUT" "the last line of the log"
exits "a step's number will do" 0 ironbird log t.fail.3
is "and is the same" "$OUT" "the last line of the log"
exits "following what has ended" 0 ironbird log -f t.fail.fail
contains "ends at once" "$OUT" "the last line of the log"
contains "and tells the verdict" "$OUT" "step 3 (fail) of t.fail: fail"
exits "an unknown step" 2 ironbird log t.fail.nothing
contains "says so" "$OUT" "has no step as in"
exits "a run that was not" 2 ironbird log --run 7 t.fail.fail

mkdir ts jobs
cat >ts/ts-slow <<'SCRIPT'
#!/bin/sh
echo begun
until [ -e go ]; do sleep 0.02; done
printf 'hostile \033[2J text\nnot ended'
SCRIPT
chmod +x ts/ts-slow
cat >jobs/slow.yaml <<'RECIPE'
summary: Waits to be told
around: none
steps:
  - run: ts-slow
RECIPE
export IRONBIRD_TS_PATH="$WORK/ts" IRONBIRD_JOBS_PATH="$WORK/jobs"
job slow slow
ironbird run-job t slow >/dev/null 2>&1 &
runner=$!
running() {
	[ "$(sql "SELECT log FROM steps WHERE job = 'slow'
		AND status = 'running' AND owner_pid != $runner")" ]
}
ok "a step runs" until_true 20 running
ironbird log -f t.slow.slow >out 2>&1 &
follower=$!
ok "its log is followed" until_true 20 grep -q begun out
lacks "to here" "$(cat out)" ended
touch go
wait $follower
is "and it ends with the step" $? 0
contains "to the last byte" "$(cat out)" "not ended"
contains "nothing of it reaches the terminal raw" "$(cat out)" \
	'hostile \x1b[2J text'
contains "the verdict is told" "$(cat out)" "(slow) of t.slow: pass"
wait $runner

# --- completion --------------------------------------------------------------
offers() {
	ironbird complete -- "$@" | tr '\n' ' '
}

echo 'HostProp_iron1_PowerMethod null' >>standalone.config
is "commands" "$(offers ironbird run-)" "run-flight run-job "
contains "all of them" "$(offers ironbird '')" "report "
is "what there is help for" "$(offers ironbird help run-)" "run-flight run-job "
lacks "but for the hidden" "$(offers ironbird '')" complete
is "second words" "$(offers ironbird recipe s)" "show "
is "options" "$(offers ironbird run-job --re)" "--repeat --resume "
is "hosts" "$(offers ironbird console '')" "iron1 "
is "hosts after second words" "$(offers ironbird host show i)" "iron1 "
is "recipes" "$(offers ironbird recipe show sl)" "slow "
is "jobs with their flight" "$(offers ironbird run-job t.)" "t.fail t.slow "
is "jobs of a flight that was named" "$(offers ironbird run-job t s)" "slow "
is "wherever a job is named" "$(offers ironbird report t s)" "slow "
contains "and its steps" "$(offers ironbird log t slow.)" "slow."
is "by OSSTest's name" "$(offers sg-run-job t.s)" "t.slow "
is "toolstacks" "$(offers ironbird hypervisor show --with '')" "libvirt xl "
is "flights" "$(offers ironbird run-flight '')" "t "
contains "steps" "$(offers ironbird log t.fail.)" "t.fail.note/always "
is "steps for an option" "$(offers ironbird run-job t.slow --from '')" "slow "
is "nothing for what is unknown" "$(offers ironbird nothing '')" ""
for name in $(ironbird help | sed -n 's/^  \([a-z-]*\) .*/\1/p'); do
	ironbird complete -- ironbird "$name" '' >/dev/null ||
		ok "$name can be completed" false
	contains "$name has options" "$(offers ironbird "$name" --)" "--help "
done

if command -v bash >/dev/null; then
	cat >try.bash <<'BASH'
. "$1"
COMP_WORDS=(ironbird run-job t.sl) COMP_CWORD=2
_ironbird
echo "${COMPREPLY[@]}"
BASH
	is "bash" "$(bash try.bash "$E2E/../../docs/ironbird.bash")" t.slow
fi
