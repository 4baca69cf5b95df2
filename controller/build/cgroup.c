/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/strvec.h"
#include "base/wait.h"
#include "build/cgroup.h"

#define PREFIX "ironbird-build-"
#define TEXT_MAX 65536
#define EMPTY_LIMIT_MS 5000

/* cgroup-v1/memory.rst and cgroup-v2.rst of Linux's documentation. */
struct cgroup_version {
	const char *type;	/* of the file system */
	const char *option;	/* that its mount has, or NULL */
	const char *limit;
	const char *swap;	/* may be missing: a kernel without that */
	bool swap_alone;	/* it does not count memory, too */
	const char *events;	/* has a line "oom_kill N" */
};

static const struct cgroup_version versions[] = {
	{ "cgroup2", NULL, "memory.max", "memory.swap.max", true,
	  "memory.events" },
	{ "cgroup", "memory", "memory.limit_in_bytes",
	  "memory.memsw.limit_in_bytes", false, "memory.oom_control" },
};

static int write_word(const char *dir, const char *file, const char *word)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, file);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, word, strlen(word)) < 0)
		return -errno;
	return 0;
}

/* Where its file system is mounted; the caller frees. NULL: nowhere. */
static char *mounted_at(const struct cgroup_version *version)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	char *dir = NULL;
	struct mntent *m;

	while (mounts && !dir && (m = getmntent(mounts)))
		if (strcmp(m->mnt_type, version->type) == 0 &&
		    (!version->option || hasmntopt(m, version->option)))
			dir = xstrdup(m->mnt_dir);
	if (mounts)
		endmntent(mounts);
	return dir;
}

/* The group of version 1 that we are in: the limits on us hold below it. */
static char *own_group(const char *mount)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC lines = STRVEC_INIT;

	if (file_read("/proc/self/cgroup", TEXT_MAX, &text, NULL) == 0)
		strvec_split(&lines, text.buf, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *path = strstr(lines.v[i], ":memory:");
		AUTO_FREE char *dir = path ?
			xasprintf("%s%s", mount, path + strlen(":memory:")) :
			NULL;

		if (dir && file_exists(dir))
			return xstrdup(dir);
	}
	return xstrdup(mount);
}

static char *parent_group(const struct cgroup_version *version)
{
	AUTO_FREE char *mount = mounted_at(version);

	if (!mount)
		return NULL;
	if (version->option)
		return own_group(mount);
	/* done already where systemd runs */
	(void)write_word(mount, "cgroup.subtree_control", "+memory");
	return xstrdup(mount);
}

/* Groups of builds whose run was killed. */
static void sweep(const char *parent)
{
	DIR *dir = opendir(parent);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = str_starts(entry->d_name, PREFIX) ?
			atoi(entry->d_name + strlen(PREFIX)) : 0;
		AUTO_FREE char *path = xasprintf("%s/%s", parent,
						 entry->d_name);

		if (pid > 0 && !proc_start_time(pid))
			rmdir(path);
	}
	if (dir)
		closedir(dir);
}

static int set_limit(const struct cgroup *group, int64_t bytes)
{
	const struct cgroup_version *version = group->version;
	AUTO_FREE char *swap = xasprintf("%s/%s", group->dir, version->swap);
	AUTO_FREE char *word = xasprintf("%lld", (long long)bytes);
	int rc = write_word(group->dir, version->limit, word);

	if (rc == 0 && file_exists(swap))
		rc = write_word(group->dir, version->swap,
				version->swap_alone ? "0" : word);
	return rc;
}

static int make_in(struct cgroup *group, const char *parent, int64_t bytes)
{
	int rc;

	sweep(parent);
	group->dir = xasprintf("%s/" PREFIX "%d", parent, (int)getpid());
	if (mkdir(group->dir, 0755) < 0 && errno != EEXIST) {
		rc = -errno;
		free_pointer(&group->dir);
		return rc;
	}
	rc = set_limit(group, bytes);
	if (rc < 0)
		cgroup_release(group);
	return rc;
}

int cgroup_make(struct cgroup *group, int64_t bytes, struct error *err)
{
	int rc = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(versions) && rc < 0; i++) {
		AUTO_FREE char *parent = parent_group(&versions[i]);

		group->version = &versions[i];
		if (parent)
			rc = make_in(group, parent, bytes);
	}
	if (rc == 0)
		return 0;
	return error_set(err, ERROR_BROKEN, "no control group can be made for "
			 "the memory of a build: %s", strerror(-rc));
}

int cgroup_enter(const struct cgroup *group)
{
	return group->dir ? -write_word(group->dir, "cgroup.procs", "0") : 0;
}

bool cgroup_was_over(const struct cgroup *group)
{
	AUTO_FREE char *path = NULL;
	AUTO_STRBUF text = STRBUF_INIT;
	const char *count;

	if (!group->dir)
		return false;
	path = xasprintf("%s/%s", group->dir, group->version->events);
	if (file_read(path, TEXT_MAX, &text, NULL) < 0)
		return false;
	count = strstr(text.buf, "oom_kill ");
	return count && atoi(count + strlen("oom_kill ")) > 0;
}

static enum wait_answer is_removed(void *dir, struct error *err)
{
	(void)err;
	return rmdir(dir) == 0 || errno == ENOENT ? WAIT_DONE : WAIT_MORE;
}

void cgroup_release(struct cgroup *group)
{
	/* the last process of a group leaves it a little after its end */
	const struct wait_spec spec = {
		.what = "a control group has processes", .poll_ms = 10,
		.limit_ms = EMPTY_LIMIT_MS, .check = is_removed,
		.arg = group->dir,
	};

	bool gone = !group->dir || wait_for(&spec, NULL) == 0;

	(void)gone;	/* what stays is swept by the next build */
	free_pointer(&group->dir);
}
