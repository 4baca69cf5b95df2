/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a host boots from: templates, PXE and DHCP files, web space, tars. */
#include "tests/unit/boot-fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <stdio.h>

#include "base/proc.h"
#include "boot/dhcp.h"
#include "boot/handover.h"
#include "boot/overlay.h"
#include "boot/pxe.h"
#include "boot/template.h"

static const char *runvar(const char *name, void *arg)
{
	return strcmp(name, "arch") == 0 ? arg : NULL;
}

static const char *no_runvar(const char *name, void *arg)
{
	(void)arg;
	return strcmp(name, "") == 0 ? "never" : NULL;
}

/* ---- templates ---------------------------------------------------------- */

static void assert_expands(const char *text, const char *wanted)
{
	AUTO_STRBUF sb = STRBUF_INIT;

	assert_int_equal(template_expand(text, &host, runvar, (void *)"amd64",
					 &sb, &err), 0);
	assert_string_equal(sb.buf, wanted);
}

static void test_template_expand(void **state)
{
	AUTO_STRBUF sb = STRBUF_INIT;

	(void)state;
	assert_expands("", "");
	assert_expands("plain", "plain");
	assert_expands("01-%etherhyph%", "01-52-54-00-12-34-5f");
	assert_expands("%ipaddrhex%", "C000020E");
	assert_expands("%name%/%ipaddr%.%ether%-%arch%x",
		       "iron1/192.0.2.14.52:54:00:12:34:5f-amd64x");
	strbuf_addstr(&sb, "before");
	assert_int_equal(template_expand("%name%%nothing%", &host, runvar,
					 NULL, &sb, &err), 1);
	assert_int_equal(template_expand("%nothing%", &host, NULL, NULL, &sb,
					 &err), 1);
	assert_string_equal(sb.buf, "before");
	assert_error(template_expand("50%", &host, runvar, NULL, &sb, &err),
		     ERROR_USAGE, "template '50%' has a single '%'");
	assert_error(template_expand("%name%x%", &host, runvar, NULL, &sb,
				     &err), ERROR_USAGE, "a single '%'");
	assert_string_equal(sb.buf, "before");
	assert_int_equal(template_expand("%%", &host, no_runvar, NULL, &sb,
					 &err), 0);
}

/* A value is part of a name, whoever wrote it. */
static void test_template_values_stay_in_folder(void **state)
{
	static const char *const bad[] = {
		"../x", "/etc", "a/../../b", "..", ".", ".hidden", "a\nb",
		"a/b",
	};
	AUTO_STRBUF sb = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_error(template_expand("%arch%", &host, runvar,
					     (void *)bad[i], &sb, &err),
			     ERROR_USAGE, "template '%arch%': %arch% is '");
		assert_has(err.text, "which cannot be part of a file name");
	}
	assert_int_equal(sb.len, 0);
}

static void test_template_choose(void **state)
{
	AUTO_STRBUF sb = STRBUF_INIT;
	const char *usual = "%ipaddrhex% 01-%etherhyph%";

	(void)state;
	assert_int_equal(template_choose(usual, &host, NULL, NULL, &sb, &err),
			 0);
	assert_string_equal(sb.buf, "C000020E");
	strbuf_clear(&sb);
	free_pointer(&host.address);
	host.address = xstrdup("not an address");
	assert_int_equal(template_choose(usual, &host, NULL, NULL, &sb, &err),
			 0);
	assert_string_equal(sb.buf, "01-52-54-00-12-34-5f");
	strbuf_clear(&sb);
	free_pointer(&host.ether);
	host.ether = NULL;
	assert_error(template_choose(usual, &host, NULL, NULL, &sb, &err),
		     ERROR_USAGE, "host iron1 has no boot file name: every one "
		     "of '%ipaddrhex% 01-%etherhyph%' needs a property");
	assert_error(template_choose(" ", &host, NULL, NULL, &sb, &err),
		     ERROR_USAGE, "no boot file name");
	assert_int_equal(sb.len, 0);
}

/* ---- PXE ---------------------------------------------------------------- */

static const struct pxe_boot boot = {
	.kernel_url = "http://192.0.2.1/k/vmlinuz",
	.initrd_url = "http://192.0.2.1/k/initrd.img",
	.append = "quiet console=ttyS0",
};

static void test_pxe_bios(void **state)
{
	const char *path = "state/services/tftp/pxelinux.cfg/C000020E";

	(void)state;
	assert_int_equal(pxe_write_boot(&host, &boot, &err), 0);
	assert_string_equal(text_of(path),
			    "serial 0 115200\ndefault ironbird\nprompt 0\n"
			    "timeout 0\nlabel ironbird\n"
			    "  kernel http://192.0.2.1/k/vmlinuz\n"
			    "  initrd http://192.0.2.1/k/initrd.img\n"
			    "  append quiet console=ttyS0 "
			    "BOOTIF=01-52-54-00-12-34-5f\n");
	assert_int_equal(mode_of(path), 0644);
	assert_int_equal(pxe_write_local(&host, &err), 0);
	assert_has(text_of(path), "localboot 0\n");
	set_prop("pxe-templates", "%name%-%arch% %name%/pxe");
	assert_int_equal(pxe_write_local(&host, &err), 0);
	assert_has(text_of("state/services/tftp/pxelinux.cfg/iron1/pxe"),
		   "localboot 0\n");
}

static void test_pxe_uefi(void **state)
{
	const char *path = "state/services/tftp/grub/"
		"grub.cfg-52:54:00:12:34:5f";

	(void)state;
	set_prop("firmware", "uefi");
	assert_int_equal(pxe_write_boot(&host, &boot, &err), 0);
	assert_string_equal(text_of(path),
			    "set timeout=0\n"
			    "linux (http,192.0.2.1)/k/vmlinuz quiet "
			    "console=ttyS0 BOOTIF=01-52-54-00-12-34-5f\n"
			    "initrd (http,192.0.2.1)/k/initrd.img\nboot\n");
	assert_int_equal(pxe_write_local(&host, &err), 0);
	assert_string_equal(text_of(path),
			    "configfile (tftp)/grub/local.cfg\n");
	assert_false(file_exists("state/services/tftp/pxelinux.cfg"));
	free_pointer(&host.ether);
	host.ether = xstrdup("../../x");
	assert_error(pxe_write_local(&host, &err), ERROR_USAGE,
		     "cannot be part of a file name");
	free_pointer(&host.ether);
	host.ether = NULL;
	assert_error(pxe_write_local(&host, &err), ERROR_USAGE,
		     "host iron1 has no property ether");
}

static void test_pxe_hostile(void **state)
{
	struct pxe_boot hostile = boot;
	AUTO_STRBUF console = STRBUF_INIT;

	(void)state;
	hostile.append = "quiet\nlabel other";
	assert_error(pxe_write_boot(&host, &hostile, &err), ERROR_USAGE,
		     "host iron1: a kernel command line cannot have a line");
	assert_false(file_exists("state/services/tftp"));
	pxe_console(&host, &console);
	assert_string_equal(console.buf, "ttyS0,115200");
	strbuf_clear(&console);
	settings("Baud 9600\n");
	set_prop("linux-serial-console", "ttyS1");
	pxe_console(&host, &console);
	assert_string_equal(console.buf, "ttyS1,9600");
}

/* ---- DHCP --------------------------------------------------------------- */

static void test_dhcp(void **state)
{
	static const char *const bad[] = {
		"", "52:54:00:12:34:5", "52:54:00:12:34:5:",
		"525400123456:::::", "52-54-00-12-34-56",
		"52:54:00:12:34:56,x", "::::::::::::::::g",
	};
	const char *path = "state/services/dhcp-hosts/iron1";
	struct site none = { .dir = NULL };

	(void)state;
	assert_int_equal(dhcp_write_machine(&host.site, "iron1", host.ether,
					    host.address, &err), 0);
	assert_string_equal(text_of(path),
			    "52:54:00:12:34:5f,192.0.2.14,iron1,1h\n");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_error(dhcp_write_machine(&host.site, "iron2", bad[i],
						"192.0.2.3", &err),
			     ERROR_USAGE, "machine iron2: ether '");
	assert_error(dhcp_write_machine(&host.site, "iron2", host.ether,
					"192.0.2.3,x", &err), ERROR_USAGE,
		     "address '192.0.2.3,x' is malformed");
	assert_error(dhcp_write_machine(&host.site, "../x", host.ether,
					"192.0.2.3", &err), ERROR_USAGE,
		     "'../x' cannot be the name of a machine");
	assert_int_equal(dhcp_write_machine(&none, "iron1", "", "", &err), 0);
}

/* ---- hand-over folders and the web space -------------------------------- */

static int count_entries(const char *path)
{
	struct dirent *entry;
	DIR *d = opendir(path);
	int n = 0;

	while (d && (entry = readdir(d)))
		n += entry->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void assert_file_in(const struct handover *handover, const char *name,
			   const char *wanted)
{
	AUTO_FREE char *path = xasprintf("%s/%s", handover->dir, name);

	assert_string_equal(text_of(path), wanted);
}

static void test_handover(void **state)
{
	static const char *const stages[] = { "stage/disk", "booted", NULL };
	const char *machine = "state/services/web/osstest/iron1";
	struct handover first, second, found;
	struct stat st;

	(void)state;
	assert_error(handover_find(&found, &host.site, "iron1", &err),
		     ERROR_USAGE, "iron1 was never installed from here");
	assert_int_equal(handover_create(&first, &host.site, "iron1", stages,
					 &err), 0);
	assert_file_in(&first, "stage/disk", "ok\n");
	assert_int_equal(stat(machine, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0711);	/* not to be listed */
	assert_true(str_starts(first.url,
			       "http://192.0.2.1/osstest/iron1/"));
	assert_true(str_ends(first.url, "/"));
	assert_string_equal(first.path, first.url + strlen("http://192.0.2.1"));
	assert_int_equal(strlen(first.path), strlen("/osstest/iron1/") + 25);
	assert_int_equal(handover_add(&first, "key", "secret", 6, &err), 0);
	assert_int_equal(handover_create(&second, &host.site, "iron1", stages,
					 &err), 0);
	assert_string_not_equal(first.dir, second.dir);
	assert_false(file_exists(first.dir));
	assert_int_equal(count_entries(machine), 1);
	assert_file_in(&second, "booted", "ok\n");
	assert_int_equal(handover_find(&found, &host.site, "iron1", &err), 0);
	assert_string_equal(found.dir, second.dir);
	assert_string_equal(found.url, second.url);
	assert_string_equal(found.path, second.path);
	handover_release(&found);
	handover_release(&second);
	handover_release(&first);
}

static void test_handover_names(void **state)
{
	static const char *const stages[] = { "booted", NULL };
	struct handover handover;

	(void)state;
	put("state/services/web/osstest/images/x", "kept");
	put("state/services/web/index", "kept");
	assert_error(handover_create(&handover, &host.site, "images", stages,
				     &err), ERROR_USAGE,
		     "a host or guest cannot be called 'images'");
	assert_error(handover_create(&handover, &host.site, "..", stages,
				     &err), ERROR_USAGE,
		     "'..' cannot be the name of a machine");
	assert_error(handover_create(&handover, &host.site, "", stages, &err),
		     ERROR_USAGE, "'' cannot be the name of a machine");
	assert_error(handover_find(&handover, &host.site, "a/b", &err),
		     ERROR_USAGE, "'a/b' cannot be the name of a machine");
	assert_string_equal(text_of("state/services/web/osstest/images/x"),
			    "kept");
	assert_string_equal(text_of("state/services/web/index"), "kept");
}

static void test_web_publish(void **state)
{
	const char *folder = "state/services/web/osstest/images/key1";
	const char *to = "state/services/web/osstest/images/key1/vmlinuz";
	char *url = NULL;
	struct stat a, b;

	(void)state;
	put("cache/vmlinuz", "kernel");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(web_publish_file(&host.site, "key1",
						  "cache/vmlinuz", &url,
						  &err), 0);
		assert_string_equal(url, "http://192.0.2.1/osstest/images/"
				    "key1/vmlinuz");
		free_pointer(&url);
	}
	assert_int_equal(stat("cache/vmlinuz", &a), 0);
	assert_int_equal(stat(to, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	put("cache/vmlinuz", "kernel two");
	assert_string_equal(text_of(to), "kernel");
	assert_int_equal(web_publish_file(&host.site, "key1", "cache/vmlinuz",
					  &url, &err), 0);
	free_pointer(&url);
	assert_string_equal(text_of(to), "kernel two");
	assert_int_equal(count_entries(folder), 1);
	assert_error(web_publish_file(&host.site, "key1", "cache/none", &url,
				      &err), ERROR_BROKEN,
		     "cache/none is not there");
}

/* ---- overlays ----------------------------------------------------------- */

/* "path mode uid size content" of the next entry, with libarchive. */
static void assert_next(struct archive *archive, const char *wanted)
{
	struct archive_entry *entry;
	char data[200] = "", line[600];
	const char *link;

	assert_int_equal(archive_read_next_header(archive, &entry),
			 ARCHIVE_OK);
	assert_true(archive_read_data(archive, data, sizeof(data) - 1) >= 0);
	link = archive_entry_symlink(entry);
	snprintf(line, sizeof(line), "%s %o %d %d %s",
		 archive_entry_pathname(entry), archive_entry_perm(entry),
		 (int)archive_entry_uid(entry), (int)archive_entry_size(entry),
		 link ? link : data);
	assert_string_equal(line, wanted);
}

static void assert_tar_lists(const char *path, const char *wanted)
{
	char *argv[] = { (char *)"tar", (char *)"tf", (char *)path, NULL };
	struct proc_spec spec = { .argv = argv, .limit_ms = 30000 };
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	if (proc_run(&spec, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(result.status, 0);
	assert_string_equal(result.output.buf, wanted);
}

static void test_overlay(void **state)
{
	struct overlay *overlay = overlay_new(NULL);
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;

	(void)state;
	put_mode("local/root/run", "#!/bin/sh\n", 0755);
	assert_int_equal(symlink("../run", "local/root/link"), 0);
	overlay_addf(overlay, "etc/hostname", 0644, "%s\n", "iron1");
	overlay_add(overlay, "etc/key", 0600, "a\0b", 3);
	overlay_add(overlay, "etc/empty", 0644, "", 0);
	assert_int_equal(overlay_add_dir(overlay, "local/root", &err), 0);
	assert_int_equal(overlay_add_dir(overlay, "nowhere", &err), 0);
	assert_int_equal(overlay_publish(overlay, "out/files.tar", 0640,
					 &err), 0);
	overlay_free(overlay);
	assert_int_equal(mode_of("out/files.tar"), 0640);
	archive_read_support_format_tar(archive);
	assert_int_equal(archive_read_open_filename(archive, "out/files.tar",
						    10240), ARCHIVE_OK);
	assert_next(archive, "etc/hostname 644 0 6 iron1\n");
	assert_next(archive, "etc/key 600 0 3 a");
	assert_next(archive, "etc/empty 644 0 0 ");
	/* fts_open without a comparison: in any order */
	assert_int_equal(archive_read_next_header(archive, &entry),
			 ARCHIVE_OK);
	assert_int_equal(archive_read_next_header(archive, &entry),
			 ARCHIVE_OK);
	assert_int_equal(archive_read_next_header(archive, &entry),
			 ARCHIVE_EOF);
	archive_read_free(archive);
}

static void test_overlay_dir(void **state)
{
	struct overlay *overlay = overlay_new(NULL);
	struct archive *archive = archive_read_new();

	(void)state;
	put_mode("local/a/run", "#!/bin/sh\n", 0755);
	assert_int_equal(overlay_add_dir(overlay, "local/", &err), 0);
	assert_int_equal(remove("local/a/run"), 0);
	assert_int_equal(symlink("../run", "local/a/link"), 0);
	assert_int_equal(overlay_add_dir(overlay, "local", &err), 0);
	assert_int_equal(overlay_publish(overlay, "f.tar", 0644, &err), 0);
	overlay_free(overlay);
	assert_tar_lists("f.tar", "a/run\na/link\n");
	archive_read_support_format_tar(archive);
	assert_int_equal(archive_read_open_filename(archive, "f.tar", 10240),
			 ARCHIVE_OK);
	assert_next(archive, "a/run 755 0 10 #!/bin/sh\n");
	assert_next(archive, "a/link 777 0 0 ../run");
	archive_read_free(archive);
}

/* What does not fit is told, never left out in silence. */
static void test_overlay_that_fails(void **state)
{
	struct overlay *overlay = overlay_new(NULL);
	AUTO_FREE char *name = xcalloc(1, 301);

	(void)state;
	memset(name, 'n', 300);
	overlay_addf(overlay, "etc/hostname", 0644, "iron1\n");
	overlay_addf(overlay, name, 0644, "x");
	overlay_addf(overlay, "etc/hosts", 0644, "x\n");
	assert_error(overlay_publish(overlay, "f.tar", 0644, &err),
		     ERROR_USAGE, "cannot put the file nnnn");
	assert_false(file_exists("f.tar"));
	put("local/big", "");
	assert_int_equal(truncate("local/big", 17 << 20), 0);
	assert_error(overlay_add_dir(overlay, "local", &err), ERROR_USAGE,
		     "local/big is longer than the 16777216 bytes");
	overlay_free(overlay);
	overlay_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_template_expand),
		TEST(test_template_values_stay_in_folder),
		TEST(test_template_choose),
		TEST(test_pxe_bios),
		TEST(test_pxe_uefi),
		TEST(test_pxe_hostile),
		TEST(test_dhcp),
		TEST(test_handover),
		TEST(test_handover_names),
		TEST(test_web_publish),
		TEST(test_overlay),
		TEST(test_overlay_dir),
		TEST(test_overlay_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
