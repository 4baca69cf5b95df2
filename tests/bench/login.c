/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * login ADDRESS PORT USER KEY HOST-KEY COUNT [COMMAND...]: logs in so often,
 * each time running all the commands, whatever becomes of them. What a module
 * that works over ssh does by hand: what is left is the module's.
 *
 * Not ssh(1), whose start and key exchange take longer than all of our own.
 */
#include "base/files.h"
#include "net/ssh.h"
#include "tests/bench/bench.h"

#define LIMIT_MS 20000
#define FIRST_COMMAND 7

static int log_in(const struct ssh_target *target, char *const *commands,
		  struct error *err)
{
	struct ssh *ssh = NULL;

	if (ssh_connect(&ssh, target, LIMIT_MS, err) < 0)
		return -1;
	for (; *commands; commands++) {
		const struct ssh_command command = {
			.command = *commands, .limit_ms = LIMIT_MS,
		};
		AUTO_SSH_RESULT result = {
			.out = STRBUF_INIT, .error = STRBUF_INIT,
		};

		/* a host that was told to go down does */
		if (ssh_run(ssh, &command, &result, NULL) < 0)
			break;
	}
	ssh_close(ssh);
	return 0;
}

int main(int argc, char **argv)
{
	AUTO_STRBUF host_key = STRBUF_INIT;
	struct error err = ERROR_INIT;
	struct ssh_target target = { .name = "the device" };

	if (argc < FIRST_COMMAND) {
		fputs("usage: login ADDRESS PORT USER KEY HOST-KEY COUNT "
		      "[COMMAND...]\n", stderr);
		return 2;
	}
	target.address = argv[1];
	target.port = atoi(argv[2]);
	target.user = argv[3];
	target.key_path = argv[4];
	if (file_read(argv[5], 10000, &host_key, &err) < 0)
		return cannot("login", &err);
	target.host_key = host_key.buf;
	for (int i = atoi(argv[6]); i > 0; i--)
		if (log_in(&target, argv + FIRST_COMMAND, &err) < 0)
			return cannot("login", &err);
	return 0;
}
