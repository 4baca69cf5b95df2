/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The style sheet of the pages: pages.css, which the program carries. */
#ifndef IRONBIRD_REPORT_STYLE_H
#define IRONBIRD_REPORT_STYLE_H

#include "report/pages.h"

/* Puts it where the pages are, if it is not there as it should be. */
int must_check style_publish(const struct pages *pages, struct error *err);

#endif
