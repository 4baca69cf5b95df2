/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's domain: what the job's toolstack says of it and does to it. */
#include <string.h>

#include "base/wait.h"
#include "ts/toolstack.h"
#include "ts/ts_guest.h"

#define ASK_LIMIT_S 60
#define CREATE_LIMIT_S 100
#define DESTROY_LIMIT_S 100
#define SAVE_LIMIT_S 200
#define MIGRATE_LIMIT_S 400

const struct toolstack *ts_toolstack(void)
{
	const struct toolstack *toolstack;
	struct error err;

	toolstack = toolstack_find(ts_runvar_or("toolstack", "xl"), &err);
	if (!toolstack)
		ts_broken("runvar toolstack: %s", err.text);
	return toolstack;
}

const char *ts_guest_state(struct ts_guest *guest)
{
	const char *out = ts_script(guest->host, ASK_LIMIT_S,
				    ts_toolstack()->state, guest->domname,
				    NULL);

	return *out ? out : NULL;
}

const char *ts_guest_domid(struct ts_guest *guest)
{
	return ts_script(guest->host, ASK_LIMIT_S, ts_toolstack()->domid,
			 guest->domname, NULL);
}

void ts_guest_expect_running(struct ts_guest *guest)
{
	const char *state = ts_guest_state(guest);

	if (!state)
		ts_fail("guest %s is not in '%s list'", guest->name,
			ts_toolstack()->program);
	if (strcmp(state, "running") != 0)
		ts_fail("guest %s is in state %s", guest->name, state);
}

void ts_guest_expect_absent(struct ts_guest *guest)
{
	const char *state = ts_guest_state(guest);

	if (state)
		ts_fail("guest %s is still there, in state %s", guest->name,
			state);
}

static enum wait_answer domain_is_gone(void *arg)
{
	return ts_guest_state(arg) ? WAIT_MORE : WAIT_DONE;
}

void ts_guest_await_absent(struct ts_guest *guest, int limit_s)
{
	ts_await(guest->host, ts_text("guest %s did not go away", guest->name),
		 (int64_t)limit_s * 1000, 500, domain_is_gone, guest);
}

/* Whatever it does, a session inside the guest does not outlive it. */
static void act(struct ts_guest *guest, const char *verb, int limit_s,
		const char *script, const char *second, const char *third)
{
	ts_guest_drop_ssh(guest);
	ts_stage("guest %s: %s %s", guest->name, ts_toolstack()->program,
		 verb);
	ts_script(guest->host, limit_s, script, guest->domname, second, third,
		  NULL);
}

void ts_guest_create_domain(struct ts_guest *guest)
{
	act(guest, "create", CREATE_LIMIT_S, ts_toolstack()->create,
	    guest->cfgpath, NULL);
}

void ts_guest_destroy(struct ts_guest *guest)
{
	act(guest, "destroy", DESTROY_LIMIT_S, ts_toolstack()->destroy, NULL,
	    NULL);
	ts_guest_await_absent(guest, DESTROY_LIMIT_S);
}

void ts_guest_shutdown(struct ts_guest *guest, int limit_s)
{
	act(guest, "shutdown", limit_s, ts_toolstack()->shutdown, NULL, NULL);
	ts_guest_await_absent(guest, limit_s);
}

/* Else nothing has left the host's memory, whatever the toolstack says. */
static void expect_another(struct ts_guest *guest, const char *before)
{
	const char *now = ts_guest_domid(guest);

	if (strcmp(before, now) == 0)
		ts_fail("guest %s is still domain %s: it never went away",
			guest->name, now);
}

void ts_guest_save_and_restore(struct ts_guest *guest, const char *image)
{
	const char *before = ts_guest_domid(guest);

	act(guest, "save", SAVE_LIMIT_S, ts_toolstack()->save, image, NULL);
	ts_guest_expect_absent(guest);
	act(guest, "restore", SAVE_LIMIT_S, ts_toolstack()->restore, image,
	    NULL);
	expect_another(guest, before);
}

void ts_guest_migrate_local(struct ts_guest *guest)
{
	const char *before = ts_guest_domid(guest);
	const char *script = ts_toolstack()->migrate_local;

	if (!script)
		ts_fail("toolstack %s cannot migrate a guest to the host that "
			"it runs on", ts_toolstack()->name);
	act(guest, "migrate", MIGRATE_LIMIT_S, script, NULL, NULL);
	expect_another(guest, before);
}

void ts_guest_migrate(struct ts_guest *guest, const char *address,
		      const char *key)
{
	act(guest, "migrate", MIGRATE_LIMIT_S, ts_toolstack()->migrate,
	    address, key);
	ts_guest_expect_absent(guest);
}
