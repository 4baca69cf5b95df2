/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that is switched by HTTP in one server on loopback: Tasmota,
 * Shelly (both generations), NETIO, Digital Loggers, ETH008, Gude, ESPHome,
 * PDUDaemon, and a Redfish BMC.
 *
 *	http-relay PORT DIR USER
 *
 * DIR/password	what USER must know; DIR/journal: what was asked
 * DIR/mood	honest, lying (says done, does nothing), slow (takes effect
 *		with the third reading), refusing (status 500), silent (no
 *		answer), reset (the connection), garbage, forgetful (a boot
 *		override is not kept), noactions (no reset types in the page),
 *		chatty (status 400, with what was asked)
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/device.h"
#include "tests/sim/http-login.h"

#define SYSTEM "/redfish/v1/Systems/1"
#define TOKEN "a-session-of-the-simulator"

struct request {
	char method[16], path[512];
	struct strbuf text;	/* all of it */
	const char *body;
};

static const char *user;
static char boot_target[32] = "None";

/* --- who asks --- */

/* The value of a header, the caller's; or NULL. */
static char *header(const struct request *r, const char *name)
{
	AUTO_FREE char *key = xasprintf("\n%s: ", name);
	const char *p = strcasestr(r->text.buf, key);

	if (!p || (r->body && p > r->body))
		return NULL;
	p += strlen(key);
	return xstrndup(p, strcspn(p, "\r\n"));
}

static bool basic_is_right(const struct request *r, const char *password)
{
	AUTO_FREE char *got = header(r, "Authorization");
	AUTO_FREE char *pair = xasprintf("%s:%s", user, password);
	AUTO_FREE char *code = base64(pair);
	AUTO_FREE char *wanted = xasprintf("Basic %s", code);

	return got && strcmp(got, wanted) == 0;
}

/* RFC 7616 */
static bool digest_is_right(const struct request *r, const char *password,
			    bool sha)
{
	AUTO_FREE char *got = header(r, "Authorization");
	AUTO_FREE char *nonce = part(got ? got : "", "nonce");
	AUTO_FREE char *nc = part(got ? got : "", "nc");
	AUTO_FREE char *cnonce = part(got ? got : "", "cnonce");
	AUTO_FREE char *response = part(got ? got : "", "response");
	AUTO_FREE char *one = xasprintf("%s:relay:%s", user, password);
	AUTO_FREE char *two = xasprintf("%s:%s", r->method, r->path);
	AUTO_FREE char *all = NULL;
	char ha1[SHA256_HEX_SIZE], ha2[SHA256_HEX_SIZE];
	char wanted[SHA256_HEX_SIZE];

	hash(sha, one, ha1);
	hash(sha, two, ha2);
	all = xasprintf("%s:%s:%s:%s:auth:%s", ha1, nonce, nc, cnonce, ha2);
	hash(sha, all, wanted);
	return got && str_starts(got, "Digest ") &&
	       strcmp(wanted, response) == 0;
}

/* NULL when the request may go on; else the 401's header. */
static const char *challenge(const struct request *r)
{
	AUTO_STRBUF password = STRBUF_INIT;
	AUTO_FREE char *token = header(r, "X-Auth-Token");
	AUTO_FREE char *query = NULL;

	read_word("password", &password);
	query = xasprintf("user=%s&password=%s&", user, password.buf);
	if (str_starts(r->path, "/power/") ||
	    strcmp(r->path, "/redfish/v1/SessionService/Sessions") == 0 ||
	    (str_starts(r->path, "/redfish/") && token &&
	     strcmp(token, TOKEN) == 0))
		return NULL;
	if (str_starts(r->path, "/cm?"))
		return strstr(r->path, query) ? NULL : "X-Need: user";
	if (str_starts(r->path, "/form"))
		return strcmp(r->method, "GET") == 0 ||
		       str_starts(r->body, query) ? NULL : "X-Need: user";
	if (str_starts(r->path, "/rpc/"))
		return digest_is_right(r, password.buf, true) ? NULL :
			"WWW-Authenticate: Digest qop=\"auth\", "
			"realm=\"relay\", nonce=\"1\", algorithm=SHA-256";
	if (str_starts(r->path, "/restapi/") ||
	    str_starts(r->path, "/switch/"))
		return digest_is_right(r, password.buf, false) ? NULL :
			"WWW-Authenticate: Digest qop=\"auth\", "
			"realm=\"relay\", nonce=\"1\", algorithm=MD5";
	return basic_is_right(r, password.buf) ? NULL :
		"WWW-Authenticate: Basic realm=\"relay\"";
}

/* --- relays --- */

static int number_after(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? atoi(p + strlen(key)) : 0;
}

static void tasmota(const struct request *r, struct strbuf *out)
{
	int n = number_after(r->path, "cmnd=Power");

	if (strstr(r->path, "%20"))
		set_outlet(n, strstr(r->path, "%20On") != NULL);
	strbuf_addf(out, "{\"POWER%d\":\"%s\"}", n,
		    get_outlet(n) ? "ON" : "OFF");
}

static void shelly1(const struct request *r, struct strbuf *out)
{
	int n = number_after(r->path, "/relay/");

	if (strstr(r->path, "turn="))
		set_outlet(n, strstr(r->path, "turn=on") != NULL);
	strbuf_addf(out, "{\"ison\":%s,\"source\":\"http\"}",
		    get_outlet(n) ? "true" : "false");
}

static void shelly(const struct request *r, struct strbuf *out)
{
	if (strstr(r->path, "Switch.Set"))
		set_outlet(number_after(r->body, "\"id\":"),
			   strstr(r->body, "\"on\":true") != NULL);
	else
		strbuf_addf(out, "{\"id\":0,\"output\":%s}",
			    get_outlet(number_after(r->path, "id=")) ?
			    "true" : "false");
}

static void netio(const struct request *r, struct strbuf *out)
{
	if (strcmp(r->method, "POST") == 0)
		set_outlet(number_after(r->body, "\"ID\":"),
			   strstr(r->body, "\"Action\":1") != NULL);
	strbuf_addstr(out, "{\"Outputs\":[");
	for (int i = 1; i <= 4; i++)
		strbuf_addf(out, "%s{\"ID\":%d,\"State\":%d}",
			    i > 1 ? "," : "", i, get_outlet(i));
	strbuf_addstr(out, "]}");
}

static void dli(const struct request *r, struct strbuf *out)
{
	int n = number_after(r->path, "/outlets/") + 1;

	if (strcmp(r->method, "PUT") == 0)
		set_outlet(n, strstr(r->body, "value=true") != NULL);
	else
		strbuf_addstr(out, get_outlet(n) ? "true" : "false");
}

static void eth008(const struct request *r, struct strbuf *out)
{
	const char *p = strstr(r->path, "?DO");

	if (p)
		set_outlet(atoi(p + 4), p[3] == 'A');
	strbuf_addstr(out, "<html> ");
	for (int i = 1; i <= 8; i++)
		strbuf_addch(out, get_outlet(i) ? '1' : '0');
	strbuf_addstr(out, " </html>");
}

static void gude(const struct request *r, struct strbuf *out)
{
	if (str_starts(r->path, "/ov.html"))
		set_outlet(number_after(r->path, "p="),
			   strstr(r->path, "s=1") != NULL);
	strbuf_addstr(out, "{\"outputs\":[");
	for (int i = 1; i <= 4; i++)
		strbuf_addf(out, "%s{\"name\":\"p%d\",\"state\":%d}",
			    i > 1 ? "," : "", i, get_outlet(i));
	strbuf_addstr(out, "]}");
}

static void esphome(const struct request *r, struct strbuf *out)
{
	if (strcmp(r->method, "POST") == 0)
		set_outlet(5, strstr(r->path, "turn_on") != NULL);
	else
		strbuf_addf(out, "{\"id\":\"switch-relay\",\"state\":\"%s\"}",
			    get_outlet(5) ? "ON" : "OFF");
}

/* A box of nobody's make: its login is in what it is sent */
static void form(const struct request *r, struct strbuf *out)
{
	if (strcmp(r->method, "POST") == 0)
		set_outlet(6, strstr(r->body, "&state=up") != NULL);
	else
		strbuf_addstr(out, get_outlet(6) ? "it is up" : "it is down");
}

static void pdudaemon(const struct request *r, struct strbuf *out)
{
	set_outlet(number_after(r->path, "port="),
		   strstr(r->path, "/on?") != NULL);
	strbuf_addstr(out, "OK - accepted request\n");
}

/* --- Redfish: outlet 0 is the system --- */

static void redfish_system(struct strbuf *out)
{
	strbuf_addf(out, "{\"@odata.id\":\"%s\",\"PowerState\":\"%s\","
		    "\"Boot\":{\"BootSourceOverrideTarget\":\"%s\"},"
		    "\"Actions\":{\"#ComputerSystem.Reset\":{\"target\":"
		    "\"%s/Actions/ComputerSystem.Reset\",%s}}}", SYSTEM,
		    get_outlet(0) ? "On" : "Off", boot_target, SYSTEM,
		    mood_is("noactions") ? "\"@Redfish.ActionInfo\":\"" SYSTEM
		    "/ResetActionInfo\"" :
		    "\"ResetType@Redfish.AllowableValues\":[\"On\","
		    "\"ForceOff\",\"ForceRestart\",\"Nmi\"]");
}

static void redfish_reset(const struct request *r, int *status)
{
	bool on = get_outlet(0), wanted = strstr(r->body, "On\"") != NULL;

	if (strstr(r->body, "\"On\"") || strstr(r->body, "\"ForceOff\"")) {
		if (on == wanted)
			*status = 409;
		else
			set_outlet(0, wanted);
	}
	/* what was not offered is refused */
	if (mood_is("noactions") ? !strstr(r->body, "\"PushPowerButton\"") &&
				   !strstr(r->body, "\"ForceOn\"") :
				   strstr(r->body, "Push") != NULL)
		*status = 400;
	else if (mood_is("noactions"))
		set_outlet(0, strstr(r->body, "\"ForceOn\"") != NULL);
}

static void redfish_patch(const struct request *r)
{
	const char *p = strstr(r->body, "BootSourceOverrideTarget\":\"");

	if (!p || mood_is("forgetful"))
		return;
	p += strlen("BootSourceOverrideTarget\":\"");
	snprintf(boot_target, sizeof(boot_target), "%.*s",
		 (int)strcspn(p, "\""), p);
}

static void redfish(const struct request *r, struct strbuf *out,
		    const char **extra, int *status)
{
	AUTO_STRBUF password = STRBUF_INIT;
	AUTO_FREE char *login = NULL;

	if (str_starts(r->path, "/redfish/v1/SessionService/Sessions")) {
		read_word("password", &password);
		login = xasprintf("{\"UserName\":\"%s\",\"Password\":\"%s\"}",
				  user, password.buf);
		*status = strcmp(r->method, "DELETE") == 0 ? 204 :
			  strcmp(r->body, login) == 0 ? 201 : 401;
		if (*status == 201)
			*extra = "X-Auth-Token: " TOKEN "\r\nLocation: "
				"/redfish/v1/SessionService/Sessions/1";
	} else if (strcmp(r->path, "/redfish/v1/Systems") == 0) {
		strbuf_addstr(out, "{\"Members\":[{\"@odata.id\":\"" SYSTEM
			      "\"}]}");
	} else if (strcmp(r->path, SYSTEM "/ResetActionInfo") == 0) {
		strbuf_addstr(out, "{\"Parameters\":[{\"Name\":\"ResetType\","
			      "\"AllowableValues\":[\"ForceOn\","
			      "\"PushPowerButton\"]}]}");
	} else if (strcmp(r->method, "POST") == 0) {
		redfish_reset(r, status);
	} else if (strcmp(r->path, SYSTEM) == 0) {
		if (strcmp(r->method, "PATCH") == 0)
			redfish_patch(r);
		redfish_system(out);
	} else {
		*status = 404;
	}
}

/* --- the server --- */

static const struct {
	const char *prefix;
	void (*answer)(const struct request *r, struct strbuf *out);
} relays[] = {
	{ "/cm?", tasmota }, { "/relay/", shelly1 }, { "/rpc/", shelly },
	{ "/netio.json", netio }, { "/restapi/", dli }, { "/io.cgi", eth008 },
	{ "/ov.html", gude }, { "/status.json", gude },
	{ "/switch/", esphome }, { "/power/", pdudaemon }, { "/form", form },
};

static void route(const struct request *r, struct strbuf *out,
		  const char **extra, int *status)
{
	if (mood_is("chatty")) {
		*status = 400;
		strbuf_addf(out, "what is %s %s?", r->path, r->body);
		return;
	}
	*extra = challenge(r);
	if (*extra) {
		*status = 401;
		if (str_starts(r->path, "/redfish/"))
			strbuf_addstr(out, "{\"error\":{\"code\":"
				      "\"Base.1.0.NoValidSession\"}}");
		return;
	}
	if (mood_is("refusing")) {
		*status = 500;
		return;
	}
	if (str_starts(r->path, "/redfish/")) {
		redfish(r, out, extra, status);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(relays); i++)
		if (str_starts(r->path, relays[i].prefix)) {
			relays[i].answer(r, out);
			return;
		}
	*status = 404;
}

static bool is_whole(struct request *r)
{
	char *end = strstr(r->text.buf, "\r\n\r\n");
	AUTO_FREE char *length = NULL;

	if (!end)
		return false;
	r->body = end + 4;
	length = header(r, "Content-Length");
	return !length || strlen(r->body) >= strtoul(length, NULL, 10);
}

static bool read_request(int fd, struct request *r)
{
	char chunk[4096];
	ssize_t n;

	while (!is_whole(r)) {
		n = read(fd, chunk, sizeof(chunk));
		if (n <= 0 || r->text.len > 65536)
			return false;
		strbuf_add(&r->text, chunk, n);
	}
	return sscanf(r->text.buf, "%15s %511s", r->method, r->path) == 2;
}

static void write_journal(const struct request *r)
{
	AUTO_FREE char *path = xasprintf("%s/journal", dir);
	FILE *f = fopen(path, "a");

	if (!f)
		return;
	fprintf(f, "%s %s %s\n", r->method, r->path, r->body);
	fclose(f);
}

static void answer(int fd, const struct request *r)
{
	AUTO_STRBUF out = STRBUF_INIT, body = STRBUF_INIT;
	const char *extra = NULL;
	int status = 200;

	if (mood_is("garbage"))
		strbuf_addstr(&body, "\x01\x7f{{{");
	route(r, &body, &extra, &status);
	strbuf_addf(&out, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n"
		    "Connection: close\r\n%s%s\r\n", status, body.len,
		    extra ? extra : "", extra ? "\r\n" : "");
	strbuf_add(&out, body.buf, body.len);
	if (write(fd, out.buf, out.len) < 0)
		return;
}

static void serve(int fd)
{
	struct request r = { .text = STRBUF_INIT };

	if (read_request(fd, &r)) {
		write_journal(&r);
		if (mood_is("silent")) {
			/* held open until the simulator ends */
			strbuf_release(&r.text);
			return;
		}
		if (mood_is("reset"))
			abort_connection(fd);
		else
			answer(fd, &r);
	}
	strbuf_release(&r.text);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: http-relay PORT DIR USER\n");
		return 2;
	}
	dir = argv[2];
	user = argv[3];
	return serve_port(argv[1], serve);
}
