# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the rows of test-console-faults.sh are made of: the table they come
# from, what was told since, and the cable with its faults. Read after
# console.sh.

# --- the table ---------------------------------------------------------------
DOCUMENT=$E2E/../../docs/consoles.md

# cell MODULE COLUMN: as it is in the document
cell() {
	awk -F '|' -v module="$1" -v column="$2" '
		/^## / { inside = $0 == "## Faults" }
		inside && $2 ~ "^ *module *$" {
			for (i = 3; i < NF; i++) {
				name = $i; gsub(/^ +| +$/, "", name)
				at[name] = i
			}
		}
		inside && $2 ~ "^ *" module " *$" {
			text = $at[column]; gsub(/^ +| +$/, "", text)
			print text
		}' "$DOCUMENT"
}

# now: what is told counts from here on
now() {
	LINES=$(wc -l <"$LOG.times")
}

since_now() {
	tail -n "+$((LINES + 1))" "$LOG.times"
}

# told MODULE COLUMN SECONDS: the gap is marked, and why
told() {
	wanted=$(cell "$1" "$2" | tr -d '\140')
	echo "$1|$2" >>tried
	ok "$1, $2: $wanted" until_true "${3:-20}" is_told "$wanted"
}

is_told() {
	[ -n "$1" ] && since_now | grep ' away ' | grep -qF "$1"
}

# untold MODULE COLUMN: there is a reason
untold() {
	echo "$1|$2" >>tried
	ok "$1, $2: $(cell "$1" "$2")" test -n "$(cell "$1" "$2")"
}

has_come_back() {
	since_now | grep -q ' back$'
}

# comes_back MODULE [SECONDS]
comes_back() {
	ok "$1: connected again, the gap is marked" \
		until_true "${2:-20}" speaks "$1"
}

speaks() {
	has_come_back && return
	echo | ironbird console --write --lines 0 "$1" >/dev/null 2>&1
	has_come_back
}

# types_in_vain MODULE: it is taken, and nothing is heard of it
types_in_vain() {
	bytes vain | ironbird console --write --lines 0 "$1" >/dev/null 2>&1
	VAIN=$(stat -c %s "$LOG")
}

heard_nothing() {
	ok "$1: not a byte was made up" not in_log vain 0
	ok "$1: nothing is heard meanwhile" test "$(stat -c %s "$LOG")" \
		-eq "$VAIN"
}

not() {
	! "$@"
}

# --- the cable ---------------------------------------------------------------
# port: one that is free, of those that this row may have
port() {
	while listening "$NEXT_PORT"; do
		NEXT_PORT=$((NEXT_PORT + 1))
	done
	PORT=$NEXT_PORT
	NEXT_PORT=$((NEXT_PORT + 1))
}

# relay MOOD: begins on $NEAR, to $DEVICE
relay() {
	mkdir -p "$ROW"
	mood "$1"
	"$B/tests/sim/console-relay" "$NEAR" "$DEVICE" "$WORK/$ROW" \
		2>>"$ROW/relay.log" &
	RELAY=$!
	at_exit "kill $RELAY"
	until_true 10 relay_listens
}

relay_listens() {
	case $NEAR in
	*/*) test -S "$NEAR" ;;
	*) listening "$NEAR" ;;
	esac
}

mood() {
	echo "$1" >"$ROW/mood"
}

relay_resets() {
	now
	kill -HUP "-$RELAY"
}

relay_dies() {
	now
	kill "$RELAY"
	wait "$RELAY" 2>/dev/null
}

# echo_port: somebody on $PORT who sends back what it gets
echo_port() {
	socat "TCP-LISTEN:$PORT,bind=127.0.0.1,reuseaddr,fork" EXEC:cat &
	at_exit "kill $!"
	until_true 10 listening "$PORT"
}

# --- a row -------------------------------------------------------------------
# works MODULE CONSOLE: by way of the relay
works() {
	relay honest
	host "$1" "$2"
	LINES=0
	comes_back "$1"
	echoes "$1" one
}

# resets MODULE: then it is slow, from the first byte of the protocol on
resets() {
	mood slow
	relay_resets
	told "$1" "resets the connection"
	comes_back "$1"
	echoes "$1" slow
}

# lies MODULE: connections are taken, and carry nothing
lies() {
	mood lying
	relay_resets
	case $(cell "$1" lies) in
	'`'*) told "$1" lies ;;
	*)
		until_true 20 since_now_away
		for_a_while 3 has_come_back
		untold "$1" lies
		;;
	esac
	types_in_vain "$1"
}

since_now_away() {
	since_now | grep -q ' away '
}

# dies MODULE: and is there again
dies() {
	relay_dies
	heard_nothing "$1"
	told "$1" dead
	now
	relay honest
	comes_back "$1"
	echoes "$1" again
}

# row MODULE CONSOLE: every fault that has a meaning
row() {
	works "$1" "$2"
	resets "$1"
	lies "$1"
	dies "$1"
	ok "$1: its recorder was there all the time" test -S "$LOG.sock"
}

# wrong MODULE CONSOLE: with a password that is none
wrong() {
	host "$1-wrong" "$2 password=@$WORK/wrong"
	LINES=0
	told "$1" "wrong password" 30
	ok "$1, wrong password: it is not there" not has_come_back
}
