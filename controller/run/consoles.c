/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "db/hosts.h"
#include "run/consoles.h"
#include "watch/watch.h"

/* Longer than any pattern's grace. */
#define LAST_WORD_MS 65000

struct consoles {
	struct job_state *state;
	const struct config *config;
	struct watch *watch;
	struct strvec hosts, idents;	/* side by side */
	char *untold;
};

/* In a lane of several, only the steps that name the host are about it. */
static bool is_about(const struct job_state *state, const struct lane *lane,
		     const char *ident)
{
	const struct strvec *argv = &state->recipe->steps[lane->current].argv;
	size_t len = strlen(ident);

	if (state->lane_count < 2)
		return true;
	for (size_t i = 1; i < argv->count; i++)
		if (strncmp(argv->v[i], ident, len) == 0 &&
		    (!argv->v[i][len] || argv->v[i][len] == '='))
			return true;
	return false;
}

static const char *ident_of(const struct consoles *c, const char *host)
{
	for (size_t i = 0; i < c->hosts.count; i++)
		if (strcmp(c->hosts.v[i], host) == 0)
			return c->idents.v[i];
	return "";
}

/* True: a step takes it as its own, or does not mind. */
static bool tell_steps(struct consoles *c, const struct watch_event *event,
		       const char *text)
{
	const char *ident = ident_of(c, event->host);
	bool reboot = strcmp(event->stage, WATCH_REBOOT) == 0;
	bool told = false;

	for (size_t i = 0; i < c->state->lane_count; i++) {
		struct lane *lane = &c->state->lanes[i];

		if (!lane->run || step_done(lane->run) ||
		    !is_about(c->state, lane, ident))
			continue;
		told = true;
		if (step_minds(lane->run, event->pattern) &&
		    !(reboot && !step_minds(lane->run, WATCH_REBOOT)))
			step_crashed(lane->run, text);
	}
	return told;
}

static void on_event(const struct watch_event *event, void *arg)
{
	struct consoles *c = arg;
	AUTO_FREE char *text = NULL;

	if (!event->failure || (strcmp(event->stage, "panic") != 0 &&
				strcmp(event->stage, WATCH_REBOOT) != 0))
		return;
	text = watch_trouble(event, NULL, NULL);
	if (!tell_steps(c, event, text))
		consoles_missed(c, text);
}

int consoles_open(struct consoles **out, struct job_state *state,
		  const struct config *config, struct error *err)
{
	const struct site none = { .dir = NULL };
	struct consoles *c = xcalloc(1, sizeof(*c));

	c->state = state;
	c->config = config;
	strvec_init(&c->hosts);
	strvec_init(&c->idents);
	if (watch_open(&c->watch, state->ctx.event, config, &none,
		       state->ctx.db, on_event, c, err) < 0) {
		consoles_close(c);
		return -1;
	}
	*out = c;
	return consoles_update(c, err);
}

void consoles_close(struct consoles *c)
{
	if (!c)
		return;
	watch_close(c->watch);
	strvec_release(&c->hosts);
	strvec_release(&c->idents);
	free(c->untold);
	free(c);
}

static int add_console(struct consoles *c, const struct host *host,
		       struct error *err)
{
	const char *log = host_console_log(host);

	if (!log)
		return 0;
	return dir_make_parent(log, err) < 0 ? -1 :
	       watch_add_host(c->watch, host->name, NULL, NULL, log, err);
}

static int add_host(struct consoles *c, const struct allocation_row *row,
		    struct error *err)
{
	struct host *host;
	int rc;

	if (strvec_has(&c->hosts, row->host))
		return 0;
	strvec_push(&c->hosts, row->host);
	strvec_push(&c->idents, row->ident);
	if (host_load(&host, c->state->ctx.db, c->config, row->host, err) < 0)
		return -1;
	rc = add_console(c, host, err);
	host_free(host);
	return rc;
}

int consoles_update(struct consoles *c, struct error *err)
{
	const struct step_context *ctx = &c->state->ctx;
	struct allocation_rows rows = { .v = NULL };
	struct error why = ERROR_INIT;

	if (allocation_list(ctx->db, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++) {
		const struct allocation_row *row = &rows.v[i];

		/* the test case that uses it says it better */
		if (strcmp(row->flight, ctx->flight) == 0 &&
		    strcmp(row->job, ctx->job) == 0 &&
		    add_host(c, row, &why) < 0)
			log_warn("nobody looks at the console of %s: %s",
				 row->host, why.text);
	}
	allocation_rows_release(&rows);
	return 0;
}

void consoles_told(struct consoles *c, struct strvec *words)
{
	for (size_t i = 0; c && i < words->count; i++) {
		const char *space = strchr(words->v[i], ' ');

		watch_reboot(c->watch, space + 1,
			     str_starts(words->v[i], "reboot "));
	}
	strvec_release(words);
	strvec_init(words);
}

void consoles_missed(struct consoles *c, const char *crash)
{
	if (!c || c->untold)
		return;
	c->untold = xstrdup(crash);
}

void consoles_begun(struct consoles *c, struct lane *lane)
{
	if (!c || !c->untold || c->state->recipe->steps[lane->current].always)
		return;
	step_crashed(lane->run, c->untold);
	free(c->untold);
	c->untold = NULL;
}

const char *consoles_last_word(struct consoles *c)
{
	int64_t end = clock_mono_ms() + LAST_WORD_MS, left;

	if (!c || !c->hosts.count)
		return NULL;
	while (sd_event_run(c->state->ctx.event, 0) > 0)
		;
	while (watch_collects(c->watch) &&
	       (left = end - clock_mono_ms()) > 0 &&
	       sd_event_run(c->state->ctx.event, (uint64_t)left * 1000) >= 0)
		;
	return c->untold;
}
