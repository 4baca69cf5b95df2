/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial console that dom0 and Xen share: stdin is what is typed, stdout
 * what is shown.
 *
 *	xen-console DIR
 *
 * DIR/mood: honest, silent (nobody takes Ctrl-a), deaf (takes no key, but
 * guests talk), slow (a guest talks first, Xen takes its time), sticky (never
 * gives the input back to dom0). DIR/conswitch: the letter of Xen's option of
 * that name, 'a' without. DIR/asked: "input Xen", "key d"; "early
 * key" when one came before the answer to the one before.
 */
#include <ctype.h>
#include <poll.h>
#include <stdio.h>

#include "tests/sim/device.h"

#define GUEST "(XEN) d0v0 Unhandled: vec 13, #GP[0000]"
#define SLOWNESS_MS 700		/* more than the silence that ends an answer */

/* Keys of Xen 4.17; in some, the answer does not name the key. */
static const struct {
	char key;
	const char *answer;
} answers[] = {
	{ 'd', "'d' pressed -> dumping registers\r\n(XEN) \r\n"
	       "(XEN) *** Dumping CPU0 host state: ***\r\n(XEN) RIP: e008:1" },
	{ '0', "'0' pressed -> dumping Dom0's registers" },
	{ 'q', "'q' pressed -> dumping domain info (now = 6241838741)\r\n"
	       "(XEN) General information for domain 0:" },
	{ 'g', "gnttab_usage_print_all [ key 'g' pressed\r\n(XEN) ] done" },
	{ 'r', "sched_smt_power_savings: disabled" },
	{ 'M', "MSI information:" },
};

static bool for_xen;
static char letter = 'a';

static void note(const char *what, const char *detail)
{
	AUTO_FREE char *path = xasprintf("%s/asked", dir);
	FILE *f = fopen(path, "a");

	fprintf(f, "%s %s\n", what, detail);
	fclose(f);
}

static void say(const char *text)
{
	printf("%s\r\n", text);
	fflush(stdout);
}

static void xen_says(const char *text)
{
	printf("(XEN) %s\r\n", text);
	fflush(stdout);
}

static void switch_input(void)
{
	AUTO_FREE char *text = NULL;

	if (mood_is("silent"))
		return;
	if (!for_xen || !mood_is("sticky"))
		for_xen = !for_xen;
	note("input", for_xen ? "Xen" : "DOM0");
	text = xasprintf("*** Serial input to %s (type 'CTRL-%c' three times "
			 "to switch input)", for_xen ? "Xen" : "DOM0", letter);
	xen_says(text);
}

/* Whoever types meanwhile did not wait for the answer. */
static void take_time(void)
{
	struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };

	if (poll(&pfd, 1, SLOWNESS_MS) > 0)
		note("early", "key");
}

static void press(char key)
{
	note("key", (char []){ key, '\0' });
	if (mood_is("deaf") || mood_is("slow"))
		say(GUEST);
	if (mood_is("deaf"))
		return;
	if (mood_is("slow"))
		take_time();
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		if (answers[i].key == key)
			xen_says(answers[i].answer);
}

int main(int argc, char **argv)
{
	AUTO_STRBUF word = STRBUF_INIT;
	int c, codes = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: xen-console DIR\n");
		return 2;
	}
	dir = argv[1];
	read_word("conswitch", &word);
	if (word.len)
		letter = *word.buf;
	setvbuf(stdin, NULL, _IONBF, 0);
	say("iron1 login: ");
	while ((c = getchar()) != EOF) {
		codes = c == (letter & 0x1f) ? codes + 1 : 0;
		if (codes == 3) {
			codes = 0;
			switch_input();
		} else if (!codes && for_xen) {
			press((char)c);
		} else if (!codes && isprint(c)) {
			printf("%c", c);	/* dom0's getty */
			fflush(stdout);
		}
	}
	return 0;
}
