/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "pdu/method.h"
#include "pdu/modules.h"
#include "pdu/qemu.h"
#include "ts/machine.h"

#define LOG_TAIL 2000

struct machine {
	struct machine *next;
	const struct host *host;
	char *dir;
	pid_t pid;
	int fd;
	sd_event_source *source;
	machine_gone gone;
};

static struct machine *all;

/* The folder of the host's QEMU, or NULL; the caller frees. */
static char *folder_of(const struct host *host)
{
	const char *method = host_prop(host, "power-method");
	struct pdu_ports ports = { .v = NULL };
	char *dir = NULL;

	if (!method || pdu_ports_parse(host, method, &ports, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < ports.count && !dir; i++)
		if (ports.v[i].module == &pdu_qemu)
			dir = xstrdup(ports.v[i].args.v[0]);
	pdu_ports_release(&ports);
	return dir;
}

/*
 * Field 52 of /proc/PID/stat (proc(5)) while nobody has looked after it: as
 * waitpid tells it. -1 when it is not to be known any more.
 */
static int exit_word(pid_t pid)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/stat", (int)pid);
	AUTO_STRBUF text = STRBUF_INIT;
	const char *p;

	if (file_read(path, 4096, &text, NULL) < 0)
		return -1;
	p = strrchr(text.buf, ')');
	if (!p || !str_starts(p, ") Z"))
		return -1;
	p = strrchr(text.buf, ' ');
	return p ? atoi(p + 1) : -1;
}

/* What QEMU said last, as " ('...')", or "". */
static char *last_words(const struct machine *machine)
{
	AUTO_FREE char *path = xasprintf("%s/qemu.log", machine->dir);
	AUTO_STRBUF text = STRBUF_INIT, shown = STRBUF_INIT;
	const char *line;

	if (file_read_tail(path, LOG_TAIL, &text, NULL) < 0)
		return xstrdup("");
	strbuf_rtrim(&text);
	line = strrchr(text.buf, '\n');
	strbuf_add_printable(&shown, line ? line + 1 : text.buf);
	return shown.len ? xasprintf(" ('%.200s')", shown.buf) : xstrdup("");
}

/* QEMU removes its pid file when it ends by itself, and only then. */
static char *how(const struct machine *machine)
{
	AUTO_FREE char *path = xasprintf("%s/qemu.pid", machine->dir);
	AUTO_FREE char *words = last_words(machine);
	int word = exit_word(machine->pid);

	if (word >= 0 && WIFSIGNALED(word))
		return xasprintf("ended by signal %d (%s)", WTERMSIG(word),
				 str_or(sigdescr_np(WTERMSIG(word)), "?"));
	if (word < 0 && file_exists(path))
		return xstrdup("was killed");
	return xasprintf("ended by itself%s", words);
}

static void release(struct machine *machine)
{
	struct machine **p = &all;

	while (*p != machine)
		p = &(*p)->next;
	*p = machine->next;
	sd_event_source_disable_unref(machine->source);
	close(machine->fd);
	free(machine->dir);
	free(machine);
}

static int on_end(sd_event_source *source, int fd, uint32_t events, void *arg)
{
	struct machine *machine = arg;
	AUTO_FREE char *end = how(machine);
	AUTO_FREE char *sentence = xasprintf("host %s lost its power: its "
		"virtual machine, process %d, %s", machine->host->name,
		(int)machine->pid, end);
	machine_gone gone = machine->gone;

	(void)source;
	(void)fd;
	(void)events;
	release(machine);
	gone(sentence);
	return 0;
}

static struct machine *find(const struct host *host)
{
	struct machine *machine = all;

	while (machine && strcmp(machine->host->name, host->name) != 0)
		machine = machine->next;
	return machine;
}

/* Opened first and looked at then, the descriptor is that of the machine. */
static int open_process(const char *dir, pid_t *pid)
{
	int fd;

	*pid = qemu_pid(dir);
	fd = *pid ? pidfd_open(*pid, 0) : -1;
	if (fd >= 0 && qemu_pid(dir) == *pid)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* False when it has no QEMU that runs. */
static bool watch_process(const struct host *host, const char *dir,
			  sd_event *event, machine_gone gone)
{
	struct machine *machine;
	pid_t pid;
	int fd = open_process(dir, &pid);

	if (fd < 0)
		return false;
	machine = xcalloc(1, sizeof(*machine));
	*machine = (struct machine){
		.next = all, .host = host, .dir = xstrdup(dir), .pid = pid,
		.fd = fd, .gone = gone,
	};
	all = machine;
	/* without it, limits still end what waits */
	if (sd_event_add_io(event, &machine->source, fd, EPOLLIN, on_end,
			    machine) < 0)
		release(machine);
	return true;
}

void machine_watch(const struct host *host, sd_event *event,
		   machine_gone gone)
{
	AUTO_FREE char *dir = find(host) ? NULL : folder_of(host);

	if (dir)
		(void)watch_process(host, dir, event, gone);
}

void machine_watch_on(const struct host *host, sd_event *event,
		      machine_gone gone)
{
	AUTO_FREE char *dir = find(host) ? NULL : folder_of(host);
	AUTO_FREE char *sentence = NULL;

	if (!dir || watch_process(host, dir, event, gone))
		return;
	sentence = xasprintf("host %s lost its power: its virtual machine "
			     "ended as soon as it was switched on",
			     host->name);
	gone(sentence);
}

void machine_forget(const struct host *host)
{
	struct machine *machine = find(host);

	if (machine)
		release(machine);
}

void machine_forget_all(void)
{
	while (all)
		release(all);
}
