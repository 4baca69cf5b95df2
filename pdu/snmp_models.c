/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "pdu/snmp_models.h"

#define ENTERPRISE "1.3.6.1.4.1."
#define APC ENTERPRISE "318.1.1."

const struct snmp_model snmp_models[] = {
	/* PowerNet-MIB: rPDUOutletControlOutletCommand, -StatusOutletState */
	{ .name = "apc", .summary = "APC switched rack PDU (AP79xx)",
	  .set_on = APC "12.3.3.1.1.4.%o", .on = 1, .off = 2,
	  .get = APC "12.3.5.1.1.4.%o", .reads_on = "1", .reads_off = "2" },
	/* rPDU2OutletSwitchedControlCommand, -StatusState */
	{ .name = "apc2", .summary = "APC rack PDU of generation 2 (AP8xxx)",
	  .set_on = APC "26.9.2.4.1.5.%o", .on = 1, .off = 2,
	  .get = APC "26.9.2.3.1.5.%o", .reads_on = "2", .reads_off = "1" },
	/* sPDUOutletCtl: on 1, off 2, both ways */
	{ .name = "apc-switch", .summary = "APC MasterSwitch (OSSTest's msw)",
	  .set_on = APC "4.4.2.1.3.%o", .on = 1, .off = 2,
	  .get = APC "4.4.2.1.3.%o", .reads_on = "1", .reads_off = "2" },
	{ .name = "apc6", .summary = "the same with firmware 6 (msw --apc6)",
	  .set_on = APC "12.3.3.1.1.4.%o", .on = 1, .off = 2,
	  .get = APC "4.4.2.1.3.%o", .reads_on = "1", .reads_off = "2" },
	/* mSPOutletControl, where 2 waits first; mSPOutletState */
	{ .name = "apc-switch-plus", .summary = "APC MasterSwitch Plus",
	  .set_on = APC "6.5.1.1.5.%u.1.%o", .on = 1, .off = 3,
	  .get = APC "6.7.1.1.5.%u.1.%o", .reads_on = "1", .reads_off = "2" },
	/* PDU2-MIB: switchingOperation, outletSwitchingState */
	{ .name = "raritan", .summary = "Raritan PX2, PX3, and Server "
	  "Technology PRO3X",
	  .set_on = ENTERPRISE "13742.6.4.1.2.1.2.%u.%o", .on = 1, .off = 0,
	  .get = ENTERPRISE "13742.6.4.1.2.1.3.%u.%o",
	  .reads_on = "7", .reads_off = "8" },
	/* EATON-EPDU-MIB: outletControlOnCmd, -OffCmd (seconds until it
	 * happens), -Status (2 and 3 are on the way) */
	{ .name = "eaton", .summary = "Eaton ePDU G3",
	  .set_on = ENTERPRISE "534.6.6.7.6.6.1.4.0.%o",
	  .set_off = ENTERPRISE "534.6.6.7.6.6.1.3.0.%o", .on = 0, .off = 0,
	  .get = ENTERPRISE "534.6.6.7.6.6.1.2.0.%o",
	  .reads_on = "1", .reads_off = "0" },
	{ .name = "eaton-managed", .summary = "Eaton managed ePDU",
	  .set_on = ENTERPRISE "534.6.6.6.1.2.2.1.3.%o", .on = 1, .off = 0,
	  .get = ENTERPRISE "534.6.6.6.1.2.2.1.3.%o",
	  .reads_on = "1", .reads_off = "0" },
	/* Sentry3-MIB: outletControlAction, outletControlState; the odd ones
	 * are on; outlet=TOWER.INFEED.OUTLET */
	{ .name = "sentry3", .summary = "Server Technology Sentry3; "
	  "outlet=1.1.7",
	  .set_on = ENTERPRISE "1718.3.2.3.1.11.%o", .on = 1, .off = 2,
	  .get = ENTERPRISE "1718.3.2.3.1.10.%o",
	  .reads_on = "1 3 5", .reads_off = "0 2 4" },
	/* CPS-MIB: ePDUOutletControlOutletCommand, -StatusOutletState */
	{ .name = "cyberpower", .summary = "CyberPower PDU41, PDU81",
	  .set_on = ENTERPRISE "3808.1.1.3.3.3.1.1.4.%o", .on = 1, .off = 2,
	  .get = ENTERPRISE "3808.1.1.3.3.5.1.1.4.%o",
	  .reads_on = "1", .reads_off = "2" },
	/* GUDEADS-...-MIB: the port state of the product's own subtree */
	{ .name = "gude", .summary = "Gude Expert Power Control; product= is "
	  "the number behind 28507 in its MIB",
	  .set_on = ENTERPRISE "28507.%p.1.3.1.2.1.3.%o", .on = 1, .off = 0,
	  .get = ENTERPRISE "28507.%p.1.3.1.2.1.3.%o",
	  .reads_on = "1", .reads_off = "0" },
	{ .name = "digipower", .summary = "Digipower, Lindy IPower; unit= is "
	  "the PDU in its chain", .list = true,
	  .set_on = ENTERPRISE "17420.1.2.9.%u.13.0", .on = 1, .off = 0,
	  .get = ENTERPRISE "17420.1.2.9.%u.13.0",
	  .reads_on = "1", .reads_off = "0" },
	{ .name = "tripplite", .summary = "Tripp Lite rack PDU",
	  .set_on = ENTERPRISE "850.10.2.3.5.1.4.1.%o", .on = 2, .off = 1,
	  .get = ENTERPRISE "850.10.2.3.5.1.2.1.%o",
	  .reads_on = "2", .reads_off = "1" },
	{ .name = "ibm", .summary = "IBM iPDU",
	  .set_on = ENTERPRISE "2.6.223.8.2.2.1.11.%o", .on = 1, .off = 0,
	  .get = ENTERPRISE "2.6.223.8.2.2.1.11.%o",
	  .reads_on = "1", .reads_off = "0" },
	/* RFC 3621, pethPsePortAdminEnable; unit= is the group */
	{ .name = "poe", .summary = "a switch port that gives power (RFC 3621)",
	  .set_on = "1.3.6.1.2.1.105.1.1.1.3.%u.%o", .on = 1, .off = 2,
	  .get = "1.3.6.1.2.1.105.1.1.1.3.%u.%o",
	  .reads_on = "1", .reads_off = "2" },
	{ .name = NULL }
};
