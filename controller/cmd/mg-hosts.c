/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mg-hosts: OSSTest's words for what `host` and `power` do, several hosts at
 * once. Its "-" and "--" stand between hosts and what is done to them. Other
 * words are those of `host`.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "cmd/command.h"
#include "cmd/flag-expr.h"
#include "cmd/host-words.h"
#include "cmd/shown-property.h"
#include "db/hosts.h"
#include "host/host.h"

/* --- hosts, and what is done to each ------------------------------------- */

typedef int change_fn(struct context *ctx, const char *host,
		      const struct strvec *words, struct error *err);

/* A name, or a pattern with asterisks; at least one host. */
static int find_hosts(struct context *ctx, const char *word,
		      struct strvec *found, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	size_t before = found->count;

	if (!strchr(word, '*')) {
		strvec_push(found, word);
		return host_check(ctx->db, ctx->config, word, err);
	}
	if (host_names(ctx->db, ctx->config, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (fnmatch(word, names.v[i], 0) == 0)
			strvec_push(found, names.v[i]);
	if (found->count > before)
		return 0;
	return error_set(err, ERROR_USAGE, "no host is called '%.60s'", word);
}

static int change_all(struct context *ctx, const struct strvec *hosts,
		      const struct strvec *words, change_fn *change,
		      struct error *err)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (host_row_add(ctx->db, hosts->v[i], err) < 0 ||
		    change(ctx, hosts->v[i], words, err) < 0)
			return -1;
	return 0;
}

/* The words up to "-" or "--"; after "--" there is no other one. */
static size_t section(char *const *args, size_t count, bool *last)
{
	size_t n = 0;

	while (n < count && (*last || (strcmp(args[n], "-") != 0 &&
				       strcmp(args[n], "--") != 0)))
		n++;
	*last = *last || (n < count && args[n][1]);
	return n;
}

static int change_sections(struct context *ctx, char *const *args,
			   size_t count, change_fn *change, struct error *err)
{
	AUTO_STRVEC hosts = STRVEC_INIT;
	bool last = false;
	size_t n = section(args, count, &last);

	for (size_t i = 0; i < n; i++)
		if (find_hosts(ctx, args[i], &hosts, err) < 0)
			return -1;
	if (!n || n + 1 >= count)
		return error_set(err, ERROR_USAGE, "hosts come first, then - "
				 "or --, then what is set: 'mg-hosts -h'");
	while (n < count) {
		AUTO_STRVEC words = STRVEC_INIT;

		args += n + 1;
		count -= n + 1;
		n = section(args, count, &last);
		for (size_t i = 0; i < n; i++)
			strvec_push(&words, args[i]);
		if (change_all(ctx, &hosts, &words, change, err) < 0)
			return -1;
	}
	return 0;
}

/* All of it, or nothing. */
static int change_hosts(struct context *ctx, char *const *args, size_t count,
			change_fn *change, struct error *err)
{
	if (db_begin(ctx->db, err) < 0)
		return -1;
	if (change_sections(ctx, args, count, change, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

/* --- setting ------------------------------------------------------------- */

static int is_as_thought(struct context *ctx, const char *host,
			 const char *prop, const struct strvec *words,
			 struct error *err)
{
	AUTO_FREE char *now = NULL;

	if (host_prop_get(ctx->db, host, prop, &now, err) < 0)
		return -1;
	if (strcmp(str_or(now, ""), words->v[1]) == 0 ||
	    strcmp(str_or(now, ""), words->v[2]) == 0)
		return 0;
	return error_set(err, ERROR_USAGE, "host %s: its property %s is not "
			 "'%.40s': nothing was set", host, prop, words->v[1]);
}

/* PROP [OLD] NEW */
static int set_prop(struct context *ctx, const char *host,
		    const struct strvec *words, struct error *err)
{
	AUTO_FREE char *prop = NULL, *word = NULL;

	if (words->count < 2 || words->count > 3)
		return error_set(err, ERROR_USAGE, "a property is set by "
				 "PROPERTY [OLD] NEW, not by %zu words",
				 words->count);
	if (name_check("host property", words->v[0], err) < 0)
		return -1;
	prop = host_word_prop(words->v[0]);
	if (words->count == 3 &&
	    is_as_thought(ctx, host, prop, words, err) < 0)
		return -1;
	return host_prop_set(ctx->db, host, prop,
			     *words->v[words->count - 1] ?
			     words->v[words->count - 1] : NULL, err);
}

static int set_flags(struct context *ctx, const char *host,
		     const struct strvec *words, struct error *err)
{
	if (!words->count)
		return error_set(err, ERROR_USAGE, "setflags needs a flag");
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->v[i];
		bool off = *word == '!' || *word == '-';
		AUTO_FREE char *own = xasprintf("%c%s", off ? '!' : '+',
						word + off);

		if (host_word_apply(ctx, host, own, err) < 0)
			return -1;
	}
	return 0;
}

/* FLAG EXPRESSION */
static int set_flag_by(struct context *ctx, const char *name,
		       const struct strvec *words, struct error *err)
{
	struct host *host;
	bool on;
	int rc;

	if (words->count != 2)
		return error_set(err, ERROR_USAGE, "setflagexpr takes FLAG "
				 "and EXPRESSION, not %zu words",
				 words->count);
	if (name_check("host flag", words->v[0], err) < 0 ||
	    host_load(&host, ctx->db, ctx->config, name, err) < 0)
		return -1;
	rc = flag_expr(host, words->v[1], &on, err);
	host_free(host);
	return rc < 0 ? -1 : host_flag_set(ctx->db, name, words->v[0], on,
					   err);
}

static int setprops(struct context *ctx, char *const *args, size_t count,
		    struct error *err)
{
	return change_hosts(ctx, args, count, set_prop, err);
}

static int setflags(struct context *ctx, char *const *args, size_t count,
		    struct error *err)
{
	return change_hosts(ctx, args, count, set_flags, err);
}

static int setflagexpr(struct context *ctx, char *const *args, size_t count,
		       struct error *err)
{
	return change_hosts(ctx, args, count, set_flag_by, err);
}

static int add_all(struct context *ctx, const struct strvec *names,
		   struct error *err)
{
	for (size_t i = 0; i < names->count; i++)
		if (host_word_new(ctx->db, names->v[i], err) < 0 ||
		    host_row_add(ctx->db, names->v[i], err) < 0)
			return -1;
	return 0;
}

/* As OSSTest: of the other host, neither properties nor flags are taken. */
static int create_like(struct context *ctx, char *const *args, size_t count,
		       struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;

	(void)count;
	strvec_split(&names, args[1], ",");
	if (host_check(ctx->db, ctx->config, args[0], err) < 0 ||
	    db_begin(ctx->db, err) < 0)
		return -1;
	if (add_all(ctx, &names, err) < 0) {
		db_rollback(ctx->db);
		return -1;
	}
	return db_commit(ctx->db, err);
}

/* --- showing ------------------------------------------------------------- */

/* " HOST PROPERTY VALUE", quoted where it has blanks. */
static void show_prop(const struct host *host, const char *prop)
{
	AUTO_FREE char *value = shown_property(host, prop);
	const char *quote = strpbrk(str_or(value, ""), " \t") ? "'" : "";

	printf(" %-18s %-30s %s%s%s\n", host->name, prop, quote,
	       str_or(value, ""), quote);
}

static void show_props(const struct host *host, const char *only)
{
	if (only)
		show_prop(host, only);
	for (size_t i = 0; i < host->props.count && !only; i++) {
		AUTO_FREE char *prop = xstrndup(host->props.v[i],
					strcspn(host->props.v[i], "="));

		show_prop(host, prop);
	}
}

static int show_host(struct context *ctx, const char *name, const char *only,
		     struct error *err)
{
	struct host *host;

	if (host_load(&host, ctx->db, ctx->config, name, err) < 0)
		return -1;
	show_props(host, only);
	host_free(host);
	return 0;
}

/* Its manual says hosts, its code takes properties: both are understood. */
static int showprops(struct context *ctx, char *const *args, size_t count,
		     struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	int rc = host_names(ctx->db, ctx->config, &names, err);

	for (size_t i = 0; i < names.count && !count && rc == 0; i++)
		rc = show_host(ctx, names.v[i], NULL, err);
	for (size_t a = 0; a < count && rc == 0; a++) {
		AUTO_FREE char *prop = host_word_prop(args[a]);

		if (strvec_has(&names, args[a])) {
			rc = show_host(ctx, args[a], NULL, err);
			continue;
		}
		for (size_t i = 0; i < names.count && rc == 0; i++)
			rc = show_host(ctx, names.v[i], prop, err);
	}
	return rc;
}

static void print_grid(struct host *const *hosts, size_t count,
		       const struct strvec *flags)
{
	int width = 1;

	for (size_t f = 0; f < flags->count; f++)
		if ((int)strlen(flags->v[f]) > width)
			width = (int)strlen(flags->v[f]);
	printf("%*s |", width, "");
	for (size_t h = 0; h < count; h++)
		printf(" %s", hosts[h]->name);
	putchar('\n');
	for (size_t f = 0; f < flags->count; f++) {
		printf("%-*s |", width, flags->v[f]);
		for (size_t h = 0; h < count; h++)
			printf(" %-*s", (int)strlen(hosts[h]->name),
			       strvec_has(&hosts[h]->flags, flags->v[f]) ?
			       "x" : ".");
		putchar('\n');
	}
}

/* A row for each flag, a column for each host. */
static int showflags(struct context *ctx, char *const *args, size_t count,
		     struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT, all = STRVEC_INIT;
	AUTO_STRVEC flags = STRVEC_INIT;
	struct host **hosts;
	int rc = host_names(ctx->db, ctx->config, &names, err);

	(void)args;
	hosts = xcalloc(names.count + 1, sizeof(*hosts));
	for (count = 0; count < names.count && rc == 0; count++) {
		rc = host_load(&hosts[count], ctx->db, ctx->config,
			       names.v[count], err);
		if (rc < 0)
			break;
		strvec_pushv(&all, hosts[count]->flags.v);
	}
	strvec_sort(&all);
	for (size_t i = 0; i < all.count; i++)
		if (!strvec_has(&flags, all.v[i]))
			strvec_push(&flags, all.v[i]);
	if (rc == 0)
		print_grid(hosts, count, &flags);
	while (count > 0)
		host_free(hosts[--count]);
	free(hosts);
	return rc;
}

static int power(struct context *ctx, char *const *args, size_t count,
		 struct error *err)
{
	AUTO_STRVEC hosts = STRVEC_INIT;
	int rc = 0;

	for (size_t i = 0; i + 1 < count; i++)
		if (find_hosts(ctx, args[i], &hosts, err) < 0)
			return -1;
	for (size_t i = 0; i < hosts.count && rc == 0; i++) {
		AUTO_STRVEC words = STRVEC_INIT;

		strvec_pushl(&words, hosts.v[i], args[count - 1], NULL);
		rc = cmd_power.run(ctx, &words, err);
	}
	return rc;
}

/* --- the command --------------------------------------------------------- */

static const struct verb verbs[] = {
	{ "showprops", 0, -1, "[HOST|PROPERTY]...", showprops },
	{ "setprops", 3, -1, "HOST... -- PROPERTY [OLD] NEW", setprops },
	{ "showflags", 0, 0, "", showflags },
	{ "setflags", 3, -1, "HOST... -- [!]FLAG...", setflags },
	{ "setflagexpr", 4, -1, "HOST... -- FLAG EXPRESSION", setflagexpr },
	{ "create-like", 2, 2, "HOST NEW[,NEW]...", create_like },
	{ "power", 2, -1, "HOST... on|off|cycle", power },
	{ NULL }
};

static bool is_own(const char *word)
{
	for (const struct verb *verb = verbs; verb->name; verb++)
		if (strcmp(verb->name, word) == 0)
			return true;
	return false;
}

static int run_host(struct context *ctx, const struct strvec *args,
		    struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT, words = STRVEC_INIT;
	int rc;

	strvec_push(&argv, "host");
	strvec_pushv(&argv, args->v);
	rc = options_parse(cmd_host.options, (int)argv.count, argv.v, &words,
			   err);
	if (rc == OPTIONS_HELP) {
		command_help(&cmd_host);
		return 0;
	}
	return rc < 0 ? -1 : cmd_host.run(ctx, &words, err);
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	if (args->count && is_own(args->v[0]))
		return verb_run(ctx, "mg-hosts", verbs, args, err);
	return run_host(ctx, args, err);
}

const struct command cmd_mg_hosts = {
	.name = "mg-hosts",
	.summary = "Hosts in OSSTest's words, and in those of 'host'",
	.usage = "showprops [HOST|PROPERTY]...\n"
		 "setprops HOST... -- PROPERTY [OLD] NEW\n"
		 "showflags\n"
		 "setflags HOST... -- [!]FLAG...\n"
		 "setflagexpr HOST... -- FLAG EXPRESSION\n"
		 "create-like HOST NEW[,NEW]...\n"
		 "power HOST... on|off|cycle",
	.needs = NEEDS_DB,
	.wordy = true,
	.run = run,
};
