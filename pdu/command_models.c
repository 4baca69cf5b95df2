/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that switch something and speak no dialect: their command lines, a
 * row each. What a row has no words for is a program of its own ("exec
 * /path"), or the row in the arguments ("command on=... off=...").
 */
#include <stddef.h>

#include "pdu/command_models.h"

const struct command_model command_models[] = {
	/* gpioset(1) of libgpiod 1.6: the line keeps its level when the
	 * program ends. gpioget(1) makes its line an input, so the relay's own
	 * cannot be read: only one that senses what it switched */
	{ .name = "gpio", .summary = "a relay on a GPIO line",
	  .keys = "chip! line! sense",
	  .on = "gpioset {chip} {line}=1", .off = "gpioset {chip} {line}=0",
	  .status = "gpioget {chip} {sense}",
	  .reads_on = "1", .reads_off = "0" },
	{ .name = "gpio-low", .summary = "the same, on when the line is low",
	  .keys = "chip! line! sense",
	  .on = "gpioset {chip} {line}=0", .off = "gpioset {chip} {line}=1",
	  .status = "gpioget {chip} {sense}",
	  .reads_on = "1", .reads_off = "0" },
	/* usbrelay(1): without argument all relays, "BITFT_1=0" a line */
	{ .name = "usbrelay", .summary = "a USB HID relay, BITFT_1",
	  .keys = "relay!",
	  .on = "usbrelay {relay}=1", .off = "usbrelay {relay}=0",
	  .status = "usbrelay",
	  .reads_on = "{relay}=1", .reads_off = "{relay}=0" },
	/* sispmctl(1) */
	{ .name = "sispm", .summary = "a Gembird SIS-PM power strip",
	  .keys = "outlet!",
	  .on = "sispmctl -q -o {outlet}", .off = "sispmctl -q -f {outlet}",
	  .status = "sispmctl -q -n -g {outlet}",
	  .reads_on = "1", .reads_off = "0" },
	/* OSSTest's; XenUsePath is the setting */
	{ .name = "xenuse", .summary = "OSSTest's xenuse", .keys = "",
	  .on = "{XenUsePath} --on {host}", .off = "{XenUsePath} --off {host}" },
	{ .name = NULL }
};
