/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Console servers that speak telnet (RFC 854), and ser2net and others that
 * take the port's speed over it (RFC 2217).
 *
 * Eight bits both ways are asked for (RFC 856). Where that is refused, a
 * carriage return is followed by NUL on the wire (RFC 854, page 11); 255 is
 * doubled everywhere.
 *
 * From when on do we send eight bits? The server does what it answers, so that
 * is not known before its answer is here: until then what is typed waits. A
 * server that answers nothing at all, not even that it will not, speaks no
 * telnet, or is a wall: that is told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/console_tcp.h"

#define IAC 255
#define DONT 254
#define DO 253
#define WONT 252
#define WILL 251
#define SB 250
#define SE 240

#define OPT_BINARY 0
#define OPT_ECHO 1
#define OPT_SGA 3
#define OPT_COM_PORT 44

/* RFC 2217, "Com Port Control Commands"; the server's are 100 more. */
#define SET_BAUDRATE 1
#define SET_DATASIZE 2
#define SET_PARITY 3
#define SET_STOPSIZE 4
#define SET_CONTROL 5
#define SERVER 100

#define SUB_MAX 64
#define ANSWER_LIMIT_MS 3000
#define TYPED_MAX 65536		/* while it waits; more is let go at once */

enum state { TEXT, AFTER_IAC, OPTION, SUB, SUB_IAC };

struct telnet {
	enum state state;
	unsigned char verb;
	bool com_port;		/* RFC 2217 is wanted */
	bool asked_do[256], asked_will[256];	/* what we said */
	bool does[256], lets[256];	/* the server WILL; we may (its DO) */
	bool after_cr;
	bool speaks;		/* it has answered something */
	bool settled;		/* how we send is known */
	struct strbuf typed;	/* until then */
	sd_event_source *limit;
	unsigned char sub[SUB_MAX];
	size_t sub_len;
	long speed;
};

static void say(struct console_link *link, unsigned char verb,
		unsigned char option)
{
	const unsigned char bytes[] = { IAC, verb, option };

	strbuf_add(&link->to_device, bytes, sizeof(bytes));
}

static void ask_do(struct console_link *link, unsigned char option)
{
	struct telnet *t = link->state;

	t->asked_do[option] = true;
	say(link, DO, option);
}

static void ask_will(struct console_link *link, unsigned char option)
{
	struct telnet *t = link->state;

	t->asked_will[option] = true;
	say(link, WILL, option);
}

static void encode(struct console_link *link, const char *data, size_t len)
{
	const struct telnet *t = link->state;

	for (size_t i = 0; i < len; i++) {
		strbuf_addch(&link->to_device, data[i]);
		if ((unsigned char)data[i] == IAC)
			strbuf_addch(&link->to_device, (char)IAC);
		else if (data[i] == '\r' && !t->lets[OPT_BINARY])
			strbuf_addch(&link->to_device, '\0');
	}
}

static void settle(struct console_link *link)
{
	struct telnet *t = link->state;

	if (t->settled)
		return;
	t->settled = true;
	encode(link, t->typed.buf, t->typed.len);
	strbuf_clear(&t->typed);
}

static void telnet_encode(struct console_link *link, const char *data,
			  size_t len)
{
	struct telnet *t = link->state;

	if (t->settled) {
		encode(link, data, len);
		return;
	}
	strbuf_add(&t->typed, data, len);
	if (t->typed.len > TYPED_MAX)
		settle(link);
}

static int on_limit(sd_event_source *source, uint64_t usec, void *arg)
{
	struct console_link *link = arg;
	struct telnet *t = link->state;

	(void)source;
	(void)usec;
	if (!t->speaks) {
		link->lost(link, "it took the connection and does not answer "
			   "as telnet does: a raw port is the module tcp's");
		return 0;
	}
	link->there(link);
	settle(link);
	link->send(link);
	return 0;
}

static void set_port(struct console_link *link, unsigned char what,
		     const unsigned char *value, size_t len)
{
	const unsigned char begin[] = { IAC, SB, OPT_COM_PORT, what };
	const unsigned char end[] = { IAC, SE };

	strbuf_add(&link->to_device, begin, sizeof(begin));
	for (size_t i = 0; i < len; i++) {
		strbuf_addch(&link->to_device, (char)value[i]);
		if (value[i] == IAC)
			strbuf_addch(&link->to_device, (char)IAC);
	}
	strbuf_add(&link->to_device, end, sizeof(end));
}

/* 8 bits, no parity, one stop bit, no flow control. */
static void set_whole_port(struct console_link *link)
{
	const struct telnet *t = link->state;
	const unsigned char speed[] = {
		(unsigned char)(t->speed >> 24),
		(unsigned char)(t->speed >> 16),
		(unsigned char)(t->speed >> 8), (unsigned char)t->speed,
	};
	const unsigned char eight = 8, one = 1;

	set_port(link, SET_BAUDRATE, speed, sizeof(speed));
	set_port(link, SET_DATASIZE, &eight, 1);
	set_port(link, SET_PARITY, &one, 1);
	set_port(link, SET_STOPSIZE, &one, 1);
	set_port(link, SET_CONTROL, &one, 1);
}

static bool we_want_it_to(unsigned char option)
{
	return option == OPT_BINARY || option == OPT_ECHO ||
	       option == OPT_SGA;
}

static bool we_may(const struct telnet *t, unsigned char option)
{
	return option == OPT_BINARY || option == OPT_SGA ||
	       (option == OPT_COM_PORT && t->com_port);
}

/* An answer to what was agreed would be answered again, for ever. */
static void on_will(struct console_link *link, unsigned char option)
{
	struct telnet *t = link->state;

	if (!we_want_it_to(option)) {
		say(link, DONT, option);
		return;
	}
	t->does[option] = true;
	if (!t->asked_do[option])
		ask_do(link, option);
}

static void on_wont(struct console_link *link, unsigned char option)
{
	struct telnet *t = link->state;

	if (t->does[option])
		say(link, DONT, option);
	t->does[option] = t->asked_do[option] = false;
}

static void on_do(struct console_link *link, unsigned char option)
{
	struct telnet *t = link->state;

	if (!we_may(t, option)) {
		say(link, WONT, option);
		return;
	}
	if (!t->asked_will[option])
		ask_will(link, option);
	if (option == OPT_COM_PORT && !t->lets[option])
		set_whole_port(link);
	t->lets[option] = true;
	if (option == OPT_BINARY)
		settle(link);
}

static void on_dont(struct console_link *link, unsigned char option)
{
	struct telnet *t = link->state;

	if (option == OPT_COM_PORT && t->com_port) {
		link->lost(link, "it does not speak RFC 2217: the module "
			   "telnet takes it as it is");
		return;
	}
	if (t->lets[option])
		say(link, WONT, option);
	t->lets[option] = t->asked_will[option] = false;
	if (option == OPT_BINARY)
		settle(link);
}

static void on_option(struct console_link *link, unsigned char option)
{
	struct telnet *t = link->state;

	t->speaks = true;
	if (!t->com_port)
		link->there(link);
	switch (t->verb) {
	case WILL: on_will(link, option); break;
	case WONT: on_wont(link, option); break;
	case DO: on_do(link, option); break;
	case DONT: on_dont(link, option); break;
	}
}

/* A port that cannot be that fast says which speed it took. */
static void on_sub(struct console_link *link)
{
	const struct telnet *t = link->state;
	char reason[80];
	long got;

	if (t->sub_len != 6 || t->sub[0] != OPT_COM_PORT ||
	    t->sub[1] != SERVER + SET_BAUDRATE)
		return;
	got = (long)t->sub[2] << 24 | (long)t->sub[3] << 16 |
	      (long)t->sub[4] << 8 | t->sub[5];
	if (got == t->speed) {
		link->there(link);
		return;
	}
	snprintf(reason, sizeof(reason), "its port runs at %ld baud, not %ld",
		 got, t->speed);
	link->lost(link, reason);
}

static enum state after_iac(struct telnet *t, unsigned char c)
{
	if (c == SB) {
		t->sub_len = 0;
		return SUB;
	}
	if (c < WILL)
		return TEXT;	/* NOP, GA, ... */
	t->verb = c;
	return OPTION;
}

static void add_sub(struct telnet *t, unsigned char c)
{
	if (t->sub_len < SUB_MAX)
		t->sub[t->sub_len++] = c;
}

/* True: the byte is the console's. */
static bool take_text(struct telnet *t, unsigned char c)
{
	bool padding = c == 0 && t->after_cr && !t->does[OPT_BINARY];

	t->speaks = true;
	t->after_cr = c == '\r';
	return !padding;
}

static bool take(struct console_link *link, unsigned char c)
{
	struct telnet *t = link->state;

	switch (t->state) {
	case TEXT:
		if (c == IAC)
			t->state = AFTER_IAC;
		else
			return take_text(t, c);
		return false;
	case AFTER_IAC:
		t->state = c == IAC ? TEXT : after_iac(t, c);
		return c == IAC && take_text(t, c);
	case OPTION:
		t->state = TEXT;
		on_option(link, c);
		return false;
	case SUB:
		if (c == IAC)
			t->state = SUB_IAC;
		else
			add_sub(t, c);
		return false;
	case SUB_IAC:
		t->state = c == SE ? TEXT : SUB;
		if (c == SE)
			on_sub(link);
		else
			add_sub(t, c);
		return false;
	}
	return false;
}

static size_t telnet_decode(struct console_link *link, char *data, size_t len)
{
	size_t kept = 0;

	/* what is lost in the middle takes its state with it */
	for (size_t i = 0; i < len && link->state; i++)
		if (take(link, (unsigned char)data[i]))
			data[kept++] = data[i];
	return kept;
}

static int open_link(struct console_link *link, bool com_port,
		     struct error *err)
{
	struct telnet *t;

	if (console_tcp_open(link, err) < 0)
		return -1;
	t = link->state = xcalloc(1, sizeof(*t));
	link->unsure = true;
	t->com_port = com_port;
	t->typed = (struct strbuf)STRBUF_INIT;
	if (sd_event_add_time_relative(link->event, &t->limit, CLOCK_MONOTONIC,
				       ANSWER_LIMIT_MS * 1000ULL, 1000,
				       on_limit, link) < 0)
		return error_set(err, ERROR_BROKEN, "no timer for telnet");
	ask_do(link, OPT_SGA);
	ask_do(link, OPT_BINARY);
	ask_will(link, OPT_BINARY);
	if (!com_port)
		return 0;
	ask_will(link, OPT_COM_PORT);
	return argument_number(&link->source->args, "speed", 1, 4000000,
			       115200, &t->speed, err);
}

static int telnet_open(struct console_link *link, struct error *err)
{
	return open_link(link, false, err);
}

static int ser2net_open(struct console_link *link, struct error *err)
{
	return open_link(link, true, err);
}

static int ser2net_check(const struct console_source *source,
			 struct error *err)
{
	long speed;

	return argument_number(&source->args, "speed", 1, 4000000, 115200,
			       &speed, err) < 0 ? -1 :
	       console_tcp_check(source, err);
}

static void telnet_close(struct console_link *link)
{
	struct telnet *t = link->state;

	if (!t)
		return;
	sd_event_source_disable_unref(t->limit);
	strbuf_release(&t->typed);
	free(t);
	link->state = NULL;
}

const struct console_module console_telnet = {
	.name = "telnet",
	.summary = "a console server's port by telnet",
	.usage = "host=NAME:PORT",
	.keys = "host!",
	.check = console_tcp_check, .open = telnet_open,
	.decode = telnet_decode, .encode = telnet_encode,
	.close = telnet_close,
};

const struct console_module console_ser2net = {
	.name = "ser2net", .aliases = "rfc2217",
	.summary = "a serial port by RFC 2217, which sets its speed",
	.usage = "host=NAME:PORT [speed=115200]",
	.keys = "host! speed",
	.check = ser2net_check, .open = ser2net_open,
	.decode = telnet_decode, .encode = telnet_encode,
	.close = telnet_close,
};
