/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does what runs after a boot equal what was installed? Pure: text of
 * hypervisor/running and runvars in, a verdict out.
 *
 * Another part than the one that was installed is not what is to be tested:
 * broken. A part that was installed and does not do what it was asked for is
 * the product's: a failure.
 */
#ifndef IRONBIRD_TS_RUNNING_H
#define IRONBIRD_TS_RUNNING_H

#include "base/error.h"

struct running {
	const char *host;	/* its name, for sentences */
	int status;		/* of hypervisor/running */
	const char *out;	/* what it printed: lines of key=value */
	const char *append;	/* runvar xen_boot_append, or "" */
	/* of struct toolstack; key may be NULL */
	const char *toolstack, *version_key;
	/* The runvar IDENT_NAME that ts-xen-install noted, or NULL. */
	const char *(*noted)(const char *name, void *arg);
	void *arg;
};

/*
 * Value of KEY= in what was printed, in a buffer that the caller frees; NULL:
 * there is no such line.
 */
char *running_value(const struct running *running, const char *key);
/* -1 with ERROR_FAIL or ERROR_BROKEN. */
int must_check running_check(const struct running *running,
			     struct error *err);

#endif
