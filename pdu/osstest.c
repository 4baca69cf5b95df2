/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "pdu/osstest.h"

/*
 * into: words; "%N" is the N-th argument, "%*" all that are left. A method
 * that has words, and whose first one is already "key=value", stays as it is.
 */
static const struct {
	const char *name, *option, *usage, *into;
	size_t words;
} methods[] = {
	{ .name = "msw", .option = "--apc6", .usage = "PDU PORT", .words = 2,
	  .into = "snmp apc6 host=%1 outlet=%2 version=1 "
		  "community=private %*" },
	{ .name = "msw", .usage = "PDU PORT", .words = 2,
	  .into = "snmp apc-switch host=%1 outlet=%2 version=1 "
		  "community=private %*" },
	{ .name = "snmp", .option = "--apc6", .usage = "--apc6 PDU PORT",
	  .words = 2, .into = "snmp apc6 host=%1 outlet=%2 version=1 "
		  "community=private %*" },
	{ .name = "snmp", .option = "--msw", .usage = "--msw PDU PORT",
	  .words = 2, .into = "snmp apc-switch host=%1 outlet=%2 version=1 "
		  "community=private %*" },
	{ .name = "ipmi", .usage = "MGMT USER PASS [OPTION...]", .words = 3,
	  .into = "ipmi host=%1 user=%2 password=%3 %*" },
	{ .name = "eth008", .usage = "PDU USER PASS PORT", .words = 4,
	  .into = "http eth008 host=%1 user=%2 password=%3 outlet=%4 %*" },
	{ .name = "pdudaemon", .usage = "HOST[:PORT] PDU OUTLET", .words = 3,
	  .into = "http pdudaemon host=%1 device=%2 outlet=%3 %*" },
	{ .name = "ipmiextra", .usage = "WHEN MGMT USER PASS WORD...",
	  .words = 4, .into = "ipmiextra when=%1 host=%2 user=%3 password=%4 "
		  "%*" },
	{ .name = "statedb", .usage = "ASSET", .words = 1,
	  .into = "statedb asset=%1 %*" },
	{ .name = "xenuse", .usage = "", .into = "command xenuse" },
};

static void add_words(struct strvec *out, const char *into,
		      const struct strvec *args, size_t taken)
{
	AUTO_STRVEC parts = STRVEC_INIT;

	strvec_split(&parts, into, " ");
	for (size_t i = 0; i < parts.count; i++) {
		const char *part = parts.v[i], *mark = strchr(part, '%');

		if (!mark)
			strvec_push(out, part);
		else if (mark[1] == '*')
			strvec_pushv(out, args->v + taken);
		else
			strvec_pushf(out, "%.*s%s", (int)(mark - part), part,
				     args->v[mark[1] - '1']);
	}
}

/* "-I lanplus" of OSSTest's ipmi line is ipmitool's own option. */
static void fold_options(struct strvec *words)
{
	struct strvec folded = STRVEC_INIT;

	for (size_t i = 0; i < words->count; i++) {
		if (i + 1 < words->count && strcmp(words->v[i], "-I") == 0)
			strvec_pushf(&folded, "interface=%s", words->v[++i]);
		else
			strvec_push(&folded, words->v[i]);
	}
	strvec_release(words);
	*words = folded;
}

static int rewrite(struct strvec *words, size_t row, struct error *err)
{
	size_t first = 1 + (methods[row].option != NULL);
	struct strvec out = STRVEC_INIT, args = STRVEC_INIT;

	strvec_init(&args);
	strvec_pushv(&args, words->v + first);
	if (args.count < methods[row].words ||
	    (args.count > methods[row].words &&
	     !strstr(methods[row].into, "%*"))) {
		strvec_release(&args);
		return error_set(err, ERROR_USAGE, "power method %s is used "
				 "as '%s%s%s'", methods[row].name,
				 methods[row].name,
				 *methods[row].usage ? " " : "",
				 methods[row].usage);
	}
	strvec_init(&out);
	add_words(&out, methods[row].into, &args, methods[row].words);
	strvec_release(&args);
	strvec_release(words);
	*words = out;
	fold_options(words);
	return 0;
}

int osstest_method(struct strvec *words, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		const char *option = methods[i].option;

		if (strcmp(methods[i].name, words->v[0]) != 0 ||
		    (option && (words->count < 2 ||
				strcmp(option, words->v[1]) != 0)))
			continue;
		if (methods[i].words && words->count > 1 &&
		    strchr(words->v[1], '='))
			return 0;
		return rewrite(words, i, err);
	}
	return 0;
}
