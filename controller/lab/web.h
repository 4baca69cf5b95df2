/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Apache for booting hosts: static files, and an access log that is written
 * at once, because it is read as the sign of life of whatever boots.
 */
#ifndef IRONBIRD_LAB_WEB_H
#define IRONBIRD_LAB_WEB_H

#include "base/error.h"
#include "lab/service_set.h"

/* A file that is always there, for asking whether the server answers. */
#define WEB_READY "ironbird-ready"

/* Writes apache2.conf and the file WEB_READY. */
int must_check web_write(const struct service_set *set, struct error *err);
/*
 * In Apache's own mount namespace: puts the web folder where the server's
 * user can reach it, wherever it lies. 0 or an errno.
 */
int web_prepare(void *set);

#endif
