/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "flight/gate.h"

#define PUSH_LIMIT_MS (10 * 60 * 1000)
#define LINE_MAX_SHOWN 200

void gate_release(struct gate *gate)
{
	tree_release(&gate->tree);
	free(gate->push_url);
	free(gate->push_ref);
	*gate = (struct gate)GATE_INIT;
}

const char *gate_setting(const struct config *config, const char *thing,
			 const char *branch)
{
	AUTO_FREE char *own = xasprintf("Nightly%s_%s", thing, branch);
	AUTO_FREE char *all = xasprintf("Nightly%s", thing);
	const char *value;

	/* names of settings have no dots */
	for (char *p = own; *p; p++)
		if (*p == '.')
			*p = '_';
	value = config_get(config, own);
	return value ? value : config_get(config, all);
}

/* The commit of the output, or nothing when it has none yet. */
static int read_baseline(struct gate *gate, struct error *err)
{
	const struct git_call call = { .own_settings = true };
	AUTO_STRBUF out = STRBUF_INIT;

	if (git_run(&call, &out, err, "ls-remote", gate->push_url,
		    gate->push_ref, NULL) < 0)
		return -1;
	if (out.len < COMMIT_SIZE)
		return 0;
	memcpy(gate->baseline, out.buf, COMMIT_SIZE - 1);
	gate->baseline[COMMIT_SIZE - 1] = '\0';
	if (git_is_commit(gate->baseline))
		return 0;
	return error_set(err, ERROR_BROKEN, "git ls-remote %s says '%.60s'",
			 gate->push_url, out.buf);
}

static char *full_ref(const char *setting, const char *branch)
{
	if (!setting)
		return xasprintf("refs/heads/tested/%s", branch);
	return str_starts(setting, "refs/") ? xstrdup(setting) :
		xasprintf("refs/heads/%s", setting);
}

int gate_open_output(struct gate *gate, const struct config *config,
		     const char *branch, struct error *err)
{
	const char *url = gate_setting(config, "Push", branch);

	*gate = (struct gate)GATE_INIT;
	if (tree_open(&gate->tree, config,
		      gate_setting(config, "Tree", branch), NULL, err) < 0)
		return -1;
	gate->push_url = xstrdup(url ? url : gate->tree.url);
	gate->push_ref = full_ref(gate_setting(config, "Output", branch),
				  branch);
	if (read_baseline(gate, err) == 0)
		return 0;
	gate_release(gate);
	return error_prefix(err, "branch %s", branch);
}

int gate_open(struct gate *gate, const struct config *config,
	      const char *branch, struct error *err)
{
	const char *input = gate_setting(config, "Input", branch);

	if (gate_open_output(gate, config, branch, err) < 0)
		return -1;
	if (tree_resolve(&gate->tree, input, gate->candidate, err) == 0)
		return 0;
	gate_release(gate);
	return error_prefix(err, "branch %s", branch);
}

int gate_push(const struct gate *gate, struct error *err)
{
	const struct git_call call = {
		.repo = gate->tree.repo, .own_settings = true,
		.limit_ms = PUSH_LIMIT_MS,
	};
	AUTO_FREE char *spec = xasprintf("%s:%s", gate->candidate,
					 gate->push_ref);

	return git_run(&call, NULL, err, "push", "--quiet", gate->push_url,
		       spec, NULL);
}

static void add_lines(struct strbuf *text, const char *heading,
		      const struct strvec *lines, size_t max)
{
	if (lines->count)
		strbuf_addf(text, "%s\n", heading);
	for (size_t i = 0; i < lines->count && i < max; i++) {
		AUTO_FREE char *line = xstrndup(lines->v[i], LINE_MAX_SHOWN);

		/* whoever commits writes these: nothing moves a cursor */
		strbuf_addstr(text, "  ");
		strbuf_add_printable(text, line);
		strbuf_addch(text, '\n');
	}
	if (lines->count > max)
		strbuf_addf(text, "  ... and %zu more\n", lines->count - max);
}

/* A name is told once, however much it did. */
static void keep_once(struct strvec *lines)
{
	struct strvec once = STRVEC_INIT;

	strvec_sort(lines);
	for (size_t i = 0; i < lines->count; i++)
		if (!once.count || strcmp(once.v[once.count - 1],
					  lines->v[i]) != 0)
			strvec_push(&once, lines->v[i]);
	strvec_release(lines);
	*lines = once;
}

static void read_log(const struct gate *gate, const char *format,
		     struct strvec *lines)
{
	const struct git_call call = { .repo = gate->tree.repo };
	AUTO_FREE char *range = xasprintf("%s..%s", gate->baseline,
					  gate->candidate);
	AUTO_FREE char *option = xasprintf("--format=%s", format);
	AUTO_STRBUF out = STRBUF_INIT;

	/* a baseline that the tree has lost costs the mail a paragraph */
	if (git_run(&call, &out, NULL, "log", "--no-merges", option, range,
		    NULL) == 0)
		strvec_split(lines, out.buf, "\n");
}

char *gate_changes(const struct gate *gate, int lines_max)
{
	struct strbuf text = STRBUF_INIT;
	AUTO_STRVEC changes = STRVEC_INIT, people = STRVEC_INIT;

	if (*gate->baseline && strcmp(gate->baseline, gate->candidate) != 0) {
		read_log(gate, "%h %s", &changes);
		read_log(gate, "%an <%ae>", &people);
	}
	keep_once(&people);
	add_lines(&text, "People who touched revisions under test:", &people,
		  (size_t)lines_max);
	if (people.count)
		strbuf_addch(&text, '\n');
	add_lines(&text, "Changes under test:", &changes, (size_t)lines_max);
	return strbuf_detach(&text);
}
