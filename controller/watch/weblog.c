/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "watch/weblog.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int hex_byte(const char *s)
{
	int high = hex_digit(s[0]);
	int low = high < 0 ? -1 : hex_digit(s[1]);

	return low < 0 ? -1 : high * 16 + low;
}

/* The character that an escape means, past which *p is moved. */
static int unescape(const char **p)
{
	static const char names[] = "bnrtv\"\\";
	static const char means[] = "\b\n\r\t\v\"\\";
	const char *s = *p, *known;
	int c;

	if (*s != '\\') {
		*p = s + 1;
		return (unsigned char)*s;
	}
	s++;
	if (*s == 'x' && (c = hex_byte(s + 1)) >= 0) {
		*p = s + 3;
		return c;
	}
	known = *s ? strchr(names, *s) : NULL;
	if (!known)
		return -1;
	*p = s + 1;
	return means[known - names];
}

/*
 * A quoted string, of which size - 1 bytes are kept. Returns what follows the
 * closing quote, or NULL when there is none or an escape is wrong.
 */
static const char *quoted(const char *p, char *out, size_t size, bool *cut)
{
	size_t n = 0;
	int c;

	if (*p++ != '"')
		return NULL;
	while (*p && *p != '"') {
		c = unescape(&p);
		if (c <= 0)
			return NULL;
		if (n + 1 < size)
			out[n++] = (char)c;
		else
			*cut = true;
	}
	out[n] = '\0';
	return *p == '"' ? p + 1 : NULL;
}

static const char *next_word(const char *p)
{
	p += strcspn(p, " ");
	return *p ? p + 1 : NULL;
}

/* Client's address, after the virtual host's name if there is one. */
static const char *parse_client(const char *p, struct weblog_line *line)
{
	for (int word = 0; word < 2 && p; word++) {
		if (address_parse(p, strcspn(p, " "), line->client))
			return next_word(p);
		p = next_word(p);
	}
	return NULL;
}

static bool method_ok(const char *method, size_t len)
{
	if (len == 0 || len >= sizeof(((struct weblog_line *)0)->method))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isupper((unsigned char)method[i]))
			return false;
	return true;
}

/* "GET /path?query HTTP/1.1"; a proxy's client names scheme and server. */
static bool parse_request(char *request, bool cut, struct weblog_line *line)
{
	size_t len = strcspn(request, " ");
	char *path = request + len, *end, *query, *server;

	if (!method_ok(request, len) || *path != ' ')
		return false;
	memcpy(line->method, request, len);
	line->method[len] = '\0';
	path++;
	end = strchr(path, ' ');
	if (end)
		*end = '\0';
	query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	else if (cut && !end)
		return false;
	server = strstr(path, "://");
	if (server && *path != '/')
		path = strchr(server + 3, '/');
	if (!path || *path != '/' || strlen(path) >= sizeof(line->path))
		return false;
	memcpy(line->path, path, strlen(path) + 1);
	len = query ? strnlen(query, sizeof(line->query) - 1) : 0;
	memcpy(line->query, query ? query : "", len);
	line->query[len] = '\0';
	return true;
}

static const char *parse_status(const char *p, struct weblog_line *line)
{
	char *end;

	if (*p != ' ' || strspn(p + 1, "0123456789") != 3 || p[4] != ' ')
		return NULL;
	line->status = (int)strtol(p + 1, NULL, 10);
	p += 5;
	if (line->status < 100)
		return NULL;
	if (*p == '-')
		return p + 1;
	if (!isdigit((unsigned char)*p))
		return NULL;
	line->bytes = strtoll(p, &end, 10);
	return end;
}

bool weblog_parse(const char *text, struct weblog_line *line)
{
	char request[5000], referer[16];
	bool cut = false, ignored;
	const char *p;

	memset(line, 0, sizeof(*line));
	p = parse_client(text, line);
	p = p ? strstr(p, "] \"") : NULL;
	p = p ? quoted(p + 2, request, sizeof(request), &cut) : NULL;
	p = p ? parse_status(p, line) : NULL;
	if (!p || (*p && *p != ' ') || !parse_request(request, cut, line))
		return false;
	if (*p == ' ')
		p = quoted(p + 1, referer, sizeof(referer), &ignored);
	if (p && *p == ' ' &&
	    !quoted(p + 1, line->agent, sizeof(line->agent), &ignored))
		line->agent[0] = '\0';
	return true;
}

void weblog_query_value(const char *query, const char *name, char *value,
			size_t size)
{
	size_t len = strlen(name), n = 0;
	const char *p = query;

	while (p && !(strncmp(p, name, len) == 0 && p[len] == '=')) {
		p = strchr(p, '&');
		p = p ? p + 1 : NULL;
	}
	for (p = p ? p + len + 1 : ""; *p && *p != '&' && n + 1 < size; n++) {
		int c = *p == '%' ? hex_byte(p + 1) : -1;

		value[n] = c > 0 ? (char)c : *p == '+' ? ' ' : *p;
		p += c > 0 ? 3 : 1;
	}
	value[n] = '\0';
}
