/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "db/published.h"
#include "flight/publish.h"
#include "flight/rsync.h"
#include "flight/unpublish.h"

#define NOTE_MAX (64 << 20)
#define DEPTH_MAX 64

/*
 * A note: where they are, then their names from there, the flight's folder
 * first, folders with a slash at the end, each behind the folder it is in. A
 * zero byte ends each: names of files may have anything else.
 */
static void add(struct strbuf *note, const char *word)
{
	strbuf_add(note, word, strlen(word) + 1);
}

static int add_folder(struct strbuf *note, const char *logs, const char *name,
		      int depth, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/%s", logs, name);
	AUTO_FREE char *self = xasprintf("%s/", name);
	AUTO_STRVEC inside = STRVEC_INIT;
	int rc = 0;

	if (depth > DEPTH_MAX || dir_list(path, &inside, err) < 0)
		return depth > DEPTH_MAX ? 0 : -1;
	add(note, self);
	for (size_t i = 0; i < inside.count && rc == 0; i++) {
		AUTO_FREE char *below = xasprintf("%s/%s", name, inside.v[i]);
		AUTO_FREE char *file = xasprintf("%s/%s", logs, below);
		struct stat st;

		if (lstat(file, &st) == 0 && S_ISDIR(st.st_mode))
			rc = add_folder(note, logs, below, depth + 1, err);
		else
			add(note, below);
	}
	return rc;
}

static char *notes_dir(const struct config *config)
{
	return xasprintf("%s/unpublish", config_get(config, "StateDir"));
}

int unpublish_note(const struct config *config, struct db *db,
		   const char *flight, struct error *err)
{
	AUTO_FREE char *to = rsync_destination(config, "LogsPublish");
	AUTO_FREE char *dir = notes_dir(config);
	AUTO_FREE char *path = xasprintf("%s/%s", dir, flight);
	AUTO_STRBUF note = STRBUF_INIT;
	int64_t at;

	if (!to || !config_bool(config, "LogsPublishExpire"))
		return 0;
	if (published_at(db, flight, to, &at, err) < 0)
		return -1;
	if (!at)
		return 0;
	add(&note, to);
	if (add_folder(&note, config_get(config, "Logs"), flight, 0, err) < 0)
		return -1;
	if (dir_make(dir, 0755, err) < 0)
		return -1;
	return file_publish(path, note.buf, note.len, 0644, err);
}

/* --- carrying it out ------------------------------------------------------ */

/* How many folders it is in; a file comes before all folders: -1. */
static int depth_of(const char *name)
{
	int depth = 0;

	if (!str_ends(name, "/"))
		return -1;
	for (; *name; name++)
		depth += *name == '/';
	return depth;
}

/* Those of one depth, as rsync reads them: without the slash. */
static void pick(const struct strvec *names, int depth, struct strbuf *list)
{
	for (size_t i = 0; i < names->count; i++) {
		AUTO_FREE char *name = xstrdup(names->v[i]);

		if (depth_of(name) != depth)
			continue;
		if (depth > 0)
			name[strlen(name) - 1] = '\0';
		add(list, name);
	}
}

/* What an empty folder lacks of the list is removed; folders when empty. */
static int remove_listed(const struct config *config, const char *to,
			 const char *flight, const struct strbuf *list,
			 struct error *err)
{
	AUTO_FREE char *what = xasprintf("the expired logs of flight %s "
					 "cannot be removed from %s", flight,
					 to);
	AUTO_FREE char *dir = notes_dir(config);
	AUTO_FREE char *file = xasprintf("%s/.list", dir);
	AUTO_FREE char *empty = xasprintf("%s/.empty/", dir);
	AUTO_STRVEC words = STRVEC_INIT;

	if (!list->len)
		return 0;
	if (dir_make(empty, 0755, err) < 0 ||
	    file_publish(file, list->buf, list->len, 0644, err) < 0)
		return -1;
	strvec_pushf(&words, "--files-from=%s", file);
	strvec_pushl(&words, "--from0", "--delete-missing-args", "--", empty,
		     NULL);
	strvec_pushf(&words, "%s/", to);
	return rsync_run(config, what, &words, err);
}

static int remove_noted(const struct config *config, const char *flight,
			const struct strvec *note, struct error *err)
{
	int deepest = 0, rc = 0;

	for (size_t i = 1; i < note->count; i++)
		if (depth_of(note->v[i]) > deepest)
			deepest = depth_of(note->v[i]);
	for (int depth = deepest + 1; depth > 0 && rc == 0; depth--) {
		AUTO_STRBUF list = STRBUF_INIT;

		/* files first, then folders, from the deepest up */
		pick(note, depth > deepest ? -1 : depth, &list);
		rc = remove_listed(config, note->v[0], flight, &list, err);
	}
	return rc;
}

static int carry_out(const struct config *config, const char *flight,
		     struct error *err)
{
	AUTO_FREE char *dir = notes_dir(config);
	AUTO_FREE char *path = xasprintf("%s/%s", dir, flight);
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC note = STRVEC_INIT;

	if (file_read(path, NOTE_MAX, &text, err) < 0)
		return -1;
	for (const char *p = text.buf; p < text.buf + text.len;
	     p += strlen(p) + 1)
		strvec_push(&note, p);
	if (note.count && remove_noted(config, flight, &note, err) < 0)
		return -1;
	return unlink(path) < 0 ?
		error_errno(err, "cannot remove %s", path) : 0;
}

static int carry_out_all(const struct config *config, const char *dir,
			 struct error *err)
{
	AUTO_STRVEC flights = STRVEC_INIT;
	struct error first = ERROR_INIT;

	if (dir_list(dir, &flights, err) < 0)
		return -1;
	for (size_t i = 0; i < flights.count; i++) {
		struct error one = ERROR_INIT;

		if (flights.v[i][0] != '.' &&
		    carry_out(config, flights.v[i], &one) < 0 && !first.kind)
			first = one;
	}
	if (!first.kind)
		return 0;
	*err = first;
	return -1;
}

int unpublish(const struct config *config, struct error *err)
{
	AUTO_FREE char *dir = notes_dir(config);
	AUTO_CLOSE int lock = -1;

	if (!file_exists(dir))
		return 0;
	lock = publish_lock(config, err);
	return lock < 0 ? -1 : carry_out_all(config, dir, err);
}
