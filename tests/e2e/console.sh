# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of console modules share: a recorder, what it wrote down, and
# the real servers, with an echo behind them; sourced after power.sh.
# shellcheck shell=sh

# shellcheck source=tests/e2e/bmc.sh
. "$E2E/bmc.sh"

cat >>standalone.config <<END
ConsoleRetry 200ms
ConsoleLinger 5m
END
echo not-it >wrong
short_secret
chmod 600 secret wrong

# every byte that protocols and terminals treat in a way of their own
bytes() {
	printf 'is %s\r\n\377\377\r\0\r\001\005c\003\004\021\023\035\033[0m~.\177' "$1"
	printf '\200\376\n~?\n'
}

# host NAME CONSOLE: a host that has it, and its recorder.
host() {
	echo "HostProp_$1_Console $2" >>standalone.config
	ironbird console --record "$1" 2>"$1.recorder" &
	RECORDER=$!
	at_exit "kill $RECORDER"
	LOG=$WORK/var/consoles/$1/console.log
	until_true 10 test -S "$LOG.sock"
}

# in_log WORD OFFSET: all of its bytes, after that place
in_log() {
	tail -c +"$(($2 + 1))" "$LOG" | cat -v | tr '\n' '|' |
		grep -qF "$(bytes "$1" | cat -v | tr '\n' '|')"
}

# echoes NAME WORD: what is typed is recorded as it came back.
echoes() {
	before=$(stat -c %s "$LOG")
	bytes "$2" | ironbird console --write --lines 0 "$1" >/dev/null
	ok "$1: every byte there and back" until_true 10 in_log "$2" "$before"
}

marked() {
	grep -q "$1" "$LOG.times"
}

# is_back N: after the N-th time that it went away
is_back() {
	[ "$(grep -c ' back$' "$LOG.times")" -ge "$1" ]
}

# spoke NAME N: it is back for the N-th time. What is typed before there is a
# connection is lost, and some consoles are there from their first word on.
spoke() {
	is_back "$2" && return
	echo | ironbird console --write --lines 0 "$1" >/dev/null 2>&1
	is_back "$2"
}

# dead NAME: a recorder lives, and says why there is nothing.
dead() {
	ok "$1: $2" until_true 10 marked " away .*$2"
	ok "its recorder lives" test -S "$LOG.sock"
	is "and has no byte" "$(stat -c %s "$LOG")" 0
}

# a serial line whose other end sends back what it gets
echo_line() {
	socat "PTY,link=$WORK/$1,raw,echo=0" EXEC:cat 2>/dev/null &
	LINE=$!
	at_exit "kill $LINE"
	until_true 10 test -e "$WORK/$1"
}

wait_gone() {
	kill "$1"
	wait "$1" 2>/dev/null
	:
}

# ser2net_start TTY: RFC 2217 on PORT, telnet on PORT + 1 with TTY-b
ser2net_start() {
	cat >"$1.yaml" <<-END
	connection: &c1
	  accepter: telnet(rfc2217),tcp,127.0.0.1,$PORT
	  connector: serialdev,$WORK/$1,9600n81,local
	  options:
	    kickolduser: true
	connection: &c2
	  accepter: telnet,tcp,127.0.0.1,$((PORT + 1))
	  connector: serialdev,$WORK/$1-b,115200n81,local
	  options:
	    kickolduser: true
	END
	ser2net -n -c "$1.yaml" -P "$1.pid" -u >"$1.log" 2>&1 &
	SERVER=$!
	at_exit "kill $SERVER"
}

# conserver_start PORT-OF-DEVICE [OPTION]: of console iron1, on PORT; its
# device is a program when there is no port
conserver_start() {
	D=$WORK/conserver
	mkdir -p "$D"
	printf 'labuser:%s\n' "$(openssl passwd -6 "$SECRET")" >"$D/passwd"
	chmod 600 "$D/passwd"
	device="type exec; exec \"stty raw -echo; exec cat\""
	[ -z "${1:-}" ] || device="type host; host 127.0.0.1; port $1; \
protocol raw; initcmd \"\""
	cat >"$D/conserver.cf" <<-END
	config * { primaryport $PORT; passwdfile $D/passwd; logfile $D/log;
		daemonmode false; sslrequired no; unifiedlog $D/unified; }
	default * { logfile ""; timestamp ""; rw *; master localhost; }
	console iron1 { $device; options ${2:-""}; }
	access * { allowed 127.0.0.1; }
	END
	conserver -C "$D/conserver.cf" -p "$PORT" -M 127.0.0.1 -m 64 -n \
		>>conserver.log 2>&1 &
	SERVER=$!
	at_exit "kill $SERVER"
	CONSERVER="conserver host=127.0.0.1:$PORT name=iron1 user=labuser"
}

# sshd_start COMMAND: on PORT, by root's key $D/user, or by the password
# SECRET, which root has in its mount namespace only
sshd_start() {
	D=$WORK/sshd
	mkdir "$D"
	ssh-keygen -q -t ed25519 -N '' -f "$D/host"
	ssh-keygen -q -t ed25519 -N '' -f "$D/user"
	cp "$D/user.pub" "$D/authorized"
	sed "s|^root:[^:]*:|root:$(openssl passwd -6 "$SECRET"):|" \
		/etc/shadow >"$D/shadow"
	chmod 600 "$D/authorized" "$D/shadow"
	cat >"$D/config" <<-END
	Port $PORT
	ListenAddress 127.0.0.1
	HostKey $D/host
	PidFile none
	UsePAM no
	StrictModes no
	AuthorizedKeysFile $D/authorized
	PasswordAuthentication yes
	PermitRootLogin yes
	ForceCommand $1
	END
	echo "* $(cut -d' ' -f1-2 "$D/host.pub")" >"$D/known"
	mkdir -p /run/sshd
	unshare --mount sh -c "mount --bind '$D/shadow' /etc/shadow
		exec /usr/sbin/sshd -D -e -f '$D/config'" 2>sshd.log &
	SERVER=$!
	at_exit "kill $SERVER"
	until_true 10 listening "$PORT"
}

listening() {
	ss -Hlnt "sport = :$1" | grep -q .
}

# bmc_start NAME [PORT-OF-SERIAL-LINE]: a BMC on PORT; without a port its
# serial line sends back what it gets
bmc_start() {
	D=$WORK/$1 SOL=${2:-}
	if [ -z "$SOL" ]; then
		SOL=$(free_port)
		socat "TCP-LISTEN:$SOL,bind=127.0.0.1,reuseaddr,fork" \
			EXEC:cat &
		at_exit "kill $!"
	fi
	run_bmc "$1.log" "sol \"tcp:127.0.0.1:$SOL\" 115200"
}

# part NAME PROGRAM: the tests of NAME, or why not.
part() {
	if command -v "$2" >/dev/null; then
		"$1_tests"
	else
		echo "# skipped $1: $2 is not installed"
	fi
}
