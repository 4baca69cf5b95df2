/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PDUs with a command line over telnet: APC's (AOS 5), WTI's, NETIO's KSHELL.
 *
 *	telnet-pdu PORT DIR apc|wti|netio
 *
 * The user is labuser. DIR/password: what it must know; DIR/mood: honest,
 * lying (says done, does nothing), slow (takes effect with the third
 * reading), silent, reset (the connection), refusing.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"

#define OUTLETS 9

static const char *dir;
static bool on[OUTLETS], next[OUTLETS];
static int readings[OUTLETS];

static void read_word(const char *name, struct strbuf *out)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	if (file_exists(path) && file_read(path, 4096, out, NULL) == 0)
		strbuf_rtrim(out);
}

static bool mood_is(const char *mood)
{
	AUTO_STRBUF word = STRBUF_INIT;

	read_word("mood", &word);
	return strcmp(word.buf, mood) == 0;
}

static bool password_is(const char *text)
{
	AUTO_STRBUF word = STRBUF_INIT;

	read_word("password", &word);
	return strcmp(word.buf, text) == 0;
}

static void set(int n, bool wanted)
{
	n %= OUTLETS;
	if (mood_is("lying"))
		return;
	next[n] = wanted;
	readings[n] = mood_is("slow") ? 3 : 0;
	if (!readings[n])
		on[n] = wanted;
}

static bool get(int n)
{
	n %= OUTLETS;
	if (readings[n] && --readings[n] == 0)
		on[n] = next[n];
	return on[n];
}

/* The next line, telnet's options and the line's end taken off. */
static bool read_line(FILE *in, char *line, size_t size)
{
	size_t len = 0;
	int c;

	while ((c = getc(in)) != EOF && c != '\n') {
		if (c == 255) {
			getc(in);
			getc(in);
		} else if (c != '\r' && len + 1 < size) {
			line[len++] = (char)c;
		}
	}
	line[len] = '\0';
	return c != EOF;
}

static bool ask(FILE *f, FILE *in, const char *prompt, char *line, size_t size)
{
	fputs(prompt, f);
	fflush(f);
	return read_line(in, line, size);
}

static void apc(FILE *f, FILE *in)
{
	char user[200], line[200];

	/* will echo, do suppress go ahead */
	fputs("\377\373\001\377\375\003\r\n", f);
	while (ask(f, in, "User Name : ", user, sizeof(user)) &&
	       ask(f, in, "Password  : ", line, sizeof(line)))
		if (strcmp(user, "labuser") == 0 && password_is(line))
			break;
	fputs("\r\nAmerican Power Conversion\r\n", f);
	while (ask(f, in, "apc>", line, sizeof(line))) {
		int n = atoi(line + strcspn(line, " "));

		fprintf(f, "%s\r\n", line);
		if (strcmp(line, "exit") == 0)
			return;
		if (mood_is("refusing")) {
			fputs("E101: Command Not Found\r\n", f);
			continue;
		}
		if (str_starts(line, "olOn ") || str_starts(line, "olOff "))
			set(n, line[3] == 'n');
		fputs("E000: Success\r\n", f);
		if (str_starts(line, "olStatus "))
			fprintf(f, " %d: Outlet %d: %s\r\n", n, n,
				get(n) ? "On" : "Off");
	}
}

static void wti(FILE *f, FILE *in)
{
	char line[200];

	if (!ask(f, in, "Enter Password: ", line, sizeof(line)))
		return;
	if (!password_is(line)) {
		fputs("\r\nInvalid password\r\n", f);
		return;
	}
	while (ask(f, in, "\r\nNPS> ", line, sizeof(line))) {
		int n = atoi(line + strcspn(line, " "));

		if (strcmp(line, "/X") == 0)
			return;
		if (mood_is("refusing"))
			continue;
		if (str_starts(line, "/On ") || str_starts(line, "/Off "))
			set(n, line[2] == 'n');
		else if (strcmp(line, "/S") == 0)
			for (int i = 1; i < OUTLETS; i++)
				fprintf(f, " %d | host%d | %s | 0.5 s\r\n", i,
					i, get(i) ? "ON" : "OFF");
	}
}

static void netio(FILE *f, FILE *in)
{
	char line[200];
	AUTO_STRBUF word = STRBUF_INIT;
	AUTO_FREE char *login = NULL;
	bool known = false;

	read_word("password", &word);
	login = xasprintf("login labuser %s", word.buf);
	fputs("100 HELLO 12345678 - KSHELL V1.5\r\n", f);
	while (ask(f, in, "", line, sizeof(line))) {
		int n = strlen(line) > 5 ? atoi(line + 5) : 0;

		if (strcmp(line, "quit") == 0)
			return;
		if (!known && strcmp(line, login) != 0) {
			fputs("503 INVALID LOGIN\r\n", f);
			continue;
		}
		if (!known) {
			known = true;
			fputs("250 OK\r\n", f);
		} else if (str_starts(line, "port ") && strlen(line) > 7) {
			set(n, line[7] == '1');
			fputs("250 OK\r\n", f);
		} else {
			fprintf(f, "250 %d\r\n", get(n));
		}
	}
}

static void serve(int fd, const char *model)
{
	const struct linger abort = { .l_onoff = 1 };
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");

	if (mood_is("silent"))
		return;
	if (mood_is("reset"))
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
	else if (strcmp(model, "apc") == 0)
		apc(out, in);
	else if (strcmp(model, "wti") == 0)
		wti(out, in);
	else
		netio(out, in);
	fclose(out);
	fclose(in);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (argc != 4) {
		fprintf(stderr, "usage: telnet-pdu PORT DIR MODEL\n");
		return 2;
	}
	dir = argv[2];
	signal(SIGPIPE, SIG_IGN);
	address.sin_port = htons(atoi(argv[1]));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (void *)&address, sizeof(address)) < 0 ||
	    listen(fd, 50) < 0) {
		perror("telnet-pdu");
		return 1;
	}
	for (;;)
		serve(accept(fd, NULL, NULL), argv[3]);
}
