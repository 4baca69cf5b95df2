/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "base/log.h"
#include "cmd/command.h"

static int open_config(struct context *ctx, struct error *err)
{
	AUTO_STRVEC warnings = STRVEC_INIT;

	if (config_load(&ctx->config, &warnings, err) < 0)
		return -1;
	for (size_t i = 0; i < warnings.count; i++)
		log_warn("%s", warnings.v[i]);
	return 0;
}

int context_open(struct context *ctx, unsigned needs, struct error *err)
{
	if ((needs & NEEDS_ROOT) && geteuid() != 0)
		return error_set(err, ERROR_USAGE, "this command switches "
				 "namespaces, ports or disks: run it as root");
	if ((needs & (NEEDS_CONFIG | NEEDS_DB)) && open_config(ctx, err) < 0)
		return -1;
	if (!(needs & NEEDS_DB))
		return 0;
	if (db_open(&ctx->db, config_get(ctx->config, "JobDB"), err) < 0)
		return -1;
	db_set_busy_limit(ctx->db, config_duration_ms(ctx->config,
						      "DatabaseLimit"));
	return 0;
}

void context_close(struct context *ctx)
{
	db_close(ctx->db);
	config_free(ctx->config);
}
