/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial port of the controller. It is locked in the three ways that others
 * look for: flock(2), TIOCEXCL (tty_ioctl(4)), and a file LCK..NAME with our
 * process in it, as UUCP, cu and minicom have (FHS 3.0, /var/lock).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/files.h"
#include "host/console_module.h"

#define LOCK_DIR "/run/lock"

static const struct {
	long number;
	speed_t speed;
} speeds[] = {
	{ 1200, B1200 }, { 2400, B2400 }, { 4800, B4800 }, { 9600, B9600 },
	{ 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 },
	{ 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 },
	{ 500000, B500000 }, { 921600, B921600 }, { 1000000, B1000000 },
	{ 1500000, B1500000 }, { 2000000, B2000000 }, { 3000000, B3000000 },
	{ 4000000, B4000000 },
};

static int find_speed(const struct console_source *source, speed_t *speed,
		      struct error *err)
{
	long number;

	if (argument_number(&source->args, "speed", 1, 4000000, 115200,
			    &number, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(speeds); i++) {
		if (speeds[i].number == number) {
			*speed = speeds[i].speed;
			return 0;
		}
	}
	return error_set(err, ERROR_USAGE, "%ld is no speed of a serial port",
			 number);
}

static int serial_check(const struct console_source *source,
			struct error *err)
{
	speed_t speed;

	return find_speed(source, &speed, err);
}

static int set_up_port(const struct console_link *link, struct error *err)
{
	struct termios tio;
	speed_t speed;

	if (find_speed(link->source, &speed, err) < 0)
		return -1;
	if (tcgetattr(link->fd, &tio) < 0)
		return error_errno(err, "%s is no serial port",
				   argument_get(&link->source->args,
						"device"));
	cfmakeraw(&tio);
	/* no carrier is waited for, and none that goes hangs it up */
	tio.c_cflag |= CLOCAL | CREAD;
	tio.c_cflag &= ~(CRTSCTS | CSTOPB | HUPCL);
	cfsetspeed(&tio, speed);
	if (tcsetattr(link->fd, TCSANOW, &tio) < 0)
		return error_errno(err, "cannot set the speed of %s",
				   argument_get(&link->source->args,
						"device"));
	return 0;
}

/* Who is named in the lock file at path and lives; 0: nobody. */
static long lock_holder(const char *path)
{
	AUTO_STRBUF text = STRBUF_INIT;
	long pid;

	if (!file_exists(path) || file_read(path, 64, &text, NULL) < 0)
		return 0;
	pid = strtol(text.buf, NULL, 10);
	return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM) ? pid :
									 0;
}

static int take_file(struct console_link *link, const char *device,
		     struct error *err)
{
	const char *slash = strrchr(device, '/');
	AUTO_FREE char *path = xasprintf(LOCK_DIR "/LCK..%s",
					 slash ? slash + 1 : device);
	AUTO_FREE char *text = xasprintf("%10d\n", (int)getpid());
	long holder = lock_holder(path);

	if (holder && holder != getpid())
		return error_set(err, ERROR_AGAIN, "%s is in use by process "
				 "%ld (%s)", device, holder, path);
	/* without the folder, flock and TIOCEXCL have to do */
	if (file_exists(LOCK_DIR) &&
	    file_publish(path, text, strlen(text), 0644, NULL) == 0)
		link->state = xstrdup(path);
	return 0;
}

static int take(struct console_link *link, const char *device,
		struct error *err)
{
	if (flock(link->fd, LOCK_EX | LOCK_NB) < 0)
		return error_set(err, ERROR_AGAIN, "%s is in use by another "
				 "program", device);
	if (take_file(link, device, err) < 0 || set_up_port(link, err) < 0)
		return -1;
	if (ioctl(link->fd, TIOCEXCL) < 0)
		return error_errno(err, "cannot lock %s", device);
	return 0;
}

static int serial_open(struct console_link *link, struct error *err)
{
	const char *device = argument_get(&link->source->args, "device");

	link->fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (link->fd < 0)
		return error_errno(err, "cannot open %s", device);
	return take(link, device, err);
}

static void serial_ended(struct console_link *link)
{
	link->lost(link, "its line hung up");
}

static void serial_close(struct console_link *link)
{
	if (link->state)
		unlink(link->state);
	free(link->state);
	link->state = NULL;
}

const struct console_module console_serial = {
	.name = "serial", .aliases = "tty",
	.summary = "a serial port of the controller",
	.usage = "device=/dev/ttyS0 [speed=115200]",
	.keys = "device! speed",
	.check = serial_check, .open = serial_open,
	.sure = true, .ended = serial_ended, .close = serial_close,
};
