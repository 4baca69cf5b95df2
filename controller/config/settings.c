/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table. A new setting is a row here and nothing else. */
#include "config/settings.h"

#define SETTING(t, n, f, h, ...) { .type = SETTING_##t, .name = n, \
	.fallback = f, .help = h, ##__VA_ARGS__ }
#define HEADING(n, h) { .type = SETTING_HEADING, .name = n, .help = h }

const struct setting settings[] = {
HEADING("Test hosts",
	"A host is a name and its properties. Flags are words that jobs ask "
	"for; ironbird.config(5) lists the properties."),
SETTING(TEXT, "TestHost", NULL,
	"The host that jobs use when they name none.", .example = "kodo4"),
SETTING(TEXT, "TestHost_", NULL,
	"The host for one role of a job: src_host, dst_host.",
	.argument = "<ident>", .example = "TestHost_src_host kodo4",
	.environment = "OSSTEST_HOST_"),
SETTING(TEXT, "TestHostDomain", "%DnsDomain%",
	"Domain that is put behind a host's name to reach it."),
SETTING(TEXT, "HostProp_GenEtherPrefixBase", "5e:36:0e:f5",
	"First four bytes of the MAC addresses that guests get. A controller "
	"that shares its network with another one needs its own."),
SETTING(TEXT, "HostProp_", NULL,
	"A property of one host, or of all hosts when none is named.",
	.argument = "<host>_<Prop>",
	.example = "HostProp_kodo4_Ether 52:54:00:12:34:56\n"
		   "HostProp_kodo4_IpAddr 192.0.2.14\n"
		   "HostProp_kodo4_PowerMethod manual\n"
		   "HostProp_kodo4_DiskDevice /dev/sda\n"
		   "HostProp_kodo4_XenSerialConsole com1\n"
		   "HostProp_kodo4_LinuxSerialConsole ttyS0\n"
		   "HostProp_kodo4_Build_Make_Flags -j16\n"
		   "HostProp_RebootTimeExtra 60"),
SETTING(LIST, "HostFlags", NULL,
	"Flags that every host has.", .example = "arch-amd64"),
SETTING(LIST, "HostFlags_", NULL,
	"Flags of one host.", .argument = "<host>",
	.example = "HostFlags_kodo4 hvm hvm-intel purpose-test"),
SETTING(TEXT, "HostGroup_", NULL,
	"The group that a host belongs to.", .argument = "<host>",
	.example = "HostGroup_kodo4 kodo"),
SETTING(TEXT, "HostGroupProps_", NULL,
	"A property of all hosts of a group.",
	.argument = "<group>_<Prop>",
	.example = "HostGroupProps_kodo_Firmware uefi"),
SETTING(LIST, "HostGroupFlags_", NULL,
	"Flags of all hosts of a group.", .argument = "<group>",
	.example = "HostGroupFlags_kodo platform-kodo"),

SETTING(BOOL, "HostReuse", "yes",
	"Whether a job uses a host as it is when it is recorded to be what "
	"the job would make of it, and the last job left it clean."),

HEADING("Flights",
	"What a flight is called and what it is worth when nobody says so."),
SETTING(TEXT, "DefaultFlight", "standalone",
	"The flight that commands mean when none is named.",
	.environment = "OSSTEST_FLIGHT"),
SETTING(TEXT, "DefaultBranch", "xen-unstable",
	"The branch of new flights."),
SETTING(TEXT, "Blessing", "adhoc",
	"The intended blessing of new flights."),

HEADING("Where things are kept",
	"Paths may begin with ~/ and are otherwise taken from the folder of "
	"the file that sets them. %StateDir% and the like stand for other "
	"settings."),
SETTING(PATH, "StateDir", "var",
	"Everything that Ironbird writes, where the settings below do not "
	"say otherwise. From a checkout the default is its folder var, else "
	"/var/lib/ironbird."),
SETTING(PATH, "JobDB", "%StateDir%/standalone.db",
	"The database file (SQLite).",
	.ignored_words = "Standalone Executive"),
SETTING(PATH, "JobDBStandaloneFilename", NULL,
	"OSSTest's name for JobDB.", .same_as = "JobDB"),
SETTING(PATH, "Logs", "%StateDir%/logs",
	"Logs of steps and logs fetched from hosts, a folder a flight."),
SETTING(PATH, "Results", "%StateDir%/results",
	"The web pages that 'ironbird pages' makes. A lab's web server has "
	"them at /results/, and the logs at /logs/."),
SETTING(BOOL, "Pages", "y",
	"Whether run-flight, run-job and nightly keep the web pages of their "
	"flight up to date."),
SETTING(DURATION, "PagesEvery", "5s",
	"How often the pages of a flight that runs are made anew at most, "
	"when its rows change. Never for more than a twentieth of the time."),
SETTING(TEXT, "LogsUrl", "../logs",
	"Where a browser finds Logs from the first page: a relative path or "
	"an address."),
SETTING(PATH, "Stash", "%StateDir%/stash",
	"What builds produce."),
SETTING(PATH, "ImageCache", "%StateDir%/images",
	"Images of hosts and guests, each built once."),
SETTING(PATH, "KeyDir", "%StateDir%/keys",
	"The controller's ssh key and the host keys it gave out. Nobody else "
	"may read it."),
SETTING(PATH, "TestHostKeypairPath", NULL,
	"The ssh key that logs in to hosts (ed25519), where it is not to be "
	"made in KeyDir.", .example = "~/.ssh/id_ed25519"),
SETTING(PATH, "OverlayLocal", NULL,
	"Folder of files that are put into every host that is installed.",
	.example = "overlay-local"),
SETTING(BOOL, "CaptureLogs", "y",
	"Whether ts-logs-capture fetches the logs of hosts."),

HEADING("Network",
	"Only needed with real test hosts: an embedded lab brings its own."),
SETTING(TEXT, "DnsDomain", NULL,
	"Domain of the test hosts.", .example = "example.com"),
SETTING(TEXT, "NetInterface", NULL,
	"Interface that 'ironbird services up' serves hosts on.",
	.example = "eth1"),
SETTING(TEXT, "NetAddress", NULL,
	"The controller's address on the hosts' network.",
	.example = "192.0.2.1"),
SETTING(TEXT, "NetRange", NULL,
	"First and last address that DHCP gives to guests.",
	.example = "192.0.2.100,192.0.2.199"),
SETTING(LIST, "NetNameservers", NULL,
	"Name servers that hosts use.", .example = "192.0.2.1"),
SETTING(TEXT, "NetNamespace", NULL,
	"Network namespace the hosts are reached in. Labs set it.",
	.example = "ironbird-lab"),

HEADING("Debian on hosts and guests", NULL),
SETTING(TEXT, "DebianSuite", "bookworm",
	"The release that hosts are installed with."),
SETTING(TEXT, "GuestDebianSuite", "%DebianSuite%",
	"The release that guests are installed with."),
SETTING(TEXT, "HostImage", "debian-host",
	"The image that is written to hosts: a folder of host-images/."),
SETTING(TEXT, "DebianMirrorHost", NULL,
	"The mirror's host name. The default is what the controller's own "
	"apt sources name.", .example = "mirror.example.com"),
SETTING(TEXT, "DebianMirrorSubpath", "debian",
	"Path of the archive on DebianMirrorHost."),
SETTING(URL, "DebianMirrorProxy", NULL,
	"HTTP proxy for packages.", .example = "http://proxy.example.com:3128"),
SETTING(HERE, "DebianPreseed", NULL,
	"Lines added to the Debian installer's preseed.",
	.example = "DebianPreseed= <<'END'\n"
		   "d-i clock-setup/ntp-server string ntp.example.com\n"
		   "END"),
SETTING(LIST, "DebianNonfreeFirmware", NULL,
	"Firmware packages, of Debian's component non-free-firmware, that hosts "
	"and the installer that runs on them get.",
	.example = "firmware-bnx2"),
SETTING(TEXT, "AuthorizedKeysFiles", NULL,
	"Files with ssh keys that may log in to hosts and guests, with colons "
	"between them.", .example = "~/.ssh/id_ed25519.pub"),
SETTING(HERE, "AuthorizedKeysAppend", NULL,
	"More such keys, as text.",
	.example = "AuthorizedKeysAppend ssh-ed25519 AAAA... you@example"),

HEADING("Hypervisor", NULL),
SETTING(TEXT, "HypervisorBundle", "xen",
	"What is packed and installed on hosts: a folder of hypervisor/."),
SETTING(TEXT, "HypervisorPin", NULL,
	"The exact version to install, SOURCE=VERSION. The default is what "
	"the suite has today.", .example = "xen=4.17.5+72-g01140da4e8-1"),
SETTING(NUMBER, "Baud", "115200",
	"Speed of serial consoles."),

HEADING("DHCP, TFTP and web server",
	"The defaults are what 'ironbird services up' runs. Set these to use "
	"servers that are there already."),
SETTING(PATH, "TftpPath", "%StateDir%/services/tftp",
	"The TFTP server's folder."),
SETTING(FOLDER, "TftpPxeDir", "pxelinux.cfg",
	"Where the boot loader looks for its files, below TftpPath."),
SETTING(LIST, "TftpPxeTemplates", "%ipaddrhex% 01-%etherhyph%",
	"Names of a host's PXE file; the first one whose %variables% are all "
	"known is used. The variables are name, ether, etherhyph, ipaddr, "
	"ipaddrhex and the job's runvars."),
SETTING(PATH, "TftpLog", "%StateDir%/services/log/tftpd.log",
	"The TFTP server's log, which is followed."),
SETTING(PATH, "TftpPath_", NULL,
	"TftpPath for hosts whose property TftpScope names this scope.",
	.argument = "<scope>", .base = "TftpPath",
	.example = "TftpPath_rack2 /srv/tftp-rack2"),
SETTING(FOLDER, "TftpPxeDir_", NULL,
	"TftpPxeDir of a scope.", .argument = "<scope>",
	.base = "TftpPxeDir", .example = "TftpPxeDir_rack2 pxe"),
SETTING(LIST, "TftpPxeTemplates_", NULL,
	"TftpPxeTemplates of a scope.", .argument = "<scope>",
	.base = "TftpPxeTemplates",
	.example = "TftpPxeTemplates_rack2 01-%etherhyph%"),
SETTING(PATH, "TftpLog_", NULL,
	"TftpLog of a scope.", .argument = "<scope>", .base = "TftpLog",
	.example = "TftpLog_rack2 /var/log/tftp-rack2.log"),
SETTING(PATH, "WebspaceFile", "%StateDir%/services/web",
	"The web server's folder that hosts fetch from."),
SETTING(URL, "WebspaceUrl", "http://%NetAddress%/",
	"WebspaceFile as hosts see it."),
SETTING(FOLDER, "WebspaceCommon", "osstest",
	"Folder below WebspaceFile and WebspaceUrl that is Ironbird's own."),
SETTING(PATH, "WebspaceLog", "%StateDir%/services/log/access.log",
	"The web server's access log, the main sign of life of hosts and "
	"guests."),
SETTING(PATH, "DhcpLog", "%StateDir%/services/log/dnsmasq.log",
	"The DHCP server's log, which is followed."),
SETTING(PATH, "DhcpLeases", "%StateDir%/services/leases",
	"The DHCP server's leases (dnsmasq's format)."),
SETTING(PATH, "DhcpHostsDir", "%StateDir%/services/dhcp-hosts",
	"Folder of dnsmasq's --dhcp-hostsdir: a file a host. Empty "
	"(DhcpHostsDir= '') where somebody else's server knows the hosts.",
	.may_be_empty = true),

HEADING("Source trees and builds",
	"Which source is built. 'export REVISION_XEN=...' chooses a revision "
	"for everything that is started from here."),
SETTING(TEXT, "Tree_", NULL,
	"Where a tree is fetched from: any git URL or folder. The default is "
	"what 'ironbird tree import' made.", .argument = "<tree>",
	.example = "Tree_xen ~/src/xen.git"),
SETTING(TEXT, "Revision_", NULL,
	"The revision of a tree that is built when nobody asks for another.",
	.argument = "<tree>", .example = "Revision_xen staging-4.17"),
SETTING(PATH, "Repos", "%StateDir%/repos",
	"Repositories of trees, each fetched and never cloned again."),
SETTING(TEXT, "BuildHost", "local",
	"Where jobs called build-* run that name no host. local is a clean "
	"system in a folder of this machine."),
SETTING(PATH, "BuildDir", "%StateDir%/build",
	"Where builds work on this machine."),
SETTING(PATH, "BuildCache", "%StateDir%/ccache",
	"What the compiler made before (ccache), for all builds."),
SETTING(NUMBER, "BuildJobs", "0",
	"How many compilers a build runs at once; 0 is one a processor."),
SETTING(SIZE, "BuildMemory", "4G",
	"Memory that each process of a build may have."),
SETTING(SIZE, "BuildMemoryAll", "0",
	"Memory that all processes of a build may have together; 0 is three "
	"quarters of what the machine has that it runs on."),
SETTING(SIZE, "StashRoom", "20G",
	"Room that the stash may take. What no flight refers to is removed "
	"beyond that, the oldest first."),

HEADING("Consoles", NULL),
SETTING(PATH, "ConsoleLogs", "%StateDir%/consoles",
	"Where consoles are recorded, a folder a host. A lab keeps its own."),
SETTING(SIZE, "ConsoleLogMax", "64M",
	"How large a console's log may grow until it becomes LOG.1."),
SETTING(NUMBER, "ConsoleLogKeep", "1",
	"How many older logs of a console are kept: LOG.1, LOG.2, ..."),
SETTING(DURATION, "ConsoleRetry", "30s",
	"The longest time between two attempts to reach a console that is "
	"away; the first one is after 0.2 s, then twice as long each time."),
SETTING(TEXT, "XenDebugKeys", "d 0 q r H M Q a c e g i m n s t u v z",
	"Debug keys that are sent to Xen when a job has failed, before its "
	"logs are captured and power is cut."),
SETTING(TEXT, "ConsolePatterns", NULL,
	"Files of patterns that are looked at before Ironbird's own, with "
	"colons between them: what lines of a console mean.",
	.example = "our-firmware.patterns"),
SETTING(DURATION, "ConsoleLinger", "30s",
	"How long a console is still recorded when nobody has the host any "
	"more."),

HEADING("Nightly",
	"What 'ironbird nightly BRANCH' tests, and what becomes of it. A "
	"setting with a branch behind it is that branch's own; a dot of the "
	"branch's name is written '_' there."),
SETTING(TEXT, "NightlyTree", "xen",
	"The tree under test."),
SETTING(TEXT, "NightlyTree_", NULL,
	"The tree under test of a branch.", .argument = "<branch>",
	.base = "NightlyTree", .example = "NightlyTree_linux-6_12 linux"),
SETTING(TEXT, "NightlyInput", "staging",
	"Where candidates are: a branch or another revision of the tree."),
SETTING(TEXT, "NightlyInput_", NULL,
	"Where candidates of a branch are.", .argument = "<branch>",
	.base = "NightlyInput",
	.example = "NightlyInput_xen-4_19-testing staging-4.19"),
SETTING(TEXT, "NightlyOutput_", NULL,
	"The ref that tested revisions are pushed to, and that the baseline "
	"is. The default is tested/ and the branch.",
	.argument = "<branch>", .example = "NightlyOutput_xen-unstable master"),
SETTING(TEXT, "NightlyWith", NULL,
	"Branches, with blanks between them: each tree that is built and not "
	"under test is taken as its branch among these let it through last. "
	"That of the tree xen is also the XENBRANCH of make-flight.",
	.example = "NightlyWith xen-unstable linux-6.12"),
SETTING(TEXT, "NightlyWith_", NULL,
	"Those branches for a branch.", .argument = "<branch>",
	.base = "NightlyWith",
	.example = "NightlyWith_linux-5_4 xen-4.19-testing"),
SETTING(TEXT, "NightlyPush", NULL,
	"The repository that is pushed to. The default is where the tree is "
	"fetched from.", .example = "git@git.example.com:xen.git"),
SETTING(TEXT, "NightlyPush_", NULL,
	"The repository that a branch is pushed to.",
	.argument = "<branch>", .base = "NightlyPush",
	.example = "NightlyPush_xen-unstable ~/git/xen.git"),
SETTING(BOOL, "NightlyRetest", "y",
	"Whether regressions are run once more at once."),
SETTING(DURATION, "NightlyLimit", "20h",
	"How long a flight may run. It is stopped then, judged and told."),
SETTING(DURATION, "NightlyGrace", "15m",
	"How long a flight that is stopped at NightlyLimit has for its logs."),
SETTING(PATH, "NightlyDir", "%StateDir%/nightly",
	"Locks, and the files by which people stop, block and force."),
SETTING(TEXT, "NightlyMail", NULL,
	"Who gets the report: addresses with commas between them. Nobody, "
	"when it is not set.", .example = "xen-devel@example.com"),
SETTING(TEXT, "NightlyMail_", NULL,
	"Who gets the report of a branch.", .argument = "<branch>",
	.base = "NightlyMail",
	.example = "NightlyMail_xen-unstable xen@example.com"),
SETTING(TEXT, "MailFrom", NULL,
	"The address that reports come from. The default is "
	"ironbird@localhost.", .example = "ironbird@lab.example.com"),
SETTING(PATH, "Maildir", NULL,
	"A maildir that reports are put into, instead of given to Sendmail.",
	.example = "~/Maildir"),
SETTING(URL, "ResultsHtmlPubBaseUrl", NULL,
	"Results as the readers of reports see it.",
	.example = "http://lab.example.com/results"),
SETTING(TEXT, "LogsPublish", NULL,
	"Where the logs of flights that are over are copied to, each to a "
	"folder of its own: a folder, or rsync's [user@]machine:folder.",
	.example = "www.lab.example.com:/srv/logs"),
SETTING(BOOL, "LogsPublishExpire", "n",
	"y: logs that have expired here are removed from LogsPublish, too; "
	"what others have put there stays."),
SETTING(TEXT, "ResultsPublish", NULL,
	"Where the pages are copied to, likewise.",
	.example = "www.lab.example.com:/srv/results"),
SETTING(TEXT, "PublishShell", "ssh -oBatchMode=yes -oConnectTimeout=20",
	"By which command rsync reaches another machine."),
SETTING(DURATION, "PublishLimit", "1h",
	"How long a copy may take; the next one carries on with the rest."),
SETTING(NUMBER, "LogsMinSpaceMby", "10240",
	"Megabytes that must be free where Logs is: with less, what matters "
	"least is removed."),
SETTING(DURATION, "LogsMinExpireAge", "4d",
	"Logs of flights that ended later than that ago are never removed."),

HEADING("Limits and retries",
	"Durations are 250ms, 45s, 20m, 2h or 1d; a bare number is seconds."),
SETTING(DURATION, "InstallLimit", "40m",
	"From power-on to the installed host's ssh."),
SETTING(DURATION, "FirmwareLimit", "5m",
	"From power-on to the first DHCP request. A host's property "
	"FirmwareLimit replaces it, and so for each of these limits up to "
	"BootLimit; property RebootTimeExtra adds to it."),
SETTING(DURATION, "DhcpLimit", "60s",
	"From that request to the DHCP server's answer."),
SETTING(DURATION, "LoaderLimit", "60s",
	"From that answer until the boot loader runs."),
SETTING(DURATION, "KernelLimit", "2m",
	"From there until the installer's kernel was fetched."),
SETTING(DURATION, "RamdiskLimit", "5m",
	"From there until the installer's ramdisk was fetched."),
SETTING(DURATION, "OrdersLimit", "5m",
	"From there until the installer has fetched its orders."),
SETTING(DURATION, "StageLimit", "20m",
	"One stage of the installer, until it reports the next."),
SETTING(DURATION, "BootLimit", "10m",
	"From a reboot to the report of the boot, and from there to ssh. "
	"Property RebootTimeExtra adds to the first."),
SETTING(DURATION, "GuestBootLimit", "3m",
	"From the creation of a guest to its ssh."),
SETTING(DURATION, "StepLimit", "1h",
	"A step whose recipe and test case name no limit."),
SETTING(NUMBER, "LocalJobs", "2",
	"How many jobs that need no host (builds) run-flight runs side by "
	"side on the controller."),
SETTING(NUMBER, "FlightPriority_", NULL,
	"Of flights that share hosts, those with a lower number go first: "
	"that of a branch, or of a blessing.", .argument = "<branch>",
	.example = "FlightPriority_xen-unstable-smoke -20"),
SETTING(DURATION, "PriorityAge", "30m",
	"How much longer a flight must have waited to go before one whose "
	"priority is better by one."),
SETTING(DURATION, "PriorityWait", "30s",
	"How long a free host is left to the flight that goes first, if that "
	"does not take it."),
SETTING(DURATION, "HostWaitLimit", "12h",
	"How long a job that is run by hand waits for hosts that others have; "
	"then run-job ends with status 75. 0: for ever."),
SETTING(DURATION, "JobLimit", "12h",
	"A job whose recipe names no limit: then its steps are stopped, but "
	"for those that always run. 0: none."),
SETTING(DURATION, "PauseLimit", "24h",
	"How long a job is held where a runvar pause_on_STATUS stops it; then "
	"it goes on. 0: it is not held."),
SETTING(DURATION, "WatchdogLimit", "2m",
	"How long run-job may give no sign of life before the watchdog that "
	"every run has kills it and says so. A run-job that is stopped "
	"(Ctrl-Z) gives none. 0: no watchdog."),
SETTING(DURATION, "StepGrace", "10s",
	"How long a step that is to stop may take for it before it is "
	"killed."),
SETTING(NUMBER, "StepLogMax", "67108864",
	"Bytes that the log of one step may grow to."),
SETTING(NUMBER, "LabSnapshots", "4",
	"Snapshots that a virtual host keeps at most, of hosts as they were "
	"prepared; 0: none."),
SETTING(SIZE, "LabSnapshotRoom", "16G",
	"What the disk image of a virtual host may take on the controller's "
	"disk before another snapshot is taken."),
SETTING(SIZE, "MinFreeSpace", "1G",
	"Room that StateDir must have for a job to begin: with less, run-job "
	"says so and ends with status 75. 512M, 1G, or a number of bytes."),
SETTING(DURATION, "RoomLimit", "10m",
	"How long a job whose disk is full waits for room before it is cut "
	"off; 'run-job --resume' then carries it on."),
SETTING(DURATION, "DatabaseLimit", "30s",
	"How long to wait for another program that has the database locked."),
SETTING(DURATION, "SilenceLimit", "5m",
	"How long a host that comes up may show no sign of life, neither an "
	"event in a log nor a byte on its console; reboots have FirmwareLimit "
	"on top, and a host without a recorded console is only asked for as "
	"long as it boots from the network. A host's property SilenceLimit "
	"replaces it."),
SETTING(DURATION, "CommandLimit", "100s",
	"A remote command whose test case names no limit."),
SETTING(TEXT, "LostHostPower", "off",
	"What happens to a host that does not come up from its installation, "
	"once its boot file points to its disk again: its power is switched "
	"off, or it is left as it is (leave). A host's property LostHostPower "
	"replaces it."),
SETTING(NUMBER, "PowerRetries", "3",
	"How often a power action is tried before the host is broken."),
HEADING("Power by hand", NULL),
SETTING(TEXT, "Sendmail", "/usr/sbin/sendmail",
	"The program that mail is given to, with sendmail's interface."),

HEADING("OSSTest's power methods", NULL),
SETTING(TEXT, "XenUsePath", NULL,
	"The program of the power method xenuse, where PATH has it not.",
	.example = "/usr/groups/xencore/systems/bin/xenuse"),
SETTING(TEXT, "ExecutiveDbname_statedb", NULL,
	"The database of the power method statedb, as libpq takes it, or with "
	"';' between.", .example = "dbname=statedb;host=db.example.com"),
SETTING(TEXT, "ExecutiveDbnamePat", "dbname=<dbname>",
	"The same where ExecutiveDbname_statedb is not set: <dbname> is "
	"statedb, <whoami> the user, <~/FILE> the first line of a file."),
{ .name = NULL }
};
