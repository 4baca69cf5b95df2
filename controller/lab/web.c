/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "lab/web.h"

/* Part of the file system hierarchy standard, and of Debian's base-files. */
#define DOCUMENT_ROOT "/srv"
#define RESULTS "results"
#define LOGS "logs"

/*
 * No sizes or times of the host's are trusted: a few workers, short waits.
 * EnableMMAP off: a published file may be replaced while it is sent. What is
 * in logs came from hosts: plain text, whatever it looks like.
 */
static const char template[] =
	"# Written by ironbird for %s; changes are lost.\n"
	"ServerRoot /usr/lib/apache2\n"
	"LoadModule mpm_event_module modules/mod_mpm_event.so\n"
	"LoadModule authz_core_module modules/mod_authz_core.so\n"
	"LoadModule dir_module modules/mod_dir.so\n"
	"LoadModule headers_module modules/mod_headers.so\n"
	"ServerName %s\n"
	"Listen %s:80\n"
	"User www-data\n"
	"Group www-data\n"
	"PidFile \"%s/apache2.pid\"\n"
	"DefaultRuntimeDir \"%s\"\n"
	"ErrorLog \"%s/log/error.log\"\n"
	"LogFormat \"%%h %%l %%u %%t \\\"%%r\\\" %%>s %%O "
	"\\\"%%{Referer}i\\\" \\\"%%{User-Agent}i\\\"\" combined\n"
	"CustomLog \"%s\" combined\n"
	"BufferedLogs Off\n"
	"HostnameLookups Off\n"
	"ServerTokens Prod\n"
	"TraceEnable Off\n"
	"EnableSendfile On\n"
	"EnableMMAP Off\n"
	"KeepAlive On\n"
	"KeepAliveTimeout 5\n"
	"Timeout 60\n"
	"StartServers 1\n"
	"ServerLimit 4\n"
	"ThreadsPerChild 16\n"
	"MaxRequestWorkers 64\n"
	"MinSpareThreads 4\n"
	"MaxSpareThreads 32\n"
	"DocumentRoot " DOCUMENT_ROOT "\n"
	"<Directory />\n"
	"\tOptions None\n"
	"\tAllowOverride None\n"
	"\tRequire all denied\n"
	"</Directory>\n"
	"<Directory " DOCUMENT_ROOT ">\n"
	"\tRequire all granted\n"
	"</Directory>\n"
	"<Directory " DOCUMENT_ROOT "/" RESULTS ">\n"
	"\tDirectoryIndex index.html\n"
	"\tHeader set X-Content-Type-Options nosniff\n"
	"\tHeader set Cache-Control no-cache\n"
	"\t<FilesMatch \\.html$>\n"
	"\t\tForceType \"text/html; charset=utf-8\"\n"
	"\t</FilesMatch>\n"
	"\t<FilesMatch \\.css$>\n"
	"\t\tForceType \"text/css; charset=utf-8\"\n"
	"\t</FilesMatch>\n"
	"\t<FilesMatch \\.svg$>\n"
	"\t\tForceType image/svg+xml\n"
	"\t</FilesMatch>\n"
	"</Directory>\n"
	"<Directory " DOCUMENT_ROOT "/" LOGS ">\n"
	"\tForceType \"text/plain; charset=utf-8\"\n"
	"\tHeader set X-Content-Type-Options nosniff\n"
	"\tHeader set Content-Security-Policy \"default-src 'none'; sandbox\"\n"
	"</Directory>\n";

/* What is shown below the web folder, and where it is put there. */
static int make_mount_point(const struct service_set *set, const char *name,
			    const char *dir, struct error *err)
{
	AUTO_FREE char *point = xasprintf("%s/%s", set->web_dir, name);

	if (!dir)
		return 0;
	return dir_make(point, 0755, err) < 0 ? -1 : dir_make(dir, 0755, err);
}

int web_write(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *path = service_set_path(set, "apache2.conf");
	AUTO_FREE char *ready = xasprintf("%s/" WEB_READY, set->web_dir);
	AUTO_FREE char *text = xasprintf(template, set->what, set->address,
					 set->address, set->dir, set->dir,
					 set->dir, set->access_log);

	if (strpbrk(set->dir, "\"\\\n"))
		return error_set(err, ERROR_USAGE, "the folder %s has a quote "
				 "or a backslash in its name", set->dir);
	if (file_publish(ready, "ready\n", 6, 0644, err) < 0 ||
	    make_mount_point(set, RESULTS, set->results_dir, err) < 0 ||
	    make_mount_point(set, LOGS, set->logs_dir, err) < 0)
		return -1;
	return file_publish(path, text, strlen(text), 0644, err);
}

static int bind_below(const char *dir, const char *point)
{
	return dir ? mount(dir, point, NULL, MS_BIND, NULL) : 0;
}

int web_prepare(void *arg)
{
	const struct service_set *set = arg;

	if (mount(set->web_dir, DOCUMENT_ROOT, NULL, MS_BIND, NULL) < 0 ||
	    bind_below(set->results_dir, DOCUMENT_ROOT "/" RESULTS) < 0 ||
	    bind_below(set->logs_dir, DOCUMENT_ROOT "/" LOGS) < 0)
		return errno;
	return 0;
}
