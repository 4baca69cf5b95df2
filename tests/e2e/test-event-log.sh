#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ts-logs-capture keeps what a host's BMC has written down: ipmi_sim has two
# entries. One that cannot be read costs a line, never the capture.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/power.sh
. "$E2E/power.sh"
# shellcheck source=tests/e2e/bmc.sh
. "$E2E/bmc.sh"

if ! command -v ipmi_sim >/dev/null || ! command -v ipmitool >/dev/null; then
	skip "OpenIPMI's ipmi_sim or ipmitool is not installed"
fi

# every command line of ipmitool is kept
TOOL=$(command -v ipmitool)
mkdir -p bin jobs var/services/log
: >var/services/log/access.log
echo 'ConsoleLinger 0' >>standalone.config
cat >bin/ipmitool <<END
#!/bin/sh
echo "ipmitool \$*" >>$WORK/cmdlines
exec $TOOL "\$@"
END
chmod 755 bin/ipmitool
export PATH="$WORK/bin:$PATH" IRONBIRD_JOBS_PATH="$WORK/jobs"
IRONBIRD_TS_PATH=
cat >jobs/capture.yaml <<'END'
summary: Only the capture, of a host that was not installed
around: none
steps:
  - run: ts-logs-capture host
    on-fail: broken
END

# An event: generator, sensor type, its number, what, when (13 bytes in all).
event() {
	echo "sel_add 0x20 0x02 0x00 0x6d 0x1e 0x69 0x20 0x00 0x04 $1"
}
EVENTS=$(event "0x0c 0x32 0x6f 0x01 0xff 0xff"
	event "0x07 0x31 0x6f 0x01 0xff 0xff")
short_secret
D=$WORK/bmc PORT=$(free_port)
mkdir "$D"
run_bmc bmc.log ""
echo not-it >wrong

# capture HOST: a job that does; OUT is the step's log
capture() {
	job "$1" capture "host=$1"
	exits "host $1: captured" 0 ironbird run-job t "$1"
	OUT=$(cat "$(step log "$1" logs-capture)")
}
# kept HOST: the file
kept() {
	cat "$(sql "SELECT path FROM artifacts WHERE job = '$1' AND
		name = 'ipmi-sel'")" 2>/dev/null
}

power_host board "$IPMI password=@$WORK/secret"
answers() {
	IPMITOOL_PASSWORD=$SECRET "$TOOL" -I lanplus -C 3 -H 127.0.0.1 \
		-p "$PORT" -U labuser -E mc info >/dev/null 2>&1
}
ok "ipmi_sim answers" until_true 20 answers
capture board
contains "its power-method's BMC has a log" "$(kept board)" \
	"Memory #0x32 | Uncorrectable ECC | Asserted"
contains "with all its entries" "$(kept board)" \
	"Processor #0x31 | Thermal Trip | Asserted"
lacks "nothing went wrong" "$OUT" "could not be read"

power_host behind "null | $IPMI password=@$WORK/secret"
capture behind
contains "a fall-back's BMC has it, too" "$(kept behind)" "Uncorrectable ECC"
power_host beside "null; ipmiextra when=on host=127.0.0.1:$PORT user=labuser \
password=@$WORK/secret cipher=3 chassis bootdev pxe"
capture beside
contains "and one that is told the next boot" "$(kept beside)" \
	"Uncorrectable ECC"

power_host sol null
echo "HostProp_sol_Console exec true; bmc: $IPMI password=@$WORK/secret" \
	>>standalone.config
capture sol
contains "or the console's" "$(kept sol)" "Uncorrectable ECC"

power_host plain null
capture plain
is "a host without a BMC has none" "$(kept plain)" ""
lacks "and nobody misses it" "$OUT" "event log"

power_host bad "$IPMI password=@$WORK/wrong"
capture bad
is "a wrong password: no file" "$(kept bad)" ""
contains "but a line that names the BMC" "$OUT" "the BMC's event log could \
not be read: host bad: the BMC 127.0.0.1:$PORT, sel elist: "
power_host unread "$IPMI password=@$WORK/none"
capture unread
contains "a password that is not there" "$OUT" "$WORK/none"
power_host wrongly "ipmy host=127.0.0.1"
capture wrongly
contains "a method that is none" "$OUT" "unknown power module 'ipmy'"

kill "$SERVER"
wait "$SERVER" 2>/dev/null
power_host gone "$IPMI password=@$WORK/secret"
capture gone
is "a BMC that is gone: no file" "$(kept gone)" ""
contains "but a line" "$OUT" "the BMC 127.0.0.1:$PORT, sel elist: "
contains "ipmitool was asked" "$(cat cmdlines)" "-E sel elist"
no_secrets
