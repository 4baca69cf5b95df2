/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which logs go first, mail into a maildir, and markup that stays text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "flight/expire.h"
#include "net/post.h"
#include "report/html.h"
#include "report/page_grid.h"

#define DAY 86400000LL
#define NOW (100 * DAY)

static char dir[64];
static struct error err;

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/ironbird-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return dir_remove(dir, &err);
}

static struct expire_flight flight(int64_t id, const char *branch,
				   const char *blessing, const char *overall,
				   bool pushed, int64_t finished)
{
	static char names[100][8];

	snprintf(names[id], sizeof(names[id]), "%d", (int)id);
	return (struct expire_flight){
		.id = id, .flight = names[id], .branch = (char *)branch,
		.blessing = (char *)blessing, .overall = (char *)overall,
		.pushed = pushed, .finished = finished,
	};
}

static void test_expire_order(void **state)
{
	struct expire_flight flights[] = {
		flight(9, "a", "real", "perfect", false, NOW - 5 * DAY),
		flight(1, "a", "real", "regressions", false, NOW - 50 * DAY),
		flight(2, "a", "real", "tolerable", false, NOW - 40 * DAY),
		flight(3, "a", "real", "tolerable", true, NOW - 39 * DAY),
		flight(4, "a", "real", "perfect", true, NOW - 38 * DAY),
		flight(5, "a", "play", NULL, false, NOW - 30 * DAY),
		flight(6, "a", "adhoc", NULL, false, NOW - 3 * DAY),
		flight(7, "a", "real", NULL, false, 0),
		flight(8, "b", "play", NULL, false, NOW - 60 * DAY),
	};
	AUTO_STRVEC order = STRVEC_INIT;
	AUTO_FREE char *joined = NULL;
	size_t count = expire_order(flights, ARRAY_SIZE(flights), NOW,
				    4 * DAY);

	(void)state;
	for (size_t i = 0; i < count; i++)
		strvec_push(&order, flights[i].flight);
	joined = strvec_join(&order, " ");
	/* kept: 4 pushed last, 6 too young, 7 not over, 8 and 9 newest */
	assert_string_equal(joined, "5 2 3 1");
	assert_int_equal(expire_order(flights, 0, NOW, 0), 0);
}

static void test_maildir(void **state)
{
	AUTO_FREE char *maildir = xasprintf("%s/mail", dir);
	AUTO_FREE char *pattern = xasprintf("%s/new/*", maildir);
	AUTO_STRBUF text = STRBUF_INIT;
	struct post post = {
		.from = "a@example.com", .to = "b@example.com",
		.program = "/bin/false", .maildir = maildir,
	};
	glob_t found;

	(void)state;
	assert_int_equal(post_send(&post, "Subject: x\n\nbody\n", &err), 0);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, 1);
	assert_int_equal(file_read(found.gl_pathv[0], 10000, &text, &err), 0);
	globfree(&found);
	assert_true(str_starts(text.buf, "From: a@example.com\nTo: b@exa"));
	assert_non_null(strstr(text.buf, "\nSubject: x\n\nbody\n"));
	assert_non_null(strstr(text.buf, "\nMessage-ID: <ironbird."));

	post.to = "b@example.com\nBcc: c@example.com";
	assert_int_equal(post_send(&post, "Subject: x\n\n", &err), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
	post = (struct post){ .from = "a", .to = "b",
			      .program = "/bin/false" };
	assert_int_equal(post_send(&post, "Subject: x\n\n", &err), -1);
	assert_int_equal(err.kind, ERROR_BROKEN);
}

static void test_html(void **state)
{
	struct html html = HTML_INIT;
	AUTO_FREE char *address = html_address("../%s", "javascript:x('\"<>");

	(void)state;
	assert_string_equal(address, "../javascript%3Ax%28%27%22%3C%3E");
	html_open(&html, "p", "title", "\"><script>", "id", NULL, NULL);
	html_text(&html, "</p>&\x1b[2J\xff");
	html_leaf(&html, "b", "<i>", NULL);
	html_name(&html, "a-b/<c>");
	html_close(&html);
	assert_string_equal(html.text.buf,
		"<p title=\"&quot;&gt;&lt;script&gt;\">&lt;/p&gt;&amp;?[2J?"
		"<b>&lt;i&gt;</b>a-<wbr>b/<wbr>&lt;c&gt;</p>");
	html_release(&html);
}

static struct step_row step(const char *testid)
{
	return (struct step_row){ .testid = (char *)testid };
}

/* Columns keep the order of each job, whoever has what. */
static void test_columns(void **state)
{
	struct step_row a[] = { step("build-check"), step("host-install"),
				step("xen-boot"), step("logs-capture") };
	struct step_row b[] = { step("build-check"), step("xen-build"),
				step("logs-capture") };
	struct step_row c[] = { step("host-install.try1"),
				step("host-install"), step("guest-start") };
	struct report_job jobs[] = {
		{ .steps = c, .step_count = 3 },
		{ .steps = b, .step_count = 3 },
		{ .steps = a, .step_count = 4 },
	};
	struct report report = { .jobs = jobs, .job_count = 3 };
	AUTO_STRVEC columns = STRVEC_INIT;
	AUTO_FREE char *joined = NULL;

	(void)state;
	grid_columns(&report, &columns);
	joined = strvec_join(&columns, " ");
	assert_string_equal(joined, "build-check xen-build host-install "
			    "guest-start xen-boot logs-capture");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_expire_order),
		TEST(test_maildir),
		TEST(test_html),
		TEST(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
