/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest that is only a kernel and a ramdisk: up in seconds, no disk. */
#include <string.h>

#include "base/strbuf.h"
#include "boot/keys.h"
#include "ts/state.h"
#include "ts/ts_guest.h"

#define DEFAULT_MEMORY_MB 128

/* What the ramdisk fetches by name when it boots. */
static void publish_keys(struct ts_guest *guest,
			 const struct handover *handover)
{
	AUTO_STRBUF host_key = STRBUF_INIT;
	AUTO_STRBUF authorized = STRBUF_INIT;
	struct error err;

	ts_check(keys_of_host(ts_config(), guest->hostname, &host_key, NULL,
			      &err), &err);
	ts_check(keys_authorized(ts_config(), &authorized, &err), &err);
	ts_check(handover_add(handover, "host-key", host_key.buf,
			      host_key.len, &err), &err);
	ts_check(handover_add(handover, "authorized_keys", authorized.buf,
			      authorized.len, &err), &err);
}

static void run(void)
{
	struct ts_host *host = ts_host(0);
	struct ts_guest *guest = ts_guest(host, 0);
	struct ts_image *image = ts_image(ts_guest_var(guest, "image",
						       "tiny-guest"));
	const char *dir = ts_text("/var/lib/ironbird/guests/%s",
				  guest->hostname);
	const struct handover *handover;
	struct ts_guest_config config = {
		.boot = ts_guest_boot(guest, "kernel"),
		.memory_mb = DEFAULT_MEMORY_MB,
	};

	ts_guest_clear(guest);
	handover = ts_guest_publish(guest);
	publish_keys(guest, handover);
	config.extra = ts_text("console=hvc0 ironbird.report=%s "
			       "ironbird.hostname=%s", handover->url,
			       guest->hostname);
	ts_guest_kernel(guest, image, dir, "", &config);
	ts_guest_configure(guest, &config);
}

const struct ts_case ts_case = {
	.summary = "Install a guest that is only a kernel and a ramdisk",
	.args = "host GUEST",
	.hosts = 1, .min_args = 1, .max_args = 1,
	.timeout_s = 600,
	.details = "It boots the kernel of kernbuildjob unless GUEST_kernkind "
		"is image.",
	.run = run,
};
