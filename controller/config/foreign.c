/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OSSTest's settings without a meaning here, each with an honest reason. */
#include "config/settings.h"

#define NO_DAEMON "there is no daemon; hosts and jobs are rows of JobDB"
#define NO_PLANNER "there is no queue daemon that could wait so long"
#define NO_PUBLISHING "LogsPublish and ResultsPublish say what goes where"
#define NO_CLEANUP "old logs are not removed by themselves"
#define NO_INSTALLER "the installer and its files are made by Ironbird " \
	"and cached in ImageCache"

const struct foreign_setting foreign_settings[] = {
{ "HostDB", "hosts are rows of JobDB and HostProp_ settings" },
{ "ExecutiveDbname_osstestdb", "the database is the file JobDB" },
{ "ExecutiveDbname_configdb", "hosts are rows of JobDB and HostProp_ settings" },
{ "ControlDaemonHost", NO_DAEMON },
{ "OwnerDaemonHost", NO_DAEMON },
{ "OwnerDaemonPort", NO_DAEMON },
{ "QueueDaemonHost", NO_DAEMON },
{ "QueueDaemonPort", NO_DAEMON },
{ "QueueDaemonRetry", NO_PLANNER },
{ "QueueDaemonHoldoff", NO_PLANNER },
{ "QueueThoughtsTimeout", NO_PLANNER },
{ "QueueResourcePollInterval", NO_PLANNER },
{ "QueuePlanUpdateInterval", NO_PLANNER },
{ "PlanRogueAllocationDuration", "an allocation belongs to a process and "
	"ends with it" },
{ "Images", "images of hosts and guests are built into ImageCache" },
{ "DiskImageMount", "guests' disks are where their host image puts them" },
{ "HttpProxy", "hosts fetch from the controller; DebianMirrorProxy is the "
	"proxy for packages" },
{ "GitCacheProxy", "cloned trees are cached in Repos" },
{ "HostDisk*", "properties DiskRoot and DiskSwap size its partitions" },
{ "GlobalLockDir", "locks are rows of JobDB and files in StateDir" },
{ "Publish", NO_PUBLISHING },
{ "PubBaseDir", NO_PUBLISHING },
{ "PubBaseUrl", NO_PUBLISHING },
{ "ReportHtmlPubBaseUrl", NO_PUBLISHING },
{ "ReportTrailer", NO_PUBLISHING },
{ "HarnessPublishGit*", NO_PUBLISHING },
{ "BisectionRevisonGraphSize", "no graphs are drawn" },
{ "TftpHost", "the loader's server is the one that DHCP names" },
{ "TftpPxeTemplatesReal", "PXE files are written under their own names" },
{ "TftpPxeGroup", "PXE files are written as the user who runs Ironbird" },
{ "TftpPlayDir", NO_INSTALLER },
{ "TftpTmpDir", NO_INSTALLER },
{ "TftpDiBase", NO_INSTALLER },
{ "TftpDiVersion*", NO_INSTALLER },
{ "TftpGrubBase", NO_INSTALLER },
{ "TftpGrubVersion*", NO_INSTALLER },
{ "TftpDefaultScope", "a host without property TftpScope uses TftpPath" },
{ "DebianImage*", "guests are installed from images of host-images/" },
{ "XenUseUser", "xenuse is called as the user who runs Ironbird" },
{ "Timezone", "times are UTC" },
{ "HostnameSortSwapWords", "hosts are listed by name" },
{ "MicrocodeUpdate*", "microcode is a package of the host image" },
{ "Platforms*", "flights list what they run on in flights/" },
{ "OsstestUpstream", "Ironbird does not test itself from a branch" },
{ NULL, NULL }
};
