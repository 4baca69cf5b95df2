/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One value out of a device's JSON. */
#ifndef IRONBIRD_PDU_JSON_PATH_H
#define IRONBIRD_PDU_JSON_PATH_H

#include <cjson/cJSON.h>

/*
 * "Outputs[ID=3].State", "outputs[0].state", "" (the root itself); several
 * with '|' between them, the first that is there. NULL when none is.
 */
const cJSON *json_path(const cJSON *root, const char *path);
/* A string, number or truth value as text, the caller's; else NULL. */
char *json_text(const cJSON *value);

#endif
