/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pdu/modules.h"

static int set_nothing(struct pdu_port *port, enum power_state wanted,
		       struct error *err)
{
	(void)port;
	(void)wanted;
	(void)err;
	return 0;
}

const struct pdu_module pdu_null = {
	.name = "null",
	.aliases = "none noop dummy",
	.summary = "switches nothing and says it did: a host that is always on",
	.usage = "",
	.set = set_nothing,
};
