/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Known host properties, and OSSTest's two ways of spelling one. */
#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"
#include "config/settings.h"

#define NO_UBOOT "hosts with U-Boot are not supported"
#define NO_SHARING "a host has one job at a time"

const struct host_property host_properties[] = {
{ "Ether", "MAC address of the interface it boots from", NULL },
{ "IpAddr", "IPv4 address", NULL },
{ "Fqdn", "full name, where it is not HOST.TestHostDomain", NULL },
{ "PowerMethod", "power module and its arguments, several with ';' "
	"between them, a fall-back behind '|'", NULL },
{ "PowerCycleTime", "how long it stays off in a power cycle", NULL },
{ "PowerVerified", "when 'doctor --wipe-check' proved that the outlet is its",
	NULL },
{ "PowerSettleTime", "how long until a power action shows", NULL },
{ "PowerGap", "least time between two actions of its power device", NULL },
{ "PowerStagger", "least time between power-ons of any two hosts", NULL },
{ "PowerQuietTime", "how long its console must be silent after power off",
	NULL },
{ "PowerMapTime", "how long its first sign of life may take in 'power --map'",
	NULL },
{ "DiskDevice", "the one disk that an install wipes", NULL },
{ "Firmware", "bios or uefi", NULL },
{ "InstallMethod", "image or debian-installer", NULL },
{ "HostImage", "its image, where it is not the setting HostImage", NULL },
{ "DiskRoot", "size of its root file system in MB", NULL },
{ "PristinePartition", "yes: a second root partition keeps what the first "
	"goes back to", NULL },
{ "DiskSwap", "size of its swap space in MB", NULL },
{ "Console", "console module and its arguments, several streams with ';' "
	"between them", NULL },
{ "Serial", NULL, "the property Console says how its console is reached" },
{ "ConsoleLog", "file its console is recorded in", NULL },
{ "XenSerialConsole", "com1, com2, or none", NULL },
{ "XenConswitch", "the letter that switches Xen's serial input", NULL },
{ "LinuxSerialConsole", "ttyS0, ttyS1, or NONE for a screen", NULL },
{ "LinuxBootAppend", "added to Linux's command line", NULL },
{ "XenCommandlineAppend", "added to Xen's command line", NULL },
{ "InstallAppend*", "added to the installer's command line", NULL },
{ "RebootTimeExtra", "added to FirmwareLimit and BootLimit", NULL },
{ "InstallLimit", "in place of the setting", NULL },
{ "FirmwareLimit", "in place of the setting", NULL },
{ "DhcpLimit", "in place of the setting", NULL },
{ "LoaderLimit", "in place of the setting", NULL },
{ "KernelLimit", "in place of the setting", NULL },
{ "RamdiskLimit", "in place of the setting", NULL },
{ "OrdersLimit", "in place of the setting", NULL },
{ "StageLimit", "in place of the setting", NULL },
{ "BootLimit", "in place of the setting", NULL },
{ "SilenceLimit", "in place of the setting", NULL },
{ "LostHostPower", "in place of the setting", NULL },
{ "GenEtherPrefixBase", "first bytes of its guests' MAC addresses", NULL },
{ "DIFrontend", "the Debian installer's front end", NULL },
{ "Preseed_*", "one more line of the Debian installer's preseed", NULL },
{ "Interface_force", "the interface that the Debian installer uses", NULL },
{ "Hw*", "what the job host-examine found out", NULL },
{ "Build_Make_Flags", "flags for make in builds", NULL },
{ "PxeTemplates", "its PXE files, as TftpPxeTemplates", NULL },
{ "TftpScope", "its TFTP server: TftpPath_<scope>", NULL },
{ "NtpServer", "time server of hosts that the Debian installer makes", NULL },
{ "Rootdelay", "seconds Linux waits for the root disk", NULL },
{ "Lab", "folder of the lab it is a virtual host of", NULL },
{ "DhcpWatchMethod", NULL, "leases are followed in DhcpLeases" },
{ "XenUseUser", NULL, "xenuse is a tool of one lab" },
{ "Homedir", NULL, "builds have folders of their own" },
{ "DistccHosts", NULL, "builds are not distributed" },
{ "UBoot*", NULL, NO_UBOOT },
{ "XenDTUARTPath", NULL, NO_UBOOT },
{ "EarlyPrintk", NULL, "LinuxBootAppend takes earlyprintk=" },
{ "SharedMaxWear", NULL, NO_SHARING },
{ "SharedMaxTasks", NULL, NO_SHARING },
{ "ExtraInitramfsModules", NULL, "the ramdisk is part of the host image" },
{ NULL, NULL, NULL }
};

/*
 * Only the first word is respelt; what follows it ("preseed wheezy") is a
 * qualifier with a spelling of its own.
 */
char *property_canonical(const char *prop)
{
	struct strbuf sb = STRBUF_INIT;
	bool upper = true, first_word = true;

	for (; *prop; prop++) {
		if (*prop == ' ' || *prop == '_')
			first_word = false;
		if (first_word && *prop == '-') {
			upper = true;
			continue;
		}
		if (*prop == ' ')
			strbuf_addch(&sb, '_');
		else
			strbuf_addch(&sb, first_word && upper ?
				     toupper((unsigned char)*prop) : *prop);
		upper = false;
	}
	return strbuf_detach(&sb);
}

const struct host_property *property_find(const char *canonical)
{
	const struct host_property *row;

	for (row = host_properties; row->name; row++) {
		size_t n = strlen(row->name);

		if (row->name[n - 1] == '*' ?
		    strncmp(canonical, row->name, n - 1) == 0 :
		    strcmp(canonical, row->name) == 0)
			return row;
	}
	return NULL;
}
