/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "pdu/http_models.h"

#define JSON_CONTENT "Content-Type: application/json"

const struct http_model http_models[] = {
	/* tasmota.github.io/docs/Commands: web requests */
	{ .name = "tasmota", .summary = "a plug or relay with Tasmota",
	  .set = "/cm?user={user}&password={password}&cmnd=Power{outlet}%20"
		 "{state}",
	  .on = "On", .off = "Off",
	  .get = "/cm?user={user}&password={password}&cmnd=Power{outlet}",
	  .value = "POWER{outlet}|POWER", .reads_on = "on",
	  .reads_off = "off" },
	/* shelly-api-docs.shelly.cloud/gen1: /relay/N */
	{ .name = "shelly1", .summary = "Shelly, first generation (outlets "
	  "begin with 0)", .auth = HTTP_AUTH_BASIC,
	  .set = "/relay/{outlet}?turn={state}", .on = "on", .off = "off",
	  .get = "/relay/{outlet}", .value = "ison",
	  .reads_on = "true", .reads_off = "false" },
	/* shelly-api-docs.shelly.cloud/gen2: Switch.Set, digest by SHA-256 */
	{ .name = "shelly", .summary = "Shelly, from the second generation "
	  "on (outlets begin with 0)", .auth = HTTP_AUTH_DIGEST,
	  .method = "POST", .set = "/rpc/Switch.Set",
	  .content = "{\"id\":{outlet},\"on\":{state}}",
	  .headers = { JSON_CONTENT }, .on = "true", .off = "false",
	  .get = "/rpc/Switch.GetStatus?id={outlet}", .value = "output",
	  .reads_on = "true", .reads_off = "false" },
	/* NETIO M2M API: JSON over HTTP */
	{ .name = "netio", .summary = "NETIO, JSON API",
	  .auth = HTTP_AUTH_BASIC, .method = "POST", .set = "/netio.json",
	  .content = "{\"Outputs\":[{\"ID\":{outlet},\"Action\":{state}}]}",
	  .headers = { JSON_CONTENT }, .on = "1", .off = "0",
	  .get = "/netio.json", .value = "Outputs[ID={outlet}].State",
	  .reads_on = "1", .reads_off = "0" },
	/* digital-loggers.com/restapi.pdf: outlets are counted from 0 there */
	{ .name = "dli", .summary = "Digital Loggers, REST API",
	  .auth = HTTP_AUTH_DIGEST, .method = "PUT",
	  .set = "/restapi/relay/outlets/{outlet0}/state/",
	  .content = "value={state}",
	  .headers = { "X-CSRF: x", "Accept: application/json" },
	  .on = "true", .off = "false",
	  .get = "/restapi/relay/outlets/{outlet0}/state/", .value = "",
	  .reads_on = "true", .reads_off = "false" },
	/* ETH008 manual, io.cgi: DOA sets a relay, DOI resets it */
	{ .name = "eth008", .summary = "Devantech ETH008, ETH484 (OSSTest's)",
	  .auth = HTTP_AUTH_BASIC, .set = "/io.cgi?DO{state}{outlet}",
	  .on = "A", .off = "I", .get = "/io.cgi?relay", .value = "word 2",
	  .reads_on = "1", .reads_off = "0" },
	{ .name = "gude", .summary = "Gude Expert Power Control, web API",
	  .auth = HTTP_AUTH_BASIC, .set = "/ov.html?cmd=1&p={outlet}&s={state}",
	  .on = "1", .off = "0", .get = "/status.json?components=1",
	  .value = "outputs[{outlet0}].state",
	  .reads_on = "1", .reads_off = "0" },
	/* esphome.io/web-api: POST /switch/NAME/turn_on */
	{ .name = "esphome", .summary = "ESPHome; device= is the switch",
	  .auth = HTTP_AUTH_DIGEST, .method = "POST",
	  .set = "/switch/{device}/turn_{state}", .content = "",
	  .on = "on", .off = "off", .get = "/switch/{device}",
	  .value = "state", .reads_on = "on", .reads_off = "off" },
	/* The daemon says that it will do it, and knows no state */
	{ .name = "pdudaemon", .summary = "PDUDaemon; device= is the PDU "
	  "there. Never verified: it cannot tell a state",
	  .set = "/power/control/{state}?hostname={device}&port={outlet}",
	  .on = "on", .off = "off" },
	{ .name = NULL }
};
