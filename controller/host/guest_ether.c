/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "host/guest_ether.h"

/* IEEE 802: the two lowest bits of the first byte. */
#define KIND_MASK 3
#define LOCAL_UNICAST 2

static bool read_base(const char *base, unsigned char bytes[4])
{
	int end = 0;

	return sscanf(base, "%2hhx:%2hhx:%2hhx:%2hhx%n", &bytes[0], &bytes[1],
		      &bytes[2], &bytes[3], &end) == 4 && !base[end] &&
		(bytes[0] & KIND_MASK) == LOCAL_UNICAST;
}

int guest_ether(const char *base, const char *seed,
		char ether[GUEST_ETHER_SIZE], struct error *err)
{
	char hex[SHA256_HEX_SIZE];
	unsigned char bytes[4];
	unsigned mixed;

	if (!read_base(base, bytes))
		return error_set(err, ERROR_USAGE, "GenEtherPrefixBase "
				 "'%.40s' is not four bytes that a unicast, "
				 "locally administered MAC address can begin "
				 "with", base);
	data_sha256(seed, strlen(seed), hex);
	sscanf(hex, "%2x", &mixed);
	snprintf(ether, GUEST_ETHER_SIZE, "%02x:%02x:%02x:%02x:%.2s:%.2s",
		 bytes[0], bytes[1], bytes[2], (mixed ^ bytes[3]) & 0xff,
		 hex + 2, hex + 4);
	return 0;
}
