/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "cmd/init-answers.h"
#include "host/host.h"
#include "pdu/method.h"

#define ANSWER_MAX 1000
#define RANGE_MOST 4096

struct question {
	const char *option;
	const char *text;
	size_t offset;		/* in struct answers */
	/* Words of the caller's to free, or NULL. */
	char *(*suggest)(const struct answers *answers);
	bool certain;		/* the suggestion needs nobody's consent */
	int (*check)(const struct answers *answers, const char *value,
		     struct error *err);
};

static char *list_names(const struct answers *answers)
{
	AUTO_STRVEC names = STRVEC_INIT;

	for (size_t i = 0; i < answers->interfaces.count; i++) {
		const struct interface *one = &answers->interfaces.v[i];

		strvec_pushf(&names, "%s (%s)", one->name,
			     inet_ntoa(one->address));
	}
	return names.count ? strvec_join(&names, ", ") :
			     xstrdup("none, 'ip address add' gives one");
}

static char *only_interface(const struct answers *answers)
{
	return answers->interfaces.count == 1 ?
	       xstrdup(answers->interfaces.v[0].name) : NULL;
}

static int check_interface(const struct answers *answers, const char *value,
			   struct error *err)
{
	AUTO_FREE char *names = NULL;

	if (interfaces_find(&answers->interfaces, value))
		return 0;
	names = list_names(answers);
	return error_set(err, ERROR_USAGE, "'%.20s' is no interface with an "
			 "IPv4 address; there are: %s", value, names);
}

static int check_host(const struct answers *answers, const char *value,
		      struct error *err)
{
	(void)answers;
	return name_check("host", value, err);
}

/* Where it will be served, as far as that is known already. */
static int check_neighbour(const struct answers *answers, struct in_addr in,
			   const char *value, struct error *err)
{
	const struct interface *at = answers->interface ?
		interfaces_find(&answers->interfaces, answers->interface) :
		NULL;

	if (!at)
		return 0;
	if (in.s_addr == at->address.s_addr)
		return error_set(err, ERROR_USAGE, "%s is the controller's "
				 "own address on %s", value, at->name);
	if ((in.s_addr ^ at->address.s_addr) & at->netmask.s_addr)
		return error_set(err, ERROR_USAGE, "%s is not in the network "
				 "of %s (%s)", value, at->name,
				 inet_ntoa(at->address));
	if ((in.s_addr & ~at->netmask.s_addr) == 0 ||
	    (in.s_addr | at->netmask.s_addr) == INADDR_NONE)
		return error_set(err, ERROR_USAGE, "%s is the network or its "
				 "broadcast address, not a host's", value);
	return 0;
}

static int check_address(const struct answers *answers, const char *value,
			 struct error *err)
{
	struct in_addr in;

	if (inet_pton(AF_INET, value, &in) != 1)
		return error_set(err, ERROR_USAGE, "'%.40s' is not an IPv4 "
				 "address like 192.0.2.14", value);
	return check_neighbour(answers, in, value, err);
}

/* Who had that address when it was heard last (proc(5), net/arp). */
static char *heard_ether(const struct answers *answers)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC lines = STRVEC_INIT;

	if (!answers->address ||
	    file_read("/proc/net/arp", 1 << 20, &text, NULL) < 0)
		return NULL;
	strvec_split(&lines, text.buf, "\n");
	for (size_t i = 1; i < lines.count; i++) {
		AUTO_STRVEC words = STRVEC_INIT;

		strvec_split(&words, lines.v[i], " ");
		if (words.count > 3 &&
		    strcmp(words.v[0], answers->address) == 0 &&
		    strcmp(words.v[3], "00:00:00:00:00:00") != 0)
			return xstrdup(words.v[3]);
	}
	return NULL;
}

static int check_ether(const struct answers *answers, const char *value,
		       struct error *err)
{
	size_t good = 0;

	(void)answers;
	while (good < 17 && (good % 3 == 2 ? value[good] == ':' :
			     isxdigit((unsigned char)value[good])))
		good++;
	if (good != 17 || value[17])
		return error_set(err, ERROR_USAGE, "'%.40s' is not a MAC "
				 "address like 52:54:00:12:34:56", value);
	/* IEEE 802: the lowest bit of the first byte says: to a group */
	if (strchr("13579bdfBDF", value[1]))
		return error_set(err, ERROR_USAGE, "%s is the address of a "
				 "group, not of an interface", value);
	return 0;
}

static char *suggest_manual(const struct answers *answers)
{
	(void)answers;
	return xstrdup("manual");
}

static int check_power(const struct answers *answers, const char *value,
		       struct error *err)
{
	const struct host host = {
		.name = (char *)(uintptr_t)str_or(answers->host, "new"),
	};
	struct pdu_ports ports;

	if (pdu_ports_parse(&host, value, &ports, err) < 0)
		return -1;
	pdu_ports_release(&ports);
	return 0;
}

static char *suggest_none(const struct answers *answers)
{
	(void)answers;
	return xstrdup("none");
}

static int check_console(const struct answers *answers, const char *value,
			 struct error *err)
{
	(void)answers;
	if (strcmp(value, "none") == 0 || value[0] == '/')
		return 0;
	return error_set(err, ERROR_USAGE, "'%.80s' is neither none nor the "
			 "full path of a file", value);
}

static char *suggest_sda(const struct answers *answers)
{
	(void)answers;
	return xstrdup("/dev/sda");
}

static int check_disk(const struct answers *answers, const char *value,
		      struct error *err)
{
	(void)answers;
	if (str_starts(value, "/dev/") && value[5] && !strpbrk(value, " \t") &&
	    !strstr(value, ".."))
		return 0;
	return error_set(err, ERROR_USAGE, "'%.80s' is not a disk like "
			 "/dev/sda or /dev/disk/by-id/...", value);
}

/* The upper half of the network, or its last addresses when it is a big one. */
static char *upper_half(const struct answers *answers)
{
	const struct interface *at = answers->interface ?
		interfaces_find(&answers->interfaces, answers->interface) :
		NULL;
	uint32_t mask, last, count;
	struct in_addr first_in, last_in;
	char first_text[INET_ADDRSTRLEN], last_text[INET_ADDRSTRLEN];

	if (!at)
		return xstrdup("none");	/* it is missing anyway */
	mask = ntohl(at->netmask.s_addr);
	last = (ntohl(at->address.s_addr) | ~mask) - 1;
	count = (~mask + 1) / 2 - 1;
	if (count > RANGE_MOST)
		count = RANGE_MOST;
	if (count < 2)
		return xstrdup("none");
	first_in.s_addr = htonl(last - count + 1);
	last_in.s_addr = htonl(last);
	inet_ntop(AF_INET, &first_in, first_text, sizeof(first_text));
	inet_ntop(AF_INET, &last_in, last_text, sizeof(last_text));
	return xasprintf("%s,%s", first_text, last_text);
}

static int check_range(const struct answers *answers, const char *value,
		       struct error *err)
{
	const struct interface *at = answers->interface ?
		interfaces_find(&answers->interfaces, answers->interface) :
		NULL;
	AUTO_STRVEC ends = STRVEC_INIT;
	struct in_addr in[2];

	if (strcmp(value, "none") == 0)
		return 0;
	strvec_split(&ends, value, ",");
	if (ends.count != 2 || inet_pton(AF_INET, ends.v[0], &in[0]) != 1 ||
	    inet_pton(AF_INET, ends.v[1], &in[1]) != 1 ||
	    ntohl(in[0].s_addr) > ntohl(in[1].s_addr))
		return error_set(err, ERROR_USAGE, "'%.60s' is neither none "
				 "nor FIRST,LAST like 192.0.2.128,192.0.2.254",
				 value);
	for (int i = 0; i < 2 && at; i++)
		if ((in[i].s_addr ^ at->address.s_addr) & at->netmask.s_addr)
			return error_set(err, ERROR_USAGE, "%s is not in the "
					 "network of %s (%s)", ends.v[i],
					 at->name, inet_ntoa(at->address));
	return 0;
}

#define ROW(member) #member, .offset = offsetof(struct answers, member)

static const struct question questions[] = {
	{ .option = ROW(interface), .certain = true,
	  .text = "Interface that the test hosts hang on",
	  .suggest = only_interface, .check = check_interface },
	{ .option = ROW(host), .text = "Name of the first test host",
	  .check = check_host },
	{ .option = ROW(address), .text = "IPv4 address that it is to have",
	  .check = check_address },
	{ .option = ROW(ether),
	  .text = "MAC address of the interface it boots from",
	  .suggest = heard_ether, .check = check_ether },
	{ .option = ROW(power), .text = "How its power is switched ('ironbird "
	  "power --methods' lists them)",
	  .suggest = suggest_manual, .check = check_power },
	{ .option = ROW(console), .certain = true,
	  .text = "File that its serial console is recorded in, or none",
	  .suggest = suggest_none, .check = check_console },
	{ .option = ROW(disk), .text = "The disk that installs wipe",
	  .suggest = suggest_sda, .check = check_disk },
	{ .option = ROW(range), .certain = true,
	  .text = "First and last address for guests, or none",
	  .suggest = upper_half, .check = check_range },
};

static const char **answer_of(struct answers *answers,
			      const struct question *q)
{
	return (const char **)(void *)((char *)answers + q->offset);
}

static int check_one(const struct answers *answers, const struct question *q,
		     const char *value, struct error *err)
{
	if (!*value)
		return error_set(err, ERROR_USAGE, "an answer is needed");
	if (strlen(value) > ANSWER_MAX || strpbrk(value, "\n\r"))
		return error_set(err, ERROR_USAGE, "the answer is one line of "
				 "at most %d bytes", ANSWER_MAX);
	return q->check(answers, value, err);
}

/* A line without spaces around it, or NULL at the end of input. */
static char *read_line(void)
{
	char *line = NULL, *begin;
	size_t size = 0;
	struct strbuf text = STRBUF_INIT;

	if (getline(&line, &size, stdin) < 0) {
		free(line);
		return NULL;
	}
	begin = line + strspn(line, " \t");
	strbuf_addstr(&text, begin);
	strbuf_rtrim(&text);
	free(line);
	return strbuf_detach(&text);
}

static int ask_one(struct answers *answers, const struct question *q,
		   struct error *err)
{
	AUTO_FREE char *suggested = q->suggest ? q->suggest(answers) : NULL;

	for (;;) {
		struct error why = ERROR_INIT;
		char *line;

		printf("%s%s%s%s: ", q->text, suggested ? " [" : "",
		       str_or(suggested, ""), suggested ? "]" : "");
		fflush(stdout);
		line = read_line();
		if (!line)
			return error_set(err, ERROR_ABORTED, "the input "
					 "ended: nothing was written");
		if (!*line && suggested) {
			free(line);
			line = xstrdup(suggested);
		}
		if (check_one(answers, q, line, &why) == 0) {
			*answer_of(answers, q) = line;
			return 0;
		}
		printf("  %s\n", why.text);
		free(line);
	}
}

static void take_certain(struct answers *answers, const struct question *q,
			 struct strvec *missing)
{
	char *suggested = q->certain ? q->suggest(answers) : NULL;

	if (suggested)
		*answer_of(answers, q) = suggested;
	else
		strvec_pushf(missing, "--%s", q->option);
}

int answers_complete(struct answers *answers, bool ask, struct error *err)
{
	AUTO_STRVEC missing = STRVEC_INIT;
	AUTO_FREE char *names = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		const struct question *q = &questions[i];
		const char *given = *answer_of(answers, q);

		if (given && check_one(answers, q, given, err) < 0)
			return error_prefix(err, "--%s", q->option);
		if (!given && ask && ask_one(answers, q, err) < 0)
			return -1;
		if (!given && !ask)
			take_certain(answers, q, &missing);
	}
	if (!missing.count)
		return 0;
	names = strvec_join(&missing, ", ");
	return error_set(err, ERROR_USAGE, "nobody is asked, so these options "
			 "are needed: %s", names);
}

bool answer_is_yes(const char *question)
{
	AUTO_FREE char *line = NULL;

	printf("%s [Y/n] ", question);
	fflush(stdout);
	line = read_line();
	return line && *line != 'n' && *line != 'N';
}
