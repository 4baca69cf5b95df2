/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdu/argument.h"
#include "pdu/libsnmp.h"
#include "pdu/snmp_link.h"

/* One packet's answer; UDP may lose two. */
#define ANSWER_US 1000000
#define RESENDS 2

struct snmp_link {
	struct pdu_port *port;
	const struct libsnmp *lib;
	void *handle;
};

/* SNMP-USER-BASED-SM-MIB and SNMP-USM-HMAC-SHA2-MIB (RFC 3414, 3826, 7860) */
static const struct protocol {
	const char *name;
	oid id[10];
} protocols[] = {
	{ "md5", { 1, 3, 6, 1, 6, 3, 10, 1, 1, 2 } },
	{ "sha", { 1, 3, 6, 1, 6, 3, 10, 1, 1, 3 } },
	{ "sha256", { 1, 3, 6, 1, 6, 3, 10, 1, 1, 5 } },
	{ "sha512", { 1, 3, 6, 1, 6, 3, 10, 1, 1, 7 } },
	{ "des", { 1, 3, 6, 1, 6, 3, 10, 1, 2, 2 } },
	{ "aes", { 1, 3, 6, 1, 6, 3, 10, 1, 2, 4 } },
};

static const struct protocol *find_protocol(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (strcmp(protocols[i].name, name) == 0)
			return &protocols[i];
	return NULL;
}

/* RFC 3414: the hash of the password makes both keys. */
static int make_key(struct snmp_link *s, const char *which,
		    const struct protocol *hash, u_char *key, size_t *len,
		    struct error *err)
{
	AUTO_STRBUF password = STRBUF_INIT;
	int rc;

	if (pdu_secret(s->port, which, &password, err) < 0)
		return -1;
	rc = s->lib->make_key(hash->id, 10, (const u_char *)password.buf,
			      password.len, key, len);
	explicit_bzero(password.buf, password.len);
	if (rc != 0)
		return pdu_fail(s->port, POWER_FAILURE_CONFIGURATION, err,
				"%s= is no password for SNMPv3: it has 8 "
				"characters or more", which);
	return 0;
}

static int set_user(struct snmp_link *s, netsnmp_session *session,
		    struct error *err)
{
	const struct protocol *hash, *cipher;
	bool has_priv = pdu_arg(s->port, "priv-password");

	hash = find_protocol(pdu_arg_or(s->port, "auth", "sha"));
	cipher = find_protocol(pdu_arg_or(s->port, "priv", "aes"));
	if (!hash || !cipher || !pdu_arg(s->port, "user"))
		return pdu_fail(s->port, POWER_FAILURE_CONFIGURATION, err,
				"SNMPv3 needs user=, auth= is md5, sha, "
				"sha256 or sha512, priv= is des or aes");
	session->version = SNMP_VERSION_3;
	session->securityName = (char *)pdu_arg(s->port, "user");
	session->securityNameLen = strlen(session->securityName);
	session->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	session->securityAuthProto = (oid *)hash->id;
	session->securityAuthProtoLen = 10;
	session->securityAuthKeyLen = sizeof(session->securityAuthKey);
	session->securityPrivProto = (oid *)cipher->id;
	session->securityPrivProtoLen = 10;
	session->securityPrivKeyLen = sizeof(session->securityPrivKey);
	if (!pdu_arg(s->port, "auth-password"))
		return 0;
	session->securityLevel = has_priv ? SNMP_SEC_LEVEL_AUTHPRIV :
					    SNMP_SEC_LEVEL_AUTHNOPRIV;
	if (make_key(s, "auth-password", hash, session->securityAuthKey,
		     &session->securityAuthKeyLen, err) < 0)
		return -1;
	return has_priv ? make_key(s, "priv-password", hash,
				   session->securityPrivKey,
				   &session->securityPrivKeyLen, err) : 0;
}

static int set_community(struct snmp_link *s, netsnmp_session *session,
			 struct strbuf *community, struct error *err)
{
	const char *version = pdu_arg_or(s->port, "version", "2c");

	if (strcmp(version, "3") == 0)
		return set_user(s, session, err);
	if (strcmp(version, "1") != 0 && strcmp(version, "2c") != 0)
		return pdu_fail(s->port, POWER_FAILURE_CONFIGURATION, err,
				"version=%.20s is not 1, 2c or 3", version);
	session->version = *version == '1' ? SNMP_VERSION_1 : SNMP_VERSION_2c;
	if (pdu_secret(s->port, "community", community, err) < 0)
		return -1;
	if (!community->len)
		strbuf_addstr(community, "private");
	session->community = (u_char *)community->buf;
	session->community_len = community->len;
	return 0;
}

/* What the library says, as one of our classes. */
static int fail(struct snmp_link *s, int code, const char *text,
		struct error *err)
{
	const char *host = pdu_arg(s->port, "host");
	enum power_failure failure = POWER_FAILURE_UNREACHABLE;

	switch (code) {
	case SNMPERR_AUTHENTICATION_FAILURE:
	case SNMPERR_UNKNOWN_USER_NAME:
	case SNMPERR_UNSUPPORTED_SEC_LEVEL:
	case SNMPERR_BAD_SEC_LEVEL:
	case SNMPERR_DECRYPTION_ERR:
		failure = POWER_FAILURE_AUTHENTICATION;
	}
	return pdu_fail(s->port, failure, err, "the PDU %s: %s", host,
			text);
}

static void *open_session(struct snmp_link *s, netsnmp_session *session,
			  struct error *err)
{
	void *handle = s->lib->open(session);
	char *text = NULL;
	int sys, code;

	if (handle)
		return handle;
	s->lib->first_error(session, &sys, &code, &text);
	fail(s, code, text ? text : "no session", err);
	free(text);
	return NULL;
}

/* All of its sendings have their time before the action's limit. */
static long answer_us(const struct pdu_port *port)
{
	int64_t us = pdu_left(port) * 1000 / (RESENDS + 1);

	return us < ANSWER_US ? (long)us : ANSWER_US;
}

int snmp_link_open(struct snmp_link **out, struct pdu_port *port,
		      struct error *err)
{
	const struct libsnmp *lib = libsnmp_load(err);
	struct snmp_link *s;
	AUTO_STRBUF community = STRBUF_INIT;
	netsnmp_session session;

	if (!lib)
		return -1;
	s = xcalloc(1, sizeof(*s));
	*s = (struct snmp_link){ .port = port, .lib = lib };
	lib->sess_init(&session);
	session.peername = (char *)pdu_arg(port, "host");
	session.timeout = answer_us(port);
	session.retries = RESENDS;
	if (set_community(s, &session, &community, err) < 0 ||
	    !(s->handle = open_session(s, &session, err))) {
		snmp_link_close(s);
		return -1;
	}
	*out = s;
	return 0;
}

void snmp_link_close(struct snmp_link *s)
{
	if (!s)
		return;
	if (s->handle)
		s->lib->close(s->handle);
	free(s);
}

static int parse_oid(struct snmp_link *s, const char *name, oid *out,
		     size_t *len, struct error *err)
{
	const char *p = name;
	char *end;

	for (*len = 0; *len < MAX_OID_LEN; p = end + 1) {
		out[(*len)++] = strtoul(p, &end, 10);
		if (end == p || (*end && *end != '.'))
			break;
		if (!*end)
			return 0;
	}
	return pdu_fail(s->port, POWER_FAILURE_CONFIGURATION, err,
			"'%.80s' is no object identifier", name);
}

static int refused(struct snmp_link *s, const char *name, long status,
		   struct error *err)
{
	bool rights = status == SNMP_ERR_NOACCESS ||
		      status == SNMP_ERR_AUTHORIZATIONERROR ||
		      status == SNMP_ERR_READONLY;

	return pdu_fail(s->port, rights ? POWER_FAILURE_AUTHENTICATION :
			POWER_FAILURE_REFUSED, err, "the PDU %s refuses %s: "
			"%s (SNMP error %ld)", pdu_arg(s->port, "host"), name,
			rights ? "the community or user may not do that" :
			status == SNMP_ERR_NOSUCHNAME ||
			status == SNMP_ERR_NOTWRITABLE ?
			"it has no such outlet, or is another model" :
			"that value is not for it", status);
}

/* Sends the request, which it frees; *answer is the caller's. */
static int ask(struct snmp_link *s, netsnmp_pdu *request, const char *name,
	       netsnmp_pdu **answer, struct error *err)
{
	char *text = NULL;
	int sys, code, rc;

	*answer = NULL;
	if (s->lib->ask(s->handle, request, answer) != STAT_SUCCESS) {
		s->lib->last_error(s->handle, &sys, &code, &text);
		rc = fail(s, code, code == SNMPERR_TIMEOUT ?
			  "no answer (is it there, is the community right?)" :
			  text ? text : "no answer", err);
		free(text);
		return rc;
	}
	if ((*answer)->errstat == SNMP_ERR_NOERROR && (*answer)->variables)
		return 0;
	rc = refused(s, name, (*answer)->errstat, err);
	s->lib->pdu_free(*answer);
	*answer = NULL;
	return rc;
}

static int take_value(struct snmp_link *s, const char *name,
		      const netsnmp_variable_list *v, struct strbuf *value,
		      struct error *err)
{
	switch (v->type) {
	case ASN_INTEGER:
	case ASN_GAUGE:
	case ASN_COUNTER:
		strbuf_addf(value, "%ld", *v->val.integer);
		return 0;
	case ASN_OCTET_STR:
		strbuf_add(value, v->val.string, v->val_len);
		return 0;
	}
	return pdu_fail(s->port, POWER_FAILURE_REFUSED, err, "the PDU %s has "
			"no value at %s: it has no such outlet, or is another "
			"model", pdu_arg(s->port, "host"), name);
}

int snmp_link_get(struct snmp_link *s, const char *name,
		     struct strbuf *value, struct error *err)
{
	netsnmp_pdu *request, *answer;
	oid id[MAX_OID_LEN];
	size_t len;
	int rc;

	if (parse_oid(s, name, id, &len, err) < 0)
		return -1;
	request = s->lib->pdu_create(SNMP_MSG_GET);
	s->lib->add_value(request, id, len, ASN_NULL, NULL, 0);
	if (ask(s, request, name, &answer, err) < 0)
		return -1;
	rc = take_value(s, name, answer->variables, value, err);
	s->lib->pdu_free(answer);
	return rc;
}

int snmp_link_set(struct snmp_link *s, const char *name, long number,
		     const char *text, struct error *err)
{
	netsnmp_pdu *request, *answer;
	oid id[MAX_OID_LEN];
	size_t len;

	if (parse_oid(s, name, id, &len, err) < 0)
		return -1;
	request = s->lib->pdu_create(SNMP_MSG_SET);
	if (text)
		s->lib->add_value(request, id, len, ASN_OCTET_STR, text,
				  strlen(text));
	else
		s->lib->add_value(request, id, len, ASN_INTEGER, &number,
				  sizeof(number));
	if (ask(s, request, name, &answer, err) < 0)
		return -1;
	s->lib->pdu_free(answer);
	return 0;
}
