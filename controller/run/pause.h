/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A job that stops where a person wants to look, as OSSTest's runvars
 * pause_on_<status> say: globs with commas between them, of testids or
 * scripts. When such a step ends with that status, nothing more is begun and
 * the hosts are held (run/hold.h), before logs are fetched or anything is
 * cleaned up; at the end of PauseLimit the job goes on. They are read when a
 * step ends: they may be set while the job runs.
 */
#ifndef IRONBIRD_RUN_PAUSE_H
#define IRONBIRD_RUN_PAUSE_H

#include "run/lanes.h"

/* ERROR_USAGE for a runvar pause_on_... of what is no status of a step. */
int must_check pause_check(const struct job_state *state, struct error *err);
/* The step has ended so: holds, if it is to. Its row says until when. */
int must_check pause_after(struct job_state *state,
			   const struct recipe_step *step,
			   enum step_status status, struct error *err);

#endif
