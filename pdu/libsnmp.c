/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <syslog.h>

#include "pdu/libsnmp.h"

#define LIBRARY "libsnmp.so.40"

static struct libsnmp calls;

static const struct {
	const char *symbol;
	void *place;
} symbols[] = {
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
	static void *library;

	if (library)
		return &calls;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; library && i < ARRAY_SIZE(symbols); i++) {
		void *found = dlsym(library, symbols[i].symbol);

		if (!found) {
			dlclose(library);
			library = NULL;
			break;
		}
		*(void **)symbols[i].place = found;
	}
	if (!library) {
		error_set(err, ERROR_BROKEN, "cannot load %s (%s): apt-get "
			  "install libsnmp40", LIBRARY, dlerror());
		return NULL;
	}
	start();
	return &calls;
}
