/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strvec.h"
#include "pdu/json_path.h"

char *json_text(const cJSON *value)
{
	if (cJSON_IsString(value))
		return xstrdup(value->valuestring);
	if (cJSON_IsBool(value))
		return xstrdup(cJSON_IsTrue(value) ? "true" : "false");
	if (cJSON_IsNumber(value))
		return xasprintf("%g", value->valuedouble);
	return NULL;
}

/* "[3]", or "[ID=3]": the one whose ID is 3. */
static const cJSON *element(const cJSON *array, const char *selector)
{
	const char *equals = strchr(selector, '=');
	AUTO_FREE char *key = NULL;
	const cJSON *one;

	if (!equals)
		return cJSON_GetArrayItem(array, atoi(selector));
	key = xstrndup(selector, equals - selector);
	cJSON_ArrayForEach(one, array) {
		AUTO_FREE char *text = json_text(
			cJSON_GetObjectItemCaseSensitive(one, key));

		if (text && strcmp(text, equals + 1) == 0)
			return one;
	}
	return NULL;
}

static const cJSON *one_path(const cJSON *root, const char *path)
{
	AUTO_STRVEC steps = STRVEC_INIT;

	strvec_split(&steps, path, ".");
	for (size_t i = 0; root && i < steps.count; i++) {
		char *name = steps.v[i], *selector = strchr(name, '[');

		if (selector) {
			*selector++ = '\0';
			selector[strcspn(selector, "]")] = '\0';
		}
		root = cJSON_GetObjectItemCaseSensitive(root, name);
		if (root && selector)
			root = element(root, selector);
	}
	return root;
}

const cJSON *json_path(const cJSON *root, const char *path)
{
	AUTO_STRVEC paths = STRVEC_INIT;
	const cJSON *found = NULL;

	if (!*path)
		return root;
	strvec_split(&paths, path, "|");
	for (size_t i = 0; i < paths.count && !found; i++)
		found = one_path(root, paths.v[i]);
	return found;
}
