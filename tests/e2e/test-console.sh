#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each kind of console against the real thing: what is sent comes back byte by
# byte, a device that is not there, goes and comes again. What is not installed
# is skipped. Faults: test-console-faults.sh; passwords: test-console-secrets.sh.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"

# shellcheck source=tests/e2e/console.sh
. "$E2E/console.sh"

serial_tests() {
	echo_line tty-$$
	host serial "serial device=$WORK/tty-$$ speed=115200"
	ok "serial: it is there" until_true 10 is_back 1
	echoes serial one
	is "its port is locked" "$(stat -c %s /run/lock/LCK..tty-$$ \
		2>/dev/null || echo 11)" 11
	host second "serial device=$WORK/tty-$$"
	dead second "is in use by"
	wait_gone "$RECORDER"
	LOG=$WORK/var/consoles/serial/console.log
	wait_gone "$LINE"
	ok "a line that hangs up" until_true 10 marked " away "
	echo_line tty-$$
	ok "is connected again" until_true 10 is_back 2
	echoes serial two
	host notty "serial device=/dev/null"
	dead notty "is no serial port"
	host nodev "serial device=$WORK/no-such"
	dead nodev "cannot open $WORK/no-such: No such file"
}

ser2net_tests() {
	PORT=$(free_port)
	echo_line tty2
	echo_line tty2-b
	ser2net_start tty2
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
	ser2net_start tty2
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

ssh_tests() {
	PORT=$(free_port)
	sshd_start "echo \$\$ >$WORK/session; exec cat"
	S="ssh host=127.0.0.1 port=$PORT user=root"
	K="known-hosts=$D/known"
	host ssh "$S key=$D/user $K command=console"
	ok "its recorder is at work" test -S "$LOG.sock"
	ok "ssh: it is there" until_true 20 spoke ssh 1
	echoes ssh one
	kill "$(cat session)"
	ok "a session that ends" until_true 10 marked " away ssh ended"
	ok "is begun again" until_true 20 spoke ssh 2
	echoes ssh two
	host sshkey "$S key=$D/host $K"
	dead sshkey "Permission denied"
	host unknown "$S key=$D/user known-hosts=/dev/null"
	dead unknown "Host key verification failed"
}

conserver_tests() {
	PORT=$(free_port)
	conserver_start ""
	host conserver "$CONSERVER password=@$WORK/secret"
	ok "conserver: it is there" until_true 60 is_back 1
	ok "it is attached" until_true 10 grep -q "Enter .*for help" "$LOG"
	echoes conserver one
	wait_gone "$SERVER"
	ok "a conserver that went away" until_true 10 marked " away console end"
	conserver_start ""
	ok "is there again" until_true 60 is_back 2
	echoes conserver two
	host nocons "conserver host=127.0.0.1:$(free_port) name=iron1 user=x"
	dead nocons "Unable to connect"
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
	ok "while somebody has the host it stays" not for_a_while 3 not test \
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

part serial socat
part tcp socat
part exec cat
part ser2net ser2net
part ssh /usr/sbin/sshd
part conserver conserver
part keep cat
