/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host keys as text, the way OpenSSH writes them. */
#ifndef IRONBIRD_NET_SSH_KEY_H
#define IRONBIRD_NET_SSH_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define SSH_FINGERPRINT_SIZE 64
#define SSH_KEY_BLOB_MAX 2048

struct ssh_public_key {
	char type[64];		/* "ssh-ed25519" */
	unsigned char blob[SSH_KEY_BLOB_MAX];
	size_t len;
};

/* Reads "ssh-ed25519 AAAA... comment"; ERROR_USAGE when it is not a key. */
int must_check ssh_key_parse(const char *text, struct ssh_public_key *key,
			     struct error *err);
/* "SHA256:..." as ssh-keygen -l prints it; returns out. */
const char *ssh_key_fingerprint(const unsigned char *blob, size_t len,
				char out[SSH_FINGERPRINT_SIZE]);

#endif
