/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/names.h"
#include "base/proc.h"
#include "base/wait.h"
#include "db/hosts.h"
#include "host/host.h"
#include "lab/hosts.h"
#include "lab/qemu_args.h"
#include "lab/services.h"
#include "lab/supervisor.h"
#include "net/local.h"
#include "pdu/pdu.h"
#include "pdu/qemu.h"

#define MEMORY_MB 2048
/*
 * One: on two cores a second emulated processor makes Xen and its dom0 wait
 * for each other, and boots take twice to three times as long.
 */
#define CPUS 1
#define DISK_GB 12
#define FIRST_ADDRESS "10.76.1."
#define HOSTS_MAX 250
#define DISK_LIMIT_MS 30000
#define OFF_LIMIT_MS 15000
#define RECORDER_LIMIT_MS 60000

void lab_hosts_list(const struct service_set *set, struct strvec *names)
{
	AUTO_FREE char *path = service_set_path(set, "hosts");
	AUTO_STRVEC got = STRVEC_INIT;

	if (dir_list(path, &got, NULL) < 0)
		return;
	for (size_t i = 0; i < got.count; i++)
		if (name_ok(got.v[i]))
			strvec_push(names, got.v[i]);
}

int lab_host_off(const struct service_set *set, const struct config *config,
		 struct db *db, const char *name, struct error *err)
{
	AUTO_FREE char *dir = service_set_path(set, "hosts/%s", name);
	struct host *host = NULL;
	int rc = 0;

	if (!qemu_pid(dir))
		return 0;
	if (db && host_load(&host, db, config, name, NULL) == 0) {
		rc = power_set(db, host, POWER_OFF, err);
		host_free(host);
	}
	/* its rows may be gone, or name another method by now */
	return rc < 0 ? -1 : qemu_off(dir, OFF_LIMIT_MS, err);
}

/* The address in a dhcp-hosts file, "MAC,ADDRESS,NAME,..."; caller frees. */
static char *address_in(const char *path)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRVEC parts = STRVEC_INIT;

	if (!file_exists(path) || file_read(path, 4096, &text, NULL) < 0)
		return NULL;
	strvec_split(&parts, text.buf, ",\n");
	return parts.count >= 2 ? xstrdup(parts.v[1]) : NULL;
}

static void list_addresses(const struct service_set *set,
			   struct strvec *addresses)
{
	AUTO_STRVEC hosts = STRVEC_INIT;

	if (dir_list(set->dhcp_hosts_dir, &hosts, NULL) < 0)
		return;
	for (size_t i = 0; i < hosts.count; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", set->dhcp_hosts_dir,
						 hosts.v[i]);
		AUTO_FREE char *address = name_ok(hosts.v[i]) ?
			address_in(path) : NULL;

		if (address)
			strvec_push(addresses, address);
	}
}

/* The one it has, else the lowest that nobody has; the caller frees. */
static char *choose_address(const struct service_set *set, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", set->dhcp_hosts_dir, name);
	AUTO_STRVEC taken = STRVEC_INIT;
	char *own = address_in(path);

	if (own)
		return own;
	list_addresses(set, &taken);
	for (int i = 1; i <= HOSTS_MAX; i++) {
		char *address = xasprintf(FIRST_ADDRESS "%d", i);

		if (!strvec_has(&taken, address))
			return address;
		free_pointer(&address);
	}
	return NULL;
}

/* It takes the room that is written to, and has room for snapshots. */
static int make_disk(const char *dir, int gigabytes, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/disk.qcow2", dir);
	AUTO_FREE char *size = xasprintf("%dG", gigabytes);
	char *const argv[] = {
		"qemu-img", "create", "-q", "-f", "qcow2", path, size, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = DISK_LIMIT_MS,
	};

	if (file_exists(path))
		return 0;
	if (!program_installed("qemu-img"))
		return error_set(err, ERROR_BROKEN, "qemu-img is not there: "
				 "apt install qemu-utils");
	return proc_check(&spec, err);
}

struct property {
	const char *name, *value;
};

static int write_properties(struct db *db, const char *host,
			    const struct property *props, struct error *err)
{
	static const char *const flags[] = {
		"arch-amd64", "blessed-real", "blessed-play",
		"blessed-adhoc", "hvm", "purpose-test",
	};

	if (host_row_add(db, host, err) < 0)
		return -1;
	for (; props->name; props++)
		if (host_prop_set(db, host, props->name, props->value,
				  err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (host_flag_set(db, host, flags[i], true, err) < 0)
			return -1;
	return 0;
}

static int write_rows(struct db *db, const struct service_set *set,
		      const struct lab_host_spec *spec, const char *dir,
		      const char *address, struct error *err)
{
	AUTO_FREE char *ether = qemu_ether(set->dir, spec->name);
	AUTO_FREE char *console = xasprintf("%s/console.log", dir);
	AUTO_FREE char *power = xasprintf("qemu '%s'", dir);
	AUTO_FREE char *cpus = xasprintf("%d", spec->cpus);
	const struct property props[] = {
		{ "ether", ether },
		{ "ip-addr", address },
		{ "power-method", power },
		/* no capacitors to run empty */
		{ "power-cycle-time", "0" },
		{ "console-log", console },
		{ "disk-device", "/dev/vda" },
		{ "firmware", spec->uefi ? "uefi" : "bios" },
		{ "hw-cpus", cpus },
		{ "lab", set->dir },
		{ NULL, NULL },
	};

	if (db_begin(db, err) < 0)
		return -1;
	if (write_properties(db, spec->name, props, err) < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err);
}

static int write_dhcp(const struct service_set *set, const char *name,
		      const char *address, struct error *err)
{
	AUTO_FREE char *ether = qemu_ether(set->dir, name);
	AUTO_FREE char *path = xasprintf("%s/%s", set->dhcp_hosts_dir, name);
	AUTO_FREE char *line = xasprintf("%s,%s,%s,infinite\n", ether,
					 address, name);

	return file_publish(path, line, strlen(line), 0644, err);
}

static enum wait_answer is_recorded(void *path, struct error *err)
{
	(void)err;
	return file_exists(path) ? WAIT_DONE : WAIT_MORE;
}

/* A host's first words must not be lost: its recorder comes first. */
static int wait_for_recorder(const struct service_set *set, const char *dir,
			     const char *name, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/console.dev", dir);
	AUTO_FREE char *what = xasprintf("host %s: no console recorder was "
					 "started", name);
	const struct wait_spec spec = {
		.what = what, .limit_ms = RECORDER_LIMIT_MS, .poll_ms = 20,
		.check = is_recorded, .arg = path,
	};

	return supervisor_pid(set) ? wait_for(&spec, err) : 0;
}

static int check_spec(const struct service_set *set,
		      const struct lab_host_spec *spec, const char *dir,
		      struct error *err)
{
	AUTO_FREE char *longest = xasprintf("%s/console.log.sock", dir);

	if (strchr(set->dir, '\'') || strchr(set->dir, ',') ||
	    strchr(set->dir, '\n'))
		return error_set(err, ERROR_USAGE, "%s: its folder %s has a "
				 "comma, a quote or a newline in its name, "
				 "which QEMU's arguments cannot have",
				 set->what, set->dir);
	if (spec->memory_mb < 128 || spec->cpus < 1 || spec->cpus > 64 ||
	    spec->disk_gb < 1 || spec->disk_gb > 4096)
		return error_set(err, ERROR_USAGE, "host %s: it needs 128 MB "
				 "of memory or more, 1 to 64 processors, and "
				 "a disk of 1 to 4096 GB", spec->name);
	return local_path_check(longest, err);
}

/* A host of this name that is not this lab's must not be taken over. */
static int check_rows(struct db *db, const struct service_set *set,
		      const char *name, bool has_folder, struct error *err)
{
	AUTO_STRVEC known = STRVEC_INIT;
	AUTO_FREE char *lab = NULL;

	if (host_row_list(db, &known, err) < 0)
		return -1;
	if (!strvec_has(&known, name))
		return 0;
	if (host_prop_get(db, name, "lab", &lab, err) < 0)
		return -1;
	if (!lab || strcmp(lab, set->dir) != 0)
		return error_set(err, ERROR_USAGE, "there is a host %s "
				 "already, and it is not in %s", name,
				 set->what);
	if (has_folder)
		return error_set(err, ERROR_USAGE, "%s has a host %s already: "
				 "'ironbird lab remove-host %s' first",
				 set->what, name, name);
	return 0;
}

static int make_host(struct db *db, const struct service_set *set,
		     const struct lab_host_spec *spec, const char *dir,
		     struct error *err)
{
	AUTO_FREE char *address = choose_address(set, spec->name);

	if (!address)
		return error_set(err, ERROR_BROKEN, "%s has %d hosts: no "
				 "address is left", set->what, HOSTS_MAX);
	if (dir_make(dir, 0755, err) < 0 ||
	    make_disk(dir, spec->disk_gb, err) < 0 ||
	    qemu_args_write(dir, set->dir, spec, err) < 0 ||
	    write_dhcp(set, spec->name, address, err) < 0 ||
	    write_rows(db, set, spec, dir, address, err) < 0)
		return -1;
	return wait_for_recorder(set, dir, spec->name, err);
}

static int add_host(struct db *db, const struct service_set *set,
		    const struct lab_host_spec *wanted, struct error *err)
{
	AUTO_FREE char *dir = service_set_path(set, "hosts/%s", wanted->name);
	AUTO_FREE char *dhcp = xasprintf("%s/%s", set->dhcp_hosts_dir,
					 wanted->name);
	struct lab_host_spec spec = *wanted;
	bool has_folder = file_exists(dir);

	spec.memory_mb = spec.memory_mb ? spec.memory_mb : MEMORY_MB;
	spec.cpus = spec.cpus ? spec.cpus : CPUS;
	spec.disk_gb = spec.disk_gb ? spec.disk_gb : DISK_GB;
	if (check_spec(set, &spec, dir, err) < 0 ||
	    check_rows(db, set, spec.name, has_folder, err) < 0)
		return -1;
	if (make_host(db, set, &spec, dir, err) == 0)
		return 0;
	if (!has_folder &&
	    (dir_remove(dir, NULL) < 0 || file_remove(dhcp, NULL) < 0))
		return error_prefix(err, "and %s stays behind", dir);
	return -1;
}

int lab_add_host(const struct config *config, struct db *db, const char *lab,
		 const struct lab_host_spec *spec, struct error *err)
{
	struct service_set set;
	int rc;

	if (name_check("host", spec->name, err) < 0 ||
	    lab_service_set(config, lab, &set, err) < 0)
		return -1;
	rc = lab_write_config(&set, err);
	if (rc == 0)
		rc = add_host(db, &set, spec, err);
	service_set_release(&set);
	return rc;
}

static int remove_host(const struct config *config, struct db *db,
		       const struct service_set *set, const char *name,
		       struct error *err)
{
	AUTO_FREE char *dir = service_set_path(set, "hosts/%s", name);
	AUTO_FREE char *dhcp = xasprintf("%s/%s", set->dhcp_hosts_dir, name);
	AUTO_STRVEC hosts = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	lab_hosts_list(set, &hosts);
	hint = name_hint(name, &hosts);
	if (!strvec_has(&hosts, name))
		return error_set(err, ERROR_USAGE, "%s has no host '%s'%s",
				 set->what, name, hint);
	if (lab_host_off(set, config, db, name, err) < 0 ||
	    file_remove(dhcp, err) < 0 || dir_remove(dir, err) < 0)
		return -1;
	return host_row_delete(db, name, err);
}

int lab_remove_host(const struct config *config, struct db *db,
		    const char *lab, const char *name, struct error *err)
{
	struct service_set set;
	int rc;

	if (name_check("host", name, err) < 0 ||
	    lab_service_set(config, lab, &set, err) < 0)
		return -1;
	rc = remove_host(config, db, &set, name, err);
	service_set_release(&set);
	return rc;
}
