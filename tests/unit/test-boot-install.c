/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Things made once, ssh keys, and all that an installation publishes. */
#include "tests/unit/boot-fixture.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/proc.h"
#include "boot/cache.h"
#include "boot/image.h"
#include "boot/install.h"
#include "boot/keys.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define ENTRY "cache/thing-0123456789abcdef"
#define LONG_MS 60000

/* ---- the cache ---------------------------------------------------------- */

static struct cache_entry entry;

/* Runs the shell script, with the folder to fill as $1, as the builder. */
static int ensure(const char *script, bool fresh, int64_t limit_ms)
{
	char *argv[] = {
		(char *)"sh", (char *)"-euc", (char *)script, (char *)"sh",
		(char *)"{}", NULL
	};
	char *env[] = { (char *)"WORD=from env", NULL };
	AUTO_FREE char *root = xasprintf("%s/cache", dir);
	struct cache_spec spec = {
		.root = root, .name = "thing", .key = KEY, .argv = argv,
		.env = env, .limit_ms = limit_ms, .fresh = fresh,
	};

	return cache_ensure(&spec, &entry, &err);
}

static const char good_builder[] =
	"echo begun >>count\n"
	"echo \"word=$WORD\" >\"$1/data\"\n"
	"printf 'a=1\\nb=x=y\\nempty=\\n' >\"$1/manifest\"\n";

/* The names in the folder, sorted, with spaces between them. */
static const char *names_in(const char *path)
{
	static char text[1000];
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *joined = NULL;
	struct dirent *e;
	DIR *d = opendir(path);

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			strvec_push(&names, e->d_name);
	if (d)
		closedir(d);
	strvec_sort(&names);
	joined = strvec_join(&names, " ");
	snprintf(text, sizeof(text), "%s", joined);
	return text;
}

static void test_cache(void **state)
{
	const char *value;

	(void)state;
	assert_int_equal(ensure(good_builder, false, LONG_MS), 0);
	assert_true(entry.made);
	assert_string_equal(entry.key, "thing-0123456789abcdef");
	assert_string_equal(text_of(ENTRY "/data"), "word=from env\n");
	assert_string_equal(cache_value(&entry, "a"), "1");
	assert_string_equal(cache_value(&entry, "b"), "x=y");
	assert_string_equal(cache_value(&entry, "empty"), "");
	assert_int_equal(cache_need(&entry, "b", &value, &err), 0);
	assert_error(cache_need(&entry, "wor", &value, &err), ERROR_BROKEN,
		     "/manifest has no line wor=; remove the folder");
	cache_entry_release(&entry);
	assert_int_equal(ensure("exit 9", false, LONG_MS), 0);
	assert_false(entry.made);
	cache_entry_release(&entry);
	assert_int_equal(ensure(good_builder, true, LONG_MS), 0);
	assert_true(entry.made);
	cache_entry_release(&entry);
	assert_string_equal(text_of("count"), "begun\nbegun\n");
}

static void test_cache_builder_fails(void **state)
{
	const char *log = ENTRY ".log";

	(void)state;
	assert_error(ensure("touch \"$1/half\" \"$1/manifest\"; echo one\n"
			    "echo 'no space left' >&2; exit 3", false,
			    LONG_MS), ERROR_BROKEN,
		     "making thing failed with status 3: no space left "
		     "(all of it: ");
	assert_has(err.text, log);
	assert_string_equal(text_of(log), "one\nno space left\n");
	assert_string_equal(names_in("cache"), "thing-0123456789abcdef.lock "
			    "thing-0123456789abcdef.log");
	assert_error(ensure("exit 1", false, LONG_MS), ERROR_BROKEN,
		     "status 1: it printed nothing (all of it: ");
	assert_error(ensure("echo slow; exec sleep 300", false, 1000),
		     ERROR_BROKEN, "did not end within 1.0 s and was killed");
	assert_has(err.text, log);
	assert_string_equal(text_of(log), "slow\n");
	assert_error(ensure("echo done", false, LONG_MS), ERROR_BROKEN,
		     "making thing left no manifest in ");
	assert_false(file_exists(ENTRY));
	/* what was there stays when its remaking fails */
	assert_int_equal(ensure(good_builder, false, LONG_MS), 0);
	cache_entry_release(&entry);
	assert_error(ensure("exit 1", true, LONG_MS), ERROR_BROKEN, "status");
	assert_int_equal(ensure("exit 1", false, LONG_MS), 0);
	assert_false(entry.made);
	cache_entry_release(&entry);
}

static void test_cache_is_made_once(void **state)
{
	pid_t pids[4];
	int wstatus, made = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(ensure("echo begun >>count; sleep 0.2\n"
				     "echo a=1 >\"$1/manifest\"", false,
				     LONG_MS) < 0 ? 1 : entry.made ? 11 : 10);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		assert_int_equal(waitpid(pids[i], &wstatus, 0), pids[i]);
		assert_in_range(WEXITSTATUS(wstatus), 10, 11);
		made += WEXITSTATUS(wstatus) == 11;
	}
	assert_int_equal(made, 1);
	assert_string_equal(text_of("count"), "begun\n");
}

/* Somebody else's builder does not stay to write where the next one does. */
static void test_cache_survives_a_kill(void **state)
{
	int64_t deadline = clock_mono_ms() + LONG_MS;
	pid_t builder = 0, pid = fork();
	int wstatus;

	(void)state;
	if (pid == 0)
		_exit(ensure("touch \"$1/half\"; echo $$ >pid.new\n"
			     "mv pid.new pid; exec sleep 300", false,
			     LONG_MS) == 0);
	while (!file_exists("pid") && clock_mono_ms() < deadline)
		;
	builder = atoi(text_of("pid"));
	assert_true(builder > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &wstatus, 0), pid);
	assert_int_equal(ensure(good_builder, false, LONG_MS), 0);
	cache_entry_release(&entry);
	assert_string_equal(names_in(ENTRY), "data manifest");
	while (proc_start_time(builder) && clock_mono_ms() < deadline &&
	       kill(builder, 0) == 0) {
		AUTO_FREE char *path = xasprintf("/proc/%d/stat", builder);

		if (strstr(text_of(path), ") Z "))
			break;
	}
	assert_true(clock_mono_ms() < deadline);
}

/* ---- keys --------------------------------------------------------------- */

/* The public key that belongs to a private one, as ssh-keygen says. */
static void assert_belongs(const char *private_path, const char *public_key)
{
	char *argv[] = {
		(char *)"ssh-keygen", (char *)"-y", (char *)"-f",
		(char *)private_path, NULL
	};
	struct proc_spec spec = { .argv = argv, .limit_ms = LONG_MS };
	AUTO_PROC_RESULT result = { .output = STRBUF_INIT };

	if (proc_run(&spec, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(result.status, 0);
	assert_true(str_starts(public_key, "ssh-ed25519 AAAA"));
	assert_true(str_starts(result.output.buf, public_key));
}

static void test_keys_of_host(void **state)
{
	AUTO_STRBUF private_key = STRBUF_INIT, again = STRBUF_INIT;
	AUTO_STRBUF public_key = STRBUF_INIT, other = STRBUF_INIT;

	(void)state;
	assert_int_equal(keys_of_host(config, "iron1", &private_key,
				      &public_key, &err), 0);
	assert_int_equal(keys_of_host(config, "iron1", NULL, &again, &err), 0);
	assert_int_equal(keys_of_host(config, "iron2", NULL, &other, &err), 0);
	assert_string_equal(public_key.buf, again.buf);
	assert_string_not_equal(public_key.buf, other.buf);
	assert_null(strchr(public_key.buf, '\n'));
	assert_int_equal(mode_of("state/keys/hosts"), 0700);
	assert_int_equal(mode_of("state/keys/hosts/iron1"), 0600);
	assert_belongs("state/keys/hosts/iron1", public_key.buf);
	assert_string_equal(private_key.buf,
			    text_of("state/keys/hosts/iron1"));
	assert_error(keys_of_host(config, "iron1.pub", NULL, &other, &err),
		     ERROR_USAGE, "host iron1.pub cannot have a key");
	assert_error(keys_of_host(config, "../login", NULL, &other, &err),
		     ERROR_USAGE, "'../login' cannot be the name of a host");
}

static void test_keys_concurrently(void **state)
{
	AUTO_STRBUF first = STRBUF_INIT;
	pid_t pids[8];
	int wstatus;

	(void)state;
	/* as after a controller that was killed in the middle */
	put("state/keys/hosts/iron1~new", "half");
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		AUTO_STRBUF key = STRBUF_INIT;
		AUTO_FREE char *to = xasprintf("%s/key%zu", dir, i);

		pids[i] = fork();
		if (pids[i] == 0)
			_exit(keys_of_host(config, "iron1", NULL, &key,
					   &err) < 0 ||
			      file_publish(to, key.buf, key.len, 0644,
					   &err) < 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		assert_int_equal(waitpid(pids[i], &wstatus, 0), pids[i]);
		assert_int_equal(wstatus, 0);
	}
	strbuf_addstr(&first, text_of("key0"));
	assert_belongs("state/keys/hosts/iron1", first.buf);
	for (size_t i = 1; i < ARRAY_SIZE(pids); i++) {
		AUTO_FREE char *path = xasprintf("key%zu", i);

		assert_string_equal(text_of(path), first.buf);
	}
}

static void test_keys_to_log_in(void **state)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_FREE char *path = NULL, *again = NULL;

	(void)state;
	settings("AuthorizedKeysFiles more.pub\n"
		 "AuthorizedKeysAppend ssh-ed25519 APPENDED me\n");
	assert_int_equal(keys_login(config, &path, &err), 0);
	assert_int_equal(keys_login(config, &again, &err), 0);
	assert_string_equal(path, again);
	assert_true(str_ends(path, "/state/keys/login/id_ed25519"));
	assert_int_equal(mode_of(path), 0600);
	assert_error(keys_authorized(config, &text, &err), ERROR_BROKEN,
		     "AuthorizedKeysFiles: cannot open ");
	put("more.pub", "ssh-ed25519 MORE you");
	strbuf_clear(&text);
	assert_int_equal(keys_authorized(config, &text, &err), 0);
	assert_true(str_starts(text.buf, "ssh-ed25519 AAAA"));
	assert_has(text.buf, " ironbird\nssh-ed25519 MORE you\n"
		   "ssh-ed25519 APPENDED me\n");
	settings("TestHostKeypairPath mine\n");
	free_pointer(&again);
	again = NULL;
	assert_error(keys_login(config, &again, &err), ERROR_USAGE,
		     "standalone.config:4: the key ");
	assert_has(err.text, "of TestHostKeypairPath is not there");
	put("mine", "x");
	assert_int_equal(keys_login(config, &again, &err), 0);
	assert_true(str_ends(again, "/mine"));
}

/* ---- installing --------------------------------------------------------- */

/* A share folder with small images and a builder of them. */
static void put_images(void)
{
	put_mode("host-images/build",
		 "#!/bin/sh\nset -eu\necho \"$1 $IRONBIRD_SUITE$IRONBIRD_FIRMWARE\" >>built\n"
		 "echo \"$1\" | tee \"$2/vmlinuz\" \"$2/initrd.img\" "
		 "\"$2/root.ext4.zst\"\n"
		 "printf 'image_bytes=7\\nimage_sha256=aa\\n"
		 "image_zst_bytes=3\\nimage_zst_sha256=bb\\n' >\"$2/manifest\"\n", 0755);
	put("host-images/debian-host.image", "x");
	put("host-images/debian-guest.image", "x");
	put("host-images/installer.image", "x");
	put("host-images/README", "x");
}

static void test_images(void **state)
{
	struct cache_entry image;
	AUTO_STRVEC names = STRVEC_INIT;

	(void)state;
	assert_error(image_is_made(config, "installer", &err), ERROR_BROKEN,
		     "cannot read the folder ");
	put_images();
	settings("GuestDebianSuite trixie\n");
	assert_int_equal(image_names(&names, &err), 0);
	assert_int_equal(names.count, 3);
	assert_error(image_ensure(config, "debian-hots", false, &image, &err),
		     ERROR_USAGE, "there is no image 'debian-hots' (did you "
		     "mean 'debian-host'?)");
	assert_error(image_ensure(config, "../x", false, &image, &err),
		     ERROR_USAGE, "cannot be the name of an image");
	assert_int_equal(image_is_made(config, "debian-guest", &err), 0);
	assert_int_equal(image_ensure(config, "debian-guest", false, &image,
				      &err), 0);
	cache_entry_release(&image);
	assert_int_equal(image_is_made(config, "debian-guest", &err), 1);
	put("host-images/debian-host.image", "changed");
	assert_int_equal(image_is_made(config, "debian-guest", &err), 1);
	settings("");	/* another suite: another image */
	assert_int_equal(image_is_made(config, "debian-guest", &err), 0);
	put("host-images/sources", "changed");
	assert_int_equal(image_ensure(config, "debian-guest", false, &image,
				      &err), 0);
	assert_true(image.made);
	cache_entry_release(&image);
	assert_string_equal(text_of("built"),
			    "debian-guest trixie\ndebian-guest bookworm\n");
}

static void test_firmware(void **state)
{
	struct cache_entry image;

	(void)state;
	put_images();
	settings("DebianNonfreeFirmware firmware-bnx2 intel-microcode\n");
	assert_int_equal(image_ensure(config, "debian-host", false, &image,
				      &err), 0);
	cache_entry_release(&image);
	assert_string_equal(text_of("built"), "debian-host bookworm"
			    "firmware-bnx2 intel-microcode\n");
	assert_int_equal(image_ensure(config, "debian-guest", false, &image,
				      &err), 0);
	cache_entry_release(&image);
	settings("");	/* other firmware: another image, but no other guest */
	assert_int_equal(image_is_made(config, "debian-host", &err), 0);
	assert_int_equal(image_is_made(config, "debian-guest", &err), 1);
	settings("DebianNonfreeFirmware ../x\n");
	assert_error(image_is_made(config, "debian-host", &err), ERROR_USAGE,
		     "'../x' cannot be the name of a firmware package");
}

static void test_install_image(void **state)
{
	struct install_plan plan;
	AUTO_FREE char *orders = NULL, *files = NULL, *expected = NULL;

	(void)state;
	put_images();
	set_prop("disk-device", "/dev/vda");
	set_prop("install-append", "more=1");
	set_prop("linux-boot-append", "noapic");
	set_prop("rootdelay", "20");
	if (install_publish(config, &host, &plan, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(plan.method->name, "image");
	assert_string_equal(plan.disk, "/dev/vda");
	assert_true(str_starts(plan.kernel_url, "http://192.0.2.1/osstest/"
			       "images/installer-"));
	assert_true(str_ends(plan.initrd_url, "/initrd.img"));
	expected = xasprintf("ironbird.orders=%sorders console=tty0 "
			     "console=ttyS0,115200 panic=30 quiet loglevel=4 "
			     "more=1", plan.handover.url);
	assert_string_equal(plan.append, expected);
	orders = xasprintf("%s/orders", plan.handover.dir);
	files = xasprintf("%s/files.tar", plan.handover.dir);
	assert_has(text_of(orders), "version=1\nhost=iron1\ndisk=/dev/vda\n");
	assert_has(text_of(orders), "\nimage_bytes=7\nimage_sha256=aa\n");
	assert_has(text_of(orders), "/root.ext4.zst\n");
	assert_has(text_of(orders), "\nkernel_append=rootdelay=20 noapic\n");
	assert_has(text_of(orders), "/files.tar\nstages=http://192.0.2.1/");
	assert_string_equal(names_in(plan.handover.dir),
			    "booted bootloader disk failed files files.tar "
			    "image installed orders");
	assert_has(text_of(files), "etc/hostname");
	assert_string_equal(text_of("built"), "debian-host bookworm\n"
			    "installer bookworm\n");
	install_plan_release(&plan);
}

static void test_install_refused(void **state)
{
	struct install_plan plan;

	(void)state;
	put_images();
	assert_error(install_publish(config, &host, &plan, &err), ERROR_USAGE,
		     "host iron1: no disk may be wiped, because its property "
		     "disk-device is not set (HostProp_iron1_DiskDevice "
		     "/dev/...)");
	set_prop("disk-device", "/dev/vda");
	set_prop("install-method", "imgae");
	assert_error(install_publish(config, &host, &plan, &err), ERROR_USAGE,
		     "host iron1: there is no install-method 'imgae' (did you "
		     "mean 'image'?)");
	assert_false(file_exists("state/services/web"));
	assert_false(file_exists("built"));
}

static void test_install_debian(void **state)
{
	struct install_plan plan;
	AUTO_FREE char *path = NULL;
	int rc;

	(void)state;
	put("host-images/debian-host/overlay/usr/local/sbin/ironbird-booted",
	    "x");
	put("host-images/debian-host/overlay/etc/systemd/system/"
	    "ironbird-booted.service", "x");
	settings("DebianMirrorHost mirror.example.com\n"
		 "DebianNonfreeFirmware firmware-bnx2\nDebianPreseed= <<'E'\n"
		 "d-i my/answer string 1\nE\n");
	set_prop("disk-device", "/dev/sda");
	set_prop("install-method", "debian-installer");
	set_prop("interface force", "eth1");
	set_prop("ntp-server", "ntp.example.com");
	rc = install_publish(config, &host, &plan, &err);
	if (rc < 0) {	/* the package is not installed here */
		assert_error(rc, ERROR_BROKEN, "apt-get install "
			     "debian-installer-12-netboot-amd64");
		skip();
	}
	path = xasprintf("%s/preseed", plan.handover.dir);
	assert_has(text_of(path), "mirror/http/hostname string "
		   "mirror.example.com\n");
	assert_has(text_of(path), "partman-auto/disk string /dev/sda\n");
	assert_has(text_of(path), "apt-setup/non-free-firmware boolean true\n");
	assert_has(text_of(path), "bridge-utils firmware-bnx2\n");
	assert_has(text_of(path), "d-i my/answer string 1\n");
	assert_has(strstr(text_of(path), "clock-setup/ntp boolean false\n"),
		   "d-i clock-setup/ntp boolean true\n"
		   "d-i clock-setup/ntp-server string ntp.example.com\n");
	assert_has(plan.append, "url=http://192.0.2.1/osstest/iron1/");
	assert_has(plan.append, " netcfg/choose_interface=eth1 ");
	assert_has(plan.kernel_url, "/images/debian-installer/linux");
	install_plan_release(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_cache),
		TEST(test_cache_builder_fails),
		TEST(test_cache_is_made_once),
		TEST(test_cache_survives_a_kill),
		TEST(test_keys_of_host),
		TEST(test_keys_concurrently),
		TEST(test_keys_to_log_in),
		TEST(test_images),
		TEST(test_firmware),
		TEST(test_install_image),
		TEST(test_install_refused),
		TEST(test_install_debian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
