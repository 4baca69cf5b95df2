/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ssh keys: one pair that Ironbird logs in with, and for each host and guest
 * a host key of its own, made here before the machine exists, so that the
 * very first connection can be checked. All ed25519, below KeyDir.
 */
#ifndef IRONBIRD_BOOT_KEYS_H
#define IRONBIRD_BOOT_KEYS_H

#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

/*
 * Path of the private key to log in with, made on first use. KeyDir/id_ed25519
 * unless the setting TestHostKeypairPath names another. The caller frees.
 */
int must_check keys_login(const struct config *config, char **path,
			  struct error *err);
/*
 * The host key of a host or guest, made on first use: its private half as the
 * text of ssh_host_ed25519_key, its public half as "ssh-ed25519 AAAA...".
 * Either may be NULL.
 */
int must_check keys_of_host(const struct config *config, const char *name,
			    struct strbuf *private_key,
			    struct strbuf *public_key, struct error *err);
/*
 * Text for root's authorized_keys: our public key, the files of
 * AuthorizedKeysFiles, the lines of AuthorizedKeysAppend.
 */
int must_check keys_authorized(const struct config *config,
			       struct strbuf *text, struct error *err);

#endif
