/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "db/events.h"
#include "watch/asked.h"
#include "watch/leases.h"
#include "watch/watched.h"

#define DETAIL_MAX 400
/* How long a boot's lines may take to get here once the host is up. */
#define REBOOT_REST_MS 3000
#define BOOT_LIMIT_MS 600000
#define PROMPT_MS 200		/* of silence, and a console's text is told */

static const char *const source_names[] = {
	[WATCH_WEBLOG] = "weblog",
	[WATCH_DHCP] = "dhcp",
	[WATCH_TFTP] = "tftp",
	[WATCH_CONSOLE] = "console",
};

static void store(struct watch *watch, const struct watch_event *event)
{
	AUTO_FREE char *file = xasprintf("%s#%08x", event->file,
					 event->generation);
	struct boot_event_row row = {
		.host = (char *)event->host,
		.at = event->at,
		.source = (char *)source_names[event->source],
		.stage = (char *)event->stage,
		.detail = (char *)event->detail,
		.file = file,
		.offset = event->offset,
	};
	struct error err = ERROR_INIT;

	if (boot_event_add(watch->db, &row, &err) < 0 && !watch->problem)
		watch->problem = xstrdup(err.text);
}

/* Reports and JSON want clean text: all but printable ASCII as \xNN. */
static void add_plain(struct strbuf *sb, const char *s)
{
	size_t end = sb->len + DETAIL_MAX;

	for (; *s && sb->len < end; s++)
		if (*s >= ' ' && *s < 0x7f)
			strbuf_addch(sb, *s);
		else
			strbuf_addf(sb, "\\x%02x", (unsigned char)*s);
	if (*s)
		strbuf_addstr(sb, "...");
}

static void keep_line(struct watched *host, const struct watch_event *event)
{
	strbuf_clear(&host->line);
	strbuf_addf(&host->line, "%s, byte %lld: ", event->file,
		    (long long)event->offset);
	add_plain(&host->line, str_or(event->line, event->detail));
}

static void add_age(struct strbuf *sb, int64_t since)
{
	char age[DURATION_TEXT_SIZE];

	strbuf_addf(sb, ", %s ago",
		    duration_text((clock_mono_us() - since) / 1000, age));
}

static void add_before(const struct watched *host, struct strbuf *text)
{
	if (!host->seen.len)
		return;
	strbuf_addstr(text, host->seen.buf);
	add_age(text, host->seen_at);
}

char *watch_trouble(const struct watch_event *event, const char *where,
		    const char *doing)
{
	const char *what = strcmp(event->stage, "panic") == 0 ? " crashed" :
		strcmp(event->stage, WATCH_REBOOT) == 0 ?
		" rebooted, and nobody asked for it" : "";
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "host %s%s: %s%s (%s, byte %lld", event->host,
		    what, event->detail, str_or(where, ""), event->file,
		    (long long)event->offset);
	if (doing)
		strbuf_addf(&text, "; stage '%.200s'", doing);
	strbuf_addf(&text, "; last seen: %s)", str_or(event->before,
						      "nothing"));
	return strbuf_detach(&text);
}

void watched_event(struct watched *host, struct watch_event *event)
{
	struct watch *watch = host->watch;
	AUTO_STRBUF detail = STRBUF_INIT, before = STRBUF_INIT;

	add_before(host, &before);
	event->before = before.len ? before.buf : NULL;
	add_plain(&detail, event->detail);
	event->detail = detail.buf;
	event->host = host->name;
	event->at = clock_now_ms();
	strbuf_clear(&host->seen);
	strbuf_addstr(&host->seen, detail.buf);
	host->seen_at = clock_mono_us();
	keep_line(host, event);
	/* Who waits goes first; the row is for later readers. */
	watch->callback(event, watch->arg);
	if (watch->db)
		store(watch, event);
}

/* By this process, or, as the rows say, by whoever switched its power. */
static bool is_rebooting(const struct watched *host)
{
	const struct watch *watch = host->watch;
	bool asked = false;

	if (host->rebooting || clock_mono_ms() < host->reboot_until)
		return true;
	if (watch->db && reboot_asked(watch->db, host->name,
				      watch->boot_limit_ms, &asked, NULL) < 0)
		return false;
	return asked;
}

/* Does the line end what is waited for? */
static bool ends_waits(const struct watched *host,
		       const struct pattern *pattern, bool reboot)
{
	const struct watch *watch = host->watch;

	return watch->patterns && !strvec_has(&watch->off, pattern->name) &&
	       (pattern->class >= PATTERN_FAILURE ||
		(reboot && !strvec_has(&watch->off, WATCH_REBOOT)));
}

static const char *stage_of(const struct pattern *pattern, bool reboot)
{
	if (pattern->class == PATTERN_CRASH)
		return "panic";
	return reboot ? WATCH_REBOOT : "console";
}

static void console_report(const struct trace_report *report, void *arg)
{
	struct watched *host = arg;
	const struct pattern *pattern = report->pattern;
	bool reboot = pattern->boot && !is_rebooting(host);
	struct watch_event event = {
		.source = WATCH_CONSOLE,
		.stage = stage_of(pattern, reboot),
		.failure = ends_waits(host, pattern, reboot),
		.pattern = pattern->name,
		.detail = report->text,
		.line = report->text,
		.lines = report->lines[0] ? report->lines : NULL,
		.file = host->console_path,
		.offset = report->offset,
		.generation = report->generation,
	};

	/* what it says from here on belongs to that boot */
	host->rebooting |= reboot;
	watched_event(host, &event);
}

static void console_line(const struct follow_line *line, void *arg)
{
	struct watched *host = arg;

	trace_line(host->trace, line);
}

static int follow_service(struct watch *watch, struct service *service,
			  enum watch_source source, const char *path,
			  struct error *err)
{
	struct follow_spec spec = {
		.path = path,
		.callback = service_line,
		.arg = service,
	};
	struct error why;

	service->watch = watch;
	service->source = source;
	if (!path || !*path)
		return 0;
	service->path = xstrdup(path);
	if (follow_open(&service->follow, watch->event, &spec, &why) == 0)
		return 0;
	return error_set(err, why.kind, "%s (nothing writes there before "
			 "'ironbird services up', a lab, or a server of yours)",
			 why.text);
}

int watch_open(struct watch **out, sd_event *event,
	       const struct config *config, const struct site *site,
	       struct db *db, watch_callback callback, void *arg,
	       struct error *err)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));
	struct service *s = watch->services;

	watch->event = sd_event_ref(event);
	watch->db = db;
	watch->callback = callback;
	watch->arg = arg;
	watch->patterns = true;
	watch->boot_limit_ms = config ?
		config_duration_ms(config, "BootLimit") : BOOT_LIMIT_MS;
	strvec_init(&watch->off);
	watch->leases = xstrdup(site->dhcp_leases);
	strbuf_init(&watch->text);
	if (patterns_load(&watch->rows, config, err) < 0 ||
	    follow_service(watch, &s[0], WATCH_WEBLOG, site->web_log,
			   err) < 0 ||
	    follow_service(watch, &s[1], WATCH_DHCP, site->dhcp_log,
			   err) < 0 ||
	    follow_service(watch, &s[2], WATCH_TFTP, site->tftp_log,
			   err) < 0) {
		watch_close(watch);
		return -1;
	}
	*out = watch;
	return 0;
}

static void close_console(struct watched *host)
{
	follow_close(host->console);
	trace_free(host->trace);
	free_pointer(&host->console_path);
	host->console = NULL;
	host->trace = NULL;
	host->console_path = NULL;
}

static void watched_free(struct watched *host)
{
	close_console(host);
	for (size_t i = 0; i < REQUESTS; i++)
		free_pointer(&host->requests[i].path);
	strbuf_release(&host->seen);
	strbuf_release(&host->line);
	free_pointer(&host->name);
	free_pointer(&host);
}

void watch_close(struct watch *watch)
{
	if (!watch)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(watch->services); i++) {
		follow_close(watch->services[i].follow);
		free_pointer(&watch->services[i].path);
	}
	while (watch->hosts) {
		struct watched *next = watch->hosts->next;

		watched_free(watch->hosts);
		watch->hosts = next;
	}
	strbuf_release(&watch->text);
	strvec_release(&watch->off);
	patterns_free(watch->rows);
	free_pointer(&watch->leases);
	free_pointer(&watch->problem);
	sd_event_unref(watch->event);
	free_pointer(&watch);
}

static struct watched *find(struct watch *watch, const char *name)
{
	struct watched *host = watch->hosts;

	while (host && strcmp(host->name, name) != 0)
		host = host->next;
	return host;
}

static struct watched *find_or_add(struct watch *watch, const char *name)
{
	struct watched *host = find(watch, name);

	if (host)
		return host;
	host = xcalloc(1, sizeof(*host));
	host->watch = watch;
	host->name = xstrdup(name);
	strbuf_init(&host->seen);
	strbuf_init(&host->line);
	host->next = watch->hosts;
	watch->hosts = host;
	return host;
}

static int set_identity(struct watched *host, const char *ether,
			const char *address, struct error *err)
{
	host->ether[0] = '\0';
	host->address[0] = '\0';
	if (ether && !ether_parse(ether, strlen(ether), host->ether))
		return error_set(err, ERROR_USAGE, "host %s: '%s' is not a "
				 "MAC address", host->name, ether);
	if (address &&
	    !address_parse(address, strlen(address), host->address))
		return error_set(err, ERROR_USAGE, "host %s: '%s' is not an "
				 "IP address", host->name, address);
	return 0;
}

/* A file that is not there has no leases. */
static void learn_from_leases(struct watched *host)
{
	const char *path = host->watch->leases;
	struct lease lease;

	if (path && !host->address[0] && host->ether[0] &&
	    leases_lookup(path, host->ether, &lease, NULL) == 1)
		memcpy(host->learnt, lease.address, sizeof(host->learnt));
}

static int open_console(struct watched *host, const char *path,
			struct error *err)
{
	struct follow_spec spec = {
		.path = path,
		.partial_ms = PROMPT_MS,
		.callback = console_line,
		.arg = host,
	};

	if (host->console_path && strcmp(host->console_path, path) == 0)
		return 0;
	close_console(host);
	host->console_path = xstrdup(path);
	host->trace = trace_new(host->watch->event, host->watch->rows,
				console_report, host);
	trace_installing(host->trace, host->installing);
	if (follow_open(&host->console, host->watch->event, &spec, err) == 0)
		return 0;
	close_console(host);
	return error_prefix(err, "host %s", host->name);
}

int watch_add_host(struct watch *watch, const char *name, const char *ether,
		   const char *address, const char *console_log,
		   struct error *err)
{
	struct watched *host = find_or_add(watch, name);

	if (set_identity(host, ether, address, err) < 0)
		return -1;
	learn_from_leases(host);
	return console_log ? open_console(host, console_log, err) : 0;
}

void watch_patterns(struct watch *watch, bool on)
{
	watch->patterns = on;
}

int watch_pattern(struct watch *watch, const char *name, bool on,
		  struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT, off = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	strvec_push(&names, WATCH_REBOOT);
	patterns_names(watch->rows, &names);
	hint = name_hint(name, &names);
	if (!strvec_has(&names, name))
		return error_set(err, ERROR_USAGE, "there is no console "
				 "pattern '%.60s'%s", name, hint);
	for (size_t i = 0; i < watch->off.count; i++)
		if (strcmp(watch->off.v[i], name) != 0)
			strvec_push(&off, watch->off.v[i]);
	if (!on)
		strvec_push(&off, name);
	strvec_release(&watch->off);
	watch->off = off;
	strvec_init(&off);
	return 0;
}

void watch_installing(struct watch *watch, const char *name, bool on)
{
	struct watched *host = find(watch, name);

	if (!host)
		return;
	host->installing = on;
	if (host->trace)
		trace_installing(host->trace, on);
}

void watch_reboot(struct watch *watch, const char *name, bool on)
{
	struct watched *host = find(watch, name);

	if (!host)
		return;
	/* its last words of that boot may still be on their way here */
	if (host->rebooting && !on)
		host->reboot_until = clock_mono_ms() + REBOOT_REST_MS;
	host->rebooting = on;
}

const char *watch_last_seen(struct watch *watch, const char *name)
{
	struct watched *host = find(watch, name);
	const char *line = NULL;
	int64_t when = 0;

	strbuf_clear(&watch->text);
	if (!host)
		return NULL;
	if (host->seen.len) {
		strbuf_addstr(&watch->text, host->seen.buf);
		add_age(&watch->text, host->seen_at);
	}
	if (host->trace)
		line = trace_last(host->trace, &when);
	if (line && when > host->seen_at) {
		strbuf_addstr(&watch->text, host->seen.len ? "; " : "");
		strbuf_addf(&watch->text, "console '%.100s'", line);
		add_age(&watch->text, when);
	}
	return watch->text.len ? watch->text.buf : NULL;
}

const char *watch_last_line(struct watch *watch, const char *name)
{
	struct watched *host = find(watch, name);
	const char *line = NULL;
	int64_t when = 0;

	if (host && host->trace)
		line = trace_last(host->trace, &when);
	if (!line || when <= host->seen_at)
		return host && host->line.len ? host->line.buf : NULL;
	strbuf_clear(&watch->text);
	strbuf_addf(&watch->text, "%s: ", host->console_path);
	add_plain(&watch->text, line);
	return watch->text.buf;
}

int64_t watch_quiet_ms(struct watch *watch, const char *name)
{
	struct watched *host = find(watch, name);
	int64_t last = host ? host->seen_at / 1000 : 0;

	if (host && host->console && follow_heard(host->console) > last)
		last = follow_heard(host->console);
	return last ? clock_mono_ms() - last : INT64_MAX;
}

const char *watch_address(struct watch *watch, const char *name)
{
	struct watched *host = find(watch, name);

	return host && host->learnt[0] ? host->learnt : NULL;
}

bool watch_collects(const struct watch *watch)
{
	for (const struct watched *h = watch->hosts; h; h = h->next)
		if (h->trace && trace_collects(h->trace))
			return true;
	return false;
}

const char *watch_problem(struct watch *watch)
{
	return watch->problem;
}
