/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/names.h"
#include "boot/image.h"
#include "config/reads.h"

#define BUILD_LIMIT_MS (45 * 60 * 1000)
#define DEFINITION_SUFFIX ".image"
/* the fact's name (boot/inputs.h) for the bundle of the settings */
#define BUNDLE_FACT "hypervisor"

/* What every image depends on besides its own definition and folder. */
static const char *const builder_parts[] = { "build", "sources", "builders" };

int image_names(struct strvec *names, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/host-images", config_share_dir());
	AUTO_STRVEC files = STRVEC_INIT;

	if (dir_list(path, &files, err) < 0)
		return -1;
	for (size_t i = 0; i < files.count; i++) {
		size_t n = strlen(files.v[i]);

		if (str_ends(files.v[i], DEFINITION_SUFFIX))
			strvec_pushf(names, "%.*s",
				     (int)(n - strlen(DEFINITION_SUFFIX)),
				     files.v[i]);
	}
	strvec_sort(names);
	return 0;
}

static int check_known(const char *name, struct error *err)
{
	AUTO_STRVEC names = STRVEC_INIT;
	AUTO_FREE char *hint = NULL;

	if (name_check("image", name, err) < 0 || image_names(&names, err) < 0)
		return -1;
	if (strvec_has(&names, name))
		return 0;
	hint = name_hint(name, &names);
	return error_set(err, ERROR_USAGE, "there is no image '%s'%s", name,
			 hint);
}

/* Adds the hash of a file or folder, nothing when it is not there. */
static int add_hash(struct strbuf *all, const char *path, struct error *err)
{
	char hex[SHA256_HEX_SIZE];

	if (!file_exists(path))
		return 0;
	if (dir_sha256(path, hex, err) < 0)
		return -1;
	strbuf_addf(all, "%s\n", hex);
	return 0;
}

/* What an image is made of besides the files of its definition. */
struct ingredients {
	const char *suite;
	char *firmware;		/* packages, with blanks between them */
};

static int image_key(const char *name, const struct ingredients *in,
		     char hex[SHA256_HEX_SIZE], struct error *err)
{
	const char *share = config_share_dir();
	AUTO_STRBUF all = STRBUF_INIT;
	AUTO_STRVEC parts = STRVEC_INIT;

	strbuf_addf(&all, "%s\n%s\n%s", name, in->suite, in->firmware);
	for (size_t i = 0; i < ARRAY_SIZE(builder_parts); i++)
		strvec_push(&parts, builder_parts[i]);
	strvec_push(&parts, name);
	strvec_pushf(&parts, "%s" DEFINITION_SUFFIX, name);
	for (size_t i = 0; i < parts.count; i++) {
		AUTO_FREE char *path = xasprintf("%s/host-images/%s", share,
						 parts.v[i]);

		if (add_hash(&all, path, err) < 0)
			return -1;
	}
	data_sha256(all.buf, all.len, hex);
	return 0;
}

static const char *suite_of(const struct config *config, const char *name)
{
	const char *guest = config_get(config, "GuestDebianSuite");

	if (strstr(name, "guest") && guest && *guest)
		return guest;
	return config_get(config, "DebianSuite");
}

static int firmware_of(const struct config *config, const char *name,
		       char **firmware, struct error *err)
{
	const char *setting = config_get(config, "DebianNonfreeFirmware");
	AUTO_STRVEC packages = STRVEC_INIT;

	if (setting && !strstr(name, "guest"))
		strvec_split(&packages, setting, " \t\n");
	for (size_t i = 0; i < packages.count; i++)
		if (name_check("firmware package", packages.v[i], err) < 0)
			return -1;
	*firmware = strvec_join(&packages, " ");
	return 0;
}

/* What is done with an image or a bundle. */
struct use {
	bool fresh;
	struct cache_entry *entry;	/* made if it must be, or NULL: */
	char **identity;		/* told, or NULL: is it there? */
};

static int use(const struct use *how, const struct cache_spec *spec,
	       const char *kind, const char *name, struct error *err)
{
	AUTO_FREE char *identity = NULL;

	if (!how->entry && how->identity)
		*how->identity = cache_identity(spec);
	if (!how->entry)
		return how->identity ? 0 : cache_has(spec);
	if (cache_ensure(spec, how->entry, err) < 0)
		return -1;
	identity = cache_identity(spec);
	reads_go_on();
	reads_tell(kind, name, identity);
	reads_pause();
	return 0;
}

static int use_image_of(const struct config *config, const char *name,
			const struct ingredients *in, const struct use *how,
			struct error *err)
{
	AUTO_FREE char *build = xasprintf("%s/host-images/build",
					  config_share_dir());
	AUTO_FREE char *suite = xasprintf("IRONBIRD_SUITE=%s", in->suite);
	AUTO_FREE char *firmware = xasprintf("IRONBIRD_FIRMWARE=%s",
					     in->firmware);
	char *const argv[] = { build, (char *)name, (char *)"{}", NULL };
	char *const env[] = { suite, firmware, NULL };
	char key[SHA256_HEX_SIZE];
	const struct cache_spec spec = {
		.root = config_get(config, "ImageCache"), .name = name,
		.key = key, .argv = argv, .env = env,
		.limit_ms = BUILD_LIMIT_MS, .fresh = how->fresh,
	};

	if (check_known(name, err) < 0 || image_key(name, in, key, err) < 0)
		return -1;
	return use(how, &spec, "image", name, err);
}

/* What is read to find it is summed up by its identity. */
static int use_image(const struct config *config, const char *name,
		     const struct use *how, struct error *err)
{
	struct ingredients in = { .suite = NULL };
	int rc;

	reads_pause();
	in.suite = suite_of(config, name);
	rc = firmware_of(config, name, &in.firmware, err);
	if (rc == 0)
		rc = use_image_of(config, name, &in, how, err);
	reads_go_on();
	free(in.firmware);
	return rc;
}

int image_ensure(const struct config *config, const char *name, bool fresh,
		 struct cache_entry *image, struct error *err)
{
	return use_image(config, name, &(struct use){
			 .fresh = fresh, .entry = image }, err);
}

int image_is_made(const struct config *config, const char *name,
		  struct error *err)
{
	return use_image(config, name, &(struct use){ .fresh = false }, err);
}

int image_identity(const struct config *config, const char *name,
		   char **identity, struct error *err)
{
	return use_image(config, name, &(struct use){ .identity = identity },
			 err);
}

char *bundle_script(const char *name)
{
	return xasprintf("%s/hypervisor/%s", config_share_dir(), name);
}

/*
 * A bundle NAME-MORE is made on top of NAME: what that says matters too.
 */
static int add_definitions(struct strbuf *all, const char *bundle,
			   struct error *err)
{
	for (const char *dash = bundle; dash; ) {
		AUTO_FREE char *path = NULL;

		dash = strchr(dash + 1, '-');
		path = xasprintf("%s/hypervisor/%.*s.bundle",
				 config_share_dir(), dash ?
				 (int)(dash - bundle) : (int)strlen(bundle),
				 bundle);
		if (add_hash(all, path, err) < 0)
			return -1;
	}
	return 0;
}

static int bundle_key(const char *bundle, const char *suite, const char *pin,
		      const char *packages, char hex[SHA256_HEX_SIZE],
		      struct error *err)
{
	AUTO_FREE char *pack = bundle_script("pack");
	AUTO_STRBUF all = STRBUF_INIT;

	strbuf_addf(&all, "%s\n%s\n%s\n", bundle, suite, pin);
	if (add_definitions(&all, bundle, err) < 0 ||
	    add_hash(&all, pack, err) < 0 ||
	    add_hash(&all, packages, err) < 0)
		return -1;
	data_sha256(all.buf, all.len, hex);
	return 0;
}

/* Does it say what is added to the setting's? */
static bool is_addition(const char *which)
{
	return !*which || *which == '-';
}

static char *bundle_name(const struct config *config, const char *which)
{
	return is_addition(which) ?
		xasprintf("%s%s", config_get(config, "HypervisorBundle"),
			  which) : xstrdup(which);
}

static int use_bundle_of(const struct config *config, const char *which,
			 const struct use *how, struct error *err)
{
	AUTO_FREE char *name = bundle_name(config, which);
	AUTO_FREE char *fact = xasprintf("%s%s", is_addition(which) ?
					 BUNDLE_FACT : "", which);
	const char *pin = str_or(config_get(config, "HypervisorPin"), "");
	const char *suite = config_get(config, "DebianSuite");
	AUTO_FREE char *pack = bundle_script("pack");
	AUTO_FREE char *packages = NULL;
	struct cache_entry host_image;
	char key[SHA256_HEX_SIZE];
	struct cache_spec spec = {
		.root = config_get(config, "ImageCache"), .name = name,
		.key = key, .limit_ms = BUILD_LIMIT_MS, .fresh = how->fresh,
	};

	if (name_check("hypervisor bundle", name, err) < 0 ||
	    image_ensure(config, config_get(config, "HostImage"), false,
			 &host_image, err) < 0)
		return -1;
	packages = xasprintf("%s/packages", host_image.dir);
	cache_entry_release(&host_image);
	char *const argv[] = {
		pack, (char *)"-b", name, (char *)"-s", (char *)suite,
		(char *)"-i", packages, (char *)"{}", *pin ? (char *)pin : NULL,
		NULL
	};
	spec.argv = argv;
	if (bundle_key(name, suite, pin, packages, key, err) < 0)
		return -1;
	return use(how, &spec, "xen", fact, err);
}

static int use_bundle(const struct config *config, const char *which,
		      const struct use *how, struct error *err)
{
	int rc;

	reads_pause();
	rc = use_bundle_of(config, which, how, err);
	reads_go_on();
	return rc;
}

int bundle_ensure(const struct config *config, const char *which, bool fresh,
		  struct cache_entry *bundle, struct error *err)
{
	return use_bundle(config, which, &(struct use){
			  .fresh = fresh, .entry = bundle }, err);
}

int bundle_is_made(const struct config *config, struct error *err)
{
	int made = image_is_made(config, config_get(config, "HostImage"),
				 err);

	return made > 0 ? use_bundle(config, "", &(struct use){
				     .fresh = false }, err) : made;
}

int bundle_identity(const struct config *config, const char *fact,
		    char **identity, struct error *err)
{
	const char *which = str_starts(fact, BUNDLE_FACT) ?
		fact + strlen(BUNDLE_FACT) : fact;
	int made = image_is_made(config, config_get(config, "HostImage"),
				 err);

	if (made > 0)
		return use_bundle(config, which, &(struct use){
				  .identity = identity }, err);
	if (made == 0) {
		AUTO_FREE char *name = bundle_name(config, which);

		*identity = xasprintf("%s-:", name);
	}
	return made;
}
