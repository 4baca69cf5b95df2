/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/proc.h"
#include "host/console_program.h"

#define WORDS_MAX 1024
#define STOP_GRACE_MS 500
#define OWN_LINE_MAX 200		/* of one that may be the program's own */

struct program {
	pid_t pid;
	/* descriptors, or -1: the pipe of its stderr; both ends of its
	 * terminal, which some programs close and open again; its pid's; and
	 * where the password goes */
	int errors, terminal, slave, process, answer;
	sd_event_source *errors_io, *terminal_io, *process_io;
	struct strbuf words;		/* the end of its stderr */
	struct strbuf prompt;
	const struct console_gone *gone;
	struct strbuf line;		/* where gone is looked for */
	char *name, *password;
	bool answered;
};

/* Its last line that says something. */
static const char *last_words(struct program *p)
{
	const char *line;

	strbuf_rtrim(&p->words);
	line = strrchr(p->words.buf, '\n');
	return line ? line + 1 : p->words.buf;
}

static void lost(struct console_link *link, const char *what)
{
	struct program *p = link->state;
	const char *words = last_words(p);
	AUTO_FREE char *reason = xasprintf("%s%s%s", what, *words ? ": " : "",
					   words);

	link->lost(link, reason);
}

static void drain_errors(struct program *p)
{
	char chunk[4096];
	ssize_t n;

	while ((n = read(p->errors, chunk, sizeof(chunk))) > 0) {
		strbuf_add(&p->words, chunk, (size_t)n);
		if (p->words.len > WORDS_MAX)
			strbuf_consume(&p->words, p->words.len - WORDS_MAX);
	}
}

static int on_errors(sd_event_source *source, int fd, uint32_t events,
		     void *arg)
{
	struct program *p = ((struct console_link *)arg)->state;

	(void)fd;
	drain_errors(p);
	if (events & EPOLLHUP)
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
	return 0;
}

void console_program_ended(struct console_link *link)
{
	struct program *p = link->state;
	int status = proc_stop(p->pid, STOP_GRACE_MS);
	AUTO_FREE char *what = xasprintf("%s ended with status %d", p->name,
					 status);

	p->pid = 0;
	drain_errors(p);
	link->refused = p->answered && strcasestr(last_words(p), "denied");
	lost(link, what);
}

static bool says_gone(const struct program *p, bool first)
{
	for (size_t i = 0; p->gone[i].text; i++)
		if ((first || !p->gone[i].first) &&
		    strstr(p->line.buf, p->gone[i].text))
			return true;
	return false;
}

/* False: the console is gone, and the program with it. */
static bool end_line(struct console_link *link)
{
	struct program *p = link->state;

	strbuf_rtrim(&p->line);
	if (says_gone(p, link->unsure)) {
		AUTO_FREE char *reason = xasprintf("%s says: %s", p->name,
						   p->line.buf);

		link->refused = p->answered && strstr(reason, "password");
		link->lost(link, reason);
		return false;
	}
	strbuf_clear(&p->line);
	if (link->unsure)
		link->there(link);
	return true;
}

size_t console_program_decode(struct console_link *link, char *data,
			      size_t len)
{
	struct program *p = link->state;

	for (size_t i = 0; i < len; i++) {
		if (data[i] != '\n' && p->line.len < OWN_LINE_MAX)
			strbuf_addch(&p->line, data[i]);
		else if (data[i] == '\n' && !end_line(link))
			break;
	}
	return len;
}

void console_program_encode(struct console_link *link, const char *data,
			    size_t len)
{
	if (!link->unsure)
		strbuf_add(&link->to_device, data, len);
}

/* It ended, and something that it began still holds its output. */
static int on_process(sd_event_source *source, int fd, uint32_t events,
		      void *arg)
{
	(void)source;
	(void)fd;
	(void)events;
	console_program_ended(arg);
	return 0;
}

static bool is_prompt(const char *text)
{
	return (strcasestr(text, "password") ||
		strcasestr(text, "passphrase")) && strchr(text, ':');
}

static int on_terminal(sd_event_source *source, int fd, uint32_t events,
		       void *arg)
{
	struct console_link *link = arg;
	struct program *p = link->state;
	char chunk[256];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	(void)events;
	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			sd_event_source_set_enabled(source, SD_EVENT_OFF);
		return 0;
	}
	strbuf_add(&p->prompt, chunk, (size_t)n);
	if (p->prompt.len > WORDS_MAX)
		strbuf_consume(&p->prompt, p->prompt.len - WORDS_MAX);
	if (!is_prompt(p->prompt.buf))
		return 0;
	strbuf_clear(&p->prompt);
	if (p->answered) {
		link->refused = true;
		lost(link, "the password is refused");
		return 0;
	}
	p->answered = true;
	if (dprintf(p->answer >= 0 ? p->answer : fd, "%s\n",
		    p->password) < 0)
		lost(link, "it took no password");
	return 0;
}

static int open_terminal(struct program *p, char *name, size_t size,
			 struct error *err)
{
	p->terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC |
				   O_NONBLOCK);
	if (p->terminal < 0 || grantpt(p->terminal) < 0 ||
	    unlockpt(p->terminal) < 0 ||
	    ptsname_r(p->terminal, name, size) != 0)
		return error_errno(err, "cannot make a terminal");
	p->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->slave < 0)
		return error_errno(err, "cannot open a terminal");
	return 0;
}

/* In the child, which leads a session: it becomes that one's terminal. */
static int take_terminal(void *name)
{
	return open(name, O_RDWR) < 0 ? errno : 0;
}

static int watch(struct console_link *link, struct error *err)
{
	struct program *p = link->state;
	int rc;

	p->process = pidfd_open(p->pid, 0);
	if (p->process < 0)
		return error_errno(err, "cannot watch a program");
	rc = sd_event_add_io(link->event, &p->errors_io, p->errors, EPOLLIN,
			     on_errors, link);
	if (rc >= 0)
		rc = sd_event_add_io(link->event, &p->process_io, p->process,
				     EPOLLIN, on_process, link);
	if (rc >= 0)
		rc = sd_event_source_set_priority(p->process_io,
						  SD_EVENT_PRIORITY_IDLE);
	if (rc >= 0 && p->terminal >= 0)
		rc = sd_event_add_io(link->event, &p->terminal_io,
				     p->terminal, EPOLLIN, on_terminal, link);
	if (rc >= 0)
		return 0;
	errno = -rc;
	return error_errno(err, "cannot watch a program");
}

static int start(struct console_link *link,
		 const struct console_command *command, struct error *err)
{
	struct program *p = link->state;
	AUTO_CLOSE int theirs = -1, errors = -1;
	struct proc_spec spec = {
		.argv = command->argv, .env = command->env, .session = true,
		.die_with_parent = true,
	};
	char terminal[64];
	int pair[2], pipes[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, "cannot make a socket");
	link->fd = pair[0];
	theirs = pair[1];
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	p->errors = pipes[0];
	errors = pipes[1];
	/* ours only: few programs expect a stdin that does not block */
	if (fcntl(link->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(p->errors, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, "cannot set up a socket");
	if (command->password) {
		if (open_terminal(p, terminal, sizeof(terminal), err) < 0)
			return -1;
		spec.before_exec = take_terminal;
		spec.before_exec_arg = terminal;
	}
	if (command->password_by_stdin)
		p->answer = fcntl(link->fd, F_DUPFD_CLOEXEC, 3);
	spec.in = spec.out = theirs;
	spec.error = errors;
	p->pid = proc_spawn(&spec, err);
	return p->pid < 0 ? -1 : watch(link, err);
}

int console_program_open(struct console_link *link,
			 const struct console_command *command,
			 struct error *err)
{
	struct program *p = xcalloc(1, sizeof(*p));

	*p = (struct program){
		.errors = -1, .terminal = -1, .slave = -1, .process = -1,
		.answer = -1,
		.words = STRBUF_INIT, .prompt = STRBUF_INIT,
		.gone = command->gone, .line = STRBUF_INIT,
		.name = xstrdup(command->name ? command->name :
				command->argv[0]),
		.password = xstrdup(command->password),
	};
	link->state = p;
	link->unsure = p->gone;
	return start(link, command, err);
}

int console_program_log_in(struct console_link *link,
			   const struct console_command *command,
			   struct error *err)
{
	const struct strvec *args = &link->source->args;
	struct console_command with = *command;
	AUTO_STRBUF password = STRBUF_INIT;
	int rc;

	with.password = NULL;
	if (argument_get(args, "password")) {
		if (argument_secret(args, "password", &password, err) < 0)
			return -1;
		with.password = password.buf;
	}
	rc = console_program_open(link, &with, err);
	explicit_bzero(password.buf, password.len);
	return rc;
}

void console_program_close(struct console_link *link)
{
	struct program *p = link->state;

	if (!p)
		return;
	sd_event_source_disable_unref(p->errors_io);
	sd_event_source_disable_unref(p->terminal_io);
	sd_event_source_disable_unref(p->process_io);
	if (p->pid > 0)
		proc_stop(p->pid, STOP_GRACE_MS);
	close_descriptor(&p->errors);
	close_descriptor(&p->terminal);
	close_descriptor(&p->slave);
	close_descriptor(&p->answer);
	close_descriptor(&p->process);
	strbuf_release(&p->words);
	strbuf_release(&p->prompt);
	strbuf_release(&p->line);
	if (p->password)
		explicit_bzero(p->password, strlen(p->password));
	free(p->password);
	free(p->name);
	free(p);
	link->state = NULL;
}
