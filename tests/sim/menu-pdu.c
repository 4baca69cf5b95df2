/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PDUs with a command line: APC's (AOS 5), WTI's, NETIO's KSHELL.
 *
 *	menu-pdu PORT DIR apc|wti|netio		by telnet
 *	menu-pdu - DIR apc|wti			as somebody's login shell: sshd
 *						has asked who it is
 *
 * The user is labuser. DIR/password: what it must know; DIR/mood: honest,
 * lying (says done, does nothing), slow (takes effect with the third
 * reading), silent, reset (the connection), refusing.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "tests/sim/device.h"

static const char *model;
static bool logged_in;	/* by sshd */

/*
 * Each login is a process of its own, which may be killed at any moment: what
 * is on is kept in a file, whole or not at all.
 */
static void load(void)
{
	AUTO_FREE char *path = xasprintf("%s/outlets", dir);
	AUTO_STRBUF text = STRBUF_INIT;

	if (file_exists(path) &&
	    file_read(path, sizeof(outlets), &text, NULL) == 0 &&
	    text.len == sizeof(outlets))
		memcpy(outlets, text.buf, sizeof(outlets));
}

static void keep(void)
{
	AUTO_FREE char *path = xasprintf("%s/outlets", dir);

	if (logged_in && file_publish(path, outlets, sizeof(outlets), 0600,
				      NULL) < 0)
		perror(path);
}

static void set(int n, bool on)
{
	set_outlet(n, on);
	keep();
}

static bool get(int n)
{
	bool on = get_outlet(n);

	keep();
	return on;
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
	if (!logged_in)
		fputs("\377\373\001\377\375\003\r\n", f);
	while (!logged_in && ask(f, in, "User Name : ", user, sizeof(user)) &&
	       ask(f, in, "Password  : ", line, sizeof(line)))
		if (strcmp(user, "labuser") == 0 && word_is("password", line))
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

	if (!logged_in && !ask(f, in, "Enter Password: ", line, sizeof(line)))
		return;
	if (!logged_in && !word_is("password", line)) {
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
			for (int i = 1; i < 9; i++)
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

static void talk(FILE *out, FILE *in)
{
	if (strcmp(model, "apc") == 0)
		apc(out, in);
	else if (strcmp(model, "wti") == 0)
		wti(out, in);
	else
		netio(out, in);
}

static void serve(int fd)
{
	FILE *in, *out;

	if (mood_is("silent"))
		return;
	in = fdopen(fd, "r");
	out = fdopen(dup(fd), "w");
	if (mood_is("reset"))
		abort_connection(fd);
	else
		talk(out, in);
	fclose(out);
	fclose(in);
}

/* With a terminal, which shows what is typed. */
static void serve_login(void)
{
	if (mood_is("reset"))
		kill(getppid(), SIGKILL);	/* the sshd of this login */
	if (mood_is("silent") || mood_is("reset"))
		pause();
	logged_in = true;
	load();
	talk(stdout, stdin);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: menu-pdu PORT|- DIR MODEL\n");
		return 2;
	}
	dir = argv[2];
	model = argv[3];
	if (strcmp(argv[1], "-") != 0)
		return serve_port(argv[1], serve);
	serve_login();
	return 0;
}
