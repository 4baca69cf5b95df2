/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/files.h"
#include "boot/image.h"
#include "boot/inputs.h"
#include "boot/install.h"
#include "build/stash.h"
#include "db/runvars.h"

static int read_setting(const struct inputs *in, const char *name,
			char **value, struct error *err)
{
	(void)err;
	*value = xstrdup(str_or(config_get(in->config, name), ""));
	return 1;
}

static int read_property(const struct inputs *in, const char *name,
			 char **value, struct error *err)
{
	(void)err;
	*value = xstrdup(str_or(host_prop(in->host, name), ""));
	return 1;
}

static int read_flag(const struct inputs *in, const char *name, char **value,
		     struct error *err)
{
	(void)err;
	*value = xstrdup(host_has_flag(in->host, name) ? "set" : "not set");
	return 1;
}

static int read_runvar(const struct inputs *in, const char *name,
		       char **value, struct error *err)
{
	(void)err;
	*value = xstrdup(str_or(in->runvar(name, in->arg), ""));
	return 1;
}

static int read_image(const struct inputs *in, const char *name, char **value,
		      struct error *err)
{
	return image_identity(in->config, name, value, err) < 0 ? -1 : 1;
}

static int read_xen(const struct inputs *in, const char *name, char **value,
		    struct error *err)
{
	return bundle_identity(in->config, name, value, err) < 0 ? -1 : 1;
}

/* As ts_dist: <ident>_xenbuildjob before xenbuildjob, "JOB" or "FLIGHT.JOB". */
static int read_dist(const struct inputs *in, const char *part, char **value,
		     struct error *err)
{
	AUTO_FREE char *own = xasprintf("%s_%sbuildjob", in->ident, part);
	AUTO_FREE char *any = xasprintf("%sbuildjob", part);
	AUTO_FREE char *name = xasprintf("path_%sdist", dist_word(part));
	AUTO_FREE char *flight = NULL, *path = NULL;
	const char *job = in->runvar(own, in->arg), *dot;

	job = job ? job : in->runvar(any, in->arg);
	dot = job ? strchr(job, '.') : NULL;
	flight = dot && dot > job ? xstrndup(job, dot - job) :
		xstrdup(in->flight);
	if (job && runvar_get(in->db, flight, dot ? dot + 1 : job, name,
			      &path, err) < 0)
		return -1;
	*value = xstrdup(str_or(path, ""));
	return 1;
}

static int read_files(const struct inputs *in, const char *name, char **value,
		      struct error *err)
{
	char hex[SHA256_HEX_SIZE];

	(void)name;
	if (install_overlay_digest(in->config, in->host, hex, err) < 0)
		return -1;
	*value = xstrdup(hex);
	return 1;
}

static int read_file(const struct inputs *in, const char *name, char **value,
		     struct error *err)
{
	AUTO_FREE char *path = *name == '/' ? xstrdup(name) :
		xasprintf("%s/%s", config_share_dir(), name);
	char hex[SHA256_HEX_SIZE] = "";

	(void)in;
	if (file_exists(path) && file_sha256(path, hex, err) < 0)
		return -1;
	*value = xstrdup(hex);
	return 1;
}

static int read_site(const struct inputs *in, const char *name, char **value,
		     struct error *err)
{
	(void)name;
	(void)err;
	*value = xstrdup(str_or(in->host->site.web_url, ""));
	return 1;
}

static const struct {
	const char *kind;
	int (*read)(const struct inputs *in, const char *name, char **value,
		    struct error *err);
} kinds[] = {
	{ "setting", read_setting }, { "property", read_property },
	{ "flag", read_flag }, { "runvar", read_runvar },
	{ "image", read_image }, { "xen", read_xen }, { "dist", read_dist },
	{ "files", read_files }, { "file", read_file }, { "site", read_site },
};

int input_now(const struct inputs *inputs, const char *kind, const char *name,
	      char **value, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].read(inputs, name, value, err);
	return 0;
}

int input_file(const char *path, struct error *err)
{
	const char *share = config_share_dir();
	size_t n = strlen(share);
	char hex[SHA256_HEX_SIZE];

	if (file_sha256(path, hex, err) < 0)
		return -1;
	reads_tell("file", str_starts(path, share) && path[n] == '/' ?
		   path + n + 1 : path, hex);
	return 0;
}
