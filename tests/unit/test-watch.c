/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site's logs as they grow, and the events of its hosts. */
#include "tests/unit/watch-fixture.h"

static void test_fetch(void **state)
{
	struct fixture *f = *state;
	const struct seen *s;

	add_host(f, "iron1", MAC1, "10.0.0.1", NULL);
	fetch(f, "10.0.0.9", "/other", 200);
	fetch(f, "::ffff:10.0.0.1", "/iron1/vmlinuz", 200);
	s = want(f, 1);
	assert_string_equal(s->host, "iron1");
	assert_string_equal(s->stage, "fetch");
	assert_string_equal(s->path, "/iron1/vmlinuz");
	assert_string_equal(s->detail, "GET /iron1/vmlinuz 200");
	assert_int_equal(s->status, 200);
	assert_false(s->failure);
	fetch(f, "10.0.0.1", "/iron1/initrd.gz", 404);
	s = want(f, 2);
	assert_string_equal(s->detail, "GET /iron1/initrd.gz 404");
	assert_true(s->failure);
}

/* What is asked for only in case it is there is no failure. */
static void test_fetch_probes(void **state)
{
	static const char *const paths[] = {
		"/tftp/pxelinux.cfg/01-52-54-00-00-00-01",
		"/iron1/booted?boot_id=7", "/iron1/bootloader",
	};
	struct fixture *f = *state;

	add_host(f, "iron1", MAC1, "10.0.0.1", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		fetch(f, "10.0.0.1", paths[i], 404);
		assert_false(want(f, i + 1)->failure);
	}
	append(f->site.web_log, "10.0.0.1 - - " STAMP " \"GET /d/InRelease "
	       "HTTP/1.1\" 404 5 \"-\" \"Debian APT-HTTP/1.3 (2.6.1)\"\n");
	assert_false(want(f, 4)->failure);
	fetch(f, "10.0.0.1", "/iron1/failed?stage=disk&reason=no%20%0adisk",
	      404);
	assert_true(want(f, 5)->failure);
	assert_string_equal(f->seen[4].detail,
			    "the installer failed at disk: no \\x0adisk");
}

static void test_dhcp_teaches(void **state)
{
	struct fixture *f = *state;
	const struct seen *s;

	add_host(f, "guest1", "52:54:00:00:00:0A", NULL, NULL);
	fetch(f, "10.0.0.7", "/guest1/booted", 404);
	append(f->site.dhcp_log, "Nov 20 05:12:01 dnsmasq-dhcp[7]: "
	       "DHCPDISCOVER(br0) 52:54:00:00:00:0a \n"
	       "Nov 20 05:12:01 dnsmasq-dhcp[7]: DHCPACK(br0) 10.0.0.7 "
	       "52:54:00:00:00:0a guest1\n");
	s = want(f, 2);
	assert_string_equal(f->seen[0].stage, "dhcp-discover");
	assert_string_equal(s->stage, "dhcp-ack");
	assert_string_equal(s->address, "10.0.0.7");
	assert_string_equal(watch_address(f->watch, "guest1"), "10.0.0.7");
	fetch(f, "10.0.0.7", "/guest1/booted", 404);
	assert_string_equal(want(f, 3)->host, "guest1");
	/* The address goes to another one. */
	add_host(f, "guest2", MAC2, NULL, NULL);
	append(f->site.dhcp_log, "Nov 20 05:12:02 dnsmasq-dhcp[7]: "
	       "DHCPACK(br0) 10.0.0.7 " MAC2 "\n");
	want(f, 4);
	assert_null(watch_address(f->watch, "guest1"));
	fetch(f, "10.0.0.7", "/guest2/booted", 404);
	assert_string_equal(want(f, 5)->host, "guest2");
	append(f->site.dhcp_log, "Nov 20 05:12:03 dnsmasq-dhcp[7]: "
	       "DHCPDISCOVER(br0) " MAC2 " no address available\n");
	s = want(f, 6);
	assert_string_equal(s->stage, "dhcp-none");
	assert_true(s->failure);
}

static void test_lease_teaches(void **state)
{
	struct fixture *f = *state;

	append(f->site.dhcp_leases, "0 " MAC2 " 10.0.0.8 guest2 *\n");
	add_host(f, "guest2", MAC2, NULL, NULL);
	assert_string_equal(watch_address(f->watch, "guest2"), "10.0.0.8");
	fetch(f, "10.0.0.8", "/x", 200);
	assert_string_equal(want(f, 1)->host, "guest2");
}

static void test_tftp(void **state)
{
	struct fixture *f = *state;
	const struct seen *s;

	add_host(f, "iron1", MAC1, "10.0.0.1", NULL);
	append(f->site.tftp_log, "Nov 20 05:12:01 c in.tftpd[5]: RRQ from "
	       "10.0.0.1 filename lpxelinux.0\n"
	       "Nov 20 05:12:01 c in.tftpd[6]: RRQ from 10.0.0.1 filename "
	       "pxelinux.cfg/0A000001\n"
	       "Nov 20 05:12:01 c in.tftpd[6]: sending NAK (1, File not "
	       "found) to 10.0.0.1\n");
	s = want(f, 3);
	assert_string_equal(f->seen[0].detail, "TFTP lpxelinux.0");
	assert_string_equal(s->path, "pxelinux.cfg/0A000001");
	assert_string_equal(s->detail, "TFTP pxelinux.cfg/0A000001 refused: "
			    "File not found");
	assert_false(s->failure);
	append(f->site.tftp_log, "Nov 20 05:12:01 c in.tftpd[5]: sending NAK "
	       "(1, File not found) to 10.0.0.1\n");
	s = want(f, 4);
	assert_string_equal(s->path, "lpxelinux.0");
	assert_true(s->failure);
}

static void test_last_seen(void **state)
{
	struct fixture *f = *state;
	const char *text;

	assert_null(watch_last_seen(f->watch, "iron1"));
	add_host(f, "iron1", MAC1, "10.0.0.1", f->console);
	assert_null(watch_last_seen(f->watch, "iron1"));
	fetch(f, "10.0.0.1", "/iron1/orders", 200);
	want(f, 1);
	text = watch_last_seen(f->watch, "iron1");
	assert_true(str_starts(text, "GET /iron1/orders 200, "));
	assert_true(str_ends(text, " ago"));
	sd_event_run(f->event, 5000);
	append(f->console, "just a line\n");
	settle(f);
	text = watch_last_seen(f->watch, "iron1");
	assert_non_null(strstr(text, "; console 'just a line', "));
}

static void test_bad_host(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	assert_int_equal(watch_add_host(f->watch, "a", "52:54", NULL, NULL,
					&err), -1);
	assert_string_equal(err.text, "host a: '52:54' is not a MAC address");
	assert_int_equal(watch_add_host(f->watch, "b", NULL, "1.2.3", NULL,
					&err), -1);
	assert_string_equal(err.text, "host b: '1.2.3' is not an IP address");
	assert_int_equal(watch_add_host(f->watch, "c", NULL, NULL,
					"/nowhere/console.log", &err), -1);
	assert_non_null(strstr(err.text, "host c: "));
}

/* Two watches of one site, as of two processes: one row a line. */
static void test_stored(void **state)
{
	struct fixture *f = *state;
	struct boot_event_rows rows = { 0 };
	struct error err = ERROR_INIT;
	struct watch *other;

	assert_int_equal(watch_open(&other, f->event, NULL, &f->site, f->db,
				    on_event, f, &err), 0);
	assert_int_equal(watch_add_host(other, "iron1", MAC1, "10.0.0.1",
					NULL, &err), 0);
	add_host(f, "iron1", MAC1, "10.0.0.1", NULL);
	fetch(f, "10.0.0.1", "/iron1/a", 200);
	want(f, 2);
	assert_int_equal(unlink(f->site.web_log), 0);
	/* Another file, another line at the same offset. */
	fetch(f, "10.0.0.1", "/iron1/b", 200);
	want(f, 4);
	assert_int_equal(boot_event_list(f->db, "iron1", 0, 0, 10, &rows, &err),
			 0);
	assert_int_equal(rows.count, 2);
	assert_string_equal(rows.v[0].detail, "GET /iron1/a 200");
	assert_string_equal(rows.v[0].source, "weblog");
	assert_true(str_starts(rows.v[0].file, f->site.web_log));
	assert_string_equal(rows.v[1].detail, "GET /iron1/b 200");
	assert_int_equal(rows.v[1].offset, 0);
	boot_event_rows_release(&rows);
	watch_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fetch), TEST(test_fetch_probes),
		TEST(test_dhcp_teaches), TEST(test_lease_teaches),
		TEST(test_tftp), TEST(test_last_seen), TEST(test_bad_host),
		TEST(test_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
