/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of telnet, in whatever pieces they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/console_module.h"

#define DO_BINARY "\377\375\0"
#define DONT_BINARY "\377\376\0"
#define WILL_BINARY "\377\373\0"
#define DONT_COM_PORT "\377\376\54"
/* DO SGA, DO BINARY, WILL BINARY */
#define QUESTIONS "\377\375\3" DO_BINARY WILL_BINARY

/* The text of a constant with zeros in it, and its length. */
#define BYTES(text) text, sizeof(text) - 1

static struct console_link connection;
static struct console_source source;
static int listener = -1;
static int there, lost;

static void on_there(struct console_link *l)
{
	l->unsure = false;
	there++;
}

static void on_lost(struct console_link *l, const char *reason)
{
	assert_non_null(strstr(reason, "does not speak RFC 2217"));
	l->source->module->close(l);
	lost++;
}

/* A server that takes the connection, and whose words are the test's. */
static char *listen_somewhere(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (void *)&address, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (void *)&address, &len), 0);
	return xasprintf("host=127.0.0.1:%d", ntohs(address.sin_port));
}

static void begin(const char *module)
{
	AUTO_FREE char *host = listen_somewhere();
	char *words[] = { (char *)module, host, NULL };
	struct error err;

	assert_int_equal(console_source_make(&source, "console", words, &err),
			 0);
	connection = (struct console_link){
		.source = &source, .fd = -1, .to_device = STRBUF_INIT,
		.there = on_there, .lost = on_lost,
	};
	assert_true(sd_event_new(&connection.event) >= 0);
	there = lost = 0;
	assert_int_equal(source.module->open(&connection, &err), 0);
	assert_true(connection.unsure);
}

static int tear_down(void **state)
{
	(void)state;
	source.module->close(&connection);
	close(connection.fd);
	close(listener);
	strbuf_release(&connection.to_device);
	sd_event_unref(connection.event);
	console_source_release(&source);
	return 0;
}

static void assert_sent(const char *bytes, size_t len)
{
	assert_int_equal(connection.to_device.len, len);
	assert_memory_equal(connection.to_device.buf, bytes, len);
	strbuf_clear(&connection.to_device);
}

/* What of the wire's bytes is the console's, a byte at a time. */
static void assert_read(const char *wire, size_t len, const char *text,
			size_t text_len)
{
	AUTO_STRBUF got = STRBUF_INIT;

	for (size_t i = 0; i < len && connection.state; i++) {
		char byte = wire[i];

		strbuf_add(&got, &byte,
			   source.module->decode(&connection, &byte, 1));
	}
	assert_int_equal(got.len, text_len);
	assert_memory_equal(got.buf, text, text_len);
}

static void type(const char *text, size_t len)
{
	source.module->encode(&connection, text, len);
}

static void test_typed_waits(void **state)
{
	(void)state;
	begin("telnet");
	assert_sent(BYTES(QUESTIONS));
	type(BYTES("a\rb\377"));
	assert_sent(BYTES(""));
	assert_read(BYTES(DO_BINARY), BYTES(""));
	assert_sent(BYTES("a\rb\377\377"));
	type(BYTES("\r"));
	assert_sent(BYTES("\r"));
}

static void test_seven_bits(void **state)
{
	(void)state;
	begin("telnet");
	assert_sent(BYTES(QUESTIONS));
	type(BYTES("a\rb"));
	assert_read(BYTES(DONT_BINARY), BYTES(""));
	assert_sent(BYTES("a\r\0b"));
	type(BYTES("\r\n"));
	assert_sent(BYTES("\r\0\n"));
}

static void test_pieces(void **state)
{
	(void)state;
	begin("telnet");
	assert_read(BYTES("x\377\377\r\0y"), BYTES("x\377\ry"));
	assert_int_equal(there, 0);
	assert_read(BYTES(WILL_BINARY "\r\0\377\377"), BYTES("\r\0\377"));
	assert_int_equal(there, 1);
	/* a subnegotiation of no use, with 255 in it */
	assert_read(BYTES("a\377\372\54\1\377\377\377\360b"), BYTES("ab"));
	assert_int_equal(lost, 0);
}

static void test_no_com_port(void **state)
{
	(void)state;
	begin("ser2net");
	assert_read(BYTES(DO_BINARY DONT_COM_PORT "more"), BYTES(""));
	assert_int_equal(lost, 1);
	assert_int_equal(there, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_typed_waits, tear_down),
		cmocka_unit_test_teardown(test_seven_bits, tear_down),
		cmocka_unit_test_teardown(test_pieces, tear_down),
		cmocka_unit_test_teardown(test_no_com_port, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
