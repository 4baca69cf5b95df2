/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/strbuf.h"
#include "boot/install.h"
#include "boot/keys.h"
#include "boot/overlay.h"
#include "config/reads.h"
#include "config/settings.h"

static const struct install_method *const methods[] = {
	&install_method_image,
	&install_method_debian,
};

void install_plan_release(struct install_plan *plan)
{
	handover_release(&plan->handover);
	free(plan->disk);
	free(plan->kernel_url);
	free(plan->initrd_url);
	free(plan->append);
	*plan = (struct install_plan){ 0 };
}

static int fill_overlay(const struct config *config, const struct host *host,
			struct overlay *overlay, struct error *err)
{
	const char *local = config_get(config, "OverlayLocal");
	AUTO_STRBUF private_key = STRBUF_INIT;
	AUTO_STRBUF public_key = STRBUF_INIT;
	AUTO_STRBUF authorized = STRBUF_INIT;

	if (keys_of_host(config, host->name, &private_key, &public_key,
			 err) < 0 ||
	    keys_authorized(config, &authorized, err) < 0)
		return -1;
	overlay_addf(overlay, "etc/hostname", 0644, "%s\n", host->name);
	overlay_addf(overlay, "etc/hosts", 0644,
		     "127.0.0.1\tlocalhost\n127.0.1.1\t%s %s\n"
		     "::1\t\tlocalhost ip6-localhost\n",
		     host->fqdn, host->name);
	overlay_add(overlay, "etc/ssh/ssh_host_ed25519_key", 0600,
		    private_key.buf, private_key.len);
	overlay_addf(overlay, "etc/ssh/ssh_host_ed25519_key.pub", 0644,
		     "%s root@%s\n", public_key.buf, host->name);
	overlay_add(overlay, "root/.ssh/authorized_keys", 0600,
		    authorized.buf, authorized.len);
	if (!local || !*local)
		return 0;
	return overlay_add_dir(overlay, local, err);
}

/* What is read for it is summed up by its digest. */
static int make_overlay(const struct config *config, const struct host *host,
			struct overlay *overlay, char hex[SHA256_HEX_SIZE],
			struct error *err)
{
	int rc;

	reads_pause();
	rc = fill_overlay(config, host, overlay, err);
	overlay_digest(overlay, hex);
	reads_go_on();
	return rc;
}

int install_overlay_digest(const struct config *config,
			   const struct host *host, char hex[SHA256_HEX_SIZE],
			   struct error *err)
{
	struct overlay *overlay = overlay_new(err);
	int rc;

	if (!overlay)
		return -1;
	rc = make_overlay(config, host, overlay, hex, err);
	overlay_free(overlay);
	return rc;
}

/*
 * files.tar in the hand-over folder: what makes an installed system this host
 * (name, ssh host key, who may log in, where to report).
 */
static int publish_overlay(const struct config *config,
			   const struct host *host,
			   const struct handover *handover, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/files.tar", handover->dir);
	struct overlay *overlay = overlay_new(err);
	char hex[SHA256_HEX_SIZE];
	int rc;

	if (!overlay)
		return -1;
	rc = make_overlay(config, host, overlay, hex, err);
	reads_tell("files", "overlay", hex);
	overlay_addf(overlay, "etc/ironbird/report-url", 0644, "%s\n",
		     handover->url);
	if (rc == 0)
		rc = overlay_publish(overlay, path, 0644, err);
	overlay_free(overlay);
	return rc;
}

static int find_method(const struct host *host,
		       const struct install_method **method, struct error *err)
{
	const char *name = host_prop_or(host, "install-method",
					methods[0]->name);
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (strcmp(methods[i]->name, name) == 0) {
			*method = methods[i];
			return 0;
		}
		strvec_push(&names, methods[i]->name);
	}
	hint = name_hint(name, &names);
	return error_set(err, ERROR_USAGE, "host %s: there is no "
			 "install-method '%s'%s", host->name, name, hint);
}

/* All that may be fetched by name: stages, a failure, later boots. */
static int create_handover(const struct host *host, struct install_plan *plan,
			   struct error *err)
{
	AUTO_STRVEC files = STRVEC_INIT;

	strvec_pushl(&files, "failed", "booted", NULL);
	for (const char *const *s = plan->method->stages; *s; s++)
		strvec_push(&files, *s);
	return handover_create(&plan->handover, &host->site, host->name,
			       (const char *const *)files.v, err);
}

static int begin_plan(const struct host *host, struct install_plan *plan,
		      struct error *err)
{
	const char *disk = host_prop(host, "disk-device");

	*plan = (struct install_plan){ 0 };
	if (!disk)
		return error_set(err, ERROR_USAGE, "host %s: no disk may be "
				 "wiped, because its property disk-device is "
				 "not set (HostProp_%s_DiskDevice /dev/...)",
				 host->name, host->name);
	plan->disk = xstrdup(disk);
	return 0;
}

bool install_has_pristine(const struct host *host)
{
	bool yes;

	return setting_parse_bool(host_prop_or(host, "pristine-partition",
					       "no"), &yes) == 0 && yes;
}

int install_publish_restore(const struct config *config,
			    const struct host *host, const char *state,
			    struct install_plan *plan, struct error *err)
{
	if (begin_plan(host, plan, err) < 0)
		return -1;
	plan->method = &install_method_image;
	if (handover_find(&plan->handover, &host->site, host->name,
			  err) == 0 &&
	    orders_publish_restore(config, host, state, plan, err) == 0)
		return 0;
	install_plan_release(plan);
	return -1;
}

int install_publish(const struct config *config, const struct host *host,
		    struct install_plan *plan, struct error *err)
{
	if (begin_plan(host, plan, err) < 0)
		return -1;
	if (find_method(host, &plan->method, err) == 0 &&
	    create_handover(host, plan, err) == 0 &&
	    publish_overlay(config, host, &plan->handover, err) == 0 &&
	    plan->method->publish(config, host, plan, err) == 0)
		return 0;
	install_plan_release(plan);
	return -1;
}
