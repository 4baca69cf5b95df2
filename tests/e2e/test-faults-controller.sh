#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What happens to the controller while a job runs: its disk fills up, somebody
# locks its database, its clock is set back, its host is another job's.
#
# The disk is a small one in a mount namespace of this test's own.
[ "${IN_NAMESPACE:-}" ] || IN_NAMESPACE=1 exec unshare --mount sh "$0"
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir var
mount -t tmpfs -o size=8m tmpfs var
AT_EXIT='exec 7>&- 8>&-; wait; umount var twin'
echo 'MinFreeSpace 1M' >>standalone.config

steps() {
	sql "SELECT group_concat(testid || ' ' || status, ', ') FROM (
		SELECT testid, status FROM steps WHERE job = '$1'
		ORDER BY stepno)"
}

# backwards: rows that last less than no time
backwards() {
	sql "SELECT (SELECT count(*) FROM steps WHERE finished < started) +
		(SELECT count(*) FROM jobs WHERE finished < started)"
}

said() {
	grep -qF "$1" "$2"
}

# --- the disk is full ---------------------------------------------------------
make_room() {
	rm -f var/filling var/crumbs full
}
# waits_for_room FILE: the step has filled all there is, and run-job says so in
# its output; either may come first
waits_for_room() {
	[ -s full ] && said "job t.${1%.out}: no room for database \
$WORK/var/standalone.db: the disk is full; waiting" "$1"
}
# gives_up: the step found no room and has ended, reaped or not
gives_up() {
	waits_for_room own.out && ! grep -q . "/proc/$(cat full)/cmdline"
}

job room e2e-room
job other e2e-room
ironbird run-job t room >room.out 2>&1 &
pid=$!
ok "a job whose disk fills up says so" until_true 60 waits_for_room room.out
ok "... and waits" kill -0 $pid
exits "no other job begins" 75 ironbird run-job t other
contains "... and says why" "$OUT" "job t.other cannot begin: StateDir: \
$WORK/var has 0.00 GiB left, and a job begins only with "
make_room
wait $pid
is "with room again it goes on, and passes" "$?" 0
contains "... it says" "$(cat room.out)" \
	"job t.room: there is room again, it goes on"
is "nothing of it is lost" "$(steps room)" "fill pass, note/last pass"

echo 'RoomLimit 300ms' >>standalone.config
rm var/filled
job cut e2e-room
exits "a job whose disk stays full is cut off" 75 ironbird run-job t cut
contains "... and says what to do" "$OUT" "the disk is full for 0.30 s; make \
room, then 'ironbird run-job --resume t.cut' carries it on"
make_room
exits "it is carried on" 0 ironbird run-job --resume t.cut
is "the step that could not be written is lost, and run again" \
	"$(steps cut)" "fill.lost1 lost, fill pass, note/last pass"
ok "the log of either is kept" test -e "$(sql "SELECT log FROM steps
	WHERE job = 'cut' AND stepno = 1")" -a -e "$(sql "SELECT log FROM steps
	WHERE job = 'cut' AND stepno = 2")"
echo 'RoomLimit 10m' >>standalone.config

# a step that finds no room itself is broken, and says so once there is some
rm var/filled
cat >>standalone.config <<END
HostProp_iron1_PowerMethod manual
HostFlags_iron1 arch-amd64
END
job own e2e-room-own host=iron1
ironbird run-job t own >own.out 2>&1 &
pid=$!
ok "a step finds no room" until_true 60 gives_up
make_room
wait $pid
is "it is broken" "$?" 3
contains "for this reason" "$(sql "SELECT reason FROM steps
	WHERE job = 'own'")" "the disk is full"

# --- another program has the database -----------------------------------------
mkfifo sqlite
sqlite3 var/standalone.db <sqlite >/dev/null &
sqlite=$!
exec 7>sqlite
lock() {
	rm -f held
	printf '%s\n' 'BEGIN EXCLUSIVE;' '.system touch held' >&7
	until_true 60 [ -e held ]
}
unlock() {
	rm -f held
	printf '%s\n' 'COMMIT;' '.system touch held' >&7
	until_true 60 [ -e held ]
}
ended() {
	[ ! -e running ]
}
# A file of another disk has the number that one of the database's has, and is
# locked by somebody else, who must not be blamed.
lock_twin() {
	mkdir twin
	mount -t tmpfs tmpfs twin || return
	wanted=$(stat -c %i var/standalone.db-shm)
	for n in $(seq 2000); do
		: >"twin/$n"
		[ "$(stat -c %i "twin/$n")" -lt "$wanted" ] || break
	done
	mkfifo others
	sqlite3 "twin/$n" <others >/dev/null &
	exec 8>others
	printf '%s\n' 'BEGIN EXCLUSIVE;' '.system touch twin-held' >&8
	until_true 60 [ -e twin-held ]
}

job short e2e-meanwhile
ironbird run-job t short >short.out 2>&1 &
pid=$!
ok "a step runs" until_true 60 [ -e running ]
ok "another program locks the database" lock
touch go-on
ok "the step ends meanwhile" until_true 60 ended
ok "run-job waits" kill -0 $pid
ok "the lock is gone" unlock
wait $pid
is "the job goes on, and passes" "$?" 0
is "nothing of it is lost" "$(steps short)" "meanwhile pass, note/last pass"

echo 'DatabaseLimit 300ms' >>standalone.config
job long e2e-meanwhile
ironbird run-job t long >long.out 2>&1 &
pid=$!
ok "a step runs" until_true 60 [ -e running ]
ok "another program locks the database" lock
ok "and another one another file" lock_twin
touch go-on
wait $pid
is "for longer than it waits: try again later" "$?" 75
contains "it says who has it" "$(cat long.out)" "database $WORK/var/standalone.db \
is locked by another process for 0.30 s (process $sqlite, sqlite3)"
ok "the lock is gone" unlock
touch go-on
exits "the job is carried on" 0 ironbird run-job --resume t.long
exec 8>&-
is "nothing of it is invented" "$(steps long)" \
	"meanwhile.lost1 lost, meanwhile pass, note/last pass"
exec 7>&-
wait $sqlite

# --- the clock is set back by an hour ------------------------------------------
# libfaketime changes the time of day that our programs see, and not the
# monotonic clock, as settimeofday(2) does.
faked() {
	LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketime.so.1) \
		FAKETIME_TIMESTAMP_FILE=$WORK/clock FAKETIME_NO_CACHE=1 \
		DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \
		NO_FAKE_STAT=1 "$@"
}
echo '+0' >clock
job clock e2e-meanwhile
faked ironbird run-job t clock >clock.out 2>&1 &
pid=$!
ok "a step runs" until_true 60 [ -e running ]
echo '-3600' >clock.new
mv clock.new clock
touch go-on
wait $pid
is "the job passes" "$?" 0
is "its clock was set back" "$(sql "SELECT b.started < a.started - 3500000
	FROM steps a, steps b WHERE a.job = 'clock' AND b.job = 'clock'
	AND a.testid = 'meanwhile' AND b.testid = 'note/last'")" 1
is "nothing ends before it begins" "$(backwards)" 0

# --- two jobs want the same host -----------------------------------------------
for name in first second; do
	job $name e2e-same-host host=iron1
done
ironbird run-job t first >first.out 2>&1 &
pid=$!
ok "a job has the host" until_true 60 [ -e running ]
exits "another one cannot have it" 3 ironbird run-job --no-wait t second
contains "... and says who has it" "$(sql "SELECT reason FROM jobs
	WHERE job = 'second'")" "host iron1 is allocated to t.first as host since "
touch go-on
wait $pid
is "the first is not disturbed" "$?" 0
exits "the same job twice at once" 75 sh -c "ironbird run-job t first & \
	first=\$!; until [ -e running ]; do sleep 0.02; done
	ironbird run-job t first; status=\$?; touch go-on; wait \$first
	exit \$status"
contains "... is refused" "$OUT" "job t.first is being run by process "
is "no host is left allocated" \
	"$(sql "SELECT count(*) FROM host_allocations")" 0
