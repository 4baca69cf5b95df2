/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pdu.c with outlets that obey, lie, refuse and stay silent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "db/events.h"
#include "db/hosts.h"
#include "pdu/method.h"
#include "pdu/pdu.h"
#include "pdu/qemu.h"

/*
 * An outlet as an external program: its state is a file, what it was told is
 * another. "lie" says yes and does nothing; "deaf" fails each time; "late"
 * fails once. The method's last word tells which.
 */
static const char outlet[] =
	"#!/bin/sh\n"
	"cd \"$(dirname \"$0\")\"\n"
	"while read -r line; do\n"
	"\techo \"$line\" >> heard\n"
	"\tcase $line in\n"
	"\taction=*) action=${line#action=} ;;\n"
	"\tplug=*) plug=${line#plug=} ;;\n"
	"\tmode=*) mode=${line#mode=} ;;\n"
	"\tesac\n"
	"done\n"
	"[ \"$mode\" != deaf ] || { echo first; echo plug is deaf; exit 1; }\n"
	"if [ \"$mode\" = late ] && [ ! -e tried ]; then\n"
	"\ttouch tried\n"
	"\texit 1\n"
	"fi\n"
	"[ \"$mode\" != hang ] || exec cat < /dev/zero > /dev/null\n"
	"case $action in\n"
	"status) [ -e \"on.$plug\" ] || exit 2 ;;\n"
	"on) [ \"$mode\" = lie ] || touch \"on.$plug\" ;;\n"
	"off) [ \"$mode\" = lie ] || rm -f \"on.$plug\" ;;\n"
	"esac\n";

struct fixture {
	char dir[64];
	char *program;
	struct config *config;
	struct db *db;
	struct host host;
	const char *settle;	/* the time that an action is given */
};

static void write_file(const struct fixture *f, const char *name,
		       const char *text, mode_t mode)
{
	AUTO_FREE char *path = xasprintf("%s/%s", f->dir, name);

	assert_int_equal(file_publish(path, text, strlen(text), mode, NULL),
			 0);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	AUTO_FREE char *config = NULL, *text = NULL, *db = NULL;
	AUTO_STRVEC warnings = STRVEC_INIT;

	memcpy(f->dir, "/tmp/test-pdu-XXXXXX", 21);
	assert_non_null(mkdtemp(f->dir));
	f->program = xasprintf("%s/outlet", f->dir);
	write_file(f, "outlet", outlet, 0755);
	text = xasprintf("StateDir %s/var\nPowerRetries 2\n", f->dir);
	write_file(f, "config", text, 0644);
	config = xasprintf("%s/config", f->dir);
	setenv("OSSTEST_CONFIG", config, 1);
	assert_int_equal(config_load(&f->config, &warnings, NULL), 0);
	db = xasprintf("%s/db", f->dir);
	assert_int_equal(db_open(&f->db, db, NULL), 0);
	assert_int_equal(host_row_add(f->db, "iron1", NULL), 0);
	f->host.name = xstrdup("iron1");
	f->host.config = f->config;
	strvec_init(&f->host.props);
	strvec_init(&f->host.flags);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	db_close(f->db);
	config_free(f->config);
	free(f->host.name);
	strvec_release(&f->host.props);
	strvec_release(&f->host.flags);
	assert_int_equal(dir_remove(f->dir, NULL), 0);
	free(f->program);
	free(f);
	return 0;
}

static void use_method(struct fixture *f, const char *fmt, ...)
{
	AUTO_FREE char *method = NULL;
	va_list ap;

	va_start(ap, fmt);
	method = xvasprintf(fmt, ap);
	va_end(ap);
	strvec_release(&f->host.props);
	strvec_init(&f->host.props);
	strvec_pushf(&f->host.props, "power-method=%s", method);
	strvec_pushf(&f->host.props, "power-settle-time=%s",
		     f->settle ? f->settle : "60s");
	strvec_push(&f->host.props, "power-cycle-time=20ms");
}

/*
 * Fails for the reason that has this text. A program that lies or hangs is
 * waited for to the end, so that is short at first; on a busy machine, the
 * program may need longer to do even that.
 */
static void fails(struct fixture *f, const char *mode, enum power_state wanted,
		  const char *text, struct error *err)
{
	static const char *const times[] = { "300ms", "3s", "30s" };

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		f->settle = times[i];
		use_method(f, "exec %s plug=1 mode=%s", f->program, mode);
		*err = (struct error)ERROR_INIT;
		assert_int_equal(power_set(f->db, &f->host, wanted, err), -1);
		if (strstr(err->text, text))
			return;
	}
	fail_msg("'%s' has no '%s'", err->text, text);
}

static void check_row(struct fixture *f, const char *action,
		      const char *before, const char *after,
		      const char *result, int attempts)
{
	struct power_action_rows rows;

	assert_int_equal(power_action_list(f->db, "iron1", 1, &rows, NULL),
			 0);
	assert_int_equal(rows.count, 1);
	assert_string_equal(rows.v[0].action, action);
	assert_string_equal(rows.v[0].state_before, before);
	assert_string_equal(rows.v[0].state_after, after);
	assert_string_equal(rows.v[0].result, result);
	assert_int_equal(rows.v[0].attempts, attempts);
	power_action_rows_release(&rows);
}

static void test_parse(void **state)
{
	struct fixture *f = *state;
	struct pdu_ports ports;
	AUTO_FREE char *text = NULL;

	assert_int_equal(pdu_ports_parse(&f->host,
		"exec '/a b' ip=1 passwd=x 'q;=y';  noop ;", &ports, NULL), 0);
	assert_int_equal(ports.count, 2);
	assert_string_equal(ports.v[0].module->name, "exec");
	assert_int_equal(ports.v[0].args.count, 4);
	assert_string_equal(ports.v[0].args.v[0], "/a b");
	assert_string_equal(ports.v[0].args.v[3], "q;=y");
	assert_string_equal(ports.v[1].module->name, "null");
	text = pdu_port_text(&ports.v[0]);
	assert_string_equal(text, "exec '/a b' ip=1 passwd=*** 'q;=y'");
	pdu_ports_release(&ports);
}

/* OSSTest's words, and which of them are fall-backs. */
static void test_foreign_methods(void **state)
{
	struct fixture *f = *state;
	struct pdu_ports ports;
	AUTO_FREE char *msw = NULL, *ipmi = NULL;

	assert_int_equal(pdu_ports_parse(&f->host,
		"ipmi bmc1 root calvin -I lan | msw --apc6 pdu1 7; null",
		&ports, NULL), 0);
	assert_int_equal(ports.count, 3);
	ipmi = pdu_port_text(&ports.v[0]);
	assert_string_equal(ipmi, "ipmi host=bmc1 user=root password=*** "
			    "interface=lan");
	msw = pdu_port_text(&ports.v[1]);
	assert_string_equal(msw, "snmp apc6 host=pdu1 outlet=7 version=1 "
			    "community=***");
	assert_false(ports.v[0].fallback);
	assert_true(ports.v[1].fallback);
	assert_false(ports.v[2].fallback);
	pdu_ports_release(&ports);
}

static void check_refused(struct fixture *f, const char *method,
			  const char *expected)
{
	struct error err = ERROR_INIT;

	use_method(f, "%s", method);
	assert_int_equal(power_set(f->db, &f->host, POWER_ON, &err), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
	if (!strstr(err.text, expected))
		fail_msg("'%s' lacks '%s'", err.text, expected);
}

static void test_methods_of_osstest(void **state)
{
	static const char *const texts[][2] = {
		{ "msw pdu1 7", "snmp apc-switch host=pdu1 outlet=7 version=1 "
		  "community=***" },
		{ "snmp --msw pdu1 7", "snmp apc-switch host=pdu1 outlet=7 "
		  "version=1 community=***" },
		{ "ipmi bmc1 root calvin -o supermicro", "ipmi host=bmc1 "
		  "user=root password=*** -o supermicro" },
		{ "ipmiextra both bmc1 root calvin raw 0x00 0x08",
		  "ipmiextra when=both host=bmc1 user=root password=*** raw "
		  "0x00 0x08" },
		{ "eth008 relay1 me pw 3", "http eth008 host=relay1 user=me "
		  "password=*** outlet=3" },
		{ "statedb rack1-7", "statedb asset=rack1-7" },
		{ "xenuse", "command xenuse" },
		{ "gpio chip=c line=1", "command gpio chip=c line=1" },
		{ "exec gpio-low chip=c line=1",
		  "command gpio-low chip=c line=1" },
		{ "fence usbrelay relay=R", "command usbrelay relay=R" },
		{ "exec command on=a off=b", "command on=a off=b" },
		{ "exec /bin/gpio chip=c", "exec /bin/gpio chip=c" },
		{ "manual", "manual" },
		{ "unsupported", "unsupported" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO_FREE char *text = NULL;
		struct pdu_ports ports;

		assert_int_equal(pdu_ports_parse(&f->host, texts[i][0], &ports,
						 NULL), 0);
		text = pdu_port_text(&ports.v[0]);
		assert_string_equal(text, texts[i][1]);
		pdu_ports_release(&ports);
	}
}

static void test_bad_methods(void **state)
{
	struct fixture *f = *state;
	AUTO_FREE char *longer = xmalloc(10001);

	check_refused(f, "qemuu /x", "did you mean 'qemu'");
	check_refused(f, "ipmiextra on bmc1 root", "used as 'ipmiextra WHEN");
	check_refused(f, "ipmiextra on bmc1 root x", "words are missing");
	check_refused(f, "ipmi bmc1 root x -P y", "anybody could read it");
	check_refused(f, "statedb", "used as 'statedb ASSET'");
	check_refused(f, "xenuse here", "used as 'xenuse'");
	check_refused(f, "command gpoi line=1", "did you mean 'gpio'");
	check_refused(f, "gpio chip=c line=1 sense", "form key=value");
	check_refused(f, "command on=a", "'off=' is missing");
	check_refused(f, "msw apc", "used as 'msw PDU PORT'");
	check_refused(f, "snmp apc host=x outlet=1 wrong=2", "unknown arg");
	check_refused(f, "null x", "used as 'null'");
	check_refused(f, "exec", "used as 'exec PROGRAM");
	check_refused(f, "null 'x", "not closed");
	check_refused(f, " ; ", "is empty");
	memset(longer, 'x', 10000);
	longer[10000] = '\0';
	check_refused(f, longer, "longer than");
}

static void test_verified(void **state)
{
	struct fixture *f = *state;
	enum power_state seen;

	use_method(f, "exec %s plug=1", f->program);
	assert_int_equal(power_set(f->db, &f->host, POWER_ON, NULL), 0);
	check_row(f, "on", "off", "on", "verified", 1);
	assert_int_equal(power_status(&f->host, &seen, NULL), 0);
	assert_int_equal(seen, POWER_ON);
	assert_int_equal(power_cycle(f->db, &f->host, NULL), 0);
	check_row(f, "on", "off", "on", "verified", 1);
	assert_int_equal(power_set(f->db, &f->host, POWER_OFF, NULL), 0);
	check_row(f, "off", "on", "off", "verified", 1);
}

static void test_liar_is_caught(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	fails(f, "lie", POWER_ON, "still reads off", &err);
	assert_int_equal(err.kind, ERROR_BROKEN);
	assert_non_null(strstr(err.text, "host iron1"));
	check_row(f, "on", "off", "off", "failed", 2);
}

static void test_reason_is_kept(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	fails(f, "deaf", POWER_OFF, "plug is deaf", &err);
	assert_non_null(strstr(err.text, "tried 2 times"));
	check_row(f, "off", "unknown", "unknown", "failed", 2);
	use_method(f, "exec %s/nothing plug=1", f->dir);
	assert_int_equal(power_set(f->db, &f->host, POWER_OFF, &err), -1);
	assert_non_null(strstr(err.text, "No such file"));
}

static void test_hang_is_ended(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	fails(f, "hang", POWER_OFF, "did not end within", &err);
	assert_int_equal(err.kind, ERROR_BROKEN);
}

static void test_retry_helps(void **state)
{
	struct fixture *f = *state;

	use_method(f, "exec %s plug=1 mode=late", f->program);
	write_file(f, "tried", "", 0644);
	assert_int_equal(power_set(f->db, &f->host, POWER_ON, NULL), 0);
	check_row(f, "on", "off", "on", "verified", 1);
}

static void test_two_outlets(void **state)
{
	struct fixture *f = *state;
	enum power_state seen;

	use_method(f, "exec %s plug=1; exec %s plug=2", f->program,
		   f->program);
	assert_int_equal(power_set(f->db, &f->host, POWER_ON, NULL), 0);
	use_method(f, "exec %s plug=1", f->program);
	assert_int_equal(power_set(f->db, &f->host, POWER_OFF, NULL), 0);
	use_method(f, "exec %s plug=1; exec %s plug=2", f->program,
		   f->program);
	assert_int_equal(power_status(&f->host, &seen, NULL), 0);
	assert_int_equal(seen, POWER_ON);
	assert_int_equal(power_set(f->db, &f->host, POWER_OFF, NULL), 0);
	assert_int_equal(power_status(&f->host, &seen, NULL), 0);
	assert_int_equal(seen, POWER_OFF);
}

static void test_unverified(void **state)
{
	struct fixture *f = *state;
	enum power_state seen;

	use_method(f, "null");
	assert_int_equal(power_set(f->db, &f->host, POWER_ON, NULL), 0);
	check_row(f, "on", "unknown", "unknown", "unverified", 1);
	assert_int_equal(power_status(&f->host, &seen, NULL), 0);
	assert_int_equal(seen, POWER_UNKNOWN);
}

static void test_secret_from_file(void **state)
{
	struct fixture *f = *state;
	AUTO_FREE char *heard = xasprintf("%s/heard", f->dir);
	AUTO_STRBUF text = STRBUF_INIT;
	struct power_action_rows rows;

	write_file(f, "secret", "open sesame\nsecond line\n", 0600);
	use_method(f, "exec %s plug=1 passwd=@%s/secret", f->program, f->dir);
	assert_int_equal(power_set(f->db, &f->host, POWER_ON, NULL), 0);
	assert_int_equal(file_read(heard, 65536, &text, NULL), 0);
	assert_non_null(strstr(text.buf, "passwd=open sesame\n"));
	assert_null(strstr(text.buf, "second"));
	assert_int_equal(power_action_list(f->db, "iron1", 1, &rows, NULL),
			 0);
	assert_null(strstr(rows.v[0].method, "sesame"));
	power_action_rows_release(&rows);
}

/* A recorded pid that is another process by now is not the machine. */
static void test_foreign_pid(void **state)
{
	struct fixture *f = *state;
	AUTO_FREE char *pid = xasprintf("%d\n", (int)getpid());

	write_file(f, "qemu.pid", pid, 0644);
	assert_int_equal(qemu_pid(f->dir), 0);
	assert_int_equal(qemu_off(f->dir, 1000, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_parse, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_foreign_methods, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_methods_of_osstest,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_methods, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_verified, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_liar_is_caught, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_reason_is_kept, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_hang_is_ended, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_retry_helps, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_two_outlets, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_unverified, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_secret_from_file, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_foreign_pid, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
