/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OSSTest's power methods as a table: "msw PDU 7" becomes "snmp apc-switch
 * host=PDU outlet=7".
 */
#ifndef IRONBIRD_PDU_OSSTEST_H
#define IRONBIRD_PDU_OSSTEST_H

#include "base/error.h"
#include "base/strvec.h"

/*
 * Rewrites the words of one method, or leaves them as they are. ERROR_USAGE
 * when there are too few.
 */
int must_check osstest_method(struct strvec *words, struct error *err);

#endif
