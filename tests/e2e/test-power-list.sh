#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a lab with forty machines sees of their power, on a terminal and through
# a pipe; and the start of a module for the forty-first.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"

SIM=$(cd "$E2E/../sim" && pwd)
PDU=pdu-of-rack
for n in $(seq 20); do
	power_host "kodo$n" "exec $SIM/fence-outlet dir=$WORK plug=$n"
done
for n in $(seq 21 38); do
	power_host "kodo$n" "snmp apc host=${PDU}3.lab.example.com outlet=$n; \
snmp apc host=${PDU}4.lab.example.com outlet=$n"
done
power_host wrong39 "snmpp apc host=pdu3"
echo "HostFlags_none40 x" >>standalone.config

# terminal COLUMNS COMMAND...: as it is seen there
terminal() {
	stty_columns=$1
	shift
	script -qec "stty cols $stty_columns; $*" /dev/null </dev/null |
		tr -d '\r'
}
# longest: characters of the longest line
longest() {
	awk 'length > most { most = length } END { print most + 0 }'
}

exits "on" 0 ironbird power kodo2 on
ironbird power list >seen
is "every supply of every host is there" "$(wc -l <seen)" \
	"$((1 + 20 + 2 * 18 + 2))"
is "kodo2 is before kodo10" "$(awk '{ print $1 }' seen | sed -n '2,4p;11p' |
	tr '\n' ' ')" "kodo1 kodo2 kodo3 kodo10 "
is "what was switched has its state" "$(awk '$1 == "kodo2" { print $2, $3, $6 }' \
	seen)" "2 on 1"
is "through a pipe a PDU is found by its name" \
	"$(grep -c "${PDU}4.lab.example.com$" seen)" 18
contains "a host with a wrong method is there, and why" \
	"$(grep wrong39 seen)" "unknown power module 'snmpp' (did you mean"
contains "and one without" "$(grep none40 seen)" \
	"it has no property power-method"
terminal 80 ironbird power list >seen
ok "on a terminal they are folded" test "$(longest <seen)" -le 80
ok "to what it has" test "$(terminal 120 ironbird power list | longest)" -gt 80
is "some hosts" "$(ironbird power list kodo21 kodo3 | awk '{ print $1 }' |
	tr '\n' ' ')" "HOST kodo3 kodo21 kodo21 "
is "as JSON, with the reason" "$(ironbird power list wrong39 none40 --json |
	grep -c '"problem":	"')" 2
is "the second one is completed, too" "$(ironbird complete -- ironbird power \
list kodo1 wr)" wrong39
exits "a host that is none" 2 ironbird power list kodo1 wrog39
contains "gets a hint" "$OUT" \
	"there is no host 'wrog39' (did you mean 'wrong39'?)"

ok "actions, on a terminal" test "$(terminal 80 ironbird power actions |
	longest)" -le 80
contains "actions, through a pipe" "$(ironbird power actions)" \
	"exec $SIM/fence-outlet dir=$WORK plug=2"
ok "methods fit into 80 columns" test "$(ironbird power --methods | longest)" \
	-le 80

for bad in "kodo1 onn" "kodo1 bootdev" "kodo1 bootdev usb" "kodo1 on off" \
	"--map kodo1 on" "--map" "" "actions kodo1 kodo2" "--methods snmp" \
	"wrong39" "none40 on"; do
	# shellcheck disable=SC2086 # words
	exits "power $bad" 2 ironbird power $bad
done
contains "a word that is none gets a hint" "$(ironbird power kodo1 onn 2>&1)" \
	"did you mean 'on'"
exits "--map of a host that shows nothing" 2 ironbird power --map kodo1
contains "says what is missing" "$OUT" "neither console-log nor ip-addr"

# --- a module for a box that there is none for -------------------------------
ROOT=$(cd "$E2E/../.." && pwd)
exits "skeleton, where no source is" 2 ironbird pdu skeleton mybox
contains "says so" "$OUT" "there is no pdu/pdu.h here"
mkdir pdu
ln -s "$ROOT/pdu/pdu.h" pdu/
exits "skeleton" 0 ironbird pdu skeleton mybox
contains "says what is next" "$OUT" "pdu/mybox.c: now a line for pdu_mybox"
exits "it compiles" 0 gcc -std=gnu11 -O1 -D_GNU_SOURCE -Wall -Wextra -Werror \
	-Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-I"$ROOT/controller" -I"$ROOT" -c -o mybox.o pdu/mybox.c
ok "it has the module" sh -c "nm mybox.o | grep -q ' pdu_mybox$'"
is "every place has the name" "$(grep -c '@@' pdu/mybox.c)" 0
ok "no line is longer than 80" test "$(expand pdu/mybox.c | longest)" -le 80
exits "another one of that name" 2 ironbird pdu skeleton mybox
contains "is not written over" "$OUT" "pdu/mybox.c is there already"
for bad in "skeleton" "skeleton My-Box" "skeleton ../mybox" "skeleton 3com" \
	"skeleto mybox" "skeleton a b"; do
	# shellcheck disable=SC2086 # words
	exits "pdu $bad" 2 ironbird pdu $bad
done
