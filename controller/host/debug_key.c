/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strbuf.h"
#include "host/debug_key.h"

/*
 * Those of Xen 4.17, as 'h' lists them where everything is configured
 * (xen/common/keyhandler.c and where else register_keyhandler is called), in
 * its own words. '|' is between texts that depend on the machine.
 */
static const struct {
	char key;
	const char *texts;
} rows[] = {
	/* trap to xendbg */
	{ '%', "'%' pressed" },
	/* print all diagnostics */
	{ '*', "'*' pressed" },
	/* increase log level threshold */
	{ '+', "'+' pressed" },
	/* decrease log level threshold */
	{ '-', "'-' pressed" },
	/* dump Dom0 registers */
	{ '0', "'0' pressed" },
	/* toggle alternative key handling */
	{ 'A', "'A' pressed" },
	/* trigger a crashdump */
	{ 'C', "'C' pressed" },
	/* dump VT-x EPT tables, of guests that have them */
	{ 'D', " EPT p2m table:" },
	/* toggle host/guest log level adjustment */
	{ 'G', "'G' pressed" },
	/* dump heap info */
	{ 'H', "'H' pressed" },
	/* dump HVM irq info */
	{ 'I', "'I' pressed" },
	/* reset lock profile info */
	{ 'L', "Xen lock profile info RESET" },
	/* dump MSI state */
	{ 'M', "MSI information:" },
	/* trigger an NMI */
	{ 'N', "Triggering NMI on APIC ID" },
	/* toggle shadow audits */
	{ 'O', "shadow_audit_enable=" },
	/* reset performance counters */
	{ 'P', "Xen performance counters RESET" },
	/* dump PCI devices */
	{ 'Q', "==== PCI devices ====" },
	/* reboot machine */
	{ 'R', "'R' pressed" },
	/* reset shadow pagetables */
	{ 'S', "'S' pressed" },
	/* toggle debugtrace to console/buffer */
	{ 'T', "debugtrace_printk now writing to" },
	/* dump iommu interrupt remapping */
	{ 'V', "IOMMU Interrupt Remapping Table|: nr_pt_levels =" },
	/* dump timer queues */
	{ 'a', "Dumping timer queues:" },
	/* dump ACPI Cx structures */
	{ 'c', "'c' pressed" },
	/* dump registers */
	{ 'd', "'d' pressed" },
	/* dump evtchn info */
	{ 'e', "'e' pressed" },
	/* print grant table usage */
	{ 'g', "'g' pressed" },
	/* show this message */
	{ 'h', "'h' pressed" },
	/* dump interrupt bindings */
	{ 'i', "IRQ information:" },
	/* print lock profile info */
	{ 'l', "Xen lock profile info SHOW" },
	/* memory info */
	{ 'm', "Physical memory information:" },
	/* NMI statistics */
	{ 'n', "CPU\tNMI" },
	/* dump iommu page tables, of guests with devices */
	{ 'o', " sharing page tables| table has " },
	/* print performance counters */
	{ 'p', "Xen performance counters SHOW" },
	/* dump domain (and guest debug) info */
	{ 'q', "'q' pressed" },
	/* dump run queues */
	{ 'r', "sched_smt_power_savings: " },
	/* dump softtsc stats */
	{ 's', "TSC marked as reliable|"
	  "TSC has constant rate|TSC not marked as either" },
	/* display multi-cpu clock info */
	{ 't', "Synced stime skew:" },
	/* dump NUMA info */
	{ 'u', "'u' pressed" },
	/* dump VMCBs or VMCSs */
	{ 'v', "*** VMCB Areas ***|*** VMCS Areas ***" },
	/* synchronously dump console ring buffer (dmesg) */
	{ 'w', "'w' pressed" },
	/* print livepatch info */
	{ 'x', "'x' pressed" },
	/* dump IOAPIC info */
	{ 'z', "number of MP IRQ sources:" },
};

bool debug_key_answers(char key, struct strvec *texts)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(rows) && rows[i].key != key)
		i++;
	if (i == ARRAY_SIZE(rows))
		return false;
	strvec_split(texts, rows[i].texts, "|");
	return true;
}
