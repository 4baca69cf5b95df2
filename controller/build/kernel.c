/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Linux kernel for dom0 and guests. */
#include <string.h>

#include "base/strbuf.h"
#include "build/build.h"

#define PREFIX "CONFIG_"

static const char option_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"abcdefghijklmnopqrstuvwxyz0123456789_";

/* A value that options can be forced to: its runvar, and the script's word. */
static const struct override {
	const char *runvar, *word;
} overrides[] = {
	{ "kconfig_override_y", "OVERRIDE_Y" },
	{ "kconfig_override_m", "OVERRIDE_M" },
	{ "kconfig_override_n", "OVERRIDE_N" },
};

/* "CONFIG_EXT4_FS,XEN" without the prefix; an option has one value. */
static int add_options(struct build *build, const char *runvar,
		       struct strvec *options, struct strvec *all,
		       struct error *err)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, build_runvar(build, runvar, ""), ", \t\n");
	for (size_t i = 0; i < words.count; i++) {
		const char *option = words.v[i];

		if (str_starts(option, PREFIX))
			option += strlen(PREFIX);
		if (!*option || option[strspn(option, option_letters)])
			return error_set(err, ERROR_USAGE, "runvar %s: "
					 "'%.60s' is no option of a kernel",
					 runvar, words.v[i]);
		if (strvec_has(options, option))
			continue;
		if (strvec_has(all, option))
			return error_set(err, ERROR_USAGE, "runvar %s: "
					 PREFIX "%s has another value in "
					 "another one", runvar, option);
		strvec_push(options, option);
		strvec_push(all, option);
	}
	return 0;
}

/* In one order: the same options are the same build. */
static int add_overrides(struct build *build, struct error *err)
{
	AUTO_STRVEC all = STRVEC_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(overrides); i++) {
		AUTO_STRVEC options = STRVEC_INIT;
		AUTO_FREE char *value = NULL;

		if (add_options(build, overrides[i].runvar, &options, &all,
				err) < 0)
			return -1;
		if (!options.count)
			continue;
		strvec_sort(&options);
		value = strvec_join(&options, " ");
		build_word(build, overrides[i].word, value);
	}
	return 0;
}

/*
 * kernel_base is the make target that sets all options, kernel_kconfig the
 * fragments that win over it, kconfig_override_{y,m,n} (as OSSTest has them)
 * single options that win over both. kernel_base=allnoconfig with "pvops small"
 * is built in a quarter of the time, and boots virtual hosts only.
 */
static int kernel_words(struct build *build, struct error *err)
{
	build_word(build, "BASE",
		   build_runvar(build, "kernel_base", "x86_64_defconfig"));
	build_word(build, "KCONFIG",
		   build_runvar(build, "kernel_kconfig", "pvops"));
	return add_overrides(build, err);
}

const struct build_part build_part_kernel = {
	.name = "kernel", .tree = "linux", .testcase = "ts-kernel-build",
	.job = "build-amd64-pvops", .recipe = "build-kern",
	.words = kernel_words,
};
