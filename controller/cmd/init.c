/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From two machines to a standalone.config: asked, found out, checked. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "cmd/command.h"
#include "cmd/init-answers.h"
#include "config/check.h"
#include "lab/ports.h"
#include "lab/services.h"
#include "lab/supervisor.h"
#include "pdu/method.h"

static struct answers answers;
static bool yes, force;

static const struct option_row options[] = {
	OPTION_STRING('i', "interface", "IFACE", &answers.interface,
		      "the controller's interface that test hosts hang on"),
	OPTION_STRING('H', "host", "NAME", &answers.host,
		      "name of the first test host"),
	OPTION_STRING('a', "address", "ADDRESS", &answers.address,
		      "IPv4 address that it is to have"),
	OPTION_STRING('e', "ether", "MAC", &answers.ether,
		      "MAC address of the interface it boots from"),
	OPTION_STRING('p', "power", "METHOD", &answers.power,
		      "how its power is switched, as in 'power --methods'"),
	OPTION_STRING('c', "console", "FILE", &answers.console,
		      "file its serial console is recorded in, or none"),
	OPTION_STRING('d', "disk", "DEVICE", &answers.disk,
		      "the disk that installs wipe"),
	OPTION_STRING('r', "range", "FIRST,LAST", &answers.range,
		      "addresses for guests, or none; the upper half of the "
		      "network unless given"),
	OPTION_FLAG('y', "yes", &yes, "ask nothing"),
	OPTION_FLAG('f', "force", &force, "replace a file that is there"),
	OPTION_END
};

/* The last file that would be read: its values win. */
static char *choose_path(void)
{
	const char *given = getenv("OSSTEST_CONFIG");
	AUTO_STRVEC files = STRVEC_INIT;

	strvec_split(&files, str_or(given, ""), ":");
	return xstrdup(files.count ? files.v[files.count - 1] :
				     "standalone.config");
}

static int check_path(const char *path, struct error *err)
{
	if (force || !file_exists(path))
		return 0;
	return error_set(err, ERROR_USAGE, "%s is there already and is left "
			 "as it is; --force replaces it, 'ironbird host add' "
			 "adds a host", path);
}

static void write_text(struct strbuf *text)
{
	const struct interface *at = interfaces_find(&answers.interfaces,
						     answers.interface);
	const char *host = answers.host;

	strbuf_addf(text,
		"# Written by 'ironbird init'; 'ironbird config --example' "
		"has all settings.\n"
		"NetInterface %s\n"
		"NetAddress %s\n"
		"TestHost %s\n"
		"HostProp_%s_Ether %s\n"
		"HostProp_%s_IpAddr %s\n"
		"HostProp_%s_PowerMethod %s\n"
		"HostProp_%s_DiskDevice %s\n", answers.interface,
		inet_ntoa(at->address), host, host, answers.ether, host,
		answers.address, host, answers.power, host, answers.disk);
	if (strcmp(answers.range, "none") != 0)
		strbuf_addf(text, "NetRange %s\n", answers.range);
	if (strcmp(answers.console, "none") != 0)
		strbuf_addf(text, "HostProp_%s_ConsoleLog %s\n", host,
			    answers.console);
}

/* As the settings that they are, before anybody reads them as such. */
static int check_text(const char *path, struct error *err)
{
	AUTO_STRVEC files = STRVEC_INIT;
	AUTO_STRVEC errors = STRVEC_INIT, warnings = STRVEC_INIT;

	strvec_push(&files, path);
	if (config_check(&files, &errors, &warnings) == 0 && !warnings.count)
		return 0;
	return error_set(err, ERROR_USAGE, "these answers make no good "
			 "settings: %s", errors.count ? errors.v[0] :
			 warnings.v[0]);
}

static bool has_secret(void)
{
	AUTO_STRVEC words = STRVEC_INIT;

	strvec_split(&words, answers.power, " ;");
	for (size_t i = 0; i < words.count; i++)
		if (pdu_word_is_secret(words.v[i]))
			return true;
	return false;
}

static int publish(const char *path, struct error *err)
{
	AUTO_FREE char *beside = xasprintf("%s.check-%d", path,
					   (int)getpid());
	AUTO_STRBUF text = STRBUF_INIT;
	int rc;

	write_text(&text);
	if (file_publish(beside, text.buf, text.len, 0600, err) < 0)
		return -1;
	rc = check_text(beside, err);
	if (rc == 0)
		rc = file_publish(path, text.buf, text.len,
				  has_secret() ? 0600 : 0644, err);
	if (file_remove(beside, rc < 0 ? NULL : err) < 0)
		return -1;
	return rc;
}

/* Do 'services up' of these settings have the ports? */
static bool ours_are_up(void)
{
	AUTO_STRVEC warnings = STRVEC_INIT;
	struct config *config;
	AUTO_FREE char *dir = NULL;
	struct service_set set;

	if (config_load(&config, &warnings, NULL) < 0)
		return false;
	dir = config_state_path(config, "services");
	config_free(config);
	set = (struct service_set){ .dir = dir };
	return supervisor_pid(&set) != 0;
}

/* Servers that have the ports: to be ended, or to be used. */
static void tell_in_the_way(void)
{
	const struct interface *at = interfaces_find(&answers.interfaces,
						     answers.interface);

	if (ours_are_up())
		return;
	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		const struct service_port *p = &service_ports[i];
		in_addr_t only = p->any_address ? 0 : at->address.s_addr;
		AUTO_FREE char *holder = NULL;

		if (!port_bound(getpid(), p->protocol, p->port, only))
			continue;
		holder = port_holder(getpid(), p->protocol, p->port, only);
		printf("In the way: %s port %d (%s) is taken by %s.\n",
		       p->protocol, p->port, p->kind,
		       str_or(holder, "a process that only root can see"));
	}
}

static void tell_next(const char *path)
{
	printf("%s is written; packages come from the mirror of this "
	       "controller's apt sources.\n", path);
	tell_in_the_way();
	printf("Next:\n"
	       "  ironbird services up            DHCP, TFTP and web server "
	       "on %s\n"
	       "  ironbird doctor %-15s what is missing, and what mends it\n"
	       "  ironbird doctor --wipe-check %s\n"
	       "  ironbird standalone-reset && ironbird run-flight\n",
	       answers.interface, answers.host, answers.host);
	fflush(stdout);
}

/* In place of this program: it reads the new settings. */
static int become_doctor(struct error *err)
{
	AUTO_FREE char *program = xasprintf("%s/ironbird",
					    config_program_dir());

	execl(program, "ironbird", "doctor", answers.host, NULL);
	return error_errno(err, "cannot run %s", program);
}

/* What is told next is about one of the interfaces, too. */
static int publish_answers(const char *path, bool ask, struct error *err)
{
	int rc = interfaces_list(&answers.interfaces, err);

	if (rc == 0)
		rc = answers_complete(&answers, ask, err);
	if (rc == 0)
		rc = publish(path, err);
	if (rc == 0)
		tell_next(path);
	interfaces_release(&answers.interfaces);
	return rc;
}

static int run(struct context *ctx, const struct strvec *args,
	       struct error *err)
{
	bool ask = !yes && isatty(STDIN_FILENO);
	AUTO_FREE char *path = choose_path();
	AUTO_FREE char *question = NULL;

	(void)ctx;
	if (args_check(args, "init", 0, 0, err) < 0 ||
	    check_path(path, err) < 0 ||
	    publish_answers(path, ask, err) < 0)
		return -1;
	question = xasprintf("Run 'ironbird doctor %s' now?", answers.host);
	if (ask && answer_is_yes(question))
		return become_doctor(err);
	return 0;
}

/* Nothing is opened: that there are no settings yet is the point. */
const struct command cmd_init = {
	.name = "init",
	.summary = "Ask what a first host needs, write standalone.config",
	.usage = "[--force] [--yes] [OPTION...]",
	.options = options,
	.run = run,
};
