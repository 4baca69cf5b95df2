/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds on a host that was booted for them. The host gets the very system
 * that builds on this machine run in, and so makes the same bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/proc.h"
#include "build/pack.h"
#include "net/ssh.h"
#include "ts/await.h"
#include "ts/remote.h"
#include "ts/state.h"
#include "ts/ts_build.h"

#define SCRIPT "/root/ironbird-build-on-host"
#define PACK_LIMIT_MS (10 * 60 * 1000)
#define PREPARE_LIMIT_S 1200
#define FETCH_LIMIT_S 600
#define OUT_MAX (4LL << 30)
#define OURS 3		/* exit status of the script: the host is at fault */

static void release_image(void *arg)
{
	cache_entry_release(arg);
}

const struct cache_entry *ts_build_system(void)
{
	static struct cache_entry image;
	struct error err;

	if (image.dir)
		return &image;
	ts_check(build_host_prepare(ts_config(), &image, &err), &err);
	ts_at_end(release_image, &image);
	ts_log("%s, %s", image.dir, image.made ? "made now" : "in the cache");
	return &image;
}

/* As a tar file, made once. */
static const char *packed_system(const struct cache_entry *image)
{
	const char *file = ts_text("%s/%s.tar.zst",
				   config_get(ts_config(), "BuildDir"),
				   image->key);
	const char *beside = ts_text("%s.new", file);
	const char *root = ts_text("%s/root", image->dir);
	char *argv[] = { (char *)"tar", (char *)"--zstd", (char *)"-C",
			 (char *)root, (char *)"--exclude=./dev/*",
			 (char *)"-cf", (char *)beside, (char *)".", NULL };
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = PACK_LIMIT_MS,
	};
	struct error err;
	int lock = file_lock(ts_text("%s.lock", file), PACK_LIMIT_MS, &err);

	ts_check(lock, &err);
	if (!file_exists(file)) {
		ts_check(proc_check(&spec, &err), &err);
		if (rename(beside, file) < 0)
			ts_broken("cannot rename %s: %s", beside,
				  strerror(errno));
	}
	close_descriptor(&lock);
	return file;
}

static const char *publish(struct ts_host *host, const char *key,
			   const char *file, const char **sha256)
{
	char hex[SHA256_HEX_SIZE];
	struct error err;
	char *url;

	ts_check(file_sha256(file, hex, &err), &err);
	ts_check(web_publish_file(&host->host->site, key, file, &url, &err),
		 &err);
	*sha256 = ts_text("%s", hex);
	return ts_keep(url);
}

void ts_build_prepare(struct ts_host *host)
{
	const struct cache_entry *image = ts_build_system();
	const char *sha256, *url;
	AUTO_FREE char *script = xasprintf("%s/hypervisor/build-on-host",
					   config_share_dir());

	url = publish(host, image->key, packed_system(image), &sha256);
	ts_send_file(host, script, SCRIPT, 0755);
	ts_stage("host %s: unpacking %s", host->name, image->key);
	ts_cmd(host, PREPARE_LIMIT_S, SCRIPT, "prepare", image->key, url,
	       sha256, NULL);
}

static const char *work_key(const struct sandbox *sandbox)
{
	return ts_text("work-%s", strrchr(sandbox->build, '/') + 1);
}

/* What is to be built, in the web space. */
static const char *send_work(struct ts_host *host,
			     const struct sandbox *sandbox,
			     const char **sha256)
{
	const char *file = ts_text("%s.tar.zst", sandbox->build);
	const char *url;
	struct error err;

	ts_stage("host %s: sending the source", host->name);
	ts_check(file_remove(file, &err), &err);
	ts_check(dist_pack(sandbox->build, file, 0, NULL, &err), &err);
	url = publish(host, work_key(sandbox), file, sha256);
	ts_check(file_remove(file, &err), &err);
	return url;
}

struct output {
	const struct sandbox *sandbox;
};

static void on_output(const char *data, size_t len, bool is_error, void *arg)
{
	const struct output *output = arg;

	(void)is_error;
	output->sandbox->sink(data, len, output->sandbox->sink_arg);
}

static int run_there(struct ts_host *host, const struct sandbox *sandbox,
		     const char *url, const char *sha256, struct error *err)
{
	AUTO_SSH_RESULT result = { .out = STRBUF_INIT, .error = STRBUF_INIT };
	AUTO_STRBUF command = STRBUF_INIT;
	struct output output = { .sandbox = sandbox };
	struct ssh_command run = {
		.limit_ms = sandbox->limit_ms, .out_max = 1,
		.sink = on_output, .sink_arg = &output, .wake = await_wake,
		.wake_fd = await_descriptor(),
	};

	strbuf_addf(&command, SCRIPT " run ");
	strbuf_add_quoted(&command, url);
	strbuf_addf(&command, " %s %lld %lld", sha256,
		    (long long)sandbox->memory,
		    (long long)config_size(ts_config(), "BuildMemoryAll"));
	for (char *const *e = sandbox->env; *e; e++) {
		strbuf_addch(&command, ' ');
		strbuf_add_quoted(&command, *e);
	}
	run.command = command.buf;
	if (!ts_try_ssh(host, 60, err) ||
	    remote_ssh_run(host->ssh, &run, &result, err) < 0)
		return -1;
	if (result.status == OURS || result.status < 0) {
		strbuf_rtrim(&result.error);
		return error_set(err, ERROR_BROKEN, "host %s cannot build: %s",
				 host->name, result.error.buf);
	}
	return result.status;
}

/* Unpacked in the sandbox, out of which no path of the tar leads. */
static int fetch_out(struct ts_host *host, const struct sandbox *sandbox,
		     struct error *err)
{
	const char *tar = ts_text("%s/out.tar.zst", sandbox->build);
	char *argv[] = { (char *)"tar", (char *)"--zstd", (char *)"-xf",
			 (char *)"out.tar.zst", NULL };
	struct sandbox here = *sandbox;
	int status;

	ts_stage("host %s: fetching what was built", host->name);
	if (ts_fetch_output(host, FETCH_LIMIT_S, tar, OUT_MAX,
			    "cat /var/lib/ironbird/build/out.tar.zst") != 0)
		return error_set(err, ERROR_BROKEN, "host %s has no result of "
				 "the build", host->name);
	here.argv = argv;
	status = sandbox_run(&here, err);
	if (status > 0)
		return error_set(err, ERROR_BROKEN, "what host %s built cannot "
				 "be unpacked: status %d", host->name, status);
	return status < 0 ? -1 : file_remove(tar, err);
}

int ts_build_run_on_host(const struct sandbox *sandbox, void *arg,
			 struct error *err)
{
	struct ts_host *host = arg;
	const char *sha256, *url;
	int status;

	url = send_work(host, sandbox, &sha256);
	ts_stage("host %s: building", host->name);
	status = run_there(host, sandbox, url, sha256, err);
	if (web_unpublish(&host->host->site, work_key(sandbox),
			  status < 0 ? NULL : err) < 0)
		return -1;
	return status ? status : fetch_out(host, sandbox, err);
}
