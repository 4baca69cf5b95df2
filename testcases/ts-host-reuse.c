/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the host is what the job would make of it, so that the steps that
 * prepare it need not be run; and, after them, what it has become.
 *
 *	decide		reuse it as it is, go back to a snapshot of it, or
 *			let it be prepared anew
 *	start-test	the preparation is over: note what it made
 *	post-test	the job is over: is it still that?
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "boot/install.h"
#include "db/jobs.h"
#include "lab/snapshots.h"
#include "run/reuse.h"
#include "ts/ts_host.h"

#define ANSWER_LIMIT_S 20
#define LOOK_LIMIT_S 60
#define COPY_LIMIT_S 900

/* The boot id, then what Xen says it was built from ("": there is none). */
static const char look_script[] =
	"cat /proc/sys/kernel/random/boot_id\n"
	"[ \"$(cat /sys/hypervisor/type 2>/dev/null)\" = xen ] || exit 0\n"
	"xl info | sed -n 's/^build_id *: //p'\n";

static void must(int rc, const struct error *err)
{
	if (rc < 0)
		ts_end(err);
}

struct look {
	const char *boot_id, *build_id;
};

/* What cannot be read is no news: then it shows when it is asked. */
static bool is_off(struct ts_host *host)
{
	enum power_state state = POWER_UNKNOWN;

	return power_status(host->host, &state, NULL) == 0 &&
	       state == POWER_OFF;
}

/* A sentence when it does not answer, else NULL. */
static const char *look_at(struct ts_host *host, struct look *look)
{
	AUTO_STRVEC lines = STRVEC_INIT;
	struct error err;
	const char *out;

	if (is_off(host))
		return "it is off";
	if (!ts_try_ssh(host, ANSWER_LIMIT_S, &err))
		return ts_text("it does not answer: %s", err.text);
	if (ts_try_script(host, LOOK_LIMIT_S, &out, look_script, NULL) != 0)
		return "it does not tell its boot id";
	strvec_split(&lines, out, "\n");
	look->boot_id = lines.count ? ts_text("%s", lines.v[0]) : "";
	look->build_id = lines.count > 1 ? ts_text("%s", lines.v[1]) : "";
	return NULL;
}

/* The runvar that the preparation of that hash stored, or NULL. */
static const char *result_of(struct ts_host *host, const char *hash,
			     const char *name)
{
	struct reads facts = { .v = NULL };
	const char *value;
	struct error err;

	must(preparation_facts(ts_db(), host->name, hash, &facts, &err),
		 &err);
	value = reads_value(&facts, "result", name);
	value = value ? ts_text("%s", value) : NULL;
	reads_release(&facts);
	return value;
}

/* Does it still run what was prepared? A sentence if not. */
static const char *what_is_wrong(struct ts_host *host, const char *hash,
				 const char *boot_id)
{
	const char *build_id = result_of(host, hash, "xen_build_id");
	struct look look;
	const char *silence = look_at(host, &look);

	if (silence)
		return silence;
	if (strcmp(look.boot_id, str_or(boot_id, "")) != 0)
		return ts_text("it was booted since: its boot id is %s, and "
			       "was %s", look.boot_id, str_or(boot_id, "?"));
	if (build_id && strcmp(look.build_id, build_id) != 0)
		return ts_text("it runs the hypervisor with build id '%s' "
			       "instead of %s", look.build_id, build_id);
	return NULL;
}

/* --- decide -------------------------------------------------------------- */

static struct recipe *load_recipe(void)
{
	struct recipe *recipe;
	struct job_row row;
	struct error err;

	if (!ts_job())
		ts_broken("it decides for a job: give --job");
	must(job_get(ts_db(), ts_flight(), ts_job(), &row, &err), &err);
	must(recipe_load(&recipe, row.recipe, &err), &err);
	job_row_release(&row);
	return recipe;
}

static void tell(struct ts_host *host, const struct reuse_verdict *verdict)
{
	AUTO_FREE char *sentence = reuse_sentence(verdict, host->name);
	AUTO_FREE char *runvar = reuse_runvar(host->ident);
	bool reused = verdict->way == REUSE_AS_IT_IS ||
		      verdict->way == REUSE_SNAPSHOT;

	ts_stage("%s", sentence);
	ts_runvar_store(runvar, reused ? sentence : REUSE_NO);
}

static void use(struct ts_host *host, const struct reuse_verdict *verdict)
{
	ts_prepared_before(host, verdict->hash, verdict->boot_id);
	tell(host, verdict);
}

/* Its clock stood still since the snapshot was taken. */
static const char *go_back(struct ts_host *host,
			   const struct reuse_verdict *verdict)
{
	struct error err;

	ts_stage("host %s: back to the snapshot %s", host->name,
		 verdict->snapshot);
	ts_power(host, POWER_OFF);
	if (snapshot_restore(ts_db(), host->host, verdict->snapshot,
			     &err) < 0)
		return ts_text("its snapshot cannot be used: %s", err.text);
	ts_watch_host(host);
	if (!ts_try_ssh(host, ANSWER_LIMIT_S, &err))
		return ts_text("it does not answer: %s", err.text);
	ts_script(host, LOOK_LIMIT_S, "date -u -s \"@$1\" >/dev/null",
		  ts_text("%lld", (long long)(clock_now_ms() / 1000)), NULL);
	return what_is_wrong(host, verdict->hash, verdict->boot_id);
}

/* What the rows promise, tried: a sentence when it is not so. */
static const char *try_out(struct ts_host *host,
			   const struct reuse_verdict *verdict)
{
	const char *wrong = NULL;
	struct error err;

	if (verdict->way == REUSE_AS_IT_IS)
		wrong = what_is_wrong(host, verdict->hash, verdict->boot_id);
	else if (verdict->way == REUSE_SNAPSHOT)
		wrong = go_back(host, verdict);
	if (!wrong)
		return NULL;
	ts_log("host %s: %s", host->name, wrong);
	must(host_state_dirty(ts_db(), host->name, wrong, &err), &err);
	if (verdict->way == REUSE_SNAPSHOT)
		must(preparation_set_snapshot(ts_db(), host->name,
					      verdict->hash, NULL, 0, NULL,
					      &err), &err);
	return wrong;
}

/* Why it is dirty from now on; a state's own sentences begin with "dirty". */
static const char *what_it_is(const struct reuse_verdict *verdict)
{
	const char *why = str_or(verdict->why, "it was to be restored");

	return str_starts(why, "dirty: ") ? why + strlen("dirty: ") : why;
}

static void give_up(struct ts_host *host, const struct reuse_verdict *verdict)
{
	AUTO_FREE char *restore = reuse_restore_runvar(host->ident);
	struct error err;

	if ((verdict->way == REUSE_FRESH || verdict->way == REUSE_PRISTINE) &&
	    reuse_is_unasked(host->name))
		ts_broken("host %s would have to be installed again (%s), "
			  "which nobody was asked about: run the job once "
			  "more with --fresh", host->name,
			  str_or(verdict->why, "from its own disk"));
	must(host_state_dirty(ts_db(), host->name, what_it_is(verdict), &err),
	     &err);
	tell(host, verdict);
	if (verdict->way == REUSE_PRISTINE)
		ts_runvar_store(restore, verdict->hash);
}

static void decide(struct ts_host *host)
{
	struct recipe *recipe = load_recipe();
	const struct reuse_question question = {
		.config = ts_config(), .db = ts_db(), .host = host->host,
		.recipe = recipe, .ident = host->ident,
		.flight = ts_flight(), .job = ts_job(),
		.run = ts_run_number(), .fresh = getenv(REUSE_FRESH_VARIABLE),
	};
	struct reuse_verdict verdict;
	struct error err;

	must(reuse_judge(&question, &verdict, &err), &err);
	/* each time there is one way less */
	while (try_out(host, &verdict)) {
		reuse_verdict_release(&verdict);
		must(reuse_judge(&question, &verdict, &err), &err);
	}
	if (verdict.way == REUSE_AS_IT_IS || verdict.way == REUSE_SNAPSHOT)
		use(host, &verdict);
	else
		give_up(host, &verdict);
	reuse_verdict_release(&verdict);
	recipe_free(recipe);
}

/* --- the states after that ------------------------------------------------ */

/* A snapshot is a convenience: without one, the job goes on. */
static void take_snapshot(struct ts_host *host, const char *hash,
			  const char *boot_id)
{
	struct error err;
	int rc;

	ts_drop_ssh(host);
	ts_stage("host %s: a snapshot of it", host->name);
	rc = snapshot_take(ts_db(), ts_config(), host->host, hash, boot_id,
			   &err);
	if (rc < 0)
		ts_log("no snapshot: %s", err.text);
	else if (rc > 0)
		ts_log("snapshot %s taken", hash);
}

/*
 * Root as it is now, by its own host, onto the partition beside it. The file
 * system is of the kind that GRUB and the installer expect (host-images).
 */
static const char pristine_script[] =
	"d=/dev/disk/by-partlabel/pristine\n"
	"[ -b $d ] || { echo no pristine partition; exit 1; }\n"
	"mkfs.ext4 -q -F -L pristine -b 4096 -E nodiscard,lazy_itable_init=1 "
	"-O '^metadata_csum,^metadata_csum_seed,^orphan_file,uninit_bg' $d\n"
	"mkdir -p /run/pristine\n"
	"mount -t ext4 -o noinit_itable $d /run/pristine\n"
	"trap 'umount /run/pristine; rmdir /run/pristine' EXIT\n"
	"cp -ax /. /run/pristine/\n"
	"echo \"$1\" >/run/pristine/etc/ironbird/pristine\n"
	"sync\n";

static void keep_pristine(struct ts_host *host, const char *hash)
{
	struct error err;
	const char *out;

	if (!install_has_pristine(host->host))
		return;
	ts_stage("host %s: a copy of it for its pristine partition",
		 host->name);
	if (ts_try_script(host, COPY_LIMIT_S, &out, pristine_script, hash,
			  NULL) != 0) {
		ts_log("no pristine copy: %s", out);
		return;
	}
	must(preparation_set_pristine(ts_db(), host->name, hash, &err), &err);
}

static void seal(struct ts_host *host)
{
	struct reads steps = { .v = NULL };
	struct recipe *recipe = load_recipe();
	struct look look;
	const char *silence = look_at(host, &look);
	struct error err;
	char *hash;

	if (silence)
		ts_broken("host %s: %s", host->name, silence);
	reuse_steps(recipe, host->ident, &steps);
	must(preparation_add(ts_db(), host->name, "", &steps, &err), &err);
	must(preparation_seal(ts_db(), host->name, &hash, &err), &err);
	must(host_state_use(ts_db(), host->name, hash, look.boot_id, &err),
	     &err);
	reads_release(&steps);
	recipe_free(recipe);
	ts_log("host %s is in the state %s", host->name, hash);
	keep_pristine(host, hash);
	take_snapshot(host, hash, look.boot_id);
	free(hash);
}

/* From its pristine partition: is it what was copied? */
static void check_restored(struct ts_host *host,
			   const struct host_state *state)
{
	AUTO_FREE char *runvar = reuse_restore_runvar(host->ident);
	const char *wrong = NULL;

	if (ts_runvar_or(runvar, NULL))
		wrong = what_is_wrong(host, state->hash, state->boot_id);
	if (wrong)
		ts_broken("host %s: %s", host->name, wrong);
	ts_stage("host %s: as it was prepared", host->name);
}

static void start_test(struct ts_host *host)
{
	struct host_state state = { .host = NULL };
	bool ours = ts_host_state(host, &state);

	if (ours && state.condition == HOST_PREPARING)
		seal(host);
	else if (ours && state.condition == HOST_USED)
		check_restored(host, &state);
	else
		ts_stage("host %s: what is on it is not known", host->name);
	host_state_release(&state);
}

static void post_test(struct ts_host *host)
{
	struct host_state state = { .host = NULL };
	const char *wrong = NULL;
	struct error err;

	if (!ts_host_state(host, &state) || state.condition != HOST_USED)
		wrong = "what is on it was not known when the job began";
	if (!wrong)
		wrong = what_is_wrong(host, state.hash, state.boot_id);
	if (wrong) {
		must(host_state_dirty(ts_db(), host->name, wrong, &err),
			 &err);
		ts_stage("host %s stays dirty: %s", host->name, wrong);
	} else {
		must(host_state_clean(ts_db(), host->name, &err), &err);
		ts_stage("host %s is clean", host->name);
	}
	host_state_release(&state);
}

static void run(void)
{
	const char *mode = ts_arg(0);
	struct ts_host *host;

	if (ts_host_is_local(0))
		ts_skip("host local is this machine: nothing is prepared");
	host = ts_host(0);
	if (strcmp(mode, "decide") == 0)
		decide(host);
	else if (strcmp(mode, "start-test") == 0)
		start_test(host);
	else if (strcmp(mode, "post-test") == 0)
		post_test(host);
	else
		ts_broken("'%s' is not decide, start-test or post-test", mode);
}

const struct ts_case ts_case = {
	.summary = "Reuse the host if it is what the job would make of it",
	.args = "decide|start-test|post-test host",
	.words = 1, .hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 1200,
	.run = run,
};
