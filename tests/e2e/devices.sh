# SPDX-License-Identifier: GPL-2.0-or-later
# Simulated devices and packaged servers that tests and benchmarks switch
# power with; sourced after power.sh. Each start_ sets PORT, and D where its
# mood is; it ends with the test.
# shellcheck shell=sh

# shellcheck source=tests/e2e/bmc.sh
. "$E2E/bmc.sh"

SIM=$(cd "$E2E/../sim" && pwd)

# device NAME: a folder for it, which knows the password
device() {
	D=$WORK/$1 PORT=$(free_port)
	mkdir "$D"
	cp secret "$D/password"
}

# listens: somebody does on PORT; nobody else can be given it from then on
listens() {
	ss -Hlnt "sport = :$PORT" | grep -q .
}

# start_relay NAME: everything that is switched by HTTP
start_relay() {
	device "$1"
	"$B/tests/sim/http-relay" "$PORT" "$D" labuser &
	at_exit "kill $!"
	until_true 5 listens
	LOGIN="user=labuser password=@$WORK/secret"
}

# start_menu NAME MODEL: a command line by telnet
start_menu() {
	device "$1"
	"$B/tests/sim/menu-pdu" "$PORT" "$D" "$2" &
	at_exit "kill $!"
	until_true 5 listens
	LOGIN="user=labuser password=@$WORK/secret"
}

# start_ipmi NAME [LINE]: a BMC, with a line of its own for what hangs on it
start_ipmi() {
	device "$1"
	ipmi_line="chassis_control \"$SIM/ipmi-chassis $D\""
	run_bmc bmc.log "${2:-$ipmi_line}"
	echo "$SERVER" >"$D/pid"
	METHOD=$IPMI
}

# start_nut NAME: upsd, and outlets that dummy-ups has
start_nut() {
	device "$1"
	chmod 755 "$WORK" "$D"
	printf '[pdu]\n driver = dummy-ups\n port = pdu.dev\n' >"$D/ups.conf"
	printf '%s: %s\n' ups.status OL outlet.1.switch off \
		outlet.1.status off outlet.2.switch off outlet.3.switch off \
		>"$D/pdu.dev"
	echo "LISTEN 127.0.0.1 $PORT" >"$D/upsd.conf"
	printf '[labuser]\n password = %s\n actions = SET\n instcmds = ALL\n' \
		"$SECRET" >"$D/upsd.users"
	chmod 600 "$D/upsd.users"
	export NUT_CONFPATH="$D" NUT_STATEPATH="$D"
	/lib/nut/dummy-ups -a pdu -D -u root >nut-driver.log 2>&1 </dev/null &
	at_exit "kill $!"
	until_true 10 test -S "$D/dummy-ups-pdu"
	/lib/nut/upsd -D -u root >upsd.log 2>&1 </dev/null &
	at_exit "kill $!"
	METHOD="nut host=127.0.0.1:$PORT ups=pdu"
}

# start_snmpd: with the outlets of $D/table; LINES are more of snmpd.conf
start_snmpd() {
	cat >snmpd.conf <<-END
	agentAddress udp:127.0.0.1:$PORT
	rwcommunity $SECRET 127.0.0.1
	$1
	pass_persist .1.3.6.1.4.1 $SIM/snmp-outlets $D
	pass_persist .1.3.6.1.2.1.105 $SIM/snmp-outlets $D
	END
	export SNMP_PERSISTENT_DIR="$WORK/snmp-state"
	snmpd -f -Lf "$WORK/snmpd.log" -C -c "$WORK/snmpd.conf" \
		-p "$WORK/snmpd.pid" -I -system_mib,ipAddr &
	echo $! >"$D/pid"
	at_exit "kill -KILL $!"
}

# SHLVL: bash reads no ~/.bashrc of whoever runs this, as it does for sshd

# start_menu_sshd NAME MODEL [LINE]: the command line behind a real sshd, whose
# user it has in a mount namespace of its own; needs root. Makes hostkey,
# login (a user's key) and other (nobody's).
start_menu_sshd() {
	D=$WORK/$1 PORT=$(free_port)
	mkdir "$D"
	[ -e passwd ] || make_menu_user
	cat >"$D/sshd_config" <<-END
	ListenAddress 127.0.0.1:$PORT
	HostKey $WORK/hostkey
	PidFile none
	AuthorizedKeysFile $WORK/login.pub
	ForceCommand $B/tests/sim/menu-pdu - $D $2
	StrictModes no
	PermitRootLogin yes
	SetEnv SHLVL=1
	${3:-UsePAM no}
	END
	unshare -m sh -c "mount --bind passwd /etc/passwd &&
		mount --bind shadow /etc/shadow &&
		mount --bind pam /etc/pam.d/sshd &&
		exec /usr/sbin/sshd -D -f $D/sshd_config -E $D/log" &
	at_exit "kill $!"
	METHOD="ssh $2 host=127.0.0.1:$PORT"
	LOGIN="user=labuser password=@$WORK/secret host-key=@$WORK/hostkey.pub"
	until_true 10 listens
}
make_menu_user() {
	mkdir -p /run/sshd
	for key in hostkey login other; do
		ssh-keygen -q -t ed25519 -N '' -C '' -f $key
	done
	printf 'root:x:0:0::/:/bin/sh\nsshd:x:101:65534::/:/bin/sh\n%s\n' \
		"labuser:x:0:0::/:/bin/sh" >passwd
	echo "labuser:$(openssl passwd -6 -stdin <secret):19000:0:99999:7:::" \
		>shadow
	printf '%s\n' 'auth required pam_unix.so nodelay' \
		'account required pam_unix.so' >pam
	chmod 600 shadow
	chmod 755 "$WORK"
}

# start_sshd_host NAME: a machine on an address of its own, IP, that is reached
# over ssh: its commands are written to said, and what they do are files:
# stays (it does not go down), lingers, breaks (the session does, too); domain
# (its guest is there), late, gone (the session, in the middle), lying. Needs root. sshd_up starts it (again).
start_sshd_host() {
	IP=127.77.$(($$ / 250 % 250)).$(($$ % 250 + 1))
	mkdir -p /run/sshd keys/login keys/hosts
	for key in keys/login/id_ed25519 "keys/hosts/$1"; do
		ssh-keygen -q -t ed25519 -N '' -C test -f "$key"
	done
	echo "KeyDir $WORK/keys" >>standalone.config
	echo "HostProp_$1_IpAddr $IP" >>standalone.config
	# shellcheck disable=SC2016 # sshd's shell expands these
	printf '%s\n' '#!/bin/sh' "cd '$WORK' || exit 1" \
		'echo "$SSH_ORIGINAL_COMMAND" >>said' \
		'case $SSH_ORIGINAL_COMMAND in' \
		'*poweroff*)' \
		'	if [ -e lingers ]; then' \
		'		setsid sh -c "sleep 1; kill $(cat sshd.pid)" \' \
		'			>/dev/null 2>&1 &' \
		'	elif [ ! -e stays ]; then' \
		'		kill "$(cat sshd.pid)"' \
		'	fi' \
		'	[ ! -e breaks ] || kill -KILL "$PPID" ;;' \
		'*"xl domid"*) [ -e domain ] ;;' \
		'*"xl create"*)' \
		'	if [ -e late ]; then' \
		'		setsid sh -c "sleep 1; touch domain" >/dev/null 2>&1 &' \
		'	elif [ -e gone ]; then' \
		'		kill -KILL "$PPID"' \
		'	elif [ ! -e lying ]; then' \
		'		touch domain' \
		'	fi ;;' \
		'*"xl destroy"*) rm domain ;;' \
		'esac' >forced
	chmod 755 forced "$WORK"
	cat >sshd_config <<-END
	ListenAddress $IP:22
	HostKey $WORK/keys/hosts/$1
	PidFile $WORK/sshd.pid
	AuthorizedKeysFile $WORK/authorized
	ForceCommand $WORK/forced
	StrictModes no
	UsePAM no
	PasswordAuthentication no
	SetEnv SHLVL=1
	END
	printf 'command="%s/forced" %s\n' "$WORK" \
		"$(cat keys/login/id_ed25519.pub)" >authorized
	at_exit "kill \$(cat $WORK/sshd.pid)"
	sshd_up
}
sshd_up() {
	/usr/sbin/sshd -f "$WORK/sshd_config" -E "$WORK/sshd.log"
	until_true 5 test -s sshd.pid
}

# start_libvirt: a libvirtd of our own with libvirt's test driver and no
# other, at URI; a virsh that stays keeps that driver's one world alive, until
# descriptor 4 is closed. Its domain is "test".
start_libvirt() {
	D=$WORK/virt
	mkdir "$D"
	chmod 755 "$WORK"
	printf '%s\n' "unix_sock_dir = \"$D\"" 'auth_unix_rw = "none"' \
		'auth_unix_ro = "none"' 'listen_tls = 0' >"$D/conf"
	unshare -m sh -c "mount -t tmpfs none /run &&
		LIBVIRT_DRIVER_DIR=$D exec libvirtd -f $D/conf -p $D/pid" \
		>virt.log 2>&1 </dev/null &
	VIRT=$!
	at_exit "kill -KILL $VIRT"
	URI="test+unix:///default?socket=$D/libvirt-sock"
	mkfifo keep
	until_true 10 virsh -q -c "$URI" list >/dev/null 2>&1
	virsh -q -c "$URI" <keep >/dev/null 2>&1 &
	exec 4>keep
}

# start_pdudaemon: with two PDUs: rack3, whose outlets are the file outlet, and
# lazy, which does nothing; its process is DAEMON
start_pdudaemon() {
	PORT=$(free_port)
	cat >pdudaemon.conf <<-END
	{ "daemon": { "hostname": "127.0.0.1", "port": $PORT,
	  "logging_level": "DEBUG", "listener": "http",
	  "dbname": "$WORK/pdudaemon.db" },
	  "pdus": { "rack3": { "driver": "localcmdline",
	    "cmd_on": "echo on %s > $WORK/outlet",
	    "cmd_off": "echo off %s > $WORK/outlet" },
	    "lazy": { "driver": "localcmdline", "cmd_on": "true %s",
	    "cmd_off": "true %s" } } }
	END
	pdudaemon --conf="$WORK/pdudaemon.conf" >pdudaemon.log 2>&1 \
		</dev/null &
	DAEMON=$!
	at_exit "kill -KILL $DAEMON"
}

# start_statedb: a PostgreSQL whose triggers are the lab's daemon, for asset
# rack1-7 (the daemon of rack1-8 and rack1-9 is not there). Needs root. DB is
# how to reach it; statedb_ask STATEMENT [DATABASE] asks as that daemon.
start_statedb() {
	PORT=$(free_port)
	chmod 755 "$WORK"
	mkdir pg
	chown postgres pg
	cp secret pg/password
	chown postgres pg/password
	as_postgres initdb -D pg/data -U lab --auth=scram-sha-256 \
		--pwfile=pg/password --no-sync >initdb.log 2>&1 ||
		cat initdb.log
	printf '%s\n' "port = $PORT" "listen_addresses = '127.0.0.1'" \
		"fsync = off" "unix_socket_directories = ''" \
		>>pg/data/postgresql.conf
	as_postgres pg_ctl -w -D pg/data -l pg/log start >/dev/null
	at_exit "as_postgres pg_ctl -D $WORK/pg/data -m immediate stop"
	DB="host=127.0.0.1 port=$PORT user=lab dbname"
	statedb_ask "CREATE DATABASE statedb" postgres
	statedb_ask "CREATE TABLE control (asset text PRIMARY KEY,
			desired_power text, current_power text);
		INSERT INTO control VALUES ('rack1-7', 's6', 's6'),
			('rack1-8', 's6', 's6'), ('rack1-9', 's6', 's6');
		CREATE FUNCTION obey() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN NEW.current_power = NEW.desired_power;
			RETURN NEW; END';
		CREATE TRIGGER daemon BEFORE UPDATE ON control FOR EACH ROW
			WHEN (NEW.asset = 'rack1-7') EXECUTE FUNCTION obey();"
}
# its programs; empty where it is not installed
PG=$(find /usr/lib/postgresql -name postgres -path '*/bin/*' 2>/dev/null |
	sort | tail -1)
PG=${PG%/postgres}
as_postgres() {
	setpriv --reuid postgres --regid postgres --clear-groups env -i \
		"PATH=$PG:/usr/bin:/bin" LC_ALL=C "$@"
}
statedb_ask() {
	PGPASSWORD=$SECRET psql -qtAX "$DB=${2:-statedb}" -c "$1"
}
