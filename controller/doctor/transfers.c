/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP, TFTP and HTTP, asked as a booting host asks, and seen in the logs. */
#include <string.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "doctor/check.h"
#include "doctor/dhcp_probe.h"
#include "doctor/sighting.h"
#include "net/http.h"
#include "net/tftp.h"

/* dnsmasq pings an address for 3 s before it offers it, dhcpd for 1 s. */
#define OFFERS_MS 4000
#define ANSWER_MS 2000
#define LOG_MS 2000
/* The answers have been waited for already. */
#define LINE_MS 300

/* "10.0.0.9 (MAC 52:54:00:...)" of each server that is not ours. */
static size_t list_strangers(const struct doctor *d,
			     const struct dhcp_offers *offers,
			     struct strbuf *text)
{
	size_t strangers = 0;

	for (size_t i = 0; i < offers->count; i++) {
		const struct dhcp_offer *offer = &offers->v[i];

		if (strcmp(offer->server, d->set.address) == 0)
			continue;
		strbuf_addf(text, "%s%s (MAC %s, offers %s)",
			    strangers++ ? ", " : "", offer->server,
			    offer->ether, offer->address);
	}
	return strangers;
}

static void tell_silence(struct doctor *d, bool logged)
{
	AUTO_FREE char *start = check_start_command(d);

	if (!logged)
		check_fail(d, start, "nobody answers a DHCPDISCOVER on %s "
			   "within 4 s, and %s has no line about it",
			   d->set.interface, d->site.dhcp_log);
	else
		check_ok(d, "ours hears DHCPDISCOVER on %s and serves hosts "
			 "it knows; nobody else answers", d->set.interface);
}

static void judge_offers(struct doctor *d, const struct dhcp_offers *offers,
			 bool logged)
{
	AUTO_STRBUF others = STRBUF_INIT;
	AUTO_FREE char *mend = NULL;
	size_t strangers = list_strangers(d, offers, &others);

	/* servers of the user's own may have any address, but only one */
	if (strangers && (d->supervisor || offers->count > 1)) {
		mend = xasprintf("switch off the DHCP server at %s, or give "
				 "the hosts a network of their own",
				 others.buf);
		check_fail(d, mend, "on %s %s answers DHCP, too",
			   d->set.interface, others.buf);
	} else if (!offers->count) {
		tell_silence(d, logged);
	} else if (!logged) {
		check_fail(d, "set DhcpLog in standalone.config to the log "
			   "of the DHCP server", "%s answers, but no line about "
			   "it came in %s",
			   offers->v[0].server, d->site.dhcp_log);
	} else {
		check_ok(d, "%s offers %s on %s, nobody else answers",
			 offers->v[0].server, offers->v[0].address,
			 d->set.interface);
	}
}

void check_dhcp(struct doctor *d)
{
	AUTO_FREE char *ether = dhcp_probe_ether();
	AUTO_FREE char *start = check_start_command(d);
	struct error err = ERROR_INIT;
	struct dhcp_offers offers;
	struct sighting line;

	if (!d->site.dhcp_log) {
		check_fail(d, "set DhcpLog in standalone.config",
			   "the setting DhcpLog is empty");
		return;
	}
	if (sighting_begin(&line, d->site.dhcp_log, ether, &err) < 0) {
		check_fail(d, start, "%s", err.text);
		return;
	}
	if (dhcp_probe(d->set.netns, d->set.interface, ether, OFFERS_MS,
		       &offers, &err) < 0)
		check_fail(d, start, "%s", err.text);
	else
		judge_offers(d, &offers, sighting_wait(&line, LINE_MS));
	sighting_end(&line);
}

/* A file that is put where hosts fetch from, under a name nobody knows. */
struct sample {
	char *name, *path;
	struct sighting line;
};

static void take_away(struct doctor *d, struct sample *sample)
{
	struct error err = ERROR_INIT;

	if (file_remove(sample->path, &err) < 0)
		check_warn(d, NULL, "%s", err.text);
	sighting_end(&sample->line);
	free_pointer(&sample->name);
	free_pointer(&sample->path);
}

static int put_there(struct sample *sample, const char *dir, const char *log,
		     struct error *err)
{
	AUTO_FREE char *random = random_hex(8);

	sample->name = xasprintf("doctor-%s", random);
	sample->path = xasprintf("%s/%s", dir, sample->name);
	if (sighting_begin(&sample->line, log, sample->name, err) == 0) {
		if (file_publish(sample->path, sample->name,
				 strlen(sample->name), 0644, err) == 0)
			return 0;
		sighting_end(&sample->line);
	}
	free_pointer(&sample->name);
	free_pointer(&sample->path);
	return -1;
}

static void judge_sample(struct doctor *d, struct sample *sample,
			 const char *text, const char *log,
			 const char *setting)
{
	AUTO_FREE char *mend = NULL;

	if (strcmp(text, sample->name) != 0) {
		mend = xasprintf("set %s in standalone.config to the folder "
				 "that is served", setting);
		check_fail(d, mend, "%s was put there, and something else "
			   "came back", sample->path);
	} else if (!sighting_wait(&sample->line, LOG_MS)) {
		mend = xasprintf("set %sLog in standalone.config to the log "
				 "that the server writes",
				 *setting == 'T' ? "Tftp" : "Webspace");
		check_fail(d, mend, "a file came back, but within 2 s no line "
			   "about it came in %s", log);
	} else {
		check_ok(d, "a file came back, and was seen in %s", log);
	}
}

void check_tftp(struct doctor *d)
{
	AUTO_FREE char *start = check_start_command(d);
	struct sample sample = { .name = NULL };
	AUTO_STRBUF text = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (put_there(&sample, d->site.tftp_dir, d->site.tftp_log,
		      &err) < 0) {
		check_fail(d, start, "%s", err.text);
		return;
	}
	if (tftp_read_block(d->set.netns, d->set.address, sample.name,
			    ANSWER_MS, &text, &err) < 0)
		check_fail(d, start, "%s", err.text);
	else
		judge_sample(d, &sample, text.buf, d->site.tftp_log,
			     "TftpPath");
	take_away(d, &sample);
}

static void fetch(struct doctor *d, struct sample *sample)
{
	AUTO_FREE char *url = xasprintf("%s%s", d->site.web_url,
					sample->name);
	AUTO_FREE char *start = check_start_command(d);
	AUTO_STRBUF text = STRBUF_INIT;
	struct error err = ERROR_INIT;
	int status = 0;

	if (http_get(d->set.netns, url, ANSWER_MS, &status, &text, &err) < 0)
		check_fail(d, start, "%s", err.text);
	else if (status != 200)
		check_fail(d, "set WebspaceFile and WebspaceUrl in "
			   "standalone.config to the same folder", "GET %s "
			   "answers %d, though the file is %s", url, status,
			   sample->path);
	else
		judge_sample(d, sample, text.buf, d->site.web_log,
			     "WebspaceFile");
}

void check_http(struct doctor *d)
{
	AUTO_FREE char *start = check_start_command(d);
	struct sample sample = { .name = NULL };
	struct error err = ERROR_INIT;

	if (!d->site.web_log) {
		check_fail(d, "set WebspaceLog in standalone.config",
			   "the setting WebspaceLog is empty");
		return;
	}
	if (put_there(&sample, d->site.web_dir, d->site.web_log, &err) < 0) {
		check_fail(d, start, "%s", err.text);
		return;
	}
	fetch(d, &sample);
	take_away(d, &sample);
}
