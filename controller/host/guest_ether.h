/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MAC addresses of guests. All of one controller begin alike
 * (GenEtherPrefixBase), so that two on one network do not meet.
 */
#ifndef IRONBIRD_HOST_GUEST_ETHER_H
#define IRONBIRD_HOST_GUEST_ETHER_H

#include "base/error.h"

#define GUEST_ETHER_SIZE 18

/*
 * Three bytes of base ("5e:36:0e:f5"), three of a hash of seed, which tells
 * this guest from all others; base's fourth byte is mixed into the hash.
 * ERROR_USAGE unless base is four bytes of a unicast, locally administered
 * address.
 */
int must_check guest_ether(const char *base, const char *seed,
			   char ether[GUEST_ETHER_SIZE], struct error *err);

#endif
