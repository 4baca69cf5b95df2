/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Toolstacks: the table, and libvirt's scripts on a libvirtd of this test's
 * own, with libvirt's test driver: its guest is called "test".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/proc.h"
#include "base/wait.h"
#include "ts/toolstack.h"

#define SCRIPT_LIMIT_MS 60000

static char dir[] = "/tmp/ironbird-test-toolstack-XXXXXX";
static pid_t libvirtd;

/*
 * What is called as virsh speaks to that libvirtd, whatever URI it is given.
 * virsh waits for ever for a save that was over before it began to wait
 * (libvirt 9.0: g_main_loop_quit() comes before g_main_loop_run()), which only
 * this driver's are: then the guest's state tells.
 */
static const char virsh_script[] =
	"#!/bin/sh\n"
	"[ \"$1 $2 $3\" = '-q -c xen:///system' ] || exit 99\n"
	"shift 3\n"
	"set -- -c \"test+unix:///default?socket=$LIBVIRT/libvirt-sock\" "
	"\"$@\"\n"
	"[ \"$3\" = save ] || exec /usr/bin/virsh -q \"$@\"\n"
	"timeout 5 /usr/bin/virsh -q \"$@\"\n"
	"status=$?\n"
	"[ $status -eq 124 ] || exit $status\n"
	"[ \"$(/usr/bin/virsh -q -c \"$2\" domstate \"$4\")\" = 'shut off' ]\n";

/* A virsh that stays keeps the driver's one world alive. */
static const char daemon_script[] =
	"cd \"$LIBVIRT\"\n"
	"printf '%s\\n' \"unix_sock_dir = \\\"$LIBVIRT\\\"\" "
	"'auth_unix_rw = \"none\"' 'auth_unix_ro = \"none\"' >conf\n"
	"unshare -m sh -c 'mount -t tmpfs none /run && "
	"LIBVIRT_DRIVER_DIR=$LIBVIRT exec libvirtd -f conf -p pid' &\n"
	"for i in $(seq 600); do\n"
	"bin/virsh -q -c xen:///system list >/dev/null 2>&1 && break\n"
	"sleep 0.1\n"
	"done\n"
	"mkfifo keep\n"
	"bin/virsh -q -c xen:///system <keep >/dev/null 2>&1 &\n"
	"exec 4>keep\n"
	"touch ready\n"
	"wait\n";

/* Its output without the last line's end; *status is what it ended with. */
static char *run(const char *script, const char *first, const char *second,
		 int *status)
{
	char *const argv[] = {
		(char *)"sh", (char *)"-euc", (char *)script, (char *)"sh",
		(char *)first, (char *)second, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .limit_ms = SCRIPT_LIMIT_MS,
	};
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };
	struct error err;

	if (proc_run(&spec, &result, &err) < 0)
		fail_msg("%s", err.text);
	*status = result.status;
	strbuf_rtrim(&result.output);
	return strbuf_detach(&result.output);
}

static void assert_output(const char *script, const char *first,
			  const char *second, const char *wanted)
{
	int status;
	AUTO_FREE char *out = run(script, first, second, &status);

	if (status != 0)
		fail_msg("'%s' ended with status %d: %s", script, status, out);
	assert_string_equal(out, wanted);
}

static void assert_does(const char *script, const char *first,
			const char *second)
{
	int status;
	AUTO_FREE char *out = run(script, first, second, &status);

	if (status != 0)
		fail_msg("'%s' ended with status %d: %s", script, status, out);
}

/* --- the table ------------------------------------------------------------ */

static void every_row_is_whole(void **state)
{
	(void)state;
	for (const struct toolstack *const *t = toolstacks; *t; t++) {
		const char *const needed[] = {
			(*t)->name, (*t)->program, (*t)->bundle, (*t)->create,
			(*t)->destroy, (*t)->shutdown, (*t)->save,
			(*t)->restore, (*t)->migrate, (*t)->receiver,
			(*t)->state, (*t)->domid, (*t)->list, (*t)->can_save,
			(*t)->can_migrate,
		};
		struct error err;

		for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
			assert_non_null(needed[i]);
		assert_ptr_equal(toolstack_find((*t)->name, &err), *t);
	}
}

static void assert_refused(const char *name, const char *sentence)
{
	struct error err = ERROR_INIT;

	assert_null(toolstack_find(name, &err));
	assert_int_equal(err.kind, ERROR_USAGE);
	assert_string_equal(err.text, sentence);
}

static void others_are_refused(void **state)
{
	(void)state;
	assert_refused("xend", "toolstack 'xend' is no part of Xen since 4.5; "
		       "toolstack 'xl' takes its configurations");
	assert_refused("xm", "toolstack 'xm' is no part of Xen since 4.5; "
		       "toolstack 'xl' takes its configurations");
	assert_refused("xapi", "there is no toolstack 'xapi'; there is: xl, "
		       "libvirt");
	assert_refused("", "there is no toolstack ''; there is: xl, libvirt");
}

/* --- xl ------------------------------------------------------------------- */

/* What xl prints on a host, and no host. */
static const char xl_script[] =
	"#!/bin/sh\n"
	"[ \"$*\" = list ] && [ -f xen ] || exit 1\n"
	"cat <<END\n"
	"Name                                        ID   Mem VCPUs\t"
	"State\tTime(s)\n"
	"Domain-0                                     0   512     2     "
	"r-----      48.9\n"
	"waits.guest                                  1   128     1     "
	"-b----       2.5\n"
	"ready.guest                                  2   128     1     "
	"------       0.1\n"
	"paused.guest                                 3   128     1     "
	"--p---       0.0\n"
	"down.guest                                   4     0     1     "
	"---s--       3.1\n"
	"crashed.guest                                5   128     1     "
	"---sc-       4.0\n"
	"dying.guest                                  6     0     0     "
	"-b---d       5.7\n"
	"END\n";

static void letters_are_words(void **state)
{
	const char *const words[][2] = {
		{ "Domain-0", "running" }, { "waits.guest", "running" },
		{ "ready.guest", "running" }, { "paused.guest", "paused" },
		{ "down.guest", "shutdown" }, { "crashed.guest", "crashed" },
		{ "dying.guest", "dying" }, { "absent.guest", "" },
		{ "guest", "" }, { "waits", "" },
	};
	int status;

	(void)state;
	assert_does("touch xen", NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_output(toolstack_xl.state, words[i][0], NULL,
			      words[i][1]);
	assert_output(toolstack_xl.list, NULL, NULL,
		      "Domain-0\nwaits.guest\nready.guest\npaused.guest\n"
		      "down.guest\ncrashed.guest\ndying.guest");
	assert_does("rm xen", NULL, NULL);
	free(run(toolstack_xl.state, "absent.guest", NULL, &status));
	assert_int_not_equal(status, 0);
}

/* --- libvirt -------------------------------------------------------------- */

static void a_guest_is_saved_and_restored(void **state)
{
	const struct toolstack *t = &toolstack_libvirt;
	AUTO_FREE char *image = xasprintf("%s/image", dir);

	(void)state;
	assert_output(t->list, NULL, NULL, "test");
	assert_output(t->state, "test", NULL, "running");
	assert_output(t->domid, "test", NULL, "1");
	assert_does(t->can_save, NULL, NULL);
	assert_does(t->can_migrate, NULL, NULL);

	assert_does(t->save, "test", image);
	/* defined, unlike what create makes */
	assert_output(t->state, "test", NULL, "shutdown");
	assert_does(t->restore, "test", image);
	assert_output(t->state, "test", NULL, "running");
	assert_output(t->domid, "test", NULL, "2");
}

static void a_guest_goes_away(void **state)
{
	const struct toolstack *t = &toolstack_libvirt;
	AUTO_FREE char *xml = xasprintf("%s/short.xml", dir);
	const char text[] =
		"<domain type='test'><name>short</name>"
		"<memory>1024</memory><os><type>hvm</type></os></domain>\n";
	int status;
	char *out;

	(void)state;
	assert_int_equal(file_publish(xml, text, strlen(text), 0644, NULL), 0);
	/* from what the converter wrote on */
	assert_does("bin/virsh -q -c xen:///system create \"$1\"", xml, NULL);
	assert_output(t->state, "short", NULL, "running");
	assert_does(t->destroy, "short", NULL);
	assert_output(t->state, "short", NULL, "");

	out = run(t->destroy, "short", NULL, &status);
	assert_int_equal(status, 1);
	assert_non_null(strstr(out, "failed to get domain 'short'"));
	free(out);
}

static void a_guest_shuts_down(void **state)
{
	const struct toolstack *t = &toolstack_libvirt;

	(void)state;
	assert_does(t->shutdown, "test", NULL);
	assert_output(t->state, "test", NULL, "shutdown");
}

/* A guest is not gone because nobody answers. */
static void silence_is_no_absence(void **state)
{
	int status;

	(void)state;
	proc_stop(libvirtd, 5000);
	libvirtd = 0;
	free(run(toolstack_libvirt.state, "test", NULL, &status));
	assert_int_not_equal(status, 0);
}

static enum wait_answer is_ready(void *arg, struct error *err)
{
	(void)err;
	return file_exists(arg) ? WAIT_DONE : WAIT_MORE;
}

static int set_up(void **state)
{
	AUTO_FREE char *bin = NULL, *virsh = NULL, *xl = NULL;
	AUTO_FREE char *path = NULL, *ready = NULL;
	char *const argv[] = {
		(char *)"sh", (char *)"-euc", (char *)daemon_script, NULL
	};
	const struct proc_spec spec = {
		.argv = argv, .die_with_parent = true,
	};
	struct wait_spec wait = {
		.what = "libvirtd is not ready", .limit_ms = 90000,
		.poll_ms = 50, .check = is_ready,
	};
	struct error err;

	(void)state;
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	bin = xasprintf("%s/bin", dir);
	virsh = xasprintf("%s/virsh", bin);
	xl = xasprintf("%s/xl", bin);
	path = xasprintf("%s:%s", bin, getenv("PATH"));
	ready = xasprintf("%s/ready", dir);
	setenv("LIBVIRT", dir, 1);
	setenv("PATH", path, 1);
	if (dir_make(bin, 0755, &err) < 0 ||
	    file_publish(virsh, virsh_script, strlen(virsh_script), 0755,
			 &err) < 0 ||
	    file_publish(xl, xl_script, strlen(xl_script), 0755, &err) < 0)
		return -1;
	libvirtd = proc_spawn(&spec, &err);
	wait.arg = ready;
	return libvirtd > 0 && wait_for(&wait, &err) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	if (libvirtd > 0)
		proc_stop(libvirtd, 5000);
	return chdir("/") < 0 ? -1 : dir_remove(dir, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(letters_are_words),
		cmocka_unit_test(a_guest_is_saved_and_restored),
		cmocka_unit_test(a_guest_goes_away),
		cmocka_unit_test(a_guest_shuts_down),
		cmocka_unit_test(silence_is_no_absence),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
