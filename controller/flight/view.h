/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person sees of a flight that runs.
 *
 * On a terminal, below the lines of what has happened: the jobs that run, with
 * host, stage and expected end; those that wait, with the reason; how many are
 * done. Through a pipe: only the lines of what happens. Standard output, cut
 * to the width of the terminal.
 */
#ifndef IRONBIRD_FLIGHT_VIEW_H
#define IRONBIRD_FLIGHT_VIEW_H

#include "flight/board.h"

struct flight_view;

struct flight_view *flight_view_new(const struct board *board, bool quiet);
/* Takes what is shown of the present off the terminal. */
void flight_view_free(struct flight_view *view);
bool flight_view_live(const struct flight_view *view);
/* A line that stays: "14:02 begins   JOB on iron1, until about 14:20". */
void flight_view_line(struct flight_view *view, const char *word,
		      const char *fmt, ...) printf_like(3, 4);
/* The present, anew. */
void flight_view_draw(struct flight_view *view);

#endif
