/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A step that is told to end (SIGTERM) while a command runs on a host: the
 * command is ended there first, for over the connection alone it would not
 * notice. At all other times SIGTERM ends a test case at once.
 */
#ifndef IRONBIRD_TS_STOP_H
#define IRONBIRD_TS_STOP_H

/* Holds SIGTERM back: a descriptor that is readable when it has come. */
int stop_hold(void);
/* Lets it through: a SIGTERM that has come ends the process here. */
void stop_release(int fd);

#endif
