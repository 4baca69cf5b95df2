/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a console comes from: a module each, one table of them, and the
 * recorder as the one caller.
 *
 * A host's property Console names its streams, ';' between them, each
 * "[NAME:] MODULE ARGUMENT...":
 *
 *	ser2net host=ts1:7003 ; bmc: ipmi host=bmc4 user=ib password=@FILE
 *
 * The first one without a name is "console", which crashes are looked for in.
 * A module opens a link and turns the bytes of the wire into those of the
 * console and back; it never waits for long, and never decides when to try
 * again: that is the recorder's.
 */
#ifndef IRONBIRD_HOST_CONSOLE_MODULE_H
#define IRONBIRD_HOST_CONSOLE_MODULE_H

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "base/arguments.h"
#include "host/host.h"

struct console_module;

/* One stream as it is configured. */
struct console_source {
	char *stream;		/* "console", "bmc": its log's name */
	const struct console_module *module;
	struct strvec args;	/* words after the module's name */
};

struct console_sources {
	struct console_source *v;
	size_t count;
};

/* A connection to one, or the attempt at it. */
struct console_link {
	const struct console_source *source;
	sd_event *event;
	int fd;			/* what is read and written; -1: none */
	bool listening;		/* fd: the device connects to it */
	void *state;		/* the module's own */
	/* The module's answers to the device, sent by the recorder. */
	struct strbuf to_device;
	bool refused;		/* by its password: not to be asked often */
	/* What is read is not the console's yet: it is recorded, and does not
	 * show that the console is there. Until link->there is called. */
	bool unsure;
	/* The device is gone; reason is for people. */
	void (*lost)(struct console_link *link, const char *reason);
	/* It answers, though the console may be silent. */
	void (*there)(struct console_link *link);
	/* to_device has something, though nothing was read: at a timer. */
	void (*send)(struct console_link *link);
	void *arg;		/* the recorder's */
};

struct console_module {
	const char *name;
	const char *aliases;	/* OSSTest's names and others, or NULL */
	const char *summary;
	const char *usage;
	const char *keys;	/* arguments_check's; NULL: words of its own */
	int min_words, max_words;	/* without '=' (keys) or of all */
	/* Looks at the arguments when they are read; may be NULL. */
	int (*check)(const struct console_source *source, struct error *err);
	/* Sets fd, which does not block. NULL: there is nothing to open. */
	int (*open)(struct console_link *link, struct error *err);
	/* When open succeeds the console is there, though it may be silent;
	 * else it is from its first word on, or when link->there is called. */
	bool sure;
	/* From the wire, in place: how many bytes are the console's. NULL:
	 * all are. */
	size_t (*decode)(struct console_link *link, char *data, size_t len);
	/* What was typed, into to_device. NULL: as it is. */
	void (*encode)(struct console_link *link, const char *data,
		       size_t len);
	/* There is nothing more to read: calls lost with its own reason.
	 * NULL: that is the reason. */
	void (*ended)(struct console_link *link);
	/* Releases what open took but fd, which the recorder has closed. */
	void (*close)(struct console_link *link);
};

extern const struct console_module *const console_modules[];

extern const struct console_module console_conserver, console_exec,
	console_ipmi, console_qemu, console_ser2net,
	console_serial, console_ssh, console_tcp, console_telnet,
	console_xenuse;

void console_sources_release(struct console_sources *sources);
/* Those of the host's property; none when it has none, or only "none". */
int must_check console_sources_of(const struct host *host,
				  struct console_sources *sources,
				  struct error *err);
/* One from words: a module's name and its arguments. */
int must_check console_source_make(struct console_source *source,
				   const char *stream, char *const *words,
				   struct error *err);
void console_source_release(struct console_source *source);

#endif
