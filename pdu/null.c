/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pdu/argument.h"
#include "pdu/modules.h"

static int set_nothing(struct pdu_port *port, enum power_state wanted,
		       struct error *err)
{
	(void)port;
	(void)wanted;
	(void)err;
	return 0;
}

static int refuse(struct pdu_port *port, enum power_state wanted,
		  struct error *err)
{
	return pdu_fail(port, POWER_FAILURE_CONFIGURATION, err, "its settings "
			"say that nothing can switch it %s",
			power_state_name(wanted));
}

const struct pdu_module pdu_unsupported = {
	.name = "unsupported",
	.summary = "refuses: nothing can switch this host (OSSTest's)",
	.usage = "",
	.set = refuse,
};

const struct pdu_module pdu_null = {
	.name = "null",
	.aliases = "none noop dummy",
	.summary = "switches nothing and says it did: a host that is always on",
	.usage = "",
	.set = set_nothing,
};
