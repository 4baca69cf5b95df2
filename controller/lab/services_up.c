/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting and ending the services: in a lab, or on a real interface. */
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/strbuf.h"
#include "config/state.h"
#include "lab/lab.h"
#include "lab/services.h"
#include "lab/supervisor.h"

/* Another "up" or "down" of the same folder is let finish. */
#define LOCK_LIMIT_MS 120000

int service_set_lock(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *path = service_set_path(set, "lab.lock");

	return file_lock(path, LOCK_LIMIT_MS, err);
}

/* A supervisor that was killed may have left something. */
static int start_afresh(const struct service_set *set, struct error *err)
{
	pid_t pid;

	if (supervisor_stop(set, err) < 0 || services_write(set, err) < 0 ||
	    supervisor_start(set, &pid, err) < 0)
		return -1;
	return services_wait(set, pid, err);
}

int services_start(const struct service_set *set, struct error *err)
{
	pid_t pid = supervisor_pid(set);

	if (pid && services_wait(set, pid, err) == 0)
		return 0;
	/* there is none, or what was seen of it was its end */
	if (!supervisor_pid(set) && start_afresh(set, err) == 0)
		return 0;
	/* half of them is worse than none: the next try begins afresh */
	if (supervisor_stop(set, NULL) < 0)
		return error_prefix(err, "(and what was started could not be "
				    "stopped)");
	return -1;
}

int services_check_root(const char *what, struct error *err)
{
	if (geteuid() == 0)
		return 0;
	return error_set(err, ERROR_USAGE, "%s makes network devices and "
			 "serves low ports: run it as root", what);
}

/* Which interface the services in this folder were started on. */
static int record_interface(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *path = service_set_path(set, "interface");

	return file_publish(path, set->interface, strlen(set->interface),
			    0644, err);
}

char *services_interface(const struct config *config)
{
	AUTO_FREE char *path = config_state_path(config, "services/interface");
	struct strbuf text = STRBUF_INIT;

	if (!file_exists(path) || file_read(path, 64, &text, NULL) < 0)
		return NULL;
	return strbuf_detach(&text);
}

/* Runs already: on this interface it is fine, on another it is not. */
static int check_same(const struct config *config,
		      const struct service_set *set, struct error *err)
{
	AUTO_FREE char *used = services_interface(config);

	if (!used || strcmp(used, set->interface) == 0)
		return 0;
	return error_set(err, ERROR_USAGE, "services run on %.20s already: "
			 "'ironbird services down' first", used);
}

static int start_on_interface(const struct config *config,
			      const struct service_set *set,
			      struct error *err)
{
	if (supervisor_pid(set) ? check_same(config, set, err) < 0 :
	    services_check_ports(set, getpid(), err) < 0)
		return -1;
	if (record_interface(set, err) < 0)
		return -1;
	return services_start(set, err);
}

int services_up(const struct config *config, const char *interface,
		struct error *err)
{
	struct service_set set;
	int rc = -1, lock;

	if (services_check_root("serving hosts", err) < 0 ||
	    services_check_programs(err) < 0 ||
	    state_check_writable(config, err) < 0 ||
	    service_set_interface(&set, config, interface, err) < 0)
		return -1;
	lock = service_set_lock(&set, err);
	if (lock >= 0) {
		rc = start_on_interface(config, &set, err);
		close(lock);
	}
	service_set_release(&set);
	return rc;
}

int services_down(const struct config *config, struct error *err)
{
	AUTO_FREE char *dir = config_state_path(config, "services");
	struct service_set set = {
		.what = (char *)(uintptr_t)"services", .dir = dir,
	};
	int rc = -1, lock;

	if (services_check_root("serving hosts", err) < 0)
		return -1;
	if (!file_exists(dir))
		return 0;
	lock = service_set_lock(&set, err);
	if (lock >= 0) {
		rc = supervisor_stop(&set, err);
		close(lock);
	}
	return rc;
}
