/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mail.h"
#include "net/post.h"

#define HOST_SIZE 256

static int check_address(const char *what, const char *text,
			 struct error *err)
{
	if (text && *text && !strpbrk(text, "\r\n"))
		return 0;
	return error_set(err, ERROR_USAGE, "mail: '%.60s' is no address for "
			 "%s", str_or(text, ""), what);
}

/* RFC 5322, section 3.3; English whatever the locale. */
static void add_date(struct strbuf *text, time_t now)
{
	static const char *const days[] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec",
	};
	struct tm tm;

	gmtime_r(&now, &tm);
	strbuf_addf(text, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\n",
		    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void compose(struct strbuf *text, const struct post *post,
		    const char *message)
{
	AUTO_FREE char *unique = random_hex(12);
	char host[HOST_SIZE] = "localhost";

	gethostname(host, sizeof(host) - 1);
	strbuf_addf(text, "From: %s\nTo: %s\n", post->from, post->to);
	add_date(text, (time_t)(clock_now_ms() / 1000));
	strbuf_addf(text, "Message-ID: <ironbird.%s@%s>\n", unique, host);
	strbuf_addstr(text, "MIME-Version: 1.0\n"
		      "Content-Type: text/plain; charset=utf-8\n"
		      "Content-Transfer-Encoding: 8bit\n"
		      "Auto-Submitted: auto-generated\n");
	strbuf_addstr(text, message);
}

/* Whole in tmp first, then in new: who reads never sees half of it. */
static int into_maildir(const char *dir, const struct strbuf *text,
			struct error *err)
{
	AUTO_FREE char *unique = random_hex(8);
	AUTO_FREE char *name = xasprintf("%lld.%s.ironbird",
					 (long long)clock_now_ms(), unique);
	AUTO_FREE char *tmp = xasprintf("%s/tmp/%s", dir, name);
	AUTO_FREE char *new = xasprintf("%s/new/%s", dir, name);
	AUTO_FREE char *cur = xasprintf("%s/cur", dir);

	if (dir_make(cur, 0700, err) < 0 ||
	    dir_make_parent(new, err) < 0 ||
	    file_publish(tmp, text->buf, text->len, 0600, err) < 0)
		return -1;
	if (rename(tmp, new) < 0)
		return error_errno(err, "cannot put mail into %s", dir);
	return 0;
}

int post_send(const struct post *post, const char *message, struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;

	if (check_address("From", post->from, err) < 0 ||
	    check_address("To", post->to, err) < 0)
		return -1;
	compose(&text, post, message);
	if (post->maildir)
		return into_maildir(post->maildir, &text, err);
	return mail_hand_over(post->program, text.buf, err);
}
