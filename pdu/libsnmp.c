/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/library.h"
#include "pdu/libsnmp.h"

#define LIBRARY "libsnmp.so.40"

static struct libsnmp calls;

static const struct library_symbol symbols[] = {
	{ "init_snmp", &calls.init },
	{ "netsnmp_ds_set_boolean", &calls.set_boolean },
	{ "netsnmp_register_loghandler", &calls.add_log },
	{ "snmp_sess_init", &calls.sess_init },
	{ "snmp_sess_open", &calls.open },
	{ "snmp_sess_synch_response", &calls.ask },
	{ "snmp_sess_close", &calls.close },
	{ "snmp_sess_error", &calls.last_error },
	{ "snmp_error", &calls.first_error },
	{ "snmp_pdu_create", &calls.pdu_create },
	{ "snmp_free_pdu", &calls.pdu_free },
	{ "snmp_pdu_add_variable", &calls.add_value },
	{ "generate_Ku", &calls.make_key },
};

/*
 * Without the settings, MIB files, certificates and state of whoever runs us:
 * the numbers in our table are all that is needed. It logs into nothing.
 */
static void start(void)
{
	static const int on[] = {
		NETSNMP_DS_LIB_DONT_READ_CONFIGS,
		NETSNMP_DS_LIB_DONT_PERSIST_STATE,
	};
	static const char *const places[][2] = {
		{ "MIBS", "" },
		{ "MIBDIRS", "/dev/null" },
		/* no folder can be made there */
		{ "SNMP_PERSISTENT_DIR", "/dev/null/snmp" },
	};
	bool ours[ARRAY_SIZE(places)];

	for (size_t i = 0; i < ARRAY_SIZE(on); i++)
		calls.set_boolean(NETSNMP_DS_LIBRARY_ID, on[i], 1);
	calls.add_log(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		ours[i] = !getenv(places[i][0]);
		if (ours[i])
			setenv(places[i][0], places[i][1], 1);
	}
	calls.init("ironbird");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (ours[i])
			unsetenv(places[i][0]);
}

const struct libsnmp *libsnmp_load(struct error *err)
{
	static bool loaded;

	if (loaded)
		return &calls;
	if (library_load(LIBRARY, "libsnmp40", symbols, ARRAY_SIZE(symbols),
			 err) < 0)
		return NULL;
	loaded = true;
	start();
	return &calls;
}
