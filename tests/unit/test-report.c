/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rows come to, and that hostile text stays text in every format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "base/wrap.h"
#include "report/print.h"
#include "report/summary.h"

#define T0 1700000000000

static char text_a[] = "a", text_b[] = "b", text_host[] = "host";

/* Two jobs: a fails in its second step, b was not run. */
static struct job_row jobs[2];
static struct step_row steps[3];
static struct runvar vars[3];
static struct report_recipe recipe;
static struct report_rows rows;
static struct report report;

static int set_up(void **state)
{
	(void)state;
	jobs[0] = (struct job_row){
		.flight = (char *)"1", .job = text_a, .recipe = (char *)"r",
		.status = JOB_FAIL, .reason = (char *)"two: it did not",
		.run = 1, .started = T0, .finished = T0 + 60000,
	};
	jobs[1] = (struct job_row){
		.flight = (char *)"1", .job = text_b, .recipe = (char *)"r",
		.status = JOB_BLOCKED, .reason = (char *)"job a did not pass",
	};
	steps[0] = (struct step_row){
		.job = text_a, .stepno = 1, .testid = (char *)"one",
		.status = STEP_FAIL, .reason = (char *)"tolerated",
		.started = T0, .finished = T0 + 1500,
	};
	steps[1] = (struct step_row){
		.job = text_a, .stepno = 2, .testid = (char *)"two",
		.status = STEP_FAIL, .reason = (char *)"it did not",
		.stage = (char *)"half way", .started = T0 + 1500,
		.finished = T0 + 3000,
	};
	steps[2] = (struct step_row){
		.job = text_a, .stepno = 3, .testid = (char *)"captured",
		.status = STEP_PASS, .started = T0 + 3000,
		.finished = T0 + 60000,
	};
	vars[0] = (struct runvar){ text_a, (char *)"arch", (char *)"amd64",
				   false };
	vars[1] = (struct runvar){ text_a, text_host, (char *)"iron1", true };
	vars[2] = (struct runvar){ text_a, (char *)"xen", (char *)"4.17",
				   true };
	recipe = (struct report_recipe){
		.name = (char *)"r", .testids = STRVEC_INIT,
		.idents = STRVEC_INIT,
	};
	strvec_pushl(&recipe.testids, "one", "two", "three", "captured",
		     NULL);
	strvec_push(&recipe.idents, "host");
	rows = (struct report_rows){
		.flight = { .flight = (char *)"1", .branch = (char *)"x",
			    .blessing = (char *)"running",
			    .intended = (char *)"play", .created = T0 },
		.jobs = { jobs, 2 }, .steps = { steps, 3 },
		.vars = { vars, 3 }, .recipes = &recipe, .recipe_count = 1,
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_release(&report);
	strvec_release(&recipe.testids);
	strvec_release(&recipe.idents);
	return 0;
}

static char *printed(void (*print)(const struct report *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	print(&report, out);
	fclose(out);
	return text;
}

static void as_text(const struct report *r, FILE *out)
{
	const struct report_style style = { .all = true };

	report_text(r, &style, out);
}

static void rows_come_to_conclusions(void **state)
{
	const struct report_job *a = NULL;

	(void)state;
	report_summarise(&rows, &report);
	assert_int_equal(report.job_count, 2);
	assert_int_equal(report.status, JOB_BLOCKED);
	assert_int_equal(report.counts[JOB_FAIL], 1);
	assert_int_equal(report.duration_ms, 60000);
	a = &report.jobs[0];
	assert_int_equal(a->step_count, 3);
	assert_int_equal(report.jobs[1].step_count, 0);
	assert_ptr_equal(a->first_bad, &steps[1]);
	assert_int_equal(a->not_run.count, 1);
	assert_string_equal(a->not_run.v[0], "three");
	assert_int_equal(report.jobs[1].not_run.count, 0);
	assert_int_equal(a->hosts.count, 2);
	assert_string_equal(a->hosts.v[1], "iron1");
	assert_int_equal(a->found.count, 2);
	assert_string_equal(a->found.v[0], "xen");
}

static void unfinished_is_not_a_verdict(void **state)
{
	(void)state;
	jobs[1].status = JOB_RUNNING;
	report_summarise(&rows, &report);
	assert_int_equal(report.status, JOB_RUNNING);
	assert_int_equal(report.duration_ms, -1);
}

static void without_a_reason_the_first_bad_step_counts(void **state)
{
	(void)state;
	jobs[0].reason = NULL;
	report_summarise(&rows, &report);
	assert_ptr_equal(report.jobs[0].first_bad, &steps[0]);
}

static void boot_times_count_from_power_on(void **state)
{
	struct power_action_row actions[] = {
		{ .action = (char *)"on", .result = (char *)"verified",
		  .finished = T0 + 10000 },
		{ .action = (char *)"off", .result = (char *)"verified",
		  .finished = T0 + 5000 },
		{ .action = (char *)"on", .finished = T0 - 99 },
	};
	struct boot_event_row events[] = {
		{ .at = T0 + 7000, .source = (char *)"dhcp",
		  .stage = (char *)"early" },
		{ .at = T0 + 14000, .source = (char *)"dhcp",
		  .stage = (char *)"dhcp-ack" },
		{ .at = T0 + 99000, .source = (char *)"weblog",
		  .stage = (char *)"after the job" },
	};
	struct report_boot boot = {
		.job = &jobs[0], .host = (char *)"iron1",
		.events = { events, 3 }, .actions = { actions, 3 },
	};
	const struct report_timeline *line;

	(void)state;
	rows.boots = &boot;
	rows.boot_count = 1;
	report_summarise(&rows, &report);
	assert_int_equal(report.jobs[0].timeline_count, 1);
	line = &report.jobs[0].timelines[0];
	assert_int_equal(line->count, 4);
	assert_string_equal(line->moments[0].stage, "off");
	assert_int_equal(line->moments[1].since_power_ms, -1);
	assert_string_equal(line->moments[2].stage, "on");
	assert_int_equal(line->moments[3].since_power_ms, 4000);
}

static void text_stays_in_80_columns(void **state)
{
	char word[300], *line, *rest;

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	steps[1].reason = word;
	vars[2].value = word;
	report_summarise(&rows, &report);
	AUTO_FREE char *text = printed(as_text);

	assert_non_null(strstr(text, "First failure: step 2, two: fail"));
	assert_non_null(strstr(text, "not run            -  three"));
	rest = text;
	while ((line = strsep(&rest, "\n")))
		assert_true(strlen(line) <= WRAP_WIDTH);
}

static const char hostile[] =
	"\033[2J]]><script a='b'>&\"\xff\xc2\x9b\xed\xa0\x80 \xc3\xa9\x01";

static void hostile_text_moves_no_cursor(void **state)
{
	(void)state;
	steps[1].reason = (char *)hostile;
	steps[1].stage = (char *)hostile;
	report_summarise(&rows, &report);
	AUTO_FREE char *text = printed(as_text);

	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\x01'));
	assert_null(strstr(text, "\xc2\x9b"));
	assert_non_null(strstr(text, "\\x1b[2J"));
	assert_non_null(strstr(text, "\xc3\xa9"));
}

static void hostile_text_stays_in_its_element(void **state)
{
	(void)state;
	steps[1].reason = (char *)hostile;
	steps[1].stage = (char *)hostile;
	report_summarise(&rows, &report);
	AUTO_FREE char *xml = printed(report_junit);

	assert_null(strchr(xml, '\033'));
	assert_null(strchr(xml, '\xff'));
	assert_null(strstr(xml, "<script"));
	assert_null(strstr(xml, "\xed\xa0\x80"));
	assert_non_null(strstr(xml, "&lt;script a=&#39;b&#39;&gt;&amp;&quot;"));
	assert_non_null(strstr(xml, "<testsuites name=\"1\" tests=\"5\" "
			       "failures=\"2\" errors=\"1\" skipped=\"1\""));
	assert_non_null(strstr(xml, "message=\"job a did not pass\""));
}

static void files_are_attached(void **state)
{
	struct artifact_row files[] = {
		{ .stepno = 2, .name = (char *)"console",
		  .path = (char *)"/logs/<console>" },
		{ .stepno = 3, .name = (char *)"xl",
		  .path = (char *)"/logs/xl" },
	};
	struct artifact_rows all[] = { { .v = files, .count = 2 },
				       { .v = NULL } };

	(void)state;
	rows.artifacts = all;
	report_summarise(&rows, &report);
	AUTO_FREE char *xml = printed(report_junit);

	assert_non_null(strstr(xml, "[[ATTACHMENT|/logs/&lt;console&gt;]]\n"
			       "</system-out>"));
	/* of the first job only, each once, at its own step */
	assert_non_null(strstr(xml, "[[ATTACHMENT|/logs/xl]]"));
	assert_null(strstr(strstr(xml, "/logs/xl"), "console&gt;"));
	assert_null(strstr(strstr(xml, "/logs/xl") + 1, "/logs/xl"));
}

static void json_has_its_members(void **state)
{
	const cJSON *job, *step;

	(void)state;
	steps[1].reason = (char *)hostile;
	report_summarise(&rows, &report);
	AUTO_FREE char *text = printed(report_json);
	cJSON *json = cJSON_Parse(text);

	assert_non_null(json);
	assert_null(strchr(text, '\xff'));
	assert_int_equal(cJSON_GetObjectItem(json, "schema")->valueint, 1);
	job = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "jobs"), 0);
	assert_int_equal(cJSON_GetObjectItem(job, "first_failure")->valueint,
			 2);
	assert_int_equal(cJSON_GetObjectItem(job, "duration_ms")->valueint,
			 60000);
	step = cJSON_GetArrayItem(cJSON_GetObjectItem(job, "steps"), 1);
	assert_string_equal(cJSON_GetObjectItem(step, "stage")->valuestring,
			    "half way");
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(step, "log")));
	cJSON_Delete(json);
}

static void log_tail_is_the_last_lines(void **state)
{
	static const char log[] = "one\ntwo\0nul\n\n\nthree\r\nfour\n";
	char path[] = "/tmp/ironbird-test-report-XXXXXX";
	AUTO_STRVEC lines = STRVEC_INIT;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, log, sizeof(log) - 1), sizeof(log) - 1);
	close(fd);
	assert_true(report_log_tail(path, 3, &lines));
	unlink(path);
	assert_int_equal(lines.count, 3);
	assert_string_equal(lines.v[0], "two?nul");
	assert_string_equal(lines.v[2], "four");
	assert_false(report_log_tail(path, 3, &lines));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(rows_come_to_conclusions),
		TEST(unfinished_is_not_a_verdict),
		TEST(without_a_reason_the_first_bad_step_counts),
		TEST(boot_times_count_from_power_on),
		TEST(text_stays_in_80_columns),
		TEST(hostile_text_moves_no_cursor),
		TEST(hostile_text_stays_in_its_element),
		TEST(files_are_attached),
		TEST(json_has_its_members),
		cmocka_unit_test(log_tail_is_the_last_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
