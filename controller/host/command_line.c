/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "host/command_line.h"

#define USUAL_PORT "com1"

static void add(struct strbuf *line, const char *words)
{
	if (words && *words)
		strbuf_addf(line, "%s%s", line->len ? " " : "", words);
}

char *host_linux_append(const struct host *host, const char *more)
{
	const char *delay = host_prop(host, "rootdelay");
	struct strbuf line = STRBUF_INIT;

	if (delay && *delay)
		strbuf_addf(&line, "rootdelay=%s", delay);
	add(&line, host_prop(host, "linux-boot-append"));
	add(&line, more);
	return strbuf_detach(&line);
}

char *host_xen_append(const struct host *host, const char *more)
{
	struct strbuf line = STRBUF_INIT;

	add(&line, host_prop(host, "xen-commandline-append"));
	add(&line, more);
	return strbuf_detach(&line);
}

/* "com1=115200,8n1" has no meaning where there is no port. */
static void add_word(struct strbuf *line, const char *word, const char *port)
{
	AUTO_FREE char *changed = NULL;
	bool none = strcmp(port, "none") == 0;

	if (strcmp(word, "console=" USUAL_PORT) == 0)
		changed = xasprintf("console=%s", none ? "vga" : port);
	else if (str_starts(word, USUAL_PORT "="))
		changed = none ? xstrdup("") :
			xasprintf("%s%s", port, word + strlen(USUAL_PORT));
	add(line, changed ? changed : word);
}

char *host_xen_line(const struct host *host, const char *line)
{
	const char *port = host_prop_or(host, "xen-serial-console",
					USUAL_PORT);
	AUTO_STRVEC words = STRVEC_INIT;
	struct strbuf out = STRBUF_INIT;

	strvec_split(&words, line, " ");
	for (size_t i = 0; i < words.count; i++)
		add_word(&out, words.v[i], port);
	return strbuf_detach(&out);
}
