/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A shell on a host: OpenSSH's client with our key, the host's known key, and
 * in the lab's network namespace. For people; test cases use net/ssh.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "boot/keys.h"
#include "cmd/command.h"
#include "host/host.h"
#include "net/netns.h"

static int write_known_hosts(struct context *ctx, const struct host *host,
			     char **path, struct error *err)
{
	AUTO_STRBUF line = STRBUF_INIT;

	*path = config_state_path(ctx->config, "keys/known_hosts.%s",
				  host->name);
	strbuf_addf(&line, "%s ", host->address);
	if (keys_of_host(ctx->config, host->name, NULL, &line, err) < 0)
		return -1;
	strbuf_addch(&line, '\n');
	return file_publish(*path, line.buf, line.len, 0600, err);
}

static int become_ssh(struct context *ctx, const struct host *host,
		      const struct strvec *args, struct error *err)
{
	AUTO_FREE char *key = NULL, *known = NULL;
	AUTO_STRVEC argv = STRVEC_INIT;

	if (!host->address)
		return error_set(err, ERROR_USAGE, "host %s has no property "
				 "ip-addr", host->name);
	if (keys_login(ctx->config, &key, err) < 0 ||
	    write_known_hosts(ctx, host, &known, err) < 0)
		return -1;
	strvec_pushl(&argv, "ssh", "-i", key, "-o", "IdentitiesOnly=yes",
		     "-o", "StrictHostKeyChecking=yes", "-o", NULL);
	strvec_pushf(&argv, "UserKnownHostsFile=%s", known);
	strvec_pushf(&argv, "root@%s", host->address);
	for (size_t i = 1; i < args->count; i++)
		strvec_push(&argv, args->v[i]);
	if (host->site.netns && netns_enter(host->site.netns, err) < 0)
		return -1;
	execvp(argv.v[0], argv.v);
	return error_errno(err, "cannot run ssh");
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	struct host *host;
	int rc;

	if (args_check(args, "ssh", 1, -1, err) < 0 ||
	    host_load(&host, ctx->db, ctx->config, args->v[0], err) < 0)
		return -1;
	rc = become_ssh(ctx, host, args, err);
	host_free(host);
	return rc;
}

const struct command cmd_ssh = {
	.name = "ssh",
	.summary = "Log in to a host, with its key checked",
	.usage = "HOST [-- COMMAND...]",
	.needs = NEEDS_DB,
	.run = run,
};
