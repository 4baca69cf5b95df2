/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's debug keys, and how the answer to each begins: a row a key.
 *
 * A key is answered when Xen says what only this key makes it say; any other
 * line of Xen's may be a guest's, or the rest of the answer before. So a key
 * that has no row is not sent.
 */
#ifndef IRONBIRD_HOST_DEBUG_KEY_H
#define IRONBIRD_HOST_DEBUG_KEY_H

#include "base/strvec.h"

/*
 * Adds the texts of which one is in the answer to key. False: Xen has no such
 * key.
 */
bool debug_key_answers(char key, struct strvec *texts);

#endif
