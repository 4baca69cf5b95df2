/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text and words: strings, names, durations, errors, tables, the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/names.h"
#include "base/proc.h"
#include "base/strbuf.h"
#include "base/table.h"

#define HUGE (10 * 1024)

static char *repeated(char c, size_t n)
{
	char *s = xcalloc(1, n + 1);

	memset(s, c, n);
	return s;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

/* ---- strbuf ------------------------------------------------------------- */

static void test_strbuf_growth(void **state)
{
	AUTO_STRBUF sb = STRBUF_INIT;
	char *detached;

	(void)state;
	assert_string_equal(sb.buf, "");
	strbuf_add(&sb, "x", 0);
	strbuf_clear(&sb);
	strbuf_consume(&sb, 5);
	strbuf_rtrim(&sb);
	assert_int_equal(sb.size, 0);
	for (int i = 0; i < 100000; i++)
		strbuf_addch(&sb, (char)('a' + i % 26));
	assert_int_equal(sb.len, 100000);
	assert_int_equal(strlen(sb.buf), 100000);
	assert_int_equal(sb.buf[99999], 'a' + 99999 % 26);
	strbuf_clear(&sb);
	assert_string_equal(sb.buf, "");
	strbuf_addf(&sb, "%s-%d", "n", 7);
	strbuf_add(&sb, "\0z", 2);
	assert_int_equal(sb.len, 5);
	assert_memory_equal(sb.buf, "n-7\0z", 6);
	strbuf_replace_nuls(&sb);
	assert_string_equal(sb.buf, "n-7?z");
	detached = strbuf_detach(&sb);
	assert_string_equal(detached, "n-7?z");
	free(detached);
	detached = strbuf_detach(&sb);
	assert_string_equal(detached, "");
	free(detached);
}

static void test_strbuf_ends(void **state)
{
	AUTO_STRBUF sb = STRBUF_INIT;

	(void)state;
	strbuf_addstr(&sb, "  one two \t\r\n ");
	strbuf_rtrim(&sb);
	assert_string_equal(sb.buf, "  one two");
	strbuf_consume(&sb, 6);
	assert_string_equal(sb.buf, "two");
	assert_int_equal(sb.len, 3);
	strbuf_consume(&sb, 3);
	assert_string_equal(sb.buf, "");
	strbuf_addstr(&sb, " \n");
	strbuf_rtrim(&sb);
	assert_int_equal(sb.len, 0);
	assert_true(str_starts("ts-x", "ts-") && str_starts("", ""));
	assert_false(str_starts("t", "ts-") || str_ends("g", "log"));
	assert_true(str_ends("a.log", ".log") && str_ends("x", ""));
}

/* What sh makes of the quoted word is the word, to the byte. */
static void assert_survives_shell(const char *word)
{
	AUTO_STRBUF script = STRBUF_INIT;
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	struct error err = ERROR_INIT;
	char *argv[] = { (char *)"sh", (char *)"-c", NULL, NULL };
	struct proc_spec spec = { .argv = argv, .limit_ms = 20000 };

	strbuf_addstr(&script, "printf '%s' ");
	strbuf_add_quoted(&script, word);
	argv[2] = script.buf;
	if (proc_run(&spec, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(result.status, 0);
	assert_string_equal(result.output.buf, word);
}

static void test_shell_quoting(void **state)
{
	static const char *const words[] = {
		"", "plain-1.2_3@x:/,+=%", " ", "a b", "'", "''", "\"", "\\",
		"$HOME", "$(id)", "`id`", "a;b", "a&&b", "*", "~", "#x", "!x",
		"-n", "-e \\n", "{}", "[a]", "a\nb\n\nc", "\t", "it's '\\''",
		"\x1b[2J", "\xff\xfe", "\xc3\xa9", "x=y", "(", "<>|", "%s%n",
	};
	AUTO_FREE char *huge = repeated('\'', HUGE);
	AUTO_STRBUF plain = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_survives_shell(words[i]);
	assert_survives_shell(huge);
	strbuf_add_quoted(&plain, "/usr/bin/x");
	assert_string_equal(plain.buf, "/usr/bin/x");
}

static void test_html_escaping(void **state)
{
	AUTO_STRBUF sb = STRBUF_INIT;

	(void)state;
	strbuf_add_escaped(&sb, "<a href=\"x\" b='y'>&amp;\n\t\x01\x1b\x7f\r"
			   "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa6");
	assert_string_equal(sb.buf, "&lt;a href=&quot;x&quot; b=&#39;y&#39;"
			    "&gt;&amp;amp;\n\t????"
			    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa6");
	strbuf_clear(&sb);
	/* lone, cut short, overlong, surrogate, past the end, U+FFFE, C1 */
	strbuf_add_escaped(&sb, "\x80|\xc3|\xe2\x82|\xc0\xaf|\xed\xa0\x80|"
			   "\xf5\x80\x80\x80|\xef\xbf\xbe|\xc2\x9b");
	assert_string_equal(sb.buf, "?|?|??|??|???|????|???|??");
}

static void test_printable(void **state)
{
	AUTO_STRBUF sb = STRBUF_INIT;

	(void)state;
	strbuf_add_printable(&sb, "a\x1b[2J\r\n\tb\x7f \xc3\xa9");
	assert_string_equal(sb.buf,
			    "a\\x1b[2J\\x0d\\x0a\\x09" "b\\x7f \xc3\xa9");
	strbuf_clear(&sb);
	/* one byte or two, a terminal may take it for the start of a command */
	strbuf_add_printable(&sb, "\x9b" "2J\xc2\x9b" "2J\xc2");
	assert_string_equal(sb.buf, "\\x9b" "2J\\xc2\\x9b" "2J\\xc2");
}

/* ---- strvec ------------------------------------------------------------- */

static void test_strvec(void **state)
{
	AUTO_STRVEC sv = STRVEC_INIT;
	AUTO_FREE char *none = strvec_join(&sv, ", ");
	AUTO_FREE char *all = NULL;

	(void)state;
	assert_string_equal(none, "");
	assert_null(sv.v[0]);
	strvec_sort(&sv);
	strvec_split(&sv, " ,,b  a,", " ,");
	strvec_split(&sv, "", " ");
	strvec_split(&sv, ",", ",");
	assert_int_equal(sv.count, 2);
	strvec_pushl(&sv, "d", "c", NULL);
	strvec_pushf(&sv, "%c%d", 'e', 5);
	strvec_pushv(&sv, (char *[]){ (char *)"b", NULL });
	strvec_sort(&sv);
	all = strvec_join(&sv, " ");
	assert_string_equal(all, "a b b c d e5");
	assert_true(strvec_has(&sv, "c"));
	assert_false(strvec_has(&sv, "e"));
	assert_null(sv.v[sv.count]);
	strvec_release(&sv);
	assert_int_equal(sv.count, 0);
	assert_null(sv.v[0]);
}

/* ---- names -------------------------------------------------------------- */

static void test_names(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", "../x", "a/b", "/", "-rf", "_x", "+x", "a b",
		"a\nb", "a\n", "a'b", "a\"b", "a`b", "$a", "a%", "a*", "\x1b",
		"\xc3\xa9", "a~", "a:b", "a=b",
	};
	static const char *const good[] = {
		"a", "0", "iron-1", "test-amd64-amd64-xl", "a..b", "4.17.5+72",
		"debian.guest.osstest", "A_b",
	};
	AUTO_FREE char *most = repeated('a', 100);
	AUTO_FREE char *more = repeated('a', 101);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (name_ok(bad[i]))
			fail_msg("'%s' is taken for a name", bad[i]);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (!name_ok(good[i]) || !runvar_name_ok(good[i]))
			fail_msg("'%s' is not taken for a name", good[i]);
	assert_true(name_ok(most));
	assert_false(name_ok(more));
}

static void test_name_check(void **state)
{
	struct error err = ERROR_INIT;
	AUTO_FREE char *huge = repeated('a', HUGE);

	(void)state;
	assert_int_equal(name_check("job", "xl", &err), 0);
	assert_int_equal(name_check("job", "a\n\x1b[2Jb", &err), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
	assert_has(err.text, "'a\\x0a\\x1b[2Jb' cannot be the name of a job");
	assert_int_equal(name_check("host", huge, &err), -1);
	assert_has(err.text, "aaa...' cannot be the name of a host");
	assert_true(strlen(err.text) < 250);
	assert_int_equal(name_check("host", "..", NULL), -1);
}

static void assert_nearest(const char *word, const char *wanted)
{
	AUTO_STRVEC all = STRVEC_INIT;
	const char *found;

	strvec_pushl(&all, "report", "runvars", "run-job", "host", "config",
		     NULL);
	found = name_nearest(word, &all);
	assert_string_equal(str_or(found, "(none)"), wanted);
}

static void test_nearest(void **state)
{
	AUTO_STRVEC empty = STRVEC_INIT;
	AUTO_STRVEC one = STRVEC_INIT;
	AUTO_FREE char *huge = repeated('a', HUGE), *hint = NULL;
	AUTO_FREE char *most = repeated('b', 64), *none = NULL;

	(void)state;
	assert_nearest("reprot", "report");
	assert_nearest("HOST", "host");
	assert_nearest("runvar", "runvars");
	assert_nearest("runjob", "run-job");
	assert_nearest("bananas", "(none)");
	assert_nearest("", "(none)");
	assert_nearest(huge, "(none)");
	assert_null(name_nearest("x", &empty));
	strvec_pushl(&one, huge, most, NULL);
	assert_ptr_equal(name_nearest(most, &one), one.v[1]);
	hint = name_hint(most, &one);
	assert_true(str_starts(hint, " (did you mean 'bbb"));
	none = name_hint("unlike", &one);
	assert_string_equal(none, "");
}

/* ---- clock -------------------------------------------------------------- */

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "0", 0 }, { "450", 450000 }, { "45s", 45000 },
		{ "20m", 1200000 }, { "20min", 1200000 }, { "2h", 7200000 },
		{ "1d", 86400000 }, { "250ms", 250 }, { "1.5s", 1500 },
		{ "0.0004s", 0 }, { "0.0005s", 1 },
	};
	static const char *const bad[] = {
		"", " ", "s", "-1", "-1s", "5 s", "5x", "5sec", "1h30m", "inf",
		"nan", "1e99", "9999999999", "\n", "5s\n", "5s;reboot",
	};
	struct error err = ERROR_INIT;
	int64_t ms = -1;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (duration_parse(good[i].text, &ms, &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(ms, good[i].ms);
	}
	ms = 77;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (duration_parse(bad[i], &ms, &err) == 0)
			fail_msg("'%s' is taken for a duration", bad[i]);
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_int_equal(ms, 77);
	}
}

static void test_telling_time(void **state)
{
	char text[DURATION_TEXT_SIZE], stamp[CLOCK_STAMP_SIZE];
	int64_t before = clock_mono_us();

	(void)state;
	assert_string_equal(duration_text(0, text), "0.00 s");
	assert_string_equal(duration_text(250, text), "0.25 s");
	assert_string_equal(duration_text(8100, text), "8.1 s");
	assert_string_equal(duration_text(119900, text), "119.9 s");
	assert_string_equal(duration_text(125000, text), "2 min 05 s");
	assert_string_equal(duration_text(7199999, text), "119 min 59 s");
	assert_string_equal(duration_text(12000000, text), "3 h 20 min");
	assert_string_equal(clock_stamp(0, stamp), "1970-01-01T00:00:00.000Z");
	assert_string_equal(clock_stamp(1772366400123, stamp),
			    "2026-03-01T12:00:00.123Z");
	setenv("TZ", "Asia/Tokyo", 1);
	assert_string_equal(clock_stamp(951782400007, stamp),
			    "2000-02-29T00:00:00.007Z");
	unsetenv("TZ");
	assert_true(clock_mono_us() >= before);
	assert_true(clock_mono_ms() >= before / 1000);
	assert_true(clock_now_ms() > 1700000000000);
}

/* ---- error -------------------------------------------------------------- */

static void test_errors(void **state)
{
	struct error err = ERROR_INIT;
	AUTO_FREE char *huge = repeated('x', HUGE);

	(void)state;
	assert_int_equal(error_set(&err, ERROR_AGAIN, "%s is busy", "iron1"),
			 -1);
	assert_int_equal(err.kind, ERROR_AGAIN);
	assert_int_equal(error_prefix(&err, "job %d", 7), -1);
	assert_string_equal(err.text, "job 7: iron1 is busy");
	assert_int_equal(err.kind, ERROR_AGAIN);
	error_set(&err, ERROR_FAIL, "%s", huge);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	error_prefix(&err, "%s", huge);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	error_set(&err, ERROR_FAIL, "%s", "a\tb\nc\r\x1b[2J\x7f\xc2\x9b"
		  "\xc3\xa9\xff");
	assert_string_equal(err.text, "a b c??[2J???\xc3\xa9?");
	assert_int_equal(error_set(NULL, ERROR_FAIL, "x"), -1);
	assert_int_equal(error_prefix(NULL, "x"), -1);
}

static void test_error_errno(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_null(fopen("/nowhere/x", "r"));
	assert_int_equal(error_errno(&err, "cannot read %s", "/nowhere/x"),
			 -1);
	assert_int_equal(err.kind, ERROR_BROKEN);
	assert_string_equal(err.text,
			    "cannot read /nowhere/x: No such file or "
			    "directory");
	assert_int_equal(error_errno(NULL, "x"), -1);
}

/* ---- table -------------------------------------------------------------- */

static void assert_table(const struct table *t, const char *wanted)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	table_print(t, out);
	fclose(out);
	assert_string_equal(text, wanted);
}

static void test_table(void **state)
{
	AUTO_TABLE t;

	(void)state;
	table_init(&t, "host", "state", "note", NULL);
	assert_table(&t, "");
	table_row(&t, "iron1", NULL, "");
	table_row(&t, "\xc3\xa9\xe2\x82\xac", "on", "last\x1b[2J\n");
	table_row(&t, "a\nb", "\xc2\x9b\xff", "x");
	assert_table(&t,
		     "host    state         note\n"
		     "iron1   -             -\n"
		     "\xc3\xa9\xe2\x82\xac      on            "
		     "last\\x1b[2J\\x0a\n"
		     "a\\x0ab  \\xc2\\x9b\\xff  x\n");
}

static void test_table_on_a_narrow_terminal(void **state)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	AUTO_TABLE t;

	(void)state;
	table_init(&t, "job", "state", "reason", NULL);
	table_row(&t, "test-amd64-amd64-xl", "fail", "no answer in time");
	table_row(&t, "0123456789abcdef", "\xc3\xa9", "short");
	table_print_within(&t, out, 32);
	fclose(out);
	assert_string_equal(text,
			    "job          state  reason\n"
			    "test-amd64-  fail   no answer\n"
			    "amd64-xl            in time\n"
			    "0123456789a  \xc3\xa9      short\n"
			    "bcdef\n");
}

/* ---- log ---------------------------------------------------------------- */

static void log_some(void)
{
	log_debug("not shown");
	log_info("%s", "a\tb\x1b[2J\xc2\x9b\xff\xc3\xa9\nnext\r");
	log_warn("odd");
	log_times(true);
	log_verbose(true);
	log_debug("shown");
	log_times(false);
	log_verbose(false);
}

static void test_log(void **state)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	char text[400] = "", *timed;

	(void)state;
	fflush(stderr);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	log_some();
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	rewind(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	timed = strstr(text, "odd\n") + 4;
	assert_true(str_starts(timed, "2"));
	assert_string_equal(timed + 24, " shown\n");
	*timed = '\0';
	assert_string_equal(text, "ironbird: a\tb?[2J???\xc3\xa9\nnext?\n"
			    "ironbird: warning: odd\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strbuf_growth),
		cmocka_unit_test(test_strbuf_ends),
		cmocka_unit_test(test_shell_quoting),
		cmocka_unit_test(test_html_escaping),
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_strvec),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_name_check),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_telling_time),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_error_errno),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_on_a_narrow_terminal),
		cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
