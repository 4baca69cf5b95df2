/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "base/strvec.h"
#include "build/git.h"

#define SHORT_LIMIT_MS 60000
#define OUTPUT_MAX (16 << 20)

static const char *const forgotten[] = {
	"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE",
};

/* In the child: what a hook that called us had set. */
static int forget_repository(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(forgotten); i++)
		unsetenv(forgotten[i]);
	return 0;
}

static void add_words(struct strvec *argv, const struct git_call *call,
		      va_list ap)
{
	const char *word;

	strvec_pushl(argv, "git", "-c", "core.hooksPath=/dev/null", "-c",
		     "safe.directory=*", "-c", "gc.auto=0", "-c",
		     "core.autocrlf=false", NULL);
	if (call->repo)
		strvec_pushf(argv, "--git-dir=%s", call->repo);
	while ((word = va_arg(ap, const char *)))
		strvec_push(argv, word);
}

static void add_env(struct strvec *env, const struct git_call *call)
{
	strvec_pushl(env, "GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
		     "GIT_CONFIG_NOSYSTEM=1", NULL);
	if (!call->own_settings)
		strvec_push(env, "GIT_CONFIG_GLOBAL=/dev/null");
	if (call->env)
		strvec_pushv(env, call->env);
}

static int run(const struct git_call *call, struct proc_result *result,
	       va_list ap, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT, env = STRVEC_INIT;
	struct proc_spec spec = {
		.dir = call->dir, .input = call->input,
		.limit_ms = call->limit_ms ? call->limit_ms : SHORT_LIMIT_MS,
		.merge_errors = true, .output_max = OUTPUT_MAX,
		.before_exec = forget_repository, .die_with_parent = true,
	};

	add_words(&argv, call, ap);
	add_env(&env, call);
	spec.argv = argv.v;
	spec.env = env.v;
	return proc_run(&spec, result, err);
}

/* git says why in its first such line, and how to mend it in the others. */
static char *reason_of(struct strbuf *output)
{
	static const char *const marks[] = { "fatal: ", "error: " };
	const char *line = NULL;

	strbuf_rtrim(output);
	for (size_t i = 0; i < ARRAY_SIZE(marks) && !line; i++) {
		const char *at = strstr(output->buf, marks[i]);

		if (at && (at == output->buf || at[-1] == '\n'))
			line = at + strlen(marks[i]);
	}
	if (!line)
		line = *output->buf ? output->buf : "it printed nothing";
	return xstrndup(line, strcspn(line, "\n"));
}

int git_run(const struct git_call *call, struct strbuf *out,
	    struct error *err, ...)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	AUTO_FREE char *why = NULL, *verb = NULL;
	va_list ap;
	int rc;

	va_start(ap, err);
	verb = xstrdup(va_arg(ap, const char *));
	va_end(ap);
	va_start(ap, err);
	rc = run(call, &result, ap, err);
	va_end(ap);
	if (rc < 0)
		return -1;
	if (result.status) {
		why = reason_of(&result.output);
		return error_set(err, ERROR_BROKEN, "git %s: %s", verb, why);
	}
	if (out)
		strbuf_add(out, result.output.buf, result.output.len);
	return 0;
}

char *git_ask(const struct git_call *call, ...)
{
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	va_list ap;
	int rc;

	va_start(ap, call);
	rc = run(call, &result, ap, NULL);
	va_end(ap);
	if (rc < 0 || result.status)
		return NULL;
	return xstrndup(result.output.buf, strcspn(result.output.buf, "\n"));
}

bool git_is_commit(const char *text)
{
	return strlen(text) == COMMIT_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == COMMIT_SIZE - 1;
}
