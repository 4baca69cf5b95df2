/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "base/files.h"
#include "base/names.h"
#include "boot/dhcp.h"

static int machine_file(const struct site *site, const char *name,
			char **path, struct error *err)
{
	if (name_check("machine", name, err) < 0)
		return -1;
	*path = xasprintf("%s/%s", site->dhcp_hosts_dir, name);
	return 0;
}

static bool ether_ok(const char *ether)
{
	for (int i = 0; i < 17; i++)
		if (i % 3 == 2 ? ether[i] != ':' :
				 !isxdigit((unsigned char)ether[i]))
			return false;
	return !ether[17];
}

int dhcp_write_machine(const struct site *site, const char *name,
		       const char *ether, const char *address,
		       struct error *err)
{
	AUTO_FREE char *path = NULL, *line = NULL;
	struct in_addr in;

	if (!site->dhcp_hosts_dir)
		return 0;
	if (machine_file(site, name, &path, err) < 0)
		return -1;
	if (!ether_ok(ether) || inet_pton(AF_INET, address, &in) != 1)
		return error_set(err, ERROR_USAGE, "machine %s: ether '%.40s' "
				 "or address '%.40s' is malformed", name,
				 ether, address);
	line = xasprintf("%s,%s,%s,1h\n", ether, address, name);
	return file_publish(path, line, strlen(line), 0644, err);
}
