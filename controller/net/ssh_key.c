/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "net/ssh_key.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"abcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 4648; the number of bytes, or 0 when it is not base64 or too long. */
static size_t base64_decode(const char *s, size_t len, unsigned char *out,
			    size_t size)
{
	uint32_t bits = 0;
	unsigned int have = 0;
	size_t n = 0;

	while (len && s[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++) {
		const char *at = memchr(letters, s[i], 64);

		if (!at)
			return 0;
		bits = bits << 6 | (uint32_t)(at - letters);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (n == size)
			return 0;
		out[n++] = (unsigned char)(bits >> have);
	}
	return n;
}

/* Without '=' at the end, as in fingerprints. */
static void base64_encode(const unsigned char *data, size_t len, char *out)
{
	uint32_t bits = 0;
	unsigned int have = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | data[i];
		have += 8;
		while (have >= 6) {
			have -= 6;
			*out++ = letters[bits >> have & 63];
		}
	}
	if (have)
		*out++ = letters[bits << (6 - have) & 63];
	*out = '\0';
}

/* The blob begins with its type, as a string of RFC 4251. */
static bool type_fits(const struct ssh_public_key *key)
{
	size_t len = strlen(key->type);

	return key->len > 4 + len && key->blob[0] == 0 &&
	       key->blob[1] == 0 && key->blob[2] == 0 &&
	       key->blob[3] == len &&
	       memcmp(key->blob + 4, key->type, len) == 0;
}

int ssh_key_parse(const char *text, struct ssh_public_key *key,
		  struct error *err)
{
	size_t type = strcspn(text, " \t\n");
	const char *data = text + type + strspn(text + type, " \t");

	memset(key, 0, sizeof(*key));
	if (type < sizeof(key->type)) {
		memcpy(key->type, text, type);
		key->len = base64_decode(data, strcspn(data, " \t\r\n"),
					 key->blob, sizeof(key->blob));
	}
	if (!type_fits(key))
		return error_set(err, ERROR_USAGE, "'%.60s' is not an ssh "
				 "public key (\"ssh-ed25519 AAAA...\")",
				 text);
	return 0;
}

const char *ssh_key_fingerprint(const unsigned char *blob, size_t len,
				char out[SSH_FINGERPRINT_SIZE])
{
	char hex[SHA256_HEX_SIZE], text[48];
	unsigned char hash[32];

	data_sha256(blob, len, hex);
	for (size_t i = 0; i < sizeof(hash); i++) {
		unsigned int byte = 0;

		sscanf(hex + 2 * i, "%2x", &byte);
		hash[i] = (unsigned char)byte;
	}
	base64_encode(hash, sizeof(hash), text);
	snprintf(out, SSH_FINGERPRINT_SIZE, "SHA256:%s", text);
	return out;
}
