/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "pdu/menu_models.h"

const struct menu_model menu_models[] = {
	/* Rack PDU CLI (AOS 5 and later): olOn, olOff, olStatus */
	{ .name = "apc", .summary = "APC rack PDU, command line", .port = 23,
	  .ssh = true,
	  .ask_user = "User Name", .ask_password = "Password",
	  .prompt = "apc>", .denied = "User Name", .on = "olOn {outlet}",
	  .off = "olOff {outlet}", .status = "olStatus {outlet}",
	  .accepted = "E000", .before = "{outlet}:", .reads_on = "On",
	  .reads_off = "Off", .bye = "exit" },
	/* NPS, RPS, VMR: "/On N", a Y behind the comma asks no question */
	{ .name = "wti", .summary = "WTI network power switch", .port = 23,
	  .ssh = true,
	  .ask_password = "Password:", .prompt = "NPS>",
	  .denied = "Invalid", .on = "/On {outlet},Y",
	  .off = "/Off {outlet},Y", .status = "/S", .before = " {outlet} |",
	  .reads_on = "ON", .reads_off = "OFF", .bye = "/X" },
	/* KSHELL: each answer begins with a number, 250 is "done" */
	{ .name = "netio", .summary = "NETIO 4, KSHELL", .port = 1234,
	  .hello = "100 HELLO", .login = "login {user} {password}",
	  .prompt = "250 ", .denied = "50", .on = "port {outlet} 1",
	  .off = "port {outlet} 0", .status = "port {outlet}",
	  .before = "250 ", .reads_on = "1", .reads_off = "0",
	  .bye = "quit" },
	{ .name = NULL }
};
