/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "run/expand.h"

#define REPEAT_MAX 1000
#define RETRY_MAX 9
#define STEPS_MAX 5000
#define TESTID_MAX 200
#define HOST_WORD "{host}"	/* the ident of this lane */
#define HOSTS_WORD "{hosts}"	/* all idents, a word each */

/* One text, once: groups and repeats are already written out. */
struct item {
	size_t text;
	size_t leader;		/* of its group; itself without one */
	unsigned repetition;	/* from 1 */
};

struct expansion {
	struct recipe *recipe;
	const struct step_list *list;
	struct strvec *problems;
	struct item *items;
	size_t item_count;
};

static void printf_like(3, 4) problem(struct expansion *x, size_t text,
				      const char *fmt, ...)
{
	AUTO_FREE char *sentence = NULL;
	va_list ap;

	va_start(ap, fmt);
	sentence = xvasprintf(fmt, ap);
	va_end(ap);
	strvec_pushf(x->problems, "%s:%d: %s", x->list->file->path,
		     yamlfile_line(x->list->file, x->list->key, text),
		     sentence);
}

static void check_text(struct expansion *x, size_t i)
{
	const struct step_text *t = &x->list->texts[i];

	if (t->repeat > REPEAT_MAX)
		problem(x, i, "repeat is at most %d", REPEAT_MAX);
	if (t->retry > RETRY_MAX)
		problem(x, i, "retry is at most %d", RETRY_MAX);
	if (strstr(t->run, HOST_WORD) && !t->each_host)
		problem(x, i, "'" HOST_WORD "' means something only with "
			"'each-host: true'");
	if (t->each_host && !strstr(t->run, HOST_WORD))
		problem(x, i, "a step with each-host names its host as '"
			HOST_WORD "'");
	if (t->each_host && !x->recipe->hosts.count)
		problem(x, i, "each-host, but the recipe has no hosts");
	if (t->prepares && !t->each_host)
		problem(x, i, "a step that prepares a host has each-host, so "
			"that it is of one host");
	if (t->testid && t->testid[strcspn(t->testid, " \t")])
		problem(x, i, "the testid '%s' has a space in it", t->testid);
}

static size_t group_end(const struct step_list *list, size_t first)
{
	const char *group = list->texts[first].group;
	size_t end = first + 1;

	while (group && end < list->count && list->texts[end].group &&
	       strcmp(list->texts[end].group, group) == 0)
		end++;
	return end;
}

static void add_item(struct expansion *x, size_t text, size_t leader,
		     unsigned repetition)
{
	x->items = xrealloc(x->items, x->item_count + 1, sizeof(*x->items));
	x->items[x->item_count++] = (struct item){
		.text = text, .leader = leader, .repetition = repetition,
	};
}

static void add_group(struct expansion *x, size_t first, size_t end)
{
	unsigned repeat = x->list->texts[first].repeat;

	for (size_t i = first + 1; i < end; i++)
		if (x->list->texts[i].repeat)
			problem(x, i, "the first step of a group says how "
				"often the group is repeated");
	if (repeat > REPEAT_MAX)
		repeat = REPEAT_MAX;
	for (unsigned n = 1; n <= (repeat ? repeat : 1); n++)
		for (size_t i = first; i < end && x->item_count < STEPS_MAX;
		     i++)
			add_item(x, i, first, n);
}

static char *with_ident(const char *word, const char *ident)
{
	const char *at = ident ? strstr(word, HOST_WORD) : NULL;

	if (!at)
		return xstrdup(word);
	return xasprintf("%.*s%s%s", (int)(at - word), word, ident,
			 at + strlen(HOST_WORD));
}

static void make_argv(const struct expansion *x, const struct step_text *text,
		      const char *ident, struct strvec *argv)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, text->run, " \t");
	for (size_t i = 0; i < words.count; i++) {
		AUTO_FREE char *word = with_ident(words.v[i], ident);

		if (strcmp(word, HOSTS_WORD) == 0)
			strvec_pushv(argv, x->recipe->hosts.v);
		else
			strvec_push(argv, word);
	}
}

static bool script_ok(const char *script)
{
	return str_starts(script, "ts-") && script[3] && name_ok(script);
}

/* The script without ts-, then its arguments but the ident "host". */
void recipe_testid(const struct strvec *argv, struct strbuf *testid)
{
	strbuf_addstr(testid, argv->v[0] + strlen("ts-"));
	for (size_t i = 1; i < argv->count; i++)
		if (strcmp(argv->v[i], "host") != 0)
			strbuf_addf(testid, "/%s", argv->v[i]);
}

static bool testid_taken(const struct recipe *recipe, const char *testid)
{
	return recipe_find(recipe, testid) != NULL;
}

/* A repeat gets ".2", and so on; what was written by hand must be unique. */
static char *free_testid(struct expansion *x, const struct item *item,
			 const char *testid)
{
	bool by_hand = x->list->texts[item->text].testid;
	char *numbered = xstrdup(testid);

	if (by_hand && item->repetition == 1 &&
	    testid_taken(x->recipe, testid))
		problem(x, item->text, "another step has the testid '%s'",
			testid);
	for (unsigned n = 2; testid_taken(x->recipe, numbered) &&
	     n <= STEPS_MAX; n++) {
		free(numbered);
		numbered = xasprintf("%s.%u", testid, n);
	}
	return numbered;
}

static char *make_testid(struct expansion *x, const struct item *item,
			 const struct strvec *argv, const char *ident)
{
	const struct step_text *text = &x->list->texts[item->text];
	AUTO_STRBUF testid = STRBUF_INIT;

	if (!text->testid)
		recipe_testid(argv, &testid);
	else
		strbuf_addstr(&testid, text->testid);
	if (text->testid && ident && strcmp(ident, "host") != 0)
		strbuf_addf(&testid, "/%s", ident);
	for (size_t i = 0; i < testid.len; i++)
		if ((unsigned char)testid.buf[i] <= ' ' ||
		    (unsigned char)testid.buf[i] >= 0x7f) {
			problem(x, item->text, "arguments and testids are "
				"printable ASCII");
			break;
		}
	if (testid.len > TESTID_MAX)
		problem(x, item->text, "the testid would be longer than %d "
			"characters", TESTID_MAX);
	return free_testid(x, item, testid.buf);
}

static void set_limit(struct expansion *x, size_t i, struct recipe_step *step)
{
	const char *limit = x->list->texts[i].limit;
	struct error err = ERROR_INIT;

	if (limit && duration_parse(limit, &step->limit_ms, &err) < 0)
		problem(x, i, "limit: %s", err.text);
	else if (limit && !step->limit_ms)
		problem(x, i, "limit: a step needs more time than none");
}

static void set_needs(const struct step_text *text, struct recipe_step *step)
{
	for (unsigned i = 0; i < text->needs_count; i++)
		if (!strvec_has(&step->needs, text->needs[i]))
			strvec_push(&step->needs, text->needs[i]);
}

static void append(struct recipe *recipe, const struct recipe_step *step)
{
	recipe->steps = xrealloc(recipe->steps, recipe->count + 1,
				 sizeof(*recipe->steps));
	recipe->steps[recipe->count++] = *step;
}

static void add_step(struct expansion *x, const struct item *item,
		     const char *ident, int parallel, int lane)
{
	const struct step_text *text = &x->list->texts[item->text];
	struct recipe_step step = {
		.argv = STRVEC_INIT, .needs = STRVEC_INIT,
		.on_fail = text->on_fail ? (enum step_status)text->on_fail
					 : STEP_FAIL,
		.on_limit = text->on_limit ? (enum step_status)text->on_limit
					   : STEP_BROKEN,
		.always = text->always, .tolerate = text->tolerate,
		.retry = (int)text->retry, .wipes = text->wipes,
		.prepares = text->prepares,
		.parallel = parallel, .lane = lane,
		.before = strcmp(x->list->key, "before") == 0,
		.after = strcmp(x->list->key, "after") == 0,
		.line = yamlfile_line(x->list->file, x->list->key, item->text),
	};

	make_argv(x, text, ident, &step.argv);
	if (!step.argv.count || !script_ok(step.argv.v[0])) {
		problem(x, item->text, "'%.60s' is not the name of a test "
			"case: those begin with ts-", text->run);
		strvec_release(&step.argv);
		return;
	}
	step.testid = make_testid(x, item, &step.argv, ident);
	set_limit(x, item->text, &step);
	set_needs(&x->list->texts[item->leader], &step);
	set_needs(text, &step);
	append(x->recipe, &step);
}

static bool each_host(const struct expansion *x, size_t item)
{
	return x->list->texts[x->items[item].text].each_host;
}

static int next_parallel(const struct recipe *recipe)
{
	int highest = 0;

	for (size_t i = 0; i < recipe->count; i++)
		if (recipe->steps[i].parallel > highest)
			highest = recipe->steps[i].parallel;
	return highest + 1;
}

/* Consecutive each-host steps: a lane for each host. Returns their end. */
static size_t add_lanes(struct expansion *x, size_t first)
{
	int parallel = next_parallel(x->recipe);
	size_t end = first;

	while (end < x->item_count && each_host(x, end))
		end++;
	for (size_t h = 0; h < x->recipe->hosts.count; h++)
		for (size_t i = first; i < end; i++)
			add_step(x, &x->items[i], x->recipe->hosts.v[h],
				 parallel, (int)h);
	return end;
}

void expand_steps(struct recipe *recipe, const struct step_list *list,
		  struct strvec *problems)
{
	struct expansion x = {
		.recipe = recipe, .list = list, .problems = problems,
	};

	for (size_t i = 0, end; i < list->count; i = end) {
		end = group_end(list, i);
		add_group(&x, i, end);
	}
	for (size_t i = 0; i < list->count; i++)
		check_text(&x, i);
	for (size_t i = 0; i < x.item_count; ) {
		if (each_host(&x, i))
			i = add_lanes(&x, i);
		else
			add_step(&x, &x.items[i++], NULL, 0, 0);
	}
	free(x.items);
}
