/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/strbuf.h"
#include "host/host.h"

static char *joined_dir(const char *base, const char *below)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_addstr(&sb, base);
	while (sb.len > 1 && sb.buf[sb.len - 1] == '/')
		sb.buf[--sb.len] = '\0';
	if (below && *below && below[0] != '/')
		strbuf_addch(&sb, '/');
	strbuf_addstr(&sb, str_or(below, ""));
	while (sb.len > 1 && sb.buf[sb.len - 1] == '/')
		sb.buf[--sb.len] = '\0';
	return strbuf_detach(&sb);
}

static char *joined_url(const char *base, const char *below)
{
	AUTO_FREE char *url = joined_dir(base, below);

	return xasprintf("%s/", url);
}

static char *copy_of(const struct config *config, const char *setting)
{
	const char *value = config_get(config, setting);

	return value && *value ? xstrdup(value) : NULL;
}

/* A scope's, or what counts where no scope is named. */
static const char *scoped(const struct config *config, const char *setting,
			  const char *scope)
{
	AUTO_FREE char *name = scope ? xasprintf("%s_%s", setting, scope) :
		xstrdup(setting);

	return config_get(config, name);
}

static void take(char **member, const char *value)
{
	free(*member);
	*member = value && *value ? xstrdup(value) : NULL;
}

static void fill_tftp(struct site *site, const struct config *config,
		      const char *scope)
{
	const char *tftp = scoped(config, "TftpPath", scope);
	AUTO_FREE char *dir = tftp ? joined_dir(tftp, NULL) : NULL;
	AUTO_FREE char *pxe = tftp ?
		joined_dir(tftp, scoped(config, "TftpPxeDir", scope)) : NULL;

	take(&site->tftp_dir, dir);
	take(&site->pxe_dir, pxe);
	take(&site->pxe_templates, scoped(config, "TftpPxeTemplates", scope));
	take(&site->tftp_log, scoped(config, "TftpLog", scope));
}

static void fill(struct site *site, const struct config *config)
{
	const char *web = config_get(config, "WebspaceFile");
	const char *url = config_get(config, "WebspaceUrl");
	const char *common = config_get(config, "WebspaceCommon");

	site->netns = copy_of(config, "NetNamespace");
	site->interface = copy_of(config, "NetInterface");
	fill_tftp(site, config, NULL);
	if (web)
		site->web_dir = joined_dir(web, common);
	if (url)
		site->web_url = joined_url(url, common);
	site->web_log = copy_of(config, "WebspaceLog");
	site->dhcp_log = copy_of(config, "DhcpLog");
	site->dhcp_leases = copy_of(config, "DhcpLeases");
	site->dhcp_hosts_dir = copy_of(config, "DhcpHostsDir");
}

int site_check(const struct site *site, struct error *err)
{
	if (site->web_dir && site->web_url && site->tftp_dir)
		return 0;
	return error_set(err, ERROR_USAGE, "to boot hosts over the network, "
			 "set NetAddress (the controller's address there) or "
			 "all of WebspaceFile, WebspaceUrl and TftpPath");
}

static int fill_from_lab(struct site *site, const char *lab_dir,
			 struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/lab.config", lab_dir);
	AUTO_STRVEC warnings = STRVEC_INIT;
	struct config *config = NULL;
	int rc = -1;

	site->dir = xstrdup(lab_dir);
	if (config_load(&config, &warnings, err) == 0 &&
	    config_overlay(config, path, &warnings, err) == 0) {
		fill(site, config);
		rc = 0;
	}
	config_free(config);
	return rc;
}

int site_load(struct site *site, const struct config *config,
	      const char *lab_dir, struct error *err)
{
	*site = (struct site){ 0 };
	if (!lab_dir) {
		fill(site, config);
		return 0;
	}
	if (fill_from_lab(site, lab_dir, err) == 0)
		return 0;
	site_release(site);
	return -1;
}

void site_take_scope(struct site *site, const struct config *config,
		     const char *scope)
{
	fill_tftp(site, config, scope);
}

void site_release(struct site *site)
{
	char **all[] = {
		&site->dir, &site->netns, &site->interface, &site->tftp_dir,
		&site->pxe_dir, &site->pxe_templates, &site->web_dir,
		&site->web_url,
		&site->web_log, &site->dhcp_log, &site->dhcp_leases,
		&site->dhcp_hosts_dir, &site->tftp_log,
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		free(*all[i]);
	*site = (struct site){ 0 };
}
