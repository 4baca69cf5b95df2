/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main job on an embedded lab, from nothing: the very commands a person
 * would type, one after another, each shown before it runs.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/proc.h"
#include "cmd/command.h"

static bool keep;
static const char *job = "test-amd64-amd64-xl";

static const struct option_row options[] = {
	OPTION_FLAG('k', "keep", &keep, "leave the lab and its host running"),
	OPTION_STRING('j', "job", "JOB", &job, "another job of the flight"),
	OPTION_END
};

enum { STAGE_WORDS = 5 };

struct stage {
	const char *name;	/* in demo.tsv */
	const char *words[STAGE_WORDS];
	bool always;		/* after a failure too */
};

static const struct stage stages[] = {
	{ "image", { "image", "build" }, false },
	{ "bundle", { "hypervisor", "pack" }, false },
	{ "lab", { "lab", "up" }, false },
	{ "host", { "lab", "add-host", "iron1", "--if-missing" }, false },
	{ "flight", { "standalone-reset", "demo" }, false },
	/* of a lab that stayed up, too, all of it is to be seen */
	{ "job", { "run-job", "--fresh", "JOB" }, false },
	{ "report", { "report" }, true },
	{ "down", { "lab", "down" }, true },
};

static volatile sig_atomic_t child_group;

/* The child leads a process group of its own: Ctrl-C must be passed on. */
static void pass_on(int sig)
{
	if (child_group > 0)
		kill(-child_group, sig);
}

static void show(const struct strvec *argv)
{
	AUTO_FREE char *line = strvec_join(argv, " ");
	const char *name = strrchr(line, '/');

	printf("\n$ %s\n", name ? name + 1 : line);
	fflush(stdout);
}

static int run_stage(const struct stage *stage, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	struct proc_spec spec = { .out = STDOUT_FILENO };
	int wstatus;
	pid_t pid;

	strvec_pushf(&argv, "%s/ironbird", config_program_dir());
	for (int i = 0; i < STAGE_WORDS && stage->words[i]; i++)
		strvec_push(&argv, strcmp(stage->words[i], "JOB") == 0 ?
			    job : stage->words[i]);
	show(&argv);
	spec.argv = argv.v;
	pid = proc_spawn(&spec, err);
	if (pid < 0)
		return -1;
	child_group = pid;
	while (waitpid(pid, &wstatus, 0) < 0)
		;	/* interrupted: the child has been told too */
	child_group = 0;
	return proc_exit_status(wstatus);
}

/*
 * A line for each stage of each demo: when it began (UTC), its name, ms, exit
 * status. Earlier lines stay: the first run of all is the one that built the
 * images.
 */
static int write_time(struct context *ctx, const struct stage *stage,
		      int64_t began, int64_t ms, int status,
		      struct error *err)
{
	AUTO_FREE char *path = config_state_path(ctx->config, "demo.tsv");
	AUTO_CLOSE int fd = -1;
	char stamp[CLOCK_STAMP_SIZE];

	if (dir_make_parent(path, err) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || dprintf(fd, "%s\t%s\t%" PRId64 "\t%d\n",
			      clock_stamp(began, stamp), stage->name, ms,
			      status) < 0)
		return error_errno(err, "cannot write %s", path);
	return 0;
}

static int run_and_time(struct context *ctx, const struct stage *stage,
			struct error *err)
{
	int64_t began = clock_now_ms(), start = clock_mono_ms();
	int status = run_stage(stage, err);

	if (status < 0 ||
	    write_time(ctx, stage, began, clock_mono_ms() - start, status,
		       err) < 0)
		return -1;
	return status;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	char took[DURATION_TEXT_SIZE];
	int64_t start = clock_mono_ms();
	int result = 0;

	if (args_check(args, "demo", 0, 0, err) < 0)
		return -1;
	signal(SIGINT, pass_on);
	signal(SIGTERM, pass_on);
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		int status;

		if ((result && !stages[i].always) ||
		    (keep && strcmp(stages[i].name, "down") == 0))
			continue;
		status = run_and_time(ctx, &stages[i], err);
		if (status < 0)
			return -1;
		if (!result)
			result = status;
	}
	printf("\nThe whole demo took %s.\n",
	       duration_text(clock_mono_ms() - start, took));
	return result;
}

const struct command cmd_demo = {
	.name = "demo",
	.summary = "Run the main job on an embedded lab, from nothing",
	.usage = "[--keep] [--job JOB]",
	.options = options,
	.needs = NEEDS_CONFIG | NEEDS_ROOT,
	.run = run,
};
