/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What installing a guest takes, whatever kind it is. */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "boot/image.h"
#include "boot/keys.h"
#include "boot/overlay.h"
#include "ts/state.h"
#include "ts/ts_guest.h"

#define FETCH_LIMIT_S 300

static const char *const guest_files[] = { "booted", NULL };

static void release_handover(void *arg)
{
	handover_release(arg);
}

static void fill_overlay(struct ts_guest *guest, const char *url,
			 struct overlay *overlay)
{
	AUTO_STRBUF private_key = STRBUF_INIT;
	AUTO_STRBUF authorized = STRBUF_INIT;
	struct error err;

	ts_check(keys_of_host(ts_config(), guest->hostname, &private_key, NULL,
			      &err), &err);
	ts_check(keys_authorized(ts_config(), &authorized, &err), &err);
	overlay_addf(overlay, "etc/hostname", 0644, "%s\n", guest->hostname);
	overlay_add(overlay, "etc/ssh/ssh_host_ed25519_key", 0600,
		    private_key.buf, private_key.len);
	overlay_add(overlay, "root/.ssh/authorized_keys", 0600,
		    authorized.buf, authorized.len);
	overlay_addf(overlay, "etc/ironbird/report-url", 0644, "%s\n", url);
}

const struct handover *ts_guest_publish(struct ts_guest *guest)
{
	struct handover *handover = ts_keep(xcalloc(1, sizeof(*handover)));
	struct overlay *overlay;
	struct error err;

	ts_check(handover_create(handover, &guest->host->host->site,
				 guest->hostname, guest_files, &err), &err);
	ts_at_end(release_handover, handover);
	overlay = overlay_new(&err);
	ts_check(overlay ? 0 : -1, &err);
	fill_overlay(guest, handover->url, overlay);
	ts_check(overlay_publish(overlay, ts_text("%s/files.tar",
						  handover->dir), 0644, &err),
		 &err);
	overlay_free(overlay);
	return handover;
}

static void release_image(void *arg)
{
	cache_entry_release(arg);
}

struct ts_image *ts_image(const char *name)
{
	struct ts_image *image = ts_keep(xcalloc(1, sizeof(*image)));
	struct error err;

	image->entry = ts_keep(xcalloc(1, sizeof(*image->entry)));
	ts_stage("image %s", name);
	ts_check(image_ensure(ts_config(), name, false, image->entry, &err),
		 &err);
	ts_at_end(release_image, image->entry);
	image->name = name;
	image->key = image->entry->key;
	image->dir = image->entry->dir;
	image->kernel = cache_value(image->entry, "kernel");
	return image;
}

static const char *image_url(struct ts_host *host,
			     const struct ts_image *image, const char *file)
{
	struct error err;
	char *url;

	ts_check(web_publish_file(&host->host->site, image->key,
				  ts_text("%s/%s", image->dir, file), &url,
				  &err), &err);
	return ts_keep(url);
}

const char *ts_image_fetch(struct ts_host *host, const struct ts_image *image,
			   const char *file, const char *dir)
{
	const char *path = ts_text("%s/%s", dir, file);
	char sha256[SHA256_HEX_SIZE];
	struct error err;

	ts_check(file_sha256(ts_text("%s/%s", image->dir, file), sha256, &err),
		 &err);

	ts_script(host, FETCH_LIMIT_S,
		  "mkdir -p \"$1\"\n"
		  "curl -fsS -o \"$2\" \"$3\"\n"
		  "echo \"$4  $2\" | sha256sum -c -\n",
		  dir, path, image_url(host, image, file), sha256, NULL);
	return path;
}

void ts_guest_clear(struct ts_guest *guest)
{
	if (!ts_guest_state(guest))
		return;
	ts_log("guest %s of an earlier run is destroyed", guest->name);
	ts_guest_destroy(guest);
}
