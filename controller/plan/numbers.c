/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of numbers of jobs and hosts, in the order that a plan needs. */
#include <string.h>

#include "base/alloc.h"
#include "plan/state.h"

void *room_for(void *v, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return v;
	*room = *room ? 2 * *room : 16;
	return xrealloc(v, *room, size);
}

void numbers_push(struct numbers *list, size_t number)
{
	list->v = room_for(list->v, list->count, &list->room, sizeof(*list->v));
	list->v[list->count++] = number;
}

void numbers_insert(struct numbers *list, size_t at, size_t number)
{
	numbers_push(list, number);
	memmove(list->v + at + 1, list->v + at,
		(list->count - 1 - at) * sizeof(*list->v));
	list->v[at] = number;
}

void numbers_remove(struct numbers *list, size_t at)
{
	list->count--;
	memmove(list->v + at, list->v + at + 1,
		(list->count - at) * sizeof(*list->v));
}
