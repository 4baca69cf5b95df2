/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's web pages, made of what has changed. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "db/flights.h"
#include "flight/planpage.h"
#include "flight/publisher.h"

static bool force, follow;
static const char *folder;
static int64_t count = 50;

static const struct option_row options[] = {
	OPTION_FLAG('f', "force", &force, "make pages that are new enough too"),
	OPTION_NUMBER('n', "flights", "COUNT", &count,
		      "of each branch, the newest COUNT (default 50)"),
	OPTION_STRING('o', "output", "FOLDER", &folder,
		      "where to (default: setting Results)"),
	OPTION_FLAG(0, "follow", &follow,
		    "make them as rows change, until standard input ends"),
	OPTION_END
};

static int build(struct context *ctx, struct pages *pages, const char *what,
		 struct error *err)
{
	struct flight_row row;

	if (strchr(what, '/') || strcmp(what, "index.html") == 0)
		return pages_build_path(pages, what, err);
	if (flight_get(pages->db, what, &row, err) < 0)
		return -1;
	flight_row_release(&row);
	return flight_pages(pages, ctx->config, what, err);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct pages pages;
	int rc = 0;

	if (count < 1)
		return error_set(err, ERROR_USAGE, "option --flights takes a "
				 "number from 1");
	if (follow && (args->count != 1 || force || folder))
		return error_set(err, ERROR_USAGE, "--follow takes one "
				 "flight, and no other option");
	if (follow)
		return publisher_follow(ctx->config, ctx->db, args->v[0],
					STDIN_FILENO, err);
	pages_init(&pages, ctx->config, ctx->db, folder);
	pages.force = force;
	for (size_t i = 0; i < args->count && rc == 0; i++)
		rc = build(ctx, &pages, args->v[i], err);
	if (!args->count)
		rc = flight_pages_all(&pages, ctx->config, (size_t)count,
				      err);
	if (rc == 0)
		printf("%s: %d made, %d as they were\n", pages.root,
		       pages.built, pages.kept);
	pages_release(&pages);
	return rc;
}

const struct command cmd_pages = {
	.name = "pages",
	.summary = "Make the web pages whose rows have changed",
	.usage = "[--force] [--flights COUNT] [--output FOLDER]\n"
		 "[--force] [--output FOLDER] FLIGHT | PATH...\n"
		 "--follow FLIGHT",
	.options = options,
	.needs = NEEDS_DB,
	.run = run,
};
