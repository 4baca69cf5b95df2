/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cmd/json.h"

void json_add_text(cJSON *object, const char *name, const char *text)
{
	if (text)
		cJSON_AddStringToObject(object, name, text);
	else
		cJSON_AddNullToObject(object, name);
}

void json_add_time(cJSON *object, const char *name, int64_t utc_ms)
{
	char stamp[CLOCK_STAMP_SIZE];

	json_add_text(object, name, utc_ms ? clock_stamp(utc_ms, stamp) :
		      NULL);
}

void json_print(cJSON *json)
{
	AUTO_FREE char *text = cJSON_Print(json);

	puts(str_or(text, "null"));
	cJSON_Delete(json);
}
