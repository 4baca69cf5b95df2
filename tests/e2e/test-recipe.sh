#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The recipe command.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

exits "Ironbird's own recipes" 0 env IRONBIRD_JOBS_PATH= ironbird recipe check
contains "are all good" "$OUT" "nothing wrong"
exits "their list" 0 ironbird recipe list
contains "has summaries" "$OUT" "A Debian guest is started, saved, migrated"
exits "one is shown" 0 ironbird recipe show test-debian
contains "with its prologue" "$OUT" "host-ping-check-native"
contains "its repeats" "$OUT" "guest-start/debian.2"
contains "and its notes" "$OUT" "on-fail broken, always, needs hosts-allocate"
exits "two hosts" 0 ironbird recipe show --json e2e-hosts
contains "have lanes" "$OUT" '"lane":	1'
mkdir bad bad/around
export IRONBIRD_JOBS_PATH="$WORK/bad"
cat >bad/bad.yaml <<END
summary: Three things are wrong with it
around: none
steps:
  - run: guest-start host
  - run: ts-host-install host
    needs: [host-instal]
  - run: ts-never-written host
END
exits "a bad recipe" 2 ironbird recipe check bad
contains "its first problem" "$OUT" "$WORK/bad/bad.yaml:4: 'guest-start host'"
contains "its second" "$OUT" "$WORK/bad/bad.yaml:5: host-install needs"
cat >bad/missing.yaml <<END
summary: Its test case is not there
around: none
steps:
  - run: ts-never-written host
END
exits "a missing test case" 2 ironbird recipe check missing
contains "is found, too" "$OUT" "recipe missing, step never-written: there \
is no test case ts-never-written"
cp "$E2E/ts/ts-pass" "$WORK/bad/ts-never-writen"
exits "one that is nearly there" 2 env IRONBIRD_TS_PATH="$WORK/bad" \
	ironbird recipe check missing
contains "is named" "$OUT" "(did you mean 'ts-never-writen'?)"
printf 'summary: [' >bad/half.yaml
exits "half a file" 2 ironbird recipe show half
contains "has file and line" "$OUT" "bad/half.yaml:"
exits "an unknown recipe" 2 ironbird recipe show test-debiam
contains "gets a hint" "$OUT" "did you mean 'test-debian'?"
exits "an unknown verb" 2 ironbird recipe chek
exits "a name with .." 2 ironbird recipe show ../bad
exits "10 kB of a name" 2 ironbird recipe show "$(head -c 10000 /dev/zero |
	tr '\0' x)"
ok "is cut in the error" test "${#OUT}" -lt 400
