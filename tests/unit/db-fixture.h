/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A database of the test's own, for the tests of db/. */
#ifndef TESTS_UNIT_DB_FIXTURE_H
#define TESTS_UNIT_DB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "db/flights.h"
#include "db/jobs.h"
#include "tests/unit/outcome.h"

static char dir[64];
static char *path;
static struct error err;

/* A folder, and the path of a database in it that is not there yet. */
static int fixture_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/ironbird-test-db-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	path = xasprintf("%s/test.db", dir);
	err = (struct error)ERROR_INIT;
	return 0;
}

static int fixture_remove(void)
{
	free(path);
	return dir_remove(dir, &err);
}

#endif
