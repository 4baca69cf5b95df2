/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ssh against a real sshd, with keys of its own. */
#include <signal.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "net/ssh.h"
#include "tests/unit/sshd.h"

#define BIG (10 * 1024 * 1024)

static void test_run(void **state)
{
	struct ssh *ssh = connect_well();
	struct ssh_command command = {
		.command = "echo 'a  b'; echo bad >&2; exit 7",
		.limit_ms = LIMIT,
	};
	struct ssh_result result;

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_ok(ssh_run(ssh, &command, &result, &err));
		assert_int_equal(result.status, 7);
		assert_false(result.timed_out);
		assert_string_equal(result.out.buf, "a  b\n");
		assert_string_equal(result.error.buf, "bad\n");
		ssh_result_release(&result);
	}
	command.command = "kill -9 $$";
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_int_equal(result.status, 128 + 9);
	ssh_result_release(&result);
	/* Output that ends before the command does. */
	command.command = "exec >&- 2>&-; sleep 0.3; exit 5";
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_int_equal(result.status, 5);
	ssh_result_release(&result);
	ssh_close(ssh);
}

static void test_input(void **state)
{
	struct ssh *ssh = connect_well();
	char *input = xmalloc(BIG);
	struct ssh_command command = {
		.command = "wc -c", .limit_ms = LIMIT,
		.input = input, .input_len = BIG,
	};
	struct ssh_result result;

	(void)state;
	memset(input, 0, BIG);
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_string_equal(result.out.buf, "10485760\n");
	ssh_result_release(&result);
	/* There and back at once. */
	command.command = "cat";
	command.out_max = 2 * BIG;
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_int_equal(result.out.len, BIG);
	ssh_result_release(&result);
	/* Nobody reads it. */
	command.command = "exit 3";
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_int_equal(result.status, 3);
	ssh_result_release(&result);
	command.command = "cat; echo end";
	command.input = "";
	command.input_len = 0;
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_string_equal(result.out.buf, "end\n");
	ssh_result_release(&result);
	ssh_close(ssh);
	free(input);
}

static void count_sink(const char *data, size_t len, bool is_error, void *arg)
{
	size_t *counts = arg;

	(void)data;
	counts[is_error] += len;
}

static void test_flood(void **state)
{
	struct ssh *ssh = connect_well();
	size_t counts[2] = { 0, 0 };
	struct ssh_command command = {
		.command = "head -c 10485760 /dev/zero | tr '\\0' x; "
			   "head -c 1000000 /dev/zero >&2; echo last >&2",
		.limit_ms = LIMIT, .out_max = 1000,
		.sink = count_sink, .sink_arg = counts,
	};
	struct ssh_result result;

	(void)state;
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_int_equal(result.status, 0);
	assert_int_equal(result.out.len, 1000);
	assert_int_equal(result.error.len, 65536);
	assert_true(str_ends(result.error.buf + 65536 - 5, "last\n"));
	assert_int_equal(counts[0], BIG);
	assert_int_equal(counts[1], 1000005);
	ssh_result_release(&result);
	ssh_close(ssh);
}

/* The fingerprints are those that ssh-keygen prints. */
static void test_wrong_host(void **state)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	char *const argv[] = {
		(char *)"ssh-keygen", (char *)"-lf", lab.wrong_key, NULL
	};
	struct proc_spec spec = { .argv = argv, .limit_ms = LIMIT };
	char *wrong;

	(void)state;
	assert_ok(proc_run(&spec, &result, &err));
	wrong = strstr(result.output.buf, "SHA256:");
	assert_non_null(wrong);
	wrong[strcspn(wrong, " ")] = '\0';
	assert_null(connect_as(lab.key, lab.wrong_key, lab.sshd.port, LIMIT));
	assert_int_equal(err.kind, ERROR_BROKEN);
	assert_true(str_starts(err.text, "host iron1: shows another host's "
			       "ssh key (SHA256:"));
	assert_non_null(strstr(err.text, " instead of "));
	assert_non_null(strstr(strstr(err.text, " instead of "), wrong));
}

static void test_login_refused(void **state)
{
	(void)state;
	assert_null(connect_as(lab.other_key, lab.host_key, lab.sshd.port,
			       LIMIT));
	assert_int_equal(err.kind, ERROR_BROKEN);
	assert_true(str_starts(err.text, "host iron1: login refused for "
			       "root"));
	assert_null(connect_as("/nowhere/key", lab.host_key, lab.sshd.port,
			       LIMIT));
	assert_non_null(strstr(err.text, "cannot read the ssh key "
			       "/nowhere/key"));
}

static void test_no_server(void **state)
{
	int64_t start_ms = clock_mono_ms();
	int port = free_port(), mute;

	(void)state;
	assert_null(connect_as(lab.key, lab.host_key, port, LIMIT));
	assert_true(str_starts(err.text, "host iron1: no answer on port "));
	assert_true(str_ends(err.text, " (connection refused)"));
	assert_int_equal(tcp_port_open(NULL, "127.0.0.1", port, 1000, &err),
			 0);
	mute = listen_mute(&port);
	assert_null(connect_as(lab.key, lab.host_key, port, 300));
	assert_string_equal(err.text, "host iron1: takes the connection, but "
			    "gives no ssh answer within 0.30 s");
	assert_true(clock_mono_ms() - start_ms >= 299);
	close(mute);
	assert_int_equal(tcp_port_open(NULL, "no.address", 22, 1000, &err),
			 -1);
	assert_int_equal(tcp_port_open("no-such-netns", "127.0.0.1", 22, 1000,
				       &err), -1);
}

static void kill_sink(const char *data, size_t len, bool is_error, void *arg)
{
	int pid = atoi(data);

	(void)len;
	(void)is_error;
	(void)arg;
	if (pid > 1)
		kill(pid, SIGKILL);
}

static void test_cut(void **state)
{
	struct ssh *ssh = connect_well();
	struct ssh_command command = {
		.command = "echo $PPID; exec sleep 7", .limit_ms = LIMIT,
		.sink = kill_sink,
	};
	struct ssh_result result;

	(void)state;
	assert_int_equal(ssh_run(ssh, &command, &result, &err), -1);
	assert_false(result.timed_out);
	assert_int_equal(result.status, -1);
	assert_true(str_starts(err.text, "host iron1: the ssh session broke "
			       "during 'echo $PPID; exec sleep 7' ("));
	ssh_result_release(&result);
	assert_int_equal(ssh_run(ssh, &command, &result, &err), -1);
	assert_non_null(strstr(err.text, "the ssh session broke before"));
	ssh_result_release(&result);
	ssh_close(ssh);
}

/* Every byte there is, in no order. */
static void write_binary(const char *path, size_t size)
{
	AUTO_FREE unsigned char *data = xmalloc(size);
	uint32_t x = 1;

	for (size_t i = 0; i < size; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (unsigned char)(x >> 24);
	}
	assert_ok(file_publish(path, data, size, 0600, &err));
}

static void test_files(void **state)
{
	AUTO_FREE char *from = in_dir("from");
	AUTO_FREE char *there = in_dir("it's there");
	char a[SHA256_HEX_SIZE], b[SHA256_HEX_SIZE];
	struct ssh *ssh = connect_well();
	struct stat st;

	(void)state;
	write_binary(from, 3000001);
	assert_ok(ssh_send_file(ssh, from, there, 0751, LIMIT, &err));
	assert_int_equal(stat(there, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0751);
	assert_ok(file_sha256(from, a, &err));
	assert_ok(file_sha256(there, b, &err));
	assert_string_equal(a, b);
	assert_int_equal(ssh_send_file(ssh, from, "/nowhere/x", 0644, LIMIT,
				       &err), -1);
	assert_true(str_starts(err.text, "host iron1: cannot write "
			       "/nowhere/x ("));
	assert_int_equal(ssh_send_file(ssh, "/nowhere/y", there, 0644, LIMIT,
				       &err), -1);
	ssh_close(ssh);
}

/* A sender that goes away in the middle replaces nothing. */
static void test_send_cut(void **state)
{
	AUTO_FREE char *there = in_dir("precious");
	AUTO_FREE char *text = xasprintf("test \"$(cat %s)\" = old && "
					 "! ls %s.*", there, there);
	struct ssh *ssh = connect_well();
	struct ssh_command command = { .command = text, .limit_ms = LIMIT };
	struct ssh_result result;

	(void)state;
	put("precious", "old\n");
	assert_int_equal(ssh_send_file(ssh, "/dev/zero", there, 0644, 300,
				       &err), -1);
	assert_non_null(strstr(err.text, "sending /dev/zero: host iron1"));
	assert_ok(ssh_run(ssh, &command, &result, &err));
	assert_string_equal(result.error.buf, "");
	ssh_result_release(&result);
	ssh_close(ssh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_wrong_host),
		cmocka_unit_test(test_login_refused),
		cmocka_unit_test(test_no_server),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_send_cut),
	};

	return cmocka_run_group_tests(tests, set_up_sshd, tear_down_sshd);
}
