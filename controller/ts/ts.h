/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libts: what a test case is written with.
 *
 * A test case is a C file testcases/ts-NAME.c with one struct ts_case and a
 * run function; main() is here. It reads runvars, talks to hosts and guests,
 * and ends by returning (pass) or by one of the verbs below, from any depth:
 *
 *	ts_fail		the product is at fault		exit 1
 *	ts_skip		there is nothing to test	exit 77
 *	ts_blocked	something needed did not pass	exit 98
 *	ts_broken	power, network, disk, us	exit 99
 *
 * Calls named ts_* never return an error: they end the test with a sentence.
 * Calls named ts_try_* return one. Strings that calls return live until the
 * test ends; nobody frees them.
 */
#ifndef IRONBIRD_TS_TS_H
#define IRONBIRD_TS_TS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/error.h"
#include "config/config.h"
#include "db/db.h"

struct ts_case {
	const char *summary;	/* one line, no full stop */
	const char *args;	/* as shown: "host GUEST [xN]" */
	int words;		/* arguments before the host idents */
	int hosts;		/* how many host idents; -1: all the rest */
	int min_args, max_args;	/* arguments that are no hosts, words too */
	int timeout_s;
	bool wipes;		/* a disk of its hosts: by hand it asks */
	const char *details;	/* a few lines for -h, or NULL */
	void (*run)(void);
};

/* Each test case defines exactly this one. */
extern const struct ts_case ts_case;

void ts_fail(const char *fmt, ...) printf_like(1, 2)
	__attribute__((noreturn));
void ts_skip(const char *fmt, ...) printf_like(1, 2)
	__attribute__((noreturn));
void ts_blocked(const char *fmt, ...) printf_like(1, 2)
	__attribute__((noreturn));
void ts_broken(const char *fmt, ...) printf_like(1, 2)
	__attribute__((noreturn));
/* Ends with the error's sentence: ERROR_FAIL fails, the rest is broken. */
void ts_end(const struct error *err) __attribute__((noreturn));

/* A line in the step's log. */
void ts_log(const char *fmt, ...) printf_like(1, 2);
/* What is being done now: shown while running, kept as the last stage. */
void ts_stage(const char *fmt, ...) printf_like(1, 2);
/* Runs fn(arg) when the test ends, however it does; last in, first out. */
void ts_at_end(void (*fn)(void *arg), void *arg);

/* Argument i, the host idents not counted, or NULL. */
const char *ts_arg(int i);
/* A string that lives until the test ends. */
const char *ts_text(const char *fmt, ...) printf_like(1, 2);

/* The runvar's value; ts_broken when it is not set. */
const char *ts_runvar(const char *name);
const char *ts_runvar_or(const char *name, const char *fallback);
int64_t ts_runvar_number(const char *name, int64_t fallback);
/* Stores a synthesised runvar; by hand also in the job the step is about. */
void ts_runvar_store(const char *name, const char *value);
/* A runvar of another job of this flight, or of FLIGHT.JOB; NULL: not set. */
const char *ts_runvar_of(const char *job, const char *name);

const struct config *ts_config(void);
struct db *ts_db(void);
const char *ts_flight(void);
const char *ts_job(void);
int ts_run_number(void);
/* No run-job began it: what it takes is given back at its end. */
bool ts_by_hand(void);
/* A limit of the settings: "InstallLimit", in ms. */
int64_t ts_limit_ms(const char *setting);

/* The folder of this job's files (basis of leaks, captures); made. */
const char *ts_job_dir(void);
/* Makes a row for a file that the step left there. */
void ts_artifact(const char *name, const char *path);

#endif
