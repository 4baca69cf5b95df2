/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/files.h"
#include "boot/pxe.h"

void pxe_console(const struct host *host, struct strbuf *console)
{
	strbuf_addf(console, "%s,%s",
		    host_prop_or(host, "linux-serial-console", "ttyS0"),
		    str_or(config_get(host->config, "Baud"), "115200"));
}

static bool is_uefi(const struct host *host)
{
	return strcmp(host_prop_or(host, "firmware", "bios"), "uefi") == 0;
}

/* Boot loaders take one line: nothing in it may begin another. */
static int check_line(const struct host *host, const char *text,
		      struct error *err)
{
	if (text[strcspn(text, "\r\n")])
		return error_set(err, ERROR_USAGE, "host %s: a kernel command "
				 "line cannot have a line break", host->name);
	return 0;
}

static int write_pxelinux(const struct host *host, const char *text,
			  template_lookup lookup, void *arg, struct error *err)
{
	const char *templates = host_prop_or(host, "pxe-templates",
					     host->site.pxe_templates);
	AUTO_STRBUF name = STRBUF_INIT;
	AUTO_FREE char *path = NULL;

	if (template_choose(templates, host, lookup, arg, &name, err) < 0)
		return -1;
	path = xasprintf("%s/%s", host->site.pxe_dir, name.buf);
	return file_publish(path, text, strlen(text), 0644, err);
}

static int write_grub(const struct host *host, const char *text,
		      struct error *err)
{
	AUTO_STRBUF name = STRBUF_INIT;
	AUTO_FREE char *path = NULL;
	int rc = template_expand("grub/grub.cfg-%ether%", host, NULL, NULL,
				 &name, err);

	if (rc < 0)
		return -1;
	if (rc > 0)
		return error_set(err, ERROR_USAGE, "host %s has no property "
				 "ether: its boot file cannot be named",
				 host->name);
	path = xasprintf("%s/%s", host->site.tftp_dir, name.buf);
	return file_publish(path, text, strlen(text), 0644, err);
}

/* "http://10.0.0.1/x/y" as GRUB wants it: "(http,10.0.0.1)/x/y" */
static void add_grub_url(struct strbuf *sb, const char *url)
{
	const char *server = strstr(url, "://");
	size_t n;

	if (!server) {
		strbuf_addstr(sb, url);
		return;
	}
	server += 3;
	n = strcspn(server, "/");
	strbuf_addf(sb, "(http,%.*s)%s", (int)n, server, server + n);
}

static int write_grub_boot(const struct host *host,
			   const struct pxe_boot *boot, const char *bootif,
			   struct error *err)
{
	AUTO_STRBUF text = STRBUF_INIT;

	strbuf_addstr(&text, "set timeout=0\nlinux ");
	add_grub_url(&text, boot->kernel_url);
	strbuf_addf(&text, " %s %s\ninitrd ", boot->append, bootif);
	add_grub_url(&text, boot->initrd_url);
	strbuf_addstr(&text, "\nboot\n");
	return write_grub(host, text.buf, err);
}

int pxe_write_boot(const struct host *host, const struct pxe_boot *boot,
		   struct error *err)
{
	AUTO_STRBUF bootif = STRBUF_INIT;
	AUTO_FREE char *text = NULL;

	if (site_check(&host->site, err) < 0 ||
	    check_line(host, boot->append, err) < 0)
		return -1;
	if (host->ether && template_expand("BOOTIF=01-%etherhyph%", host, NULL,
					   NULL, &bootif, err) < 0)
		return -1;
	if (is_uefi(host))
		return write_grub_boot(host, boot, bootif.buf, err);
	text = xasprintf("serial 0 %s\ndefault ironbird\nprompt 0\n"
			 "timeout 0\nlabel ironbird\n  kernel %s\n"
			 "  initrd %s\n  append %s %s\n",
			 str_or(config_get(host->config, "Baud"), "115200"),
			 boot->kernel_url, boot->initrd_url, boot->append,
			 bootif.buf);
	return write_pxelinux(host, text, boot->lookup, boot->lookup_arg, err);
}

int pxe_write_local(const struct host *host, struct error *err)
{
	if (site_check(&host->site, err) < 0)
		return -1;
	if (is_uefi(host))
		return write_grub(host, "configfile "
				  "(tftp)/grub/local.cfg\n", err);
	return write_pxelinux(host, "default local\nprompt 0\ntimeout 0\n"
			      "label local\n  localboot 0\n", NULL, NULL, err);
}
