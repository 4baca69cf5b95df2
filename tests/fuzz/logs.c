/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that reads lines which hosts can write, on lines that nobody wrote.
 *
 * With clang's libFuzzer (-fsanitize=fuzzer -DWITH_LIBFUZZER) an endless
 * search; without, a main() of its own that changes good lines at random, the
 * same way each time: logs [ROUNDS]. To be built with -fsanitize=address,
 * undefined; what it finds ends it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "watch/dhcplog.h"
#include "watch/leases.h"
#include "watch/patterns.h"
#include "watch/tftplog.h"
#include "watch/weblog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each string is where it says, and ends there. */
#define CHECK_TEXT(field) do { \
	if (memchr(field, '\0', sizeof(field)) == NULL) \
		abort(); \
} while (0)

static void fuzz_weblog(const char *text)
{
	struct weblog_line line;
	char value[8];

	if (weblog_parse(text, &line) && line.path[0] != '/')
		abort();
	CHECK_TEXT(line.client);
	CHECK_TEXT(line.method);
	CHECK_TEXT(line.path);
	CHECK_TEXT(line.query);
	CHECK_TEXT(line.agent);
	weblog_query_value(text, "r", value, sizeof(value));
	CHECK_TEXT(value);
}

static void fuzz_services(const char *text)
{
	struct dhcplog_line dhcp;
	struct tftplog_line tftp;
	struct lease lease;

	if (dhcplog_parse(text, &dhcp) && strlen(dhcp.ether) != 17)
		abort();
	CHECK_TEXT(dhcp.address);
	tftplog_parse(text, &tftp);
	CHECK_TEXT(tftp.path);
	CHECK_TEXT(tftp.reason);
	if (leases_find(text, "52:54:00:12:34:56", 0, &lease))
		CHECK_TEXT(lease.address);
}

/* Text as a file of rows, and as a line of a console. */
static void fuzz_patterns(const char *text, const char *console)
{
	static struct patterns *rows;
	struct patterns *own = patterns_new();

	if (!rows && patterns_load(&rows, NULL, NULL) < 0)
		abort();
	patterns_match(rows, console, true);
	if (patterns_add(own, "fuzz", text, NULL) == 0)
		patterns_match(own, console, false);
	patterns_free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Its own memory, so that one byte too far is noticed. */
	AUTO_FREE char *text = xstrndup((const char *)data, size);
	AUTO_FREE char *console = xstrdup(text);

	fuzz_weblog(text);
	fuzz_services(text);
	console_clean(console);
	if (strlen(console) > strlen(text))
		abort();
	fuzz_patterns(text, console);
	return 0;
}

#ifndef WITH_LIBFUZZER
#define TEXT_MAX 600

static const char *const seeds[] = {
	"10.0.0.5 - - [20/Nov/2026:05:12:01 +0000] \"GET /iron1/x?r=%20&b=+ "
		"HTTP/1.1\" 404 12 \"-\" \"Wget \\x41\\\"\"",
	"h:80 ::ffff:10.0.0.5 - - [20/Nov/2026:05:12:01 +0000] \"GET "
		"http://a/b HTTP/1.1\" 200 -",
	"Nov 20 05:12:01 dnsmasq-dhcp[12]: 77 DHCPACK(br0) 10.0.0.5 "
		"52:54:00:12:34:56 iron1",
	"Nov 20 05:12:01 c dhcpd[7]: DHCPREQUEST for 10.0.0.5 (10.0.0.1) from "
		"52:54:00:12:34:56 (iron1) via eth0",
	"Nov 20 05:12:01 c in.tftpd[5]: RRQ from 10.0.0.5 filename x remapped "
		"to y",
	"in.tftpd[5]: sending NAK (1, File not found) to 10.0.0.5",
	"dnsmasq-tftp[5]: file /a not found for 10.0.0.5",
	"1763615521 52:54:00:12:34:56 10.0.0.5 iron1 *\n0 52:54:00:12:34:56 "
		"10.0.0.6 * *\n",
	"lease 10.0.0.5 {\n  ends 5 2026/11/20 06:00:00;\n  binding state "
		"active;\n  hardware ethernet 52:54:00:12:34:56;\n}\n",
	"\033[1m(XEN) Assertion 'x' failed at \033]0;t\a BUG: login: ",
};

static uint32_t next_random(void)
{
	static uint32_t x = 2463534242;

	/* xorshift, Marsaglia 2003 */
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

/* A few bytes changed, cut, doubled or taken from another seed. */
static size_t mutate(char *text, size_t len)
{
	static const char likely[] = " \":/.[]()\\%x0-9\n\033;{}*,\0\xff";
	const char *other = seeds[next_random() % ARRAY_SIZE(seeds)];
	size_t at = len ? next_random() % len : 0;
	size_t count = next_random() % 16;

	switch (next_random() % 5) {
	case 0:
		text[at] = likely[next_random() % sizeof(likely)];
		return len > at ? len : at + 1;
	case 1:
		text[at] = (char)next_random();
		return len > at ? len : at + 1;
	case 2:
		count = count < len - at ? count : len - at;
		memmove(text + at, text + at + count, len - at - count);
		return len - count;
	case 3:
		if (len + count >= TEXT_MAX || at + count > len)
			return len;
		memmove(text + at + count, text + at, len - at);
		return len + count;
	default:
		count = strnlen(other, TEXT_MAX - at);
		memcpy(text + at, other, count);
		return at + count > len ? at + count : len;
	}
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 100000;
	char text[TEXT_MAX + 1];

	for (long i = 0; i < rounds; i++) {
		const char *seed = seeds[i % (long)ARRAY_SIZE(seeds)];
		size_t len = strlen(seed);

		memcpy(text, seed, len);
		for (uint32_t n = next_random() % 8; n > 0; n--)
			len = mutate(text, len);
		LLVMFuzzerTestOneInput((const uint8_t *)text, len);
	}
	printf("%ld lines, nothing found\n", rounds);
	return 0;
}
#endif
