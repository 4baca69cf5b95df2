#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Logs and pages where others read them: a folder, and a machine behind a real
# sshd in a namespace of its own; full, refusing, gone in the middle.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

L=$WORK/pub/logs
cat >>standalone.config <<END
Pages yes
LogsPublish $L
ResultsPublish $WORK/pub/results/
LogsMinSpaceMby 999999999
LogsMinExpireAge 0
END
# flight NAME: one that ran, with a log
flight() {
	ironbird flight-create -f "$1" play v >/dev/null
	ironbird job-create "$1" good e2e-pass toolstack=xl >/dev/null
	exits "flight $1" 0 ironbird run-flight "$1"
}
log() {
	echo "$1/good/1/3.ts-runvars.log"
}
there() {
	cmp -s "var/logs/$1" "$2/$1"
}

# --- a folder ------------------------------------------------------------------
flight one
lacks "its end publishes" "$OUT" "cannot be published"
ok "its logs" there "$(log one)" "$L"
ok "its pages" cmp -s var/results/flight/one/index.html \
	pub/results/flight/one/index.html
ok "with their style" test -s pub/results/style.css
ok "and no lock" test ! -e pub/results/.lock
rm -r "pub/logs/one"
exits "what has arrived" 0 ironbird publish
lacks "is not copied again" "$OUT" "flight one"
exits "unless it is asked for" 0 cr-publish-flight-logs one
contains "told" "$OUT" "the logs of flight one: published to $L"
ok "and there" there "$(log one)" "$L"
ironbird flight-create -f half play v >/dev/null
exits "one that is not over" 2 ironbird publish half
contains "is not complete" "$OUT" "flight half is not over"

# --- full -----------------------------------------------------------------------
mkdir full
mount -t tmpfs -o size=256k none full
AT_EXIT="umount $WORK/full"
sed -i "s|^LogsPublish.*|LogsPublish $WORK/full|" standalone.config
ironbird flight-create -f two play v >/dev/null
ironbird job-create two good e2e-pass toolstack=xl >/dev/null
mkdir -p var/logs/two && head -c 600000 /dev/urandom >var/logs/two/big
exits "a full disk changes no verdict" 0 ironbird run-flight two
contains "it is told" "$OUT" \
	"warning: the logs of flight two cannot be published to $WORK/full/two/: rsync"
contains "in the words of the system" "$OUT" "No space left on device"
is "in one line" "$(echo "$OUT" | grep -c published)" 1
exits "logs that have not arrived" 0 ironbird expire-logs
is "are not removed, the others are" "$OUT" "the logs of flight one are gone"
ok "they are here" test -s var/logs/two/big
mount -o remount,size=8m full
exits "when there is room" 0 ironbird publish
ok "they arrive" cmp -s var/logs/two/big full/two/big

# --- another machine ---------------------------------------------------------------
NS=ibpub$$
ip netns add $NS
ip -n $NS link set lo up
mkdir -p ssh far /run/sshd
ssh-keygen -q -t ed25519 -N '' -f ssh/host
ssh-keygen -q -t ed25519 -N '' -f ssh/user
cat >ssh/sshd_config <<END
Port 22
ListenAddress 127.0.0.1
HostKey $WORK/ssh/host
AuthorizedKeysFile $WORK/ssh/keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
END
cat >ssh/config <<END
Host web
	HostName 127.0.0.1
	User root
	IdentityFile $WORK/ssh/user
	UserKnownHostsFile $WORK/ssh/known
	BatchMode yes
END
echo "127.0.0.1 $(cut -d' ' -f1,2 ssh/host.pub)" >ssh/known
cp ssh/user.pub ssh/keys
ip netns exec $NS /usr/sbin/sshd -D -e -f ssh/sshd_config 2>sshd.log &
sshd=$!
AT_EXIT="kill $sshd; ip netns del $NS; umount $WORK/full"
cat >>standalone.config <<END
PublishShell ip netns exec $NS ssh -F $WORK/ssh/config
END
sed -i "s|^LogsPublish.*|LogsPublish web:$WORK/far/logs|
	s|^ResultsPublish.*|ResultsPublish web:$WORK/far/results|" \
	standalone.config
mkdir far/logs
listens() {
	grep -q "Server listening" sshd.log
}
ok "a machine with sshd" until_true 10 listens
flight three
ok "has the logs" there "$(log three)" far/logs
ok "and those before, that are still here" cmp -s var/logs/two/big \
	far/logs/two/big
ok "and the pages" cmp -s var/results/index.html far/results/index.html

# gone in the middle: after some of what is sent
cat >ssh/cut <<'END'
{ dd bs=4096 count=60 2>/dev/null; kill -9 0; } |
	{ eval "$SSH_ORIGINAL_COMMAND"; kill -9 0; }
END
echo "command=\". $WORK/ssh/cut\" $(cat ssh/user.pub)" >ssh/keys
ironbird flight-create -f four play v >/dev/null
ironbird job-create four good e2e-pass toolstack=xl >/dev/null
mkdir -p var/logs/four && head -c 900000 /dev/urandom >var/logs/four/big
exits "a machine that vanishes" 0 ironbird run-flight four
contains "is told" "$OUT" \
	"the logs of flight four cannot be published to web:$WORK/far/logs/four/: "
contains "and tried again" "$OUT" "it is tried again next time"
ok "nobody finds half of a file" test ! -e far/logs/four/big
: >ssh/keys
exits "one that knows us no more" 3 ironbird publish
contains "says so" "$OUT" "Permission denied"
cp ssh/user.pub ssh/keys
kill $sshd
wait $sshd 2>/dev/null
exits "one that is not there" 3 ironbird publish
contains "is told" "$OUT" "Connection refused"
ip netns exec $NS /usr/sbin/sshd -D -e -f ssh/sshd_config 2>sshd.log &
sshd=$!
AT_EXIT="kill $sshd; ip netns del $NS; umount $WORK/full"
ok "again" until_true 10 listens
exits "the next time" 0 ironbird publish
ok "nothing was lost" cmp -s var/logs/four/big far/logs/four/big
# --- what has expired is removed there as well -------------------------------------
mkdir -p far/logs/five
echo theirs >far/logs/five/log
flight six
is "six flights' logs are there" "$(cd far/logs && echo *)" \
	"five four six three two"
exits "without being asked to" 0 ironbird expire-logs
contains "logs go here" "$OUT" "the logs of flight two are gone"
ok "and stay there" test -s far/logs/two/big
echo "LogsPublishExpire y" >>standalone.config
flight seven
echo mine >far/logs/six/good/mine
cp ssh/user.pub ssh/known.pub
: >ssh/keys
exits "asked to, when nobody is there" 3 ironbird expire-logs
contains "it is said" "$OUT" "the expired logs of flight six cannot be removed \
from web:$WORK/far/logs: "
contains "of that one alone" "$OUT" "it is tried again next time"
ok "they are gone here" test ! -e var/logs/six
ok "and not there" test -d far/logs/six
cp ssh/known.pub ssh/keys
exits "the next time" 0 ironbird expire-logs
is "they are gone there, but for what others put there" \
	"$(cd far/logs && find six | tr '\n' ' ')" "six six/good six/good/mine "
is "nothing is left to do" "$(cd var/unpublish && echo *)" "*"
is "others are as they were" "$(cd far/logs && echo *)" \
	"five four seven six three two"
rm far/logs/six/good/mine
flight eight
exits "a flight that nobody has touched" 0 ironbird expire-logs
is "leaves nothing" "$(cd far/logs && echo s*)" "six"
sed -i '/^LogsPublish/d; /^ResultsPublish/d' standalone.config
exits "nowhere to" 2 ironbird publish one
contains "is told" "$OUT" "neither LogsPublish nor ResultsPublish is set"
