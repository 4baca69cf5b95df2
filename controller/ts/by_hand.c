/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "run/adhoc.h"
#include "run/plan.h"
#include "ts/by_hand.h"
#include "ts/state.h"

/* Before anything is recorded: nobody is to be surprised by a wiped disk. */
static int ask(const struct adhoc_spec *spec, struct error *err)
{
	AUTO_STRVEC sentences = STRVEC_INIT;

	for (size_t i = 0; i < spec->idents->count; i++) {
		AUTO_FREE char *host = NULL, *sentence = NULL;

		if (adhoc_host(ts_state.config, ts_state.db, spec,
			       spec->idents->v[i], &host, err) < 0 ||
		    (host && wipe_sentence(ts_state.config, ts_state.db, host,
					   &sentence, err) < 0))
			return -1;
		if (sentence)
			strvec_push(&sentences, sentence);
	}
	return wipe_ask(&sentences, err);
}

static int exit_status(enum step_status status)
{
	switch (status) {
	case STEP_PASS: return TS_PASS;
	case STEP_FAIL: return TS_FAIL;
	case STEP_SKIP: return TS_SKIP;
	case STEP_BLOCKED: return TS_BLOCKED;
	default: return TS_BROKEN;
	}
}

int by_hand_run(const struct by_hand *how, struct error *err)
{
	AUTO_STRVEC argv = STRVEC_INIT;
	AUTO_FREE char *program = realpath("/proc/self/exe", NULL);
	AUTO_FREE char *flight = NULL;
	const struct adhoc_spec spec = {
		.argv = &argv, .program = program,
		.idents = &ts_state.idents, .runvars = how->runvars,
		.flight = how->flight, .job = how->job,
	};
	enum step_status status;

	if (!program)
		return error_errno(err, "cannot find my own program");
	strvec_push(&argv, ts_state.program);
	strvec_pushv(&argv, how->words->v);
	if (ts_case.wipes && !how->yes && ask(&spec, err) < 0)
		return -1;
	if (adhoc_run(ts_state.config, ts_state.db, &spec, &status, &flight,
		      err) < 0)
		return -1;
	log_info("%s; 'ironbird report %s' tells more",
		 step_status_name(status), flight);
	return exit_status(status);
}
