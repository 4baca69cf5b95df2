/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/wait.h"
#include "config/state.h"
#include "lab/hosts.h"
#include "lab/lab.h"
#include "lab/namespace.h"
#include "lab/services.h"
#include "lab/supervisor.h"

#define EMPTY_LIMIT_MS 3000

int lab_service_set(const struct config *config, const char *name,
		    struct service_set *set, struct error *err)
{
	AUTO_FREE char *dir = NULL;

	if (name_check("lab", name, err) < 0)
		return -1;
	dir = config_state_path(config, "lab/%s", name);
	service_set_lab(set, name, dir);
	service_set_pages(set, config);
	return 0;
}

int lab_write_config(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *path = service_set_path(set, "lab.config");
	AUTO_STRBUF text = STRBUF_INIT;

	strbuf_addf(&text,
		"# Written by ironbird for %s: where its hosts boot from.\n"
		"NetNamespace %s\n"
		"NetInterface %s\n"
		"NetAddress %s\n"
		"NetRange %s\n"
		"NetNameservers %s\n"
		"DnsDomain %s\n"
		"TftpPath %s\n"
		"TftpPxeDir pxelinux.cfg\n"
		"TftpLog %s\n"
		"WebspaceFile %s\n"
		"WebspaceUrl http://%s/\n"
		"WebspaceLog %s\n"
		"DhcpLog %s\n"
		"DhcpLeases %s\n"
		"DhcpHostsDir %s\n", set->what, set->netns, set->interface,
		set->address, set->range, set->address, set->domain,
		set->tftp_dir, set->tftp_log, set->web_dir, set->address,
		set->access_log, set->dhcp_log, set->leases,
		set->dhcp_hosts_dir);
	return file_publish(path, text.buf, text.len, 0644, err);
}

static int bring_up(const struct service_set *set, struct error *err)
{
	AUTO_FREE char *address = xasprintf("%s/%d", set->address,
					    LAB_PREFIX);

	if (lab_write_config(set, err) < 0 ||
	    namespace_up(set->netns, set->interface, address, err) < 0)
		return -1;
	return services_start(set, err);
}

int lab_up(const struct config *config, const char *name, struct error *err)
{
	struct service_set set;
	int rc = -1, lock;

	if (services_check_root("a lab", err) < 0 ||
	    services_check_programs(err) < 0 ||
	    state_check_writable(config, err) < 0 ||
	    lab_service_set(config, name, &set, err) < 0)
		return -1;
	lock = service_set_lock(&set, err);
	if (lock >= 0) {
		rc = bring_up(&set, err);
		close(lock);
	}
	service_set_release(&set);
	return rc;
}

bool lab_is_up(const struct config *config, const char *name)
{
	struct service_set set;
	bool up;

	if (lab_service_set(config, name, &set, NULL) < 0)
		return false;
	up = namespace_exists(set.netns) && supervisor_pid(&set);
	service_set_release(&set);
	return up;
}

static enum wait_answer is_empty(void *arg, struct error *err)
{
	AUTO_STRVEC pids = STRVEC_INIT;

	if (namespace_pids(arg, &pids, err) < 0)
		return WAIT_FAILED;
	return pids.count ? WAIT_MORE : WAIT_DONE;
}

/* What is still in it is not ours, and not ours to kill: say who it is. */
static int wait_until_empty(const struct service_set *set, struct error *err)
{
	AUTO_STRVEC pids = STRVEC_INIT;
	AUTO_FREE char *list = NULL;
	const struct wait_spec spec = {
		.what = "processes did not leave the network namespace",
		.limit_ms = EMPTY_LIMIT_MS, .poll_ms = 50,
		.check = is_empty, .arg = set->netns,
	};

	if (wait_for(&spec, NULL) == 0)
		return 0;
	if (namespace_pids(set->netns, &pids, err) < 0)
		return -1;
	list = strvec_join(&pids, ", ");
	return error_set(err, ERROR_BROKEN, "%s: these processes are still in "
			 "its network namespace %s: %s; end them and run this "
			 "again", set->what, set->netns, list);
}

static int take_down(const struct service_set *set,
		     const struct config *config, struct db *db,
		     struct error *err)
{
	AUTO_STRVEC hosts = STRVEC_INIT;

	lab_hosts_list(set, &hosts);
	for (size_t i = 0; i < hosts.count; i++)
		if (lab_host_off(set, config, db, hosts.v[i], err) < 0)
			return -1;
	if (supervisor_stop(set, err) < 0 ||
	    wait_until_empty(set, err) < 0)
		return -1;
	return namespace_down(set->netns, err);
}

int lab_down(const struct config *config, struct db *db, const char *name,
	     struct error *err)
{
	struct service_set set;
	int rc = -1, lock;

	if (services_check_root("a lab", err) < 0 ||
	    lab_service_set(config, name, &set, err) < 0)
		return -1;
	if (!file_exists(set.dir)) {
		service_set_release(&set);
		return 0;
	}
	lock = service_set_lock(&set, err);
	if (lock >= 0) {
		rc = take_down(&set, config, db, err);
		close(lock);
	}
	service_set_release(&set);
	return rc;
}
