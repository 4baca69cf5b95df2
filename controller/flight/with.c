/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "build/environment.h"
#include "flight/gate.h"
#include "flight/with.h"

#define VARIABLE "REVISION_"

void with_release(struct with *with)
{
	strvec_release(&with->environment);
	strvec_release(&with->sentences);
	free(with->xen_branch);
	*with = (struct with)WITH_INIT;
}

static int take(const struct config *config, const char *branch,
		struct with *with, struct error *err)
{
	struct gate gate;

	if (gate_open_output(&gate, config, branch, err) < 0)
		return -1;
	if (*gate.baseline) {
		AUTO_FREE char *name = name_variable(VARIABLE,
						     gate.tree.name);

		strvec_pushf(&with->environment, "%s=%s", name,
			     gate.baseline);
	} else {
		strvec_pushf(&with->sentences, "branch %s has let nothing "
			     "through yet: the tree %s is taken as the "
			     "settings have it", branch, gate.tree.name);
	}
	gate_release(&gate);
	return 0;
}

int with_read(const struct config *config, const char *branch,
	      const char *tree, struct with *with, struct error *err)
{
	AUTO_STRVEC branches = STRVEC_INIT, seen = STRVEC_INIT;

	*with = (struct with)WITH_INIT;
	strvec_split(&branches, str_or(gate_setting(config, "With", branch),
				       ""), " \t,");
	strvec_push(&seen, tree);
	for (size_t i = 0; i < branches.count; i++) {
		const char *other = gate_setting(config, "Tree",
						 branches.v[i]);

		if (strvec_has(&seen, other))
			continue;
		strvec_push(&seen, other);
		if (strcmp(other, "xen") == 0)
			with->xen_branch = xstrdup(branches.v[i]);
		if (tree_environment(VARIABLE, other))
			continue;
		if (take(config, branches.v[i], with, err) < 0) {
			with_release(with);
			return error_prefix(err, "branch %s", branch);
		}
	}
	return 0;
}
