/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every prerequisite of testing, checked the way it is used: a file is put
 * where hosts fetch from and read back over the network, a DHCP question is
 * asked and all answers are counted, a login is made. Each finding comes with
 * what was seen and, when it is not well, with the command that mends it.
 */
#ifndef IRONBIRD_DOCTOR_DOCTOR_H
#define IRONBIRD_DOCTOR_DOCTOR_H

#include "config/config.h"
#include "db/db.h"
#include "host/host.h"

enum doctor_verdict { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

/* Strings live during the call only. */
struct doctor_finding {
	enum doctor_verdict verdict;
	const char *check;	/* "dhcp" */
	const char *seen;	/* one line */
	const char *mend;	/* a command or an instruction; or NULL */
};

struct doctor_spec {
	const struct config *config;
	const char *host;	/* its checks too, and its network; or NULL */
	const char *lab;	/* that lab's network; or NULL: by settings */
	/* Called with each finding as soon as it is made. */
	void (*found)(const struct doctor_finding *finding, void *arg);
	void *arg;
};

/* "ok", "warn", "FAIL" */
const char *doctor_verdict_name(enum doctor_verdict verdict);
/* Runs all checks; the worst verdict. */
enum doctor_verdict doctor_run(const struct doctor_spec *spec);

struct wipe_check_spec {
	const struct config *config;
	struct db *db;
	const struct host *host;
	/* Told what is done, a line each. */
	void (*tell)(const char *text);
};

/*
 * Cuts the host's power, waits until neither ping nor console shows a sign of
 * life, restores power and waits until one does; then the host's property
 * power-verified is the date. A host that was off is off again at the end.
 * ERROR_AGAIN while a job has the host; ERROR_BROKEN when the host lived on
 * without power, or showed nothing with it.
 */
int must_check wipe_check(const struct wipe_check_spec *spec,
			  struct error *err);

#endif
