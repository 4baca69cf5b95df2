/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP against busybox's httpd, here and in a network namespace. */
#include <fcntl.h>
#include <sys/stat.h>

#include "net/http.h"
#include "tests/unit/loopback.h"

#define BIG (10 * 1024 * 1024)

static struct server httpd;

static void start_httpd(void)
{
	AUTO_FREE char *web = in_dir("web");
	AUTO_FREE char *big = in_dir("web/big");
	AUTO_FREE char *address = NULL;
	const char *argv[] = {
		"busybox", "httpd", "-f", "-p", NULL, "-h", web, NULL
	};
	int fd;

	httpd.port = free_port();
	address = xasprintf("127.0.0.1:%d", httpd.port);
	argv[4] = address;
	put("web/hello", "hello\n");
	fd = open(big, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, BIG), 0);
	close(fd);
	assert_int_equal(chmod(web, 0755), 0);
	server_start(&httpd, argv);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(loopback_dir, sizeof(loopback_dir), "/tmp/test-http.XXXXXX");
	assert_non_null(mkdtemp(loopback_dir));
	start_httpd();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	server_stop(&httpd);
	assert_ok(dir_remove(loopback_dir, &err));
	return 0;
}

static int get(int port, const char *path, int64_t limit_ms, int *status,
	       struct strbuf *body)
{
	AUTO_FREE char *url = xasprintf("http://127.0.0.1:%d/%s", port, path);

	err = (struct error)ERROR_INIT;
	return http_get(NULL, url, limit_ms, status, body, &err);
}

static void test_http(void **state)
{
	AUTO_STRBUF body = STRBUF_INIT;
	int status = 0, port, mute;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	assert_ok(get(httpd.port, "hello", LIMIT, &status, &body));
	assert_int_equal(status, 200);
	assert_string_equal(body.buf, "hello\n");
	assert_ok(get(httpd.port, "nothing", LIMIT, &status, NULL));
	assert_int_equal(status, 404);
	assert_int_equal(get(httpd.port, "big", LIMIT, &status, NULL), -1);
	assert_non_null(strstr(err.text, "/big: the answer is longer than"));
	assert_int_equal(get(free_port(), "x", LIMIT, &status, NULL), -1);
	assert_int_equal(err.kind, ERROR_BROKEN);
	mute = listen_mute(&port);
	assert_int_equal(get(port, "x", 200, &status, NULL), -1);
	assert_true(str_ends(err.text, "/x: no whole answer within 0.20 s"));
	close(mute);
	assert_int_equal(http_get("no-such-netns", "http://127.0.0.1/", 1000,
				  &status, NULL, &err), -1);
	assert_non_null(strstr(err.text, "no-such-netns"));
	assert_int_equal(http_get(NULL, "file:///etc/passwd", 1000, &status,
				  NULL, &err), -1);
}

/* ip-netns with its arguments; the namespace has loopback up. */
static void ip(const char *verb, const char *name)
{
	const char *argv[] = { "ip", "netns", verb, name, NULL };
	const char *up[] = {
		"ip", "-n", name, "link", "set", "lo", "up", NULL
	};
	struct proc_spec spec = {
		.argv = (char *const *)argv, .limit_ms = LIMIT,
	};

	assert_ok(proc_check(&spec, &err));
	spec.argv = (char *const *)up;
	if (strcmp(verb, "add") == 0)
		assert_ok(proc_check(&spec, &err));
}

static void test_namespace(void **state)
{
	AUTO_FREE char *name = xasprintf("test-http-%d", getpid());
	AUTO_STRBUF body = STRBUF_INIT;
	struct server server = { .netns = name, .port = 80 };
	int status;
	const char *argv[] = {
		"busybox", "httpd", "-f", "-p", "127.0.0.1:80", "-h",
		loopback_dir, NULL
	};

	(void)state;
	put("inside", "inside\n");
	assert_int_equal(chmod(loopback_dir, 0755), 0);
	ip("add", name);
	server_start(&server, argv);
	assert_ok(http_get(name, "http://127.0.0.1/inside", LIMIT, &status,
			   &body, &err));
	assert_string_equal(body.buf, "inside\n");
	/* This thread is where it was. */
	assert_ok(get(httpd.port, "hello", LIMIT, &status, NULL));
	assert_int_equal(status, 200);
	server_stop(&server);
	ip("delete", name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_namespace),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
