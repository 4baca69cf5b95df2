/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of flights. A new one is a row here and a line in expand.c. */
#include "flight/text.h"

#define TEXT_MAX 1000
#define LIST_MAX 10000
#define OPTIONAL_POINTER (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t word = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX),
};

#define WORDS(key, structure, member)					\
	CYAML_FIELD_SEQUENCE_COUNT(key, OPTIONAL_POINTER, structure,	\
				   member.v, member.count, &word, 0,	\
				   LIST_MAX)
#define TEXT(key, structure, member, least)				\
	CYAML_FIELD_STRING_PTR(key, OPTIONAL_POINTER, structure, member, \
			       least, TEXT_MAX)
#define NEEDED(key, structure, member)					\
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure,	\
			       member, 1, TEXT_MAX)

static const cyaml_schema_field_t value_fields[] = {
	NEEDED("value", struct value_text, value),
	TEXT("part", struct value_text, part, 0),
	TEXT("disabled", struct value_text, disabled, 1),
	WORDS("when", struct value_text, when),
	WORDS("runvars", struct value_text, runvars),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t value_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct value_text,
			    value_fields),
};

static const cyaml_schema_field_t axis_fields[] = {
	NEEDED("axis", struct axis_text, axis),
	TEXT("each", struct axis_text, each, 1),
	CYAML_FIELD_SEQUENCE_COUNT("values", OPTIONAL_POINTER,
				   struct axis_text, values, values_count,
				   &value_schema, 0, LIST_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t axis_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct axis_text,
			    axis_fields),
};

#define JOB_FIELDS							\
	NEEDED("name", struct job_text, name),				\
	NEEDED("recipe", struct job_text, recipe),			\
	TEXT("disabled", struct job_text, disabled, 1),			\
	WORDS("axes", struct job_text, axes),				\
	WORDS("include", struct job_text, include),			\
	WORDS("exclude", struct job_text, exclude),			\
	WORDS("when", struct job_text, when),				\
	WORDS("needs", struct job_text, needs),				\
	WORDS("runvars", struct job_text, runvars)

static const cyaml_schema_field_t job_fields[] = {
	JOB_FIELDS,
	CYAML_FIELD_END
};

static const cyaml_schema_value_t job_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct job_text, job_fields),
};

static const cyaml_schema_field_t build_fields[] = {
	NEEDED("build", struct job_text, build),
	WORDS("trees", struct job_text, trees),
	JOB_FIELDS,
	CYAML_FIELD_END
};

static const cyaml_schema_value_t build_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct job_text,
			    build_fields),
};

static const cyaml_schema_field_t flight_fields[] = {
	NEEDED("summary", struct flight_text, summary),
	WORDS("branches", struct flight_text, branches),
	WORDS("runvars", struct flight_text, runvars),
	WORDS("needs", struct flight_text, needs),
	CYAML_FIELD_SEQUENCE_COUNT("axes", OPTIONAL_POINTER,
				   struct flight_text, axes, axes_count,
				   &axis_schema, 0, LIST_MAX),
	CYAML_FIELD_SEQUENCE_COUNT("builds", OPTIONAL_POINTER,
				   struct flight_text, builds, builds_count,
				   &build_schema, 0, LIST_MAX),
	CYAML_FIELD_SEQUENCE_COUNT("jobs", CYAML_FLAG_POINTER,
				   struct flight_text, jobs, jobs_count,
				   &job_schema, 1, LIST_MAX),
	CYAML_FIELD_END
};

const cyaml_schema_value_t flight_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct flight_text,
			    flight_fields),
};
