/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "plan/durations.h"

#define TABLE_MIN 256

struct bucket {
	char *key;		/* "recipe\njob\nhost", parts may be empty */
	int64_t ms[DURATIONS_KEPT];
	size_t count;
};

/* Open addressing; never more than half full. */
struct durations {
	struct bucket *v;
	size_t size, used;
};

struct durations *durations_new(void)
{
	struct durations *d = xcalloc(1, sizeof(*d));

	d->size = TABLE_MIN;
	d->v = xcalloc(d->size, sizeof(*d->v));
	return d;
}

void durations_free(struct durations *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->size; i++)
		free(d->v[i].key);
	free(d->v);
	free(d);
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash(const char *key)
{
	uint64_t h = 14695981039346656037ULL;

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 1099511628211ULL;
	return h;
}

/* The bucket of the key, or the empty place where it belongs. */
static struct bucket *find(const struct durations *d, const char *key)
{
	size_t i = hash(key) & (d->size - 1);

	while (d->v[i].key && strcmp(d->v[i].key, key) != 0)
		i = (i + 1) & (d->size - 1);
	return &d->v[i];
}

static void enlarge(struct durations *d)
{
	struct durations old = *d;

	d->size *= 2;
	d->v = xcalloc(d->size, sizeof(*d->v));
	for (size_t i = 0; i < old.size; i++)
		if (old.v[i].key)
			*find(d, old.v[i].key) = old.v[i];
	free(old.v);
}

static char *make_key(const char *recipe, const char *job, const char *host)
{
	return xasprintf("%s\n%s\n%s", recipe, job, host);
}

static void add(struct durations *d, char *key, int64_t ms)
{
	struct bucket *bucket = find(d, key);

	if (bucket->key) {
		free(key);
	} else {
		bucket->key = key;
		d->used++;
	}
	if (bucket->count < DURATIONS_KEPT)
		bucket->ms[bucket->count++] = ms;
	if (2 * d->used > d->size)
		enlarge(d);
}

void durations_add(struct durations *d, const struct duration_sample *s)
{
	add(d, make_key(s->recipe, s->job, ""), s->ms);
	add(d, make_key(s->recipe, "", ""), s->ms);
	if (!s->host)
		return;
	add(d, make_key(s->recipe, s->job, s->host), s->ms);
	add(d, make_key(s->recipe, "", s->host), s->ms);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool read_bucket(const struct durations *d, char *key, size_t few,
			int64_t *expected, int64_t *late)
{
	const struct bucket *bucket = find(d, key);
	int64_t sorted[DURATIONS_KEPT];
	size_t n = bucket->key ? bucket->count : 0;

	free(key);
	if (n < few)
		return false;
	memcpy(sorted, bucket->ms, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare);
	*expected = sorted[n / 2];
	*late = sorted[n * 9 / 10];
	return true;
}

bool durations_guess(const struct durations *d, const char *recipe,
		     const char *job, const char *host, int64_t *expected,
		     int64_t *late)
{
	*expected = DURATIONS_UNKNOWN_MS;
	*late = DURATIONS_UNKNOWN_LATE_MS;
	return (host && read_bucket(d, make_key(recipe, job, host),
				    DURATIONS_FEW, expected, late)) ||
		read_bucket(d, make_key(recipe, job, ""), 1, expected,
			    late) ||
		(host && read_bucket(d, make_key(recipe, "", host),
				     DURATIONS_FEW, expected, late)) ||
		read_bucket(d, make_key(recipe, "", ""), 1, expected, late);
}
