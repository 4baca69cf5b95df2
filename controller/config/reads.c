/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "config/reads.h"

static struct reads *watched;
static int pauses;

void reads_release(struct reads *reads)
{
	for (size_t i = 0; i < reads->count; i++) {
		free(reads->v[i].kind);
		free(reads->v[i].name);
		free(reads->v[i].value);
	}
	free(reads->v);
	*reads = (struct reads){ .v = NULL };
}

static struct read_fact *find(const struct reads *reads, const char *kind,
			      const char *name)
{
	for (size_t i = 0; i < reads->count; i++)
		if (strcmp(reads->v[i].kind, kind) == 0 &&
		    strcmp(reads->v[i].name, name) == 0)
			return &reads->v[i];
	return NULL;
}

void reads_add(struct reads *reads, const char *kind, const char *name,
	       const char *value)
{
	struct read_fact *fact = find(reads, kind, name);

	if (!fact) {
		reads->v = xrealloc(reads->v, reads->count + 1,
				    sizeof(*reads->v));
		fact = &reads->v[reads->count++];
		*fact = (struct read_fact){
			.kind = xstrdup(kind), .name = xstrdup(name),
		};
	}
	free(fact->value);
	fact->value = xstrdup(str_or(value, ""));
}

const char *reads_value(const struct reads *reads, const char *kind,
			const char *name)
{
	const struct read_fact *fact = find(reads, kind, name);

	return fact ? fact->value : NULL;
}

void reads_watch(struct reads *reads)
{
	watched = reads;
	pauses = 0;
}

void reads_pause(void)
{
	pauses++;
}

void reads_go_on(void)
{
	pauses--;
}

void reads_tell(const char *kind, const char *name, const char *value)
{
	if (watched && !pauses)
		reads_add(watched, kind, name, value);
}
