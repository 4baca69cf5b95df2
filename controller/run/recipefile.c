/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of recipes. A new one is a row here and a line in recipe.c. */
#include "db/steps.h"
#include "run/recipefile.h"

#define TEXT_MAX 500
#define LIST_MAX 1000
#define OPTIONAL_POINTER (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_strval_t outcome_words[] = {
	{ "fail", STEP_FAIL }, { "broken", STEP_BROKEN },
	{ "blocked", STEP_BLOCKED }, { "skip", STEP_SKIP },
};

static const cyaml_strval_t power_words[] = {
	{ "keep", RECIPE_POWER_KEEP }, { "off", RECIPE_POWER_OFF },
	{ "on", RECIPE_POWER_ON },
};

static const cyaml_schema_value_t word = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX),
};

#define TEXT(key, member)						\
	CYAML_FIELD_STRING_PTR(key, OPTIONAL_POINTER, struct step_text,	\
			       member, 1, TEXT_MAX)
#define COUNT(name, member)						\
	{								\
		.key = name,						\
		.value = {						\
			.type = CYAML_UINT,				\
			.flags = CYAML_FLAG_OPTIONAL,			\
			.data_size = sizeof(unsigned),			\
		},							\
		.data_offset = offsetof(struct step_text, member),	\
	}
#define OUTCOME(key, member)						\
	CYAML_FIELD_ENUM(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,	\
			 struct step_text, member, outcome_words,	\
			 CYAML_ARRAY_LEN(outcome_words))

static const cyaml_schema_field_t step_fields[] = {
	CYAML_FIELD_STRING_PTR("run", CYAML_FLAG_POINTER, struct step_text,
			       run, 1, TEXT_MAX),
	TEXT("testid", testid),
	TEXT("group", group),
	TEXT("limit", limit),
	OUTCOME("on-fail", on_fail),
	OUTCOME("on-limit", on_limit),
	YAMLFILE_FIELD_BOOL("always", struct step_text, always),
	YAMLFILE_FIELD_BOOL("tolerate", struct step_text, tolerate),
	YAMLFILE_FIELD_BOOL("each-host", struct step_text, each_host),
	YAMLFILE_FIELD_BOOL("wipes", struct step_text, wipes),
	YAMLFILE_FIELD_BOOL("prepares", struct step_text, prepares),
	COUNT("repeat", repeat),
	COUNT("retry", retry),
	CYAML_FIELD_SEQUENCE_COUNT("needs", OPTIONAL_POINTER,
				   struct step_text, needs, needs_count,
				   &word, 0, LIST_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t step_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct step_text, step_fields),
};

static const cyaml_strval_t reuse_words[] = {
	{ "yes", RECIPE_REUSE_YES }, { "no", RECIPE_REUSE_NO },
};

static const cyaml_schema_field_t recipe_fields[] = {
	CYAML_FIELD_STRING_PTR("summary", CYAML_FLAG_POINTER,
			       struct recipe_text, summary, 1, TEXT_MAX),
	CYAML_FIELD_STRING_PTR("around", OPTIONAL_POINTER,
			       struct recipe_text, around, 1, TEXT_MAX),
	CYAML_FIELD_STRING_PTR("limit", OPTIONAL_POINTER,
			       struct recipe_text, limit, 1, TEXT_MAX),
	CYAML_FIELD_ENUM("power", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct recipe_text, power, power_words,
			 CYAML_ARRAY_LEN(power_words)),
	CYAML_FIELD_ENUM("reuse", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct recipe_text, reuse, reuse_words,
			 CYAML_ARRAY_LEN(reuse_words)),
	CYAML_FIELD_SEQUENCE_COUNT("hosts", OPTIONAL_POINTER,
				   struct recipe_text, hosts, hosts_count,
				   &word, 0, 16),
	CYAML_FIELD_SEQUENCE_COUNT("steps", CYAML_FLAG_POINTER,
				   struct recipe_text, steps, steps_count,
				   &step_schema, 1, LIST_MAX),
	CYAML_FIELD_END
};

const cyaml_schema_value_t recipe_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct recipe_text,
			    recipe_fields),
};

static const cyaml_schema_field_t around_fields[] = {
	CYAML_FIELD_STRING_PTR("summary", CYAML_FLAG_POINTER,
			       struct around_text, summary, 1, TEXT_MAX),
	CYAML_FIELD_SEQUENCE_COUNT("before", OPTIONAL_POINTER,
				   struct around_text, before, before_count,
				   &step_schema, 0, LIST_MAX),
	CYAML_FIELD_SEQUENCE_COUNT("after", OPTIONAL_POINTER,
				   struct around_text, after, after_count,
				   &step_schema, 0, LIST_MAX),
	CYAML_FIELD_END
};

const cyaml_schema_value_t around_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct around_text,
			    around_fields),
};
