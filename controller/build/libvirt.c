/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libvirt with its driver for Xen: against the tools of the buildjob, which
 * hosts then must have, or the libraries of Debian's Xen.
 */
#include "build/build.h"

const struct build_part build_part_libvirt = {
	.name = "libvirt", .tree = "libvirt", .testcase = "ts-libvirt-build",
	.job = "build-amd64-libvirt", .recipe = "build-libvirt",
	.need_job = "buildjob", .need_dist = "dist",
	.need_part = &build_part_xen,
};
