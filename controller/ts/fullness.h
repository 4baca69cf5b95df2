/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command that fails on a host whose disk is full is not the product's. */
#ifndef IRONBIRD_TS_FULLNESS_H
#define IRONBIRD_TS_FULLNESS_H

#include "ts/remote.h"

/*
 * Ends the test as broken when the host has no room left, by its df or by
 * what the command said; sentence is what would be told otherwise.
 */
void fullness_check(const struct remote *remote, const char *sentence);

#endif
