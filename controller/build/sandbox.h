/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local build host: a clean system that a program runs in.
 *
 * The system is the image build-host, a folder made by mmdebstrap and kept by
 * its content (boot/image.h); the program sees it read-only. Of this machine
 * it sees two folders: /build, its own, and /ccache, which builds share. It
 * has no network, is a user of its own, sees only its own processes, and ends
 * when its time is over or we do. bubblewrap does all that, setpriv makes the
 * user.
 */
#ifndef IRONBIRD_BUILD_SANDBOX_H
#define IRONBIRD_BUILD_SANDBOX_H

#include <stdint.h>

#include "base/error.h"

#define SANDBOX_UID 64999	/* "build" in the image */

struct sandbox {
	const char *root;	/* the image's root folder */
	const char *build;	/* becomes /build, the working folder */
	const char *ccache;	/* becomes /ccache */
	char *const *argv;
	char *const *env;	/* NULL-ended "NAME=value": all there is */
	int64_t limit_ms;
	int64_t memory;		/* bytes that each process may map */
	int64_t memory_all;	/* that all may use together; 0: no limit */
	/* what it prints, as it comes; may be NULL */
	void (*sink)(const char *data, size_t len, void *arg);
	void *sink_arg;
};

/*
 * Runs it to its end; its exit status. Both folders are given to its user
 * first. -1 with ERROR_BROKEN when it could not run, did not end in time, or
 * failed after the kernel had ended a part of it for its memory. Where there is
 * no control group to be had (build/cgroup.h), memory_all is not looked at, and
 * the sink is told so.
 */
int must_check sandbox_run(const struct sandbox *sandbox, struct error *err);

#endif
