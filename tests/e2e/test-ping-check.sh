#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Pings of a host that answers at most so many a second: its kernel's own limit
# of ICMP, in a network namespace at the other end of a cable.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >>standalone.config <<'END'
HostProp_iron1_PowerMethod null
HostProp_iron1_IpAddr 192.0.2.2
END
mkdir -p var/services/log

# beside MS COMMAND...: a host that leaves MS between two answers
cat >beside <<'END'
#!/bin/sh
rm -f there
unshare -n sh -c 'touch there; exec sleep 300' &
host=$!
until [ -e there ]; do :; done
ip link add cable type veth peer name cable netns "$host" &&
	ip address add 192.0.2.1/24 dev cable && ip link set cable up &&
	nsenter -t "$host" -n sh -c "
		ip address add 192.0.2.2/24 dev cable && ip link set cable up &&
		echo 1 >/proc/sys/net/ipv4/icmp_ratemask &&
		echo $1 >/proc/sys/net/ipv4/icmp_ratelimit" && shift && "$@"
status=$?
kill "$host"
exit $status
END
chmod +x beside

exits "a host that answers all" 0 \
	unshare -n ./beside 0 ts-host-ping-check native host=iron1
lacks "needs no slow pings" "$OUT" "again, slower"
exits "one that answers ten in a second" 0 \
	unshare -n ./beside 100 ts-host-ping-check native host=iron1
contains "loses quick ones" "$OUT" "quick pings were lost; again, slower"
exits "one that answers one in a second" 1 \
	unshare -n ./beside 1000 ts-host-ping-check native host=iron1
contains "is a failure" "$OUT" "% of 100 pings were lost"
