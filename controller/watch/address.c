/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "watch/address.h"

bool address_parse(const char *text, size_t len, char out[ADDRESS_SIZE])
{
	static const unsigned char mapped[12] = {
		[10] = 0xff, [11] = 0xff
	};
	unsigned char v6[16];
	struct in_addr v4;
	char copy[80];
	char *zone;

	out[0] = '\0';
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	zone = strchr(copy, '%');
	if (zone)
		*zone = '\0';
	if (!zone && inet_pton(AF_INET, copy, &v4) == 1)
		return inet_ntop(AF_INET, &v4, out, ADDRESS_SIZE);
	if (inet_pton(AF_INET6, copy, v6) != 1)
		return false;
	if (memcmp(v6, mapped, sizeof(mapped)) == 0)
		return inet_ntop(AF_INET, v6 + 12, out, ADDRESS_SIZE);
	return inet_ntop(AF_INET6, v6, out, ADDRESS_SIZE);
}

bool ether_parse(const char *text, size_t len, char out[ETHER_SIZE])
{
	out[0] = '\0';
	if (len == 20 && text[2] == '-') {
		text += 3;
		len -= 3;
	}
	if (len != 17)
		return false;
	for (size_t i = 0; i < 17; i++) {
		unsigned char c = text[i];

		if (i % 3 == 2 ? c != ':' && c != '-' : !isxdigit(c)) {
			out[0] = '\0';
			return false;
		}
		out[i] = i % 3 == 2 ? ':' : (char)tolower(c);
	}
	out[17] = '\0';
	return true;
}
