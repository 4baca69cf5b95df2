/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON as the commands print it: every member is always there, null where
 * nothing is known, times as UTC stamps.
 */
#ifndef IRONBIRD_CMD_JSON_H
#define IRONBIRD_CMD_JSON_H

#include <cjson/cJSON.h>
#include <stdint.h>

void json_add_text(cJSON *object, const char *name, const char *text);
/* UTC ms; 0 becomes null. */
void json_add_time(cJSON *object, const char *name, int64_t utc_ms);
/* Prints to stdout with a newline, and deletes it. */
void json_print(cJSON *json);

#endif
