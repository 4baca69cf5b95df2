/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes that a step left behind in its group.
 *
 * What is to outlive a step (a virtual host, say) takes a session of its own;
 * whatever is still in the group when its leader is gone was forgotten.
 */
#ifndef IRONBIRD_RUN_LEFTOVER_H
#define IRONBIRD_RUN_LEFTOVER_H

#include <sys/types.h>

/*
 * Kills what lives in the group whose leader has been waited for. A sentence
 * naming them for the caller to free, or NULL when there was nothing.
 */
char *leftover_kill(pid_t group);

#endif
