/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "boot/template.h"
#include "base/strvec.h"

static bool add_address_hex(const char *address, struct strbuf *sb)
{
	struct in_addr in;

	if (!address || inet_pton(AF_INET, address, &in) != 1)
		return false;
	strbuf_addf(sb, "%08X", ntohl(in.s_addr));
	return true;
}

static bool add_ether(const char *ether, char separator, struct strbuf *sb)
{
	for (const char *p = ether; p && *p; p++)
		strbuf_addch(sb, *p == ':' ? separator : *p);
	return ether != NULL;
}

static bool add_text(const char *text, struct strbuf *sb)
{
	if (text)
		strbuf_addstr(sb, text);
	return text != NULL;
}

static bool add_variable(const char *name, const struct host *host,
			 template_lookup lookup, void *arg, struct strbuf *sb)
{
	if (strcmp(name, "name") == 0)
		return add_text(host->name, sb);
	if (strcmp(name, "ether") == 0)
		return add_ether(host->ether, ':', sb);
	if (strcmp(name, "etherhyph") == 0)
		return add_ether(host->ether, '-', sb);
	if (strcmp(name, "ipaddr") == 0)
		return add_text(host->address, sb);
	if (strcmp(name, "ipaddrhex") == 0)
		return add_address_hex(host->address, sb);
	return lookup && add_text(lookup(name, arg), sb);
}

/* A value becomes part of a file name, and stays in its folder. */
static int check_value(const char *text, const char *name, const char *value,
		       struct error *err)
{
	if (value[0] != '.' && !value[strcspn(value, "/\r\n")])
		return 0;
	return error_set(err, ERROR_USAGE, "template '%s': %%%s%% is '%.60s', "
			 "which cannot be part of a file name", text, name,
			 value);
}

int template_expand(const char *text, const struct host *host,
		    template_lookup lookup, void *arg, struct strbuf *sb,
		    struct error *err)
{
	AUTO_STRBUF out = STRBUF_INIT;
	const char *p = text;

	while (*p) {
		AUTO_FREE char *name = NULL;
		size_t before, plain = strcspn(p, "%");
		const char *end;

		strbuf_add(&out, p, plain);
		p += plain;
		if (!*p)
			break;
		end = strchr(p + 1, '%');
		if (!end)
			return error_set(err, ERROR_USAGE, "template '%s' has "
					 "a single '%%'", text);
		name = xstrndup(p + 1, end - p - 1);
		before = out.len;
		if (!add_variable(name, host, lookup, arg, &out))
			return 1;
		if (check_value(text, name, out.buf + before, err) < 0)
			return -1;
		p = end + 1;
	}
	strbuf_add(sb, out.buf, out.len);
	return 0;
}

int template_choose(const char *templates, const struct host *host,
		    template_lookup lookup, void *arg, struct strbuf *sb,
		    struct error *err)
{
	AUTO_STRVEC all = STRVEC_INIT;

	strvec_split(&all, templates, " \t\n");
	for (size_t i = 0; i < all.count; i++) {
		int rc = template_expand(all.v[i], host, lookup, arg, sb, err);

		if (rc <= 0)
			return rc;
	}
	return error_set(err, ERROR_USAGE, "host %s has no boot file name: "
			 "every one of '%s' needs a property that it lacks "
			 "(ether? ip-addr?)", host->name, templates);
}
