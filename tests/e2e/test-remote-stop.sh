#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A step that ends in the middle of a remote command, by its limit or because
# somebody kills it: nothing of the command lives on. The host is a real sshd
# in a network namespace of this test's own.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

NS=ironbird-$$
ADDRESS=10.77.0.2
# shellcheck disable=SC2034,SC2016 # for lib.sh, evaluated at the end
AT_EXIT='ip netns pids "$NS" | xargs -r kill -KILL; ip netns delete "$NS"'
ip netns add "$NS" || exit 1
ip -n "$NS" link set lo up
ip -n "$NS" address add "$ADDRESS/32" dev lo

mkdir -p fake var/services/log
cat >>standalone.config <<END
StepGrace 10s
NetNamespace $NS
HostProp_iron1_IpAddr $ADDRESS
HostProp_iron1_PowerMethod null
END

# On this host, "ps" hangs with a child that hides in a session of its own,
# until the file "well" is there. Its processes, and those of the N-th call, are
# known by the time that they sleep, which nobody else does.
cat >fake/ps <<END
#!/bin/sh
[ ! -e "$WORK/well" ] || exec /bin/ps "\$@"
echo >>"$WORK/begun"
n=\$(grep -c '' "$WORK/begun")
setsid sleep "740\$n.$$" &
sleep "740\$n.$$"
END
cat >fake/uname <<END
#!/bin/sh
[ ! -e "$WORK/slow" ] || exec sleep 7409.$$
exec /bin/uname "\$@"
END
chmod +x fake/ps fake/uname

# The keys are made by the first try; the host has them then.
exits "there is no host yet" 255 ironbird ssh iron1 -- true
cp var/keys/login/id_ed25519.pub authorized_keys
cp var/keys/hosts/iron1 host_key
cat >sshd_config <<END
ListenAddress $ADDRESS
HostKey $WORK/host_key
AuthorizedKeysFile $WORK/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
UseDNS no
SetEnv SHLVL=1 PATH=$WORK/fake:/usr/bin:/bin:/usr/sbin:/sbin
END
mkdir -p /run/sshd
ip netns exec "$NS" /usr/sbin/sshd -D -f "$WORK/sshd_config" \
	-E "$WORK/sshd.log" &
answers() {
	ironbird ssh iron1 -- true >/dev/null 2>&1
}
ok "the host answers" until_true 60 answers

# remote N: processes of the N-th call
remote() {
	grep -lsaz "^740$1\.$$\$" /proc/[0-9]*/cmdline >there
	[ -s there ]
}
no_remote() {
	! remote "$1"
}
ends() {
	[ "$(sql "SELECT status FROM steps WHERE testid = '$1'")" = "$2" ]
}
# begun TESTID N: it runs, and it is the N-th that asked for processes there
begun() {
	[ -e begun ] && [ "$(wc -l <begun)" -ge "$2" ] &&
		[ "$(sql "SELECT owner_pid FROM steps
			WHERE testid = '$1' AND status = 'running'")" ]
}

mkdir jobs
IRONBIRD_JOBS_PATH=$WORK/jobs
# Job names are this test's own: what a host is to kill is known by them, and
# "hosts" of other tests have the same processes.
# the command has begun on the host before its step's limit is over
hangs_there() {
	sed "s/limit: 2s/limit: $1/" "$E2E/jobs/e2e-remote.yaml" \
		>jobs/e2e-remote.yaml
	job "remote-$$-$1" e2e-remote host=iron1
	ironbird run-job --quiet t "remote-$$-$1" >out 2>&1 &
	pid=$!
	until begun hangs 1 && remote 1; do
		if ! kill -0 $pid 2>/dev/null || over hangs; then
			kill -INT $pid
			wait $pid
			sql "UPDATE steps SET testid = 'early-' || testid"
			rm -f begun
			return 1
		fi
		sleep 0.02
	done
}
over() {
	ends "$1" broken
}
some_time() {
	for limit in 2s 10s 60s; do
		hangs_there $limit && return
	done
	return 1
}
ok "a command runs on the host" some_time
ok "its step is over its limit" until_true 60 ends hangs broken
ok "the command is gone when that is said" no_remote 1
is "as is said" "$(sql "SELECT reason LIKE 'ts-leak-check did not end within \
% s (last seen: %)' FROM steps WHERE testid = 'hangs'")" 1

ok "the next one runs" until_true 60 begun killed 2
ok "and is there" until_true 60 remote 2
touch well
kill -KILL "$(sql "SELECT owner_pid FROM steps WHERE testid = 'killed'")"
ok "its step is killed, which it cannot notice there" \
	until_true 60 ends killed.lost2 lost
wait "$pid"
is "the attempt after it passes" $? 0
is "in a row of its own" "$(sql "SELECT group_concat(testid || ' ' || status,
	', ') FROM (SELECT * FROM steps WHERE testid NOT LIKE 'early-%'
	ORDER BY stepno)")" \
	"hangs broken, killed.lost2 lost, killed pass"
ok "and has ended what was left on the host first" no_remote 2

touch slow
echo "CommandLimit 1s" >>standalone.config
exits "a command without a limit of its own is over CommandLimit" 99 \
	ts-examine-cpu host=iron1
contains "that is said" "$OUT" "within 1.0 s"
ok "and nothing of it is left" no_remote 9
rm slow
exits "a quick one is not" 0 ts-examine-cpu host=iron1

echo "CaptureLogs n" >>standalone.config
exits "no logs are fetched where settings say so" 77 \
	ts-logs-capture host=iron1
contains "with the reason" "$OUT" "CaptureLogs is n"

# lscpu comes first of what is listed; a megabyte of that is kept.
cat >fake/lscpu <<END
#!/bin/sh
head -c \$((3 << 19)) /dev/zero | tr '\\0' x
END
chmod +x fake/lscpu
echo "CommandLimit 100s" >>standalone.config
exits "more output than is kept" 0 ts-examine-inventory host=iron1
contains "is told" "$OUT" "inventory.host ends after 1048576 bytes, there was \
more"
is "and what is kept has no gaps" "$(find var/logs -name inventory.host \
	-size 1048576c -exec tail -c 6 {} +)" xxxxxx
