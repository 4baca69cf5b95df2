/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of logs as the daemons write them, and as nobody should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "watch/dhcplog.h"
#include "watch/leases.h"
#include "watch/tftplog.h"
#include "watch/weblog.h"

#define STAMP "[20/Nov/2026:05:12:01 +0000]"
#define MAC "52:54:00:12:34:56"

static void test_weblog_good(void **state)
{
	static const struct {
		const char *text, *client, *method, *path, *query, *agent;
		int status;
		int64_t bytes;
	} rows[] = {
		{ "10.0.0.5 - - " STAMP " \"GET /iron1/vmlinuz HTTP/1.1\" "
		  "200 8123456", "10.0.0.5", "GET", "/iron1/vmlinuz", "", "",
		  200, 8123456 },
		{ "10.0.0.5 - - " STAMP " \"GET /iron1/booted?id=7&k=6.1 "
		  "HTTP/1.0\" 404 - \"-\" \"Syslinux/6.04\"", "10.0.0.5",
		  "GET", "/iron1/booted", "id=7&k=6.1", "Syslinux/6.04", 404,
		  0 },
		{ "::ffff:10.0.0.5 - bob " STAMP " \"HEAD / HTTP/1.1\" 304 0 "
		  "\"http://x/\" \"a\"", "10.0.0.5", "HEAD", "/", "", "a",
		  304, 0 },
		{ "2001:DB8:0:0::5 - - " STAMP " \"GET /x HTTP/1.1\" 200 1",
		  "2001:db8::5", "GET", "/x", "", "", 200, 1 },
		{ "lab.example:80 10.0.0.5 - - " STAMP " \"GET /x HTTP/1.1\" "
		  "200 1 \"-\" \"b\"", "10.0.0.5", "GET", "/x", "", "b", 200,
		  1 },
		{ "10.0.0.5 - - " STAMP " \"GET /a\\\"b\\\\c\\x41\\t "
		  "HTTP/1.1\" 200 1 \"-\" \"q\\\"r\"", "10.0.0.5", "GET",
		  "/a\"b\\cA\t", "", "q\"r", 200, 1 },
		{ "10.0.0.5 - - " STAMP " \"GET http://ctl:8000/a/b?c "
		  "HTTP/1.1\" 200 1", "10.0.0.5", "GET", "/a/b", "c", "", 200,
		  1 },
		{ "10.0.0.5 - - " STAMP " \"GET /old\" 200 1", "10.0.0.5",
		  "GET", "/old", "", "", 200, 1 },
	};
	struct weblog_line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(weblog_parse(rows[i].text, &line));
		assert_string_equal(line.client, rows[i].client);
		assert_string_equal(line.method, rows[i].method);
		assert_string_equal(line.path, rows[i].path);
		assert_string_equal(line.query, rows[i].query);
		assert_string_equal(line.agent, rows[i].agent);
		assert_int_equal(line.status, rows[i].status);
		assert_int_equal(line.bytes, rows[i].bytes);
	}
}

static void test_weblog_bad(void **state)
{
	static const char *const rows[] = {
		"", "\"", "10.0.0.5", "10.0.0.5 - - ", "- - - " STAMP " \"GET",
		"10.0.0.5 - - " STAMP " \"-\" 408 -",
		"10.0.0.5 - - " STAMP " \"GET /x HTTP/1.1\" 20 1",
		"10.0.0.5 - - " STAMP " \"GET /x HTTP/1.1\" 2000 1",
		"10.0.0.5 - - " STAMP " \"GET /x HTTP/1.1\" 200 x",
		"10.0.0.5 - - " STAMP " \"GET /x HTTP/1.1\" 099 1",
		"10.0.0.5 - - " STAMP " \"GET /x HTTP/1.1\" 200",
		"10.0.0.5 - - " STAMP " \"GET /x HTTP/1.1",
		"10.0.0.5 - - " STAMP " \"GET /x\\",
		"10.0.0.5 - - " STAMP " \"GET /x\\xZZ\" 200 1",
		"10.0.0.5 - - " STAMP " \"GET /x\\x00y HTTP/1.1\" 200 1",
		"10.0.0.5 - - " STAMP " \"get /x HTTP/1.1\" 200 1",
		"10.0.0.5 - - " STAMP " \"GET x HTTP/1.1\" 200 1",
		"10.0.0.5 - - " STAMP " \"\\x16\\x03\\x01\" 400 1",
		"iron1.lab - - " STAMP " \"GET /x HTTP/1.1\" 200 1",
		"10.0.0.555 - - " STAMP " \"GET /x HTTP/1.1\" 200 1",
	};
	struct weblog_line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (weblog_parse(rows[i], &line))
			fail_msg("taken: %s", rows[i]);
}

static void add_many(struct strbuf *sb, char c, size_t count)
{
	while (count--)
		strbuf_addch(sb, c);
}

static void test_weblog_long(void **state)
{
	AUTO_STRBUF path = STRBUF_INIT;
	AUTO_STRBUF query = STRBUF_INIT;
	struct weblog_line line;

	(void)state;
	/* A path that does not fit is no event, a long query is cut. */
	strbuf_addstr(&path, "10.0.0.5 - - " STAMP " \"GET /");
	add_many(&path, 'a', 8000);
	strbuf_addstr(&path, " HTTP/1.1\" 200 1");
	assert_false(weblog_parse(path.buf, &line));
	strbuf_addstr(&query, "10.0.0.5 - - " STAMP " \"GET /x?");
	add_many(&query, 'a', 8000);
	strbuf_addstr(&query, " HTTP/1.1\" 200 1");
	assert_true(weblog_parse(query.buf, &line));
	assert_string_equal(line.path, "/x");
	assert_int_equal(strlen(line.query), sizeof(line.query) - 1);
}

static void test_query_value(void **state)
{
	char value[16];

	(void)state;
	weblog_query_value("stage=disk&reason=no%20disk+x%", "reason", value,
			   sizeof(value));
	assert_string_equal(value, "no disk x%");
	weblog_query_value("xreason=1&reason=", "reason", value,
			   sizeof(value));
	assert_string_equal(value, "");
	weblog_query_value("", "reason", value, sizeof(value));
	assert_string_equal(value, "");
	weblog_query_value("r=01234567890123456789", "r", value,
			   sizeof(value));
	assert_string_equal(value, "012345678901234");
}

static void test_dhcplog(void **state)
{
	static const struct {
		const char *text;
		enum dhcplog_type type;
		const char *address;
	} rows[] = {
#define OWN "Nov 20 05:12:01 dnsmasq-dhcp[123]: "
#define SYSLOG "2026-11-20T05:12:01.123456+00:00 ctl dnsmasq-dhcp[123]: "
#define ISC "Nov 20 05:12:01 ctl dhcpd[77]: "
		{ OWN "DHCPACK(br0) 10.76.1.1 " MAC " iron1", DHCPLOG_ACK,
		  "10.76.1.1" },
		{ OWN "DHCPDISCOVER(br0) " MAC, DHCPLOG_DISCOVER, "" },
		{ OWN "DHCPDISCOVER(br0) " MAC " no address available",
		  DHCPLOG_NONE, "" },
		{ OWN "DHCPDISCOVER(br0) 10.0.0.9 " MAC, DHCPLOG_DISCOVER,
		  "10.0.0.9" },
		{ SYSLOG "3878901 DHCPOFFER(br0) 10.76.1.1 52:54:00:12:34:56 ",
		  DHCPLOG_OFFER, "10.76.1.1" },
		{ SYSLOG "3878901 DHCPREQUEST(br0) 10.76.1.1 " MAC,
		  DHCPLOG_REQUEST, "10.76.1.1" },
		{ SYSLOG "DHCPNAK(br0) 10.9.9.9 " MAC " wrong network",
		  DHCPLOG_NAK, "10.9.9.9" },
		{ "dnsmasq-dhcp: DHCPACK(br0) 10.0.0.1 52-54-00-12-34-56",
		  DHCPLOG_ACK, "10.0.0.1" },
		{ ISC "DHCPDISCOVER from " MAC " via eth0", DHCPLOG_DISCOVER,
		  "" },
		{ ISC "DHCPDISCOVER from " MAC " (iron1) via eth0: network "
		  "10.0.0.0/24: no free leases", DHCPLOG_NONE, "" },
		{ ISC "DHCPOFFER on 10.0.0.5 to " MAC " (iron1) via eth0",
		  DHCPLOG_OFFER, "10.0.0.5" },
		{ ISC "DHCPREQUEST for 10.0.0.5 (10.0.0.1) from " MAC
		  " (iron1) via eth0", DHCPLOG_REQUEST, "10.0.0.5" },
		{ ISC "DHCPACK on 10.0.0.5 to 52:54:00:12:34:56 via eth0",
		  DHCPLOG_ACK, "10.0.0.5" },
		{ ISC "DHCPNAK on 10.0.0.5 to " MAC " via eth0", DHCPLOG_NAK,
		  "10.0.0.5" },
	};
	struct dhcplog_line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!dhcplog_parse(rows[i].text, &line))
			fail_msg("not taken: %s", rows[i].text);
		assert_string_equal(line.ether, MAC);
		assert_string_equal(line.address, rows[i].address);
		assert_int_equal(line.type, rows[i].type);
	}
}

static void test_dhcplog_bad(void **state)
{
	static const char *const rows[] = {
		"", "dnsmasq-dhcp[1]:", "dnsmasq-dhcp[1]: DHCPACK(",
		"dnsmasq-dhcp[1]: DHCPACK(br0) 10.0.0.1",
		"dnsmasq-dhcp[1]: DHCPACK(br0) 10.0.0.1 52:54:00:12:34",
		"dnsmasq-dhcp[1]: 99 available DHCP range: 10.0.0.1",
		"dnsmasq-dhcp[1]: 99 client provides name: DHCPACK(br0) "
			"10.0.0.9 " MAC,
		"dnsmasq-dhcp[1: DHCPACK(br0) 10.0.0.1 " MAC,
		"DHCPACK(br0) 10.0.0.1 " MAC,
		/* a client may ask a TFTP server for anything */
		"Nov 20 05:12:01 ctl in.tftpd[5]: RRQ from 10.0.0.5 filename "
			"dnsmasq-dhcp[1]: DHCPACK(br0) 10.0.0.9 " MAC,
	};
	struct dhcplog_line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (dhcplog_parse(rows[i], &line))
			fail_msg("taken: %s", rows[i]);
}

static void test_tftplog(void **state)
{
	struct tftplog_line line;

	(void)state;
	assert_true(tftplog_parse("Nov 20 05:12:01 ctl in.tftpd[42]: RRQ from "
		"::ffff:10.0.0.5 filename lpxelinux.0", &line));
	assert_int_equal(line.type, TFTPLOG_REQUEST);
	assert_string_equal(line.client, "10.0.0.5");
	assert_string_equal(line.path, "lpxelinux.0");
	assert_int_equal(line.pid, 42);
	assert_true(tftplog_parse("<29>Nov 20 05:12:01 in.tftpd[42]: RRQ from "
		"10.0.0.5 filename a b remapped to /srv/a b", &line));
	assert_string_equal(line.path, "a b");
	assert_true(tftplog_parse("Nov 20 05:12:01 ctl in.tftpd[43]: sending "
		"NAK (1, File not found) to 10.0.0.5", &line));
	assert_int_equal(line.type, TFTPLOG_REFUSED);
	assert_int_equal(line.code, 1);
	assert_string_equal(line.reason, "File not found");
	assert_string_equal(line.path, "");
	assert_true(tftplog_parse("dnsmasq-tftp[9]: file /srv/x y not found "
		"for 10.0.0.5", &line));
	assert_string_equal(line.path, "/srv/x y");
	assert_int_equal(line.type, TFTPLOG_REFUSED);
	assert_true(tftplog_parse("dnsmasq-tftp[9]: sent /srv/x to 2001:db8::5",
				  &line));
	assert_string_equal(line.client, "2001:db8::5");
	assert_int_equal(line.type, TFTPLOG_SENT);
}

static void test_tftplog_bad(void **state)
{
	static const char *const rows[] = {
		"", "RRQ from", "RRQ from 10.0.0.5", "RRQ from x filename y",
		"RRQ from 10.0.0.5 filename ",
		"sending NAK (", "sending NAK (1",
		"sending NAK (1, x) to ", "sending NAK () to 10.0.0.5",
		"in.tftpd[1]: Client 10.0.0.5 finished lpxelinux.0",
		"dnsmasq-tftp[1]: sent  to 10.0.0.5", "dnsmasq-tftp[1]: file ",
		"dnsmasq-tftp[1]: error 0 aborted received from 10.0.0.5",
	};
	struct tftplog_line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (tftplog_parse(rows[i], &line))
			fail_msg("taken: %s", rows[i]);
}

static void test_leases_dnsmasq(void **state)
{
	static const char text[] =
		"1000 52:54:00:12:34:56 10.0.0.4 iron1 01:52\n"
		"3000 52:54:00:12:34:56 10.0.0.5 iron1 *\n"
		"4000 52:54:00:12:34:57 10.0.0.6 * *\n"
		"0 52:54:00:12:34:58 10.0.0.7 * *\n"
		"duid 00:01:00:01\n"
		"5000 1234 2001:db8::5 iron1 00:01\n"
		"garbage\n9999\n9999 \n9999 52:54:00:12:34:56\n";
	struct lease lease;

	(void)state;
	assert_true(leases_find(text, "52:54:00:12:34:56", 2000, &lease));
	assert_string_equal(lease.address, "10.0.0.5");
	assert_int_equal(lease.ends, 3000);
	assert_false(leases_find(text, "52:54:00:12:34:56", 3000, &lease));
	assert_true(leases_find(text, "52:54:00:12:34:58", 3000, &lease));
	assert_true(lease.ends == INT64_MAX);
	assert_false(leases_find(text, "nonsense", 0, &lease));
	assert_false(leases_find("", MAC, 0, &lease));
}

static void test_leases_dhcpd(void **state)
{
	static const char text[] = "# comment\n"
		"lease 10.0.0.5 {\n  starts 5 2026/11/20 05:00:00;\n"
		"  ends 5 2026/11/20 06:00:00;\n  binding state active;\n"
		"  hardware ethernet 52:54:00:12:34:56;\n}\n"
		"lease 10.0.0.6 {\n  ends never;\n  binding state free;\n"
		"  hardware ethernet 52:54:00:12:34:56;\n}\n"
		"lease 10.0.0.7 {\n  ends epoch 1795155000; # now\n"
		"  binding state active;\n"
		"  hardware ethernet 52:54:00:12:34:57;\n}\n"
		"lease 10.0.0.7 {\n  ends epoch 1795155000;\n"
		"  binding state free;\n"
		"  hardware ethernet 52:54:00:12:34:57;\n}\n"
		"lease 10.0.0.8 {\n  ends never;\n";
	const int64_t now = 1795151000;	/* 2026-11-20 05:03:20 */
	struct lease lease;

	(void)state;
	assert_true(leases_find(text, MAC, now, &lease));
	assert_string_equal(lease.address, "10.0.0.5");
	assert_int_equal(lease.ends, 1795154400);
	assert_false(leases_find(text, MAC, 1795154400, &lease));
	/* given, and taken back */
	assert_false(leases_find(text, "52:54:00:12:34:57", now, &lease));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weblog_good),
		cmocka_unit_test(test_weblog_bad),
		cmocka_unit_test(test_weblog_long),
		cmocka_unit_test(test_query_value),
		cmocka_unit_test(test_dhcplog),
		cmocka_unit_test(test_dhcplog_bad),
		cmocka_unit_test(test_tftplog),
		cmocka_unit_test(test_tftplog_bad),
		cmocka_unit_test(test_leases_dnsmasq),
		cmocka_unit_test(test_leases_dhcpd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
