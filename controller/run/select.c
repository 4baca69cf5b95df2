/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/names.h"
#include "run/select.h"

/* "boot" of "boot/src_host", one of a lane's; the caller frees. */
static char *without_ident(const struct recipe *recipe,
			   const struct recipe_step *step)
{
	AUTO_FREE char *end = step->parallel ?
		xasprintf("/%s", recipe->hosts.v[step->lane]) : xstrdup("");
	size_t len = strlen(step->testid);

	if (str_ends(step->testid, end))
		len -= strlen(end);
	return xstrndup(step->testid, len);
}

static bool is_called(const struct recipe *recipe, size_t i, const char *name)
{
	const struct recipe_step *step = &recipe->steps[i];
	AUTO_FREE char *of_any_host = without_ident(recipe, step);

	return strcmp(step->testid, name) == 0 ||
	       strcmp(of_any_host, name) == 0 ||
	       strcmp(step->argv.v[0], name) == 0;
}

/* When it is its turn: the same for the same place in each lane. */
static size_t turn(const struct recipe *recipe, size_t i)
{
	const struct recipe_step *steps = recipe->steps;
	size_t segment = i, lane = i;

	if (!steps[i].parallel)
		return i;
	while (segment && steps[segment - 1].parallel == steps[i].parallel)
		segment--;
	while (lane > segment && steps[lane - 1].lane == steps[i].lane)
		lane--;
	return segment + i - lane;
}

static int unknown(const struct recipe *recipe, const char *name,
		   struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	for (size_t i = 0; i < recipe->count; i++) {
		AUTO_FREE char *of_any_host =
			without_ident(recipe, &recipe->steps[i]);

		strvec_push(&names, recipe->steps[i].testid);
		strvec_push(&names, of_any_host);
		strvec_push(&names, recipe->steps[i].argv.v[0]);
	}
	hint = name_hint(name, &names);
	return error_set(err, ERROR_USAGE, "recipe %s has no step '%.100s'%s; "
			 "'ironbird recipe show %s' lists them", recipe->name,
			 name, hint, recipe->name);
}

/* The turn of the first or last step of that name. */
static int find(const struct recipe *recipe, const char *name, bool last,
		size_t *at, struct error *err)
{
	bool found = false;

	for (size_t i = 0; i < recipe->count; i++) {
		size_t here = turn(recipe, i);

		if (!is_called(recipe, i, name) ||
		    (found && (last ? here < *at : here > *at)))
			continue;
		*at = here;
		found = true;
	}
	return found ? 0 : unknown(recipe, name, err);
}

static int select_only(const struct recipe *recipe, const char *name,
		       bool *wanted, struct error *err)
{
	bool found = false;

	for (size_t i = 0; i < recipe->count; i++) {
		wanted[i] = is_called(recipe, i, name);
		found |= wanted[i];
	}
	return found ? 0 : unknown(recipe, name, err);
}

int select_steps(const struct recipe *recipe,
		 const struct step_selection *selection, bool *wanted,
		 struct error *err)
{
	size_t from = 0, until = recipe->count;

	if (selection->only && (selection->from || selection->until))
		return error_set(err, ERROR_USAGE, "--only goes without "
				 "--from and --until");
	if (selection->only)
		return select_only(recipe, selection->only, wanted, err);
	if ((selection->from && find(recipe, selection->from, false, &from,
				     err) < 0) ||
	    (selection->until && find(recipe, selection->until, true, &until,
				      err) < 0))
		return -1;
	if (until < from)
		return error_set(err, ERROR_USAGE, "recipe %s: %s comes before "
				 "%s", recipe->name, selection->until,
				 selection->from);
	for (size_t i = 0; i < recipe->count; i++) {
		size_t here = turn(recipe, i);

		wanted[i] = here >= from &&
			(here <= until || recipe->steps[i].always);
	}
	return 0;
}
