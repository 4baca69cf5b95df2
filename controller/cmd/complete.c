/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a shell may offer for the word being typed (docs/ironbird.bash): the
 * words of commands' usage lines and option tables, and, where those say
 * HOST, FLIGHT, BRANCH, JOB, STEP, TREE or RECIPE, the names that exist now.
 */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "build/tree.h"
#include "cmd/jobspec.h"
#include "db/flights.h"
#include "db/past.h"
#include "db/steps.h"
#include "host/host.h"
#include "run/recipe.h"
#include "ts/toolstack.h"

#define FLIGHTS_MAX 200

static const struct command *const commands[] = {
#define COMMAND(symbol) &cmd_##symbol,
#include "cmd/commands.h"
#undef COMMAND
};

struct completion {
	struct context *ctx;
	const struct command *command;
	struct strvec given;	/* arguments before it, options left out */
	const char *word;	/* what there is of it */
	struct strvec found;
};

static void offer(struct completion *c, const char *name)
{
	if (str_starts(name, c->word) && !strvec_has(&c->found, name))
		strvec_push(&c->found, name);
}

/* --- names that exist ---------------------------------------------------- */

static int offer_hosts(struct completion *c, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	if (host_names(c->ctx->db, c->ctx->config, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		offer(c, names.v[i]);
	return 0;
}

static int offer_recipes(struct completion *c, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	if (recipe_names(&names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		offer(c, names.v[i]);
	return 0;
}

static int offer_flights(struct completion *c, struct error *err)
{
	struct flight_rows rows = { .v = NULL };

	if (flight_list(c->ctx->db, NULL, FLIGHTS_MAX, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++)
		offer(c, rows.v[i].flight);
	flight_rows_release(&rows);
	return 0;
}

/* Those that have flights. */
static int offer_branches(struct completion *c, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	if (past_branches(c->ctx->db, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		offer(c, names.v[i]);
	return 0;
}

/* Jobs of a flight, with its name before them unless it was given. */
static int offer_jobs_of(struct completion *c, const char *flight,
			 bool with_flight, struct error *err)
{
	struct job_rows rows = { .v = NULL };

	if (job_list(c->ctx->db, flight, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++) {
		AUTO_FREE char *name = with_flight ?
			xasprintf("%s.%s", flight, rows.v[i].job) :
			xstrdup(rows.v[i].job);

		offer(c, name);
	}
	job_rows_release(&rows);
	return 0;
}

/* Of all flights only when a dot says that one is meant: they are many. */
static int offer_jobs(struct completion *c, struct error *err)
{
	struct flight_rows rows = { .v = NULL };
	int rc = 0;

	if (c->given.count) {
		const char *flight = c->given.v[c->given.count - 1];

		if (offer_jobs_of(c, flight, false, NULL) == 0 &&
		    c->found.count)
			return 0;
	}
	if (offer_jobs_of(c, default_flight(c->ctx), false, err) < 0 ||
	    flight_list(c->ctx->db, NULL, FLIGHTS_MAX, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count && rc == 0; i++)
		rc = offer_jobs_of(c, rows.v[i].flight, true, err);
	flight_rows_release(&rows);
	return rc;
}

/* The job spec, of the flight before it if that has one of this name. */
static int parse_job(struct completion *c, char *spec, char **flight,
		     char **job)
{
	char *words[] = { NULL, spec };

	if (c->given.count) {
		words[0] = c->given.v[c->given.count - 1];
		if (jobspec_parse(c->ctx, words, 2, flight, job, NULL) == 0)
			return 0;
	}
	return jobspec_parse(c->ctx, &spec, 1, flight, job, NULL);
}

/* JOB.STEP: the job's name ends at one of the word's dots. */
static int offer_steps(struct completion *c, struct error *err)
{
	const char *dot = c->word + strlen(c->word);

	while ((dot = memrchr(c->word, '.', dot - c->word))) {
		AUTO_FREE char *spec = xstrndup(c->word, dot - c->word);
		AUTO_FREE char *flight = NULL, *job = NULL;
		struct step_rows rows = { .v = NULL };

		if (parse_job(c, spec, &flight, &job) < 0)
			continue;
		if (step_list(c->ctx->db, flight, job, 0, &rows, err) < 0)
			return -1;
		for (size_t i = 0; i < rows.count; i++) {
			AUTO_FREE char *name = xasprintf("%s.%s", spec,
							 rows.v[i].testid);

			offer(c, name);
		}
		step_rows_release(&rows);
	}
	return offer_jobs(c, err);
}

static void offer_trees(struct completion *c)
{
	AUTO_STRVEC names = STRVEC_INIT;

	tree_list(c->ctx->config, &names);
	for (size_t i = 0; i < names.count; i++)
		offer(c, names.v[i]);
}

/* Testids of the recipe of the job that was named, if one was. */
static void offer_testids(struct completion *c)
{
	for (size_t i = 0; i < c->given.count; i++) {
		AUTO_FREE char *flight = NULL, *job = NULL;
		struct recipe *recipe;
		struct job_row row;
		int rc;

		if (jobspec_parse(c->ctx, c->given.v + i, 1, &flight, &job,
				  NULL) < 0 ||
		    job_get(c->ctx->db, flight, job, &row, NULL) < 0)
			continue;
		rc = recipe_load(&recipe, row.recipe, NULL);
		job_row_release(&row);
		if (rc < 0)
			continue;
		for (size_t s = 0; s < recipe->count; s++)
			offer(c, recipe->steps[s].testid);
		recipe_free(recipe);
	}
}

/* --- what a usage line says ---------------------------------------------- */

static int offer_kind(struct completion *c, const char *kind,
		      struct error *err)
{
	if (strstr(kind, ".STEP"))
		return offer_steps(c, err);
	if (strstr(kind, "JOB") && offer_jobs(c, err) < 0)
		return -1;
	if (strstr(kind, "STEP"))
		offer_testids(c);
	if (strstr(kind, "FLIGHT") && offer_flights(c, err) < 0)
		return -1;
	if (strstr(kind, "TREE"))
		offer_trees(c);
	for (size_t i = 0; strstr(kind, "TOOLSTACK") && toolstacks[i]; i++)
		offer(c, toolstacks[i]->name);
	if (strstr(kind, "BRANCH") && offer_branches(c, err) < 0)
		return -1;
	if (strstr(kind, "HOST") && offer_hosts(c, err) < 0)
		return -1;
	if (strstr(kind, "RECIPE") ||
	    (c->command == &cmd_recipe && strstr(kind, "NAME")))
		return offer_recipes(c, err);
	return 0;
}

static bool is_literal(const char *word)
{
	return *word >= 'a' && *word <= 'z';
}

/* Does the option "--name" of a usage line take the word after it? */
static bool takes_value(const struct command *command, const char *option)
{
	for (const struct option_row *row = command->options;
	     row && row->name; row++)
		if (str_starts(option, "--") &&
		    strcmp(option + 2, row->name) == 0)
			return row->argument != NULL;
	return false;
}

/*
 * The line's arguments: "[--lines COUNT]" and its like left out, and so the
 * value of an option that stands without brackets.
 */
static void arguments_of(const struct command *command, const char *line,
			 struct strvec *arguments)
{
	AUTO_STRVEC words = STRVEC_INIT;
	bool skipping = false;

	strvec_split(&words, line, " ");
	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.v[i];

		if (str_starts(word, "[-"))
			skipping = true;
		if (!skipping && *word != '-')
			strvec_push(arguments, word);
		if (str_ends(word, "]"))
			skipping = false;
		if (!skipping && takes_value(command, word))
			i++;
	}
}

static bool fits(const char *argument, const char *given)
{
	AUTO_STRVEC words = STRVEC_INIT;

	if (!is_literal(argument))
		return true;
	strvec_split(&words, argument, "|");
	return strvec_has(&words, given);
}

static int offer_argument(struct completion *c, const char *argument,
			  struct error *err)
{
	AUTO_STRVEC words = STRVEC_INIT;

	if (!is_literal(argument))
		return offer_kind(c, argument, err);
	strvec_split(&words, argument, "|");
	for (size_t i = 0; i < words.count; i++)
		offer(c, words.v[i]);
	return 0;
}

/* "HOST..." is every word from there on. */
static size_t place_in(const struct strvec *arguments, size_t at)
{
	const char *last = arguments->count ?
		arguments->v[arguments->count - 1] : "";

	return at >= arguments->count && strstr(last, "...") ?
		arguments->count - 1 : at;
}

static bool is_flight(struct completion *c, const char *name)
{
	struct flight_row row;

	if (flight_get(c->ctx->db, name, &row, NULL) < 0)
		return false;
	flight_row_release(&row);
	return true;
}

/* FLIGHT.JOB may be two words: behind a flight comes its job. */
static void spread_flights(struct completion *c, const struct strvec *words,
			   struct strvec *arguments)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->v[i];
		size_t at = arguments->count;

		strvec_push(arguments, word);
		if (at < c->given.count && strstr(word, "FLIGHT") &&
		    strstr(word, "JOB") && is_flight(c, c->given.v[at]))
			strvec_push(arguments, strstr(word, ".STEP") ?
				    "JOB.STEP" : "JOB");
	}
}

static int offer_form(struct completion *c, const char *line,
		      struct error *err)
{
	AUTO_STRVEC words = STRVEC_INIT, arguments = STRVEC_INIT;
	size_t at = c->given.count;

	arguments_of(c->command, line, &words);
	spread_flights(c, &words, &arguments);
	for (size_t i = 0; i < at && i < arguments.count; i++)
		if (!fits(arguments.v[i], c->given.v[i]))
			return 0;
	at = place_in(&arguments, at);
	if (at >= arguments.count)
		return 0;
	if (offer_argument(c, arguments.v[at], err) < 0)
		return -1;
	/* what may be left out lets the next one be there */
	if (arguments.v[at][0] == '[' && !strchr(arguments.v[at], '.') &&
	    at + 1 < arguments.count)
		return offer_argument(c, arguments.v[at + 1], err);
	return 0;
}

static int offer_arguments(struct completion *c, struct error *err)
{
	AUTO_STRVEC forms = STRVEC_INIT;

	strvec_split(&forms, c->command->usage, "\n");
	for (size_t i = 0; i < forms.count; i++)
		if (offer_form(c, forms.v[i], err) < 0)
			return -1;
	return 0;
}

/* --- options ------------------------------------------------------------- */

static const struct option_row *first_row(const struct command *command)
{
	static const struct option_row none[] = { OPTION_END };

	return command->options ? command->options : none;
}

static void offer_options(struct completion *c)
{
	for (const struct option_row *row = first_row(c->command);
	     row->type != OPTION_TYPE_END; row++) {
		AUTO_FREE char *name = xasprintf("--%s", row->name);

		offer(c, name);
	}
	offer(c, "--help");
}

/* The row of an option that takes the next word, or NULL. */
static const struct option_row *takes_next(const struct command *command,
					   const char *word)
{
	const struct option_row *row = first_row(command);

	for (; row->type != OPTION_TYPE_END; row++) {
		bool same = str_starts(word, "--") ?
			strcmp(word + 2, row->name) == 0 :
			word[0] == '-' && word[1] && word[1] == row->letter &&
			!word[2];

		if (same && row->argument)
			return row;
	}
	return NULL;
}

static int complete_rest(struct completion *c, const struct strvec *words,
			 size_t first, struct error *err)
{
	const struct option_row *option = NULL;

	for (size_t i = first; i + 1 < words->count; i++) {
		const char *word = words->v[i];

		if (option)
			option = NULL;
		else if (word[0] == '-')
			option = takes_next(c->command, word);
		else
			strvec_push(&c->given, word);
	}
	if (option)
		return offer_kind(c, option->argument, err);
	if (c->word[0] == '-') {
		offer_options(c);
		return 0;
	}
	return offer_arguments(c, err);
}

static const struct command *find_command(const char *name)
{
	const char *slash = strrchr(name, '/');

	name = slash ? slash + 1 : name;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		AUTO_STRVEC names = STRVEC_INIT;

		strvec_push(&names, commands[i]->name);
		if (commands[i]->aliases)
			strvec_split(&names, commands[i]->aliases, " ");
		if (strvec_has(&names, name))
			return commands[i];
	}
	return NULL;
}

static void offer_commands(struct completion *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!commands[i]->hidden)
			offer(c, commands[i]->name);
}

/* "sg-run-job WORD" as "ironbird run-job WORD". */
static int complete(struct completion *c, const struct strvec *words,
		    struct error *err)
{
	size_t first = 1;

	c->command = find_command(words->v[0]);
	if (!c->command && words->count == 2) {
		offer_commands(c);
		offer(c, "help");
		return 0;
	}
	if (!c->command && words->count == 3 &&
	    strcmp(words->v[1], "help") == 0)
		offer_commands(c);
	if (!c->command && words->count > 2) {
		c->command = find_command(words->v[1]);
		first = 2;
	}
	return c->command ? complete_rest(c, words, first, err) : 0;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct completion c = {
		.ctx = ctx, .given = STRVEC_INIT, .found = STRVEC_INIT,
	};
	int rc;

	if (args_check(args, "complete", 1, -1, err) < 0)
		return -1;
	c.word = args->v[args->count - 1];
	rc = complete(&c, args, err);
	strvec_sort(&c.found);
	for (size_t i = 0; i < c.found.count; i++)
		puts(c.found.v[i]);
	strvec_release(&c.given);
	strvec_release(&c.found);
	return rc;
}

const struct command cmd_complete = {
	.name = "complete",
	.summary = "What a shell may offer for the last of the words",
	.usage = "-- WORD...",
	.needs = NEEDS_DB,
	.hidden = true,
	.run = run,
};
