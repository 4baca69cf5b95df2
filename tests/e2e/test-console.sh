#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each kind of console against the real thing: what is sent comes back byte by
# byte, a device that is dead, goes and comes again, a wrong password. What is
# not installed is skipped.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"

cat >>standalone.config <<END
ConsoleRetry 200ms
ConsoleLinger 5m
END
echo not-it >wrong
# ipmi_sim takes no password of more than 20 bytes
SECRET=pw-$$-it
echo "$SECRET" >secret
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

in_log() {
	tail -c +"$(($2 + 1))" "$LOG" | cat -v | grep -qF "$(bytes "$1" |
		cat -v | tr '\n' '|')" && return
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

# spoke NAME: what is typed before there is a connection is lost.
spoke() {
	echo | ironbird console --write --lines 0 "$1" >/dev/null 2>&1
	is_back 1
}

spoke2() {
	spoke "$1"
	is_back 2
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

serial_tests() {
	echo_line tty1
	host serial "serial device=$WORK/tty1 speed=115200"
	ok "serial: it is there" until_true 10 is_back 1
	echoes serial one
	is "its port is locked" "$(stat -c %s /run/lock/LCK..tty1 \
		2>/dev/null || echo 11)" 11
	host second "serial device=$WORK/tty1"
	dead second "is in use by"
	wait_gone "$RECORDER"
	LOG=$WORK/var/consoles/serial/console.log
	wait_gone "$LINE"
	ok "a line that hangs up" until_true 10 marked " away "
	echo_line tty1
	ok "is connected again" until_true 10 is_back 2
	echoes serial two
	host notty "serial device=/dev/null"
	dead notty "is no serial port"
	host nodev "serial device=$WORK/no-such"
	dead nodev "cannot open $WORK/no-such: No such file"
}

ser2net_start() {
	cat >ser2net.yaml <<-END
	connection: &c1
	  accepter: telnet(rfc2217),tcp,127.0.0.1,$PORT
	  connector: serialdev,$WORK/tty2,9600n81,local
	  options:
	    kickolduser: true
	connection: &c2
	  accepter: telnet,tcp,127.0.0.1,$((PORT + 1))
	  connector: serialdev,$WORK/tty3,115200n81,local
	END
	ser2net -n -c ser2net.yaml -P ser2net.pid -u >ser2net.log 2>&1 &
	SERVER=$!
	at_exit "kill $SERVER"
}

ser2net_tests() {
	PORT=$(free_port)
	echo_line tty2
	echo_line tty3
	ser2net_start
	host rfc2217 "ser2net host=127.0.0.1:$PORT speed=57600"
	ok "ser2net: it is there" until_true 10 is_back 1
	echoes rfc2217 one
	is "its line has the speed" "$(stty -F "$WORK/tty2" speed)" 57600
	host telnet "telnet host=127.0.0.1:$((PORT + 1))"
	TELNET=$RECORDER
	ok "telnet: it is there" until_true 10 is_back 1
	echoes telnet one
	wait_gone "$SERVER"
	ok "a server that went away" until_true 10 marked " away "
	ok "nobody listens" until_true 10 marked "away .*connection refused"
	ser2net_start
	ok "is there again" until_true 10 is_back 2
	echoes telnet two
	LOG=$WORK/var/consoles/rfc2217/console.log
	ok "the other one, too" until_true 10 is_back 2
	echoes rfc2217 two
	LOG=$WORK/var/consoles/telnet/console.log
	wait_gone "$TELNET"
	host plain "ser2net host=127.0.0.1:$((PORT + 1))"
	ok "a server without RFC 2217 is told" until_true 10 \
		marked "does not speak RFC 2217"
}

tcp_tests() {
	PORT=$(free_port)
	socat "TCP-LISTEN:$PORT,bind=127.0.0.1,reuseaddr,fork" EXEC:cat &
	SERVER=$!
	at_exit "kill $SERVER"
	host tcp "tcp host=127.0.0.1:$PORT"
	ok "tcp: it is there" until_true 10 is_back 1
	echoes tcp one
	host deadtcp "tcp host=127.0.0.1:$(free_port)"
	dead deadtcp "connection refused"
	host noname "tcp host=no-such-name.invalid:1"
	dead noname "no-such-name.invalid has no address"
}

exec_tests() {
	cat >device <<-'END'
	#!/bin/sh
	echo "it speaks" >&2
	[ ! -e gone ] || { echo "its cable is out" >&2; exit 7; }
	echo "hello from $1"
	echo $$ >device.pid
	exec cat
	END
	chmod +x device
	host exec "exec $WORK/device 'a b'"
	ok "exec: it is there" until_true 10 is_back 1
	ok "it has its arguments" until_true 10 grep -q "^hello from a b" "$LOG"
	echoes exec one
	touch gone
	kill "$(cat device.pid)"
	ok "a program that ends is told with its reason" until_true 10 \
		marked "away .*ended with status 7: its cable is out"
	rm gone
	ok "and begun again" until_true 10 is_back 2
	echoes exec two
	cat >slow <<-'END'
	#!/bin/sh
	for byte in s l o w l y; do
		printf %s "$byte"
		sleep 0.1
	done
	exec cat
	END
	chmod +x slow
	host slow "exec $WORK/slow"
	ok "a slow one: every byte is there" until_true 10 grep -q "^slowly" \
		"$LOG"
	ok "each with its own time" test "$(grep -c '^[0-9]* [0-9]*$' \
		"$LOG.times")" -ge 5
	host noprog "exec $WORK/no-such-program"
	dead noprog "cannot run $WORK/no-such-program"
	printf '#!/bin/sh\nhead -c 300000 /dev/zero | tr "\\0" x\nexec cat\n' \
		>flood
	chmod +x flood
	echo "ConsoleLogMax 100000" >>standalone.config
	echo "ConsoleLogKeep 2" >>standalone.config
	host flood "exec $WORK/flood"
	ok "a flood is rotated" until_true 10 test -s "$LOG.2"
	ok "to the number that is kept" test ! -e "$LOG.3"
	sed -i '/^ConsoleLog/d' standalone.config
}

sshd_tests() {
	PORT=$(free_port)
	D=$WORK/sshd
	mkdir "$D"
	ssh-keygen -q -t ed25519 -N '' -f "$D/host"
	ssh-keygen -q -t ed25519 -N '' -f "$D/user"
	cp "$D/user.pub" "$D/authorized"
	chmod 600 "$D/authorized"
	cat >"$D/config" <<-END
	Port $PORT
	ListenAddress 127.0.0.1
	HostKey $D/host
	PidFile none
	UsePAM no
	StrictModes no
	AuthorizedKeysFile $D/authorized
	PermitRootLogin yes
	ForceCommand echo \$\$ >$D/session; exec cat
	END
	echo "[127.0.0.1]:$PORT $(cut -d' ' -f1-2 "$D/host.pub")" >"$D/known"
	mkdir -p /run/sshd
	/usr/sbin/sshd -D -e -f "$D/config" 2>sshd.log &
	SERVER=$!
	at_exit "kill $SERVER"
	S="ssh host=127.0.0.1 port=$PORT user=root"
	K="known-hosts=$D/known"
	host ssh "$S key=$D/user $K command=console"
	ok "its recorder is at work" test -S "$LOG.sock"
	until_true 20 spoke ssh
	ok "ssh: it is there" is_back 1
	echoes ssh one
	kill "$(cat "$D/session")"
	ok "a session that ends" until_true 10 marked " away ssh ended"
	until_true 20 spoke2 ssh
	ok "is begun again" is_back 2
	echoes ssh two
	host sshkey "$S key=$D/host $K"
	dead sshkey "Permission denied"
	host unknown "$S key=$D/user known-hosts=/dev/null"
	dead unknown "Host key verification failed"
	host sshpw "$S password=@$WORK/wrong $K"
	dead sshpw "Permission denied"
	ok "the password was tried" grep -q "Failed password" sshd.log
}

conserver_start() {
	conserver -C "$D/conserver.cf" -p "$PORT" -M 127.0.0.1 -m 64 -n \
		>conserver.log 2>&1 &
	SERVER=$!
	at_exit "kill $SERVER"
}

conserver_tests() {
	PORT=$(free_port)
	D=$WORK/conserver
	mkdir "$D"
	printf 'labuser:%s\n' "$(openssl passwd -6 "$SECRET")" >"$D/passwd"
	cat >"$D/conserver.cf" <<-END
	config * { primaryport $PORT; passwdfile $D/passwd; logfile $D/log;
		daemonmode false; sslrequired no; unifiedlog $D/unified; }
	default * { logfile ""; timestamp ""; rw *; master localhost; }
	console iron1 { type exec; exec "stty raw -echo; exec cat"; }
	access * { allowed 127.0.0.1; }
	END
	conserver_start
	C="conserver host=127.0.0.1:$PORT name=iron1 user=labuser"
	host conserver "$C password=@$WORK/secret"
	ok "conserver: it is there" until_true 60 is_back 1
	ok "it is attached" until_true 10 grep -q "Enter .*for help" "$LOG"
	echoes conserver one
	wait_gone "$SERVER"
	ok "a conserver that went away" until_true 10 marked " away console end"
	conserver_start
	ok "is there again" until_true 60 is_back 2
	echoes conserver two
	host badcons "$C password=@$WORK/wrong"
	ok "a wrong password is told" until_true 20 marked \
		"away .*password"
	host nocons "conserver host=127.0.0.1:$(free_port) name=iron1 user=x"
	dead nocons "Unable to connect"
}

ipmi_tests() {
	PORT=$(free_port)
	SOL=$(free_port)
	D=$WORK/bmc
	mkdir "$D" "$D/state"
	socat "TCP-LISTEN:$SOL,bind=127.0.0.1,reuseaddr,fork" EXEC:cat &
	at_exit "kill $!"
	cat >bmc.conf <<-END
	name "bmc"
	set_working_mc 0x20
	  startlan 1
	    addr 127.0.0.1 $PORT
	    priv_limit admin
	    allowed_auths_admin none md2 md5 straight
	    guid a123456789abcdefa123456789abcdef
	  endlan
	  sol "tcp:127.0.0.1:$SOL" 115200
	  user 1 true "" "test" user 10 none md2 md5 straight
	  user 2 true "labuser" "$SECRET" admin 10 none md2 md5 straight
	END
	cat >bmc.emu <<-END
	mc_setbmc 0x20
	mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
	sel_enable 0x20 1000 0x0a
	mc_enable 0x20
	END
	ipmi_sim -c bmc.conf -f bmc.emu -n -s "$D/state" >bmc.log 2>&1 \
		</dev/null &
	SERVER=$!
	at_exit "kill $SERVER"
	I="ipmi host=127.0.0.1:$PORT user=labuser cipher=3"
	host sol "$I password=@$WORK/secret"
	until_true 20 spoke sol
	ok "ipmi: it is there" is_back 1
	echoes sol one
	host badsol "$I password=@$WORK/wrong"
	ok "a wrong password is told" until_true 20 marked \
		"away .*[Uu]nable to establish"
	is "has no byte" "$(stat -c %s "$LOG")" 0
}

not() {
	! "$@"
}

# A recorder that nobody started by hand: from the first use of the host on,
# while somebody has it, and not longer.
keep_tests() {
	sed -i 's/^ConsoleLinger .*/ConsoleLinger 100ms/' standalone.config
	echo "HostProp_kept_Console exec cat ; bmc: exec $WORK/device bmc" \
		>>standalone.config
	LOG=$WORK/var/consoles/kept/console.log
	sql "INSERT INTO host_allocations VALUES
		('kept', 'f', 'j', 'host', '', 0, 0, 1)"
	ironbird console kept </dev/null >/dev/null
	ok "a look at a console begins its recorder" test -S "$LOG.sock"
	ok "and that of its other stream" until_true 10 grep -q "from bmc" \
		"${LOG%/*}/bmc.log"
	is "each has its log" "$(ironbird console --log --stream bmc kept)" \
		"${LOG%/*}/bmc.log"
	contains "host show knows it" "$(ironbird host show --json kept |
		tr -d ' \t\n')" '"recorded":true'
	echoes kept one
	ok "while somebody has the host it stays" not until_true 3 not test \
		-S "$LOG.sock"
	sql "DELETE FROM host_allocations"
	ok "then it ends" until_true 10 not test -S "$LOG.sock"
	ok "and says so" until_true 5 marked " away its recorder ends"
	ok "and so does the other" until_true 10 not test -S \
		"${LOG%/*}/bmc.log.sock"
	echo "HostProp_kept_Ether 52:54:00:00:00:01" >>standalone.config
	contains "doctor, too" "$(ironbird doctor kept 2>/dev/null)" \
		"consoles/kept/console.log is recorded"
	exits "modules are listed" 0 ironbird console --modules
	contains "with their arguments" "$OUT" "host=SERVER[:PORT] name=CONSOLE"
}

# part NAME PROGRAM: the tests of NAME, or why not.
part() {
	if command -v "$2" >/dev/null; then
		"$1_tests"
	else
		echo "# skipped $1: $2 is not installed"
	fi
}

part serial socat
part tcp socat
part exec cat
part ser2net ser2net
part sshd /usr/sbin/sshd
part conserver conserver
part ipmi ipmi_sim
part keep cat
is "no argv had the password" \
	"$(grep -lzFf secret /proc/[0-9]*/cmdline 2>/dev/null)" ""
is "nor has a file of ours" "$(grep -rlF "$SECRET" var)" ""
