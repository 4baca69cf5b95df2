/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short forms of the module command, and what its rows were once called. */
#ifndef IRONBIRD_PDU_COMMAND_H
#define IRONBIRD_PDU_COMMAND_H

#include "base/strvec.h"

/*
 * The words of one method: "gpio ..." and "exec gpio ..." become "command gpio
 * ...", and "exec command ..." "command ..."; others stay as they are.
 */
void command_method(struct strvec *words);

#endif
