#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# OSSTest's power method statedb, against a real PostgreSQL whose triggers are
# the lab's daemon.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/devices.sh
. "$E2E/devices.sh"

[ "$PG" ] || skip "PostgreSQL's server is not installed"
[ "$(id -u)" = 0 ] || skip "only root can become the user postgres"
start_statedb

cat >>standalone.config <<END
ExecutiveDbnamePat dbname=<dbname>;host=127.0.0.1;port=$PORT;user=lab;password=<$WORK/secret>
HostProp_PowerSettleTime 1500ms
END
power_host asset "statedb rack1-7"
obeys "statedb: on" asset on
is "statedb: in OSSTest's words" "$(statedb_ask "SELECT * FROM control
	WHERE asset = 'rack1-7'")" "rack1-7|s1|s1"
obeys "statedb: cycle" asset cycle
obeys "statedb: off" asset off
is "statedb: its row" "$(last asset "method, state_before, attempts")" \
	"statedb asset=rack1-7|on|1"
power_host named "statedb asset=rack1-7 'db=$DB=statedb' \
password=@$WORK/secret"
obeys "statedb: a database of its own" named on
echo not-it >wrong
power_host bad "statedb asset=rack1-7 'db=$DB=statedb' password=@$WORK/wrong"
fails "statedb: wrong password" bad on authentication \
	"the state database"
# a password of several words, in a file that the settings' pattern names
spaced="$SECRET it's all"
echo "$spaced" >spaced
power_host spaced "statedb asset=rack1-7 \
'db=dbname=statedb;host=127.0.0.1;port=$PORT;user=lab;\
password=<$WORK/spaced>'"
exits "statedb: a wrong one with spaces" 3 ironbird power spaced on
is "is one value for libpq" "$(last spaced "substr(error, 1, 14)")" \
	authentication
lacks "and is not told" "$OUT" "$SECRET"
statedb_ask "CREATE ROLE spaced SUPERUSER LOGIN PASSWORD '$SECRET it''s all'"
power_host right "statedb asset=rack1-7 \
'db=dbname=statedb;host=127.0.0.1;port=$PORT;user=spaced;\
password=<$WORK/spaced>'"
obeys "the right one" right on
power_host lying "statedb rack1-8"
fails "statedb: lying: a daemon that is not there" lying on unverified \
	"statedb asset=rack1-8"
power_host none "statedb rack9-1"
fails "statedb: an asset that is none" none on configuration \
	"no asset 'rack9-1'"
power_host slow "statedb rack1-9"
(until_true 5 sh -c "PGPASSWORD=$SECRET psql -qtAX '$DB=statedb' -c \"UPDATE \
control SET current_power = 's1' WHERE asset = 'rack1-9' AND desired_power = \
's1' RETURNING 1\" | grep -q 1") &
obeys "statedb: slow" slow on
start_menu reset apc
echo reset >"$D/mood"
power_host reset "statedb asset=rack1-7 \
'db=host=127.0.0.1 port=$PORT user=lab dbname=statedb' password=@$WORK/secret"
fails "statedb: reset" reset on unreachable "the state database"
as_postgres pg_ctl -w -D pg/data -m immediate stop >/dev/null
fails "statedb: dead" asset off unreachable "the state database"
no_secrets
