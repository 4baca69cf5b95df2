#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every console module and every fault: the rows of the table in
# docs/consoles.md ("Faults"), which says what is told; a cell in `...` is
# looked for in what the recorder wrote down, other cells say why there is
# nothing to tell. Each row has the real server behind tests/sim/console-relay,
# which is slow, lies, resets and dies. The rows run side by side.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/console.sh
. "$E2E/console.sh"
# shellcheck source=tests/e2e/console-rows.sh
. "$E2E/console-rows.sh"

# --- the modules -------------------------------------------------------------
tcp_row() {
	port
	echo_port
	DEVICE=$PORT
	port
	NEAR=$PORT
	row tcp "tcp host=127.0.0.1:$NEAR"
	untold tcp "wrong password"
}

ser2net_server() {
	port
	port
	PORT=$((PORT - 1))
	echo_line "tty-$1"
	echo_line "tty-$1-b"
	ser2net_start "tty-$1"
	until_true 10 listening "$((PORT + 1))"
}

telnet_row() {
	ser2net_server t
	DEVICE=$((PORT + 1))
	port
	NEAR=$PORT
	row telnet "telnet host=127.0.0.1:$NEAR"
	untold telnet "wrong password"
}

ser2net_row() {
	ser2net_server s
	DEVICE=$PORT
	port
	NEAR=$PORT
	row ser2net "ser2net host=127.0.0.1:$NEAR speed=57600"
	is "its line has the speed" "$(stty -F "$WORK/tty-s" speed)" 57600
	untold ser2net "wrong password"
}

# A line whose far end is behind the relay; it hangs up when that resets.
serial_row() {
	port
	echo_port
	DEVICE=$PORT
	port
	NEAR=$PORT
	tty=$WORK/tty-$$-serial
	while :; do
		socat "PTY,link=$tty,raw,echo=0" \
			"TCP:127.0.0.1:$NEAR,retry=1000,interval=0.1"
	done 2>/dev/null &
	cable=$!
	at_exit "cut_cable $cable"
	until_true 10 test -e "$tty"
	works serial "serial device=$tty"
	resets serial
	lies serial
	now
	cut_cable "$cable"
	heard_nothing serial
	told serial dead
	untold serial "wrong password"
}

# While it is stopped, it begins no other.
cut_cable() {
	kill -STOP "$1"
	# shellcheck disable=SC2046 # one or none
	kill $(ps -o pid= --ppid "$1")
	kill -KILL "$1"
}

# QEMU listens, and its machine is a boot sector that sends back what it gets
# from COM1 (three bytes of it: mov dx, 3fdh; in al, dx ...).
qemu_row() {
	{
		printf '\272\375\003\354\250\001\164\373\272\370\003\354'
		printf '\210\304\272\375\003\354\250\040\164\373\272\370\003'
		printf '\210\340\356\353\342'
		head -c 480 /dev/zero
		printf '\125\252'
		head -c 32256 /dev/zero
	} >echo.img
	DEVICE=$WORK/qemu.dev
	NEAR=$WORK/qemu.near
	qemu-system-x86_64 -nodefaults -machine pc -accel tcg -m 16 \
		-display none -drive file=echo.img,format=raw,if=ide \
		-chardev "socket,id=s,path=$DEVICE,server=on,wait=off" \
		-serial chardev:s >qemu.log 2>&1 &
	at_exit "kill $!"
	until_true 20 test -S "$DEVICE"
	row qemu "qemu connect=$NEAR"
	untold qemu "wrong password"
}

ssh_row() {
	port
	sshd_start "exec cat"
	DEVICE=$PORT
	port
	NEAR=$PORT
	C="ssh host=127.0.0.1 port=$NEAR user=root known-hosts=$D/known"
	row ssh "$C password=@$WORK/secret"
	ok "ssh: by its password" grep -q "Accepted password" sshd.log
	wrong ssh "$C"
	ok "the password was tried" grep -q "Failed password" sshd.log
}

exec_row() {
	port
	echo_port
	DEVICE=$PORT
	port
	NEAR=$PORT
	row exec "exec socat - TCP:127.0.0.1:$NEAR"
	untold exec "wrong password"
}

xenuse_row() {
	port
	echo_port
	DEVICE=$PORT
	port
	NEAR=$PORT
	mkdir tools
	# shellcheck disable=SC2016 # the program's own
	printf '#!/bin/sh\nexec socat - "TCP:127.0.0.1:$2"\n' >tools/xenuse
	chmod 755 tools/xenuse
	PATH=$WORK/tools:$PATH
	row xenuse "xenuse -c $NEAR"
	untold xenuse "wrong password"
}

# conserver itself reaches its device again, and tells nobody; who types to a
# console that is down is told, and who attaches.
conserver_row() {
	port
	echo_port
	DEVICE=$PORT
	port
	NEAR=$PORT
	relay slow
	port
	conserver_start "$NEAR" reinitoncc
	host conserver "$CONSERVER password=@$WORK/secret"
	LINES=0
	comes_back conserver 60
	now
	echo "su: invalid password" | ironbird console --write --lines 0 \
		conserver >/dev/null
	echoes conserver slow
	ok "conserver: a host's own words end nothing" not since_now_away
	now
	conserver_hears automatic kill -HUP "-$RELAY"
	untold conserver "resets the connection"
	ok "and until somebody types, nobody else hears of it" \
		not since_now_away
	conserver_hears "forcing down" relay_dies
	ok "nor when its device is dead" not since_now_away
	echo | ironbird console --write --lines 0 conserver >/dev/null
	told conserver dead
	ok "conserver: those who attach are told" until_true 20 is_told \
		"console is down"
	now
	relay honest
	comes_back conserver 60
	echoes conserver again
	conserver_hears "forcing down" relay_dies
	relay lying
	echo | ironbird console --write --lines 0 conserver >/dev/null
	ok "conserver: it is told again" until_true 20 since_now_away
	ok "conserver: and connected" until_true 20 has_come_back
	untold conserver lies
	types_in_vain conserver
	now
	kill "$SERVER"
	ok "conserver: its end is told" until_true 20 since_now_away
	ok "conserver, lies: not a byte was made up" not in_log vain 0
	wrong_conserver
}

wrong_conserver() {
	conserver_start "$NEAR"
	wrong conserver "$CONSERVER"
}

# conserver_hears WORDS COMMAND...: its own log has them, after the command
conserver_hears() {
	words=$1
	heard=$(grep -c "$words" conserver.log)
	shift
	"$@"
	ok "conserver hears: $words" until_true 20 hears_more
}

hears_more() {
	[ "$(grep -c "$words" conserver.log)" -gt "$heard" ]
}

# bmc MOOD: one whose serial line is a relay, on $PORT
bmc() {
	port
	echo_port
	DEVICE=$PORT
	port
	NEAR=$PORT
	relay "$1"
	port
	bmc_start "$ROW-bmc" "$NEAR"
	C="$IPMI retries=1"
}

# A BMC that is killed in the middle of a session, and comes again
ipmi_row() {
	bmc slow
	host ipmi "$C password=@$WORK/secret"
	LINES=0
	comes_back ipmi
	echoes ipmi slow
	now
	kill -KILL "$SERVER"
	told ipmi dead 60
	now
	bmc_start "$ROW-bmc" "$NEAR"
	comes_back ipmi
	echoes ipmi again
	ok "ipmi: its recorder was there all the time" test -S "$LOG.sock"
}

# Who types next hears of it.
other_ends_session() {
	IPMITOOL_PASSWORD=$SECRET ipmitool -I lanplus -C 3 -H 127.0.0.1 \
		-p "$PORT" -U labuser -E sol deactivate >/dev/null 2>&1
	echo | ironbird console --write --lines 0 "$1" >/dev/null 2>&1
}

# one whose session somebody else ends
ipmi_resets_row() {
	bmc honest
	host ipmi-resets "$C password=@$WORK/secret"
	LINES=0
	comes_back ipmi-resets
	echoes ipmi-resets one
	now
	other_ends_session ipmi-resets
	told ipmi "resets the connection" 60
	comes_back ipmi-resets
	echoes ipmi-resets again
}

# and one whose serial line carries nothing
ipmi_lies_row() {
	bmc lying
	wrong ipmi "$C"
	host ipmi-lies "$C password=@$WORK/secret"
	LINES=0
	ok "ipmi: its session is enough to be there" until_true 20 \
		has_come_back
	untold ipmi lies
	types_in_vain ipmi-lies
	now
	other_ends_session ipmi-lies
	ok "ipmi, lies: its session has an end" until_true 60 is_told \
		"ipmitool ended with status"
	ok "ipmi, lies: not a byte was made up" not in_log vain 0
}

none_row() {
	echo "HostProp_none_Console none" >>standalone.config
	exits "none: is told" 2 ironbird console none
	contains "none: the sentence" "$OUT" "its console is not recorded"
	for column in "wrong password" dead "resets the connection" lies; do
		untold none "$column"
	done
}

# --- all of them -------------------------------------------------------------
# begin MODULE PROGRAM: its row beside the others, or why not
begin() {
	ROW=$1
	if ! command -v "$2" >/dev/null; then
		echo "# skipped $1: $2 is not installed"
		return
	fi
	NEXT_PORT=$FIRST_PORT
	FIRST_PORT=$((FIRST_PORT + 20))
	(
		AT_EXIT=
		trap 'eval "${AT_EXIT:-:}"' EXIT
		trap 'exit 130' INT TERM
		"$1_row"
	) >"$1.lines" 2>&1 &
	ROWS="$ROWS $1:$!"
	at_exit "kill $!"
}

# counted FILE: the checks of a row are among ours
counted() {
	while IFS= read -r line; do
		case $line in
		"ok "*) OK_COUNT=$((OK_COUNT + 1)) ;;
		"not ok "*)
			OK_COUNT=$((OK_COUNT + 1))
			NOT_OK_COUNT=$((NOT_OK_COUNT + 1))
			;;
		esac
		echo "$line" | sed "s/^\(not \)\{0,1\}ok [0-9]*/\1ok $OK_COUNT/"
	done <"$1"
}

FIRST_PORT=$(free_port)
ROWS=
begin ipmi ipmi_sim
begin ipmi_resets ipmi_sim
begin ipmi_lies ipmi_sim
begin conserver conserver
begin ssh /usr/sbin/sshd
begin qemu qemu-system-x86_64
begin telnet ser2net
begin ser2net ser2net
begin serial socat
begin tcp socat
begin exec socat
begin xenuse socat
begin none true
for row in $ROWS; do
	wait "${row#*:}"
	counted "${row%:*}.lines"
done
for row in $ROWS; do
	module=${row%:*}
	module=${module%%_*}
	for column in "wrong password" dead "resets the connection" lies; do
		ok "$module, $column: was tried" grep -qxF \
			"$module|$column" tried
	done
done
for module in $(ironbird console --modules --json |
	sed -n 's/.*"module": *"\([^"]*\)".*/\1/p'); do
	contains "$module has a row" "$ROWS " " $module:"
done
