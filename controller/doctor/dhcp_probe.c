/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The question goes through an ordinary broadcasting socket, whose packets the
 * kernel also hands to a server on this machine. Answers are read from the
 * interface itself, what comes and what goes (a server of our own): port 68
 * may be a DHCP client's of the controller.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "doctor/dhcp_probe.h"
#include "net/netns.h"

#define PORT_SERVER 67
#define PORT_CLIENT 68
#define UDP_HEADER 8
#define PROTOCOL_UDP 17

/* RFC 2131, figure 1, in bytes; RFC 2132 for the options. */
#define BOOTP_XID 4
#define BOOTP_FLAGS 10
#define BOOTP_YIADDR 16
#define BOOTP_CHADDR 28
#define BOOTP_COOKIE 236
#define BOOTP_OPTIONS 240
#define BOOTP_LEAST 300		/* RFC 1542: never send less */
#define OPTION_PAD 0
#define OPTION_PARAMETERS 55
#define OPTION_TYPE 53
#define OPTION_SERVER 54
#define OPTION_LAST 255
#define TYPE_DISCOVER 1
#define TYPE_OFFER 2

static const unsigned char cookie[] = { 99, 130, 83, 99 };

char *dhcp_probe_ether(void)
{
	AUTO_FREE char *hex = random_hex(5);

	return xasprintf("02:%.2s:%.2s:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4,
			 hex + 6, hex + 8);
}

static void fill_question(unsigned char packet[BOOTP_LEAST],
			  const char *ether)
{
	static const unsigned char options[] = {
		OPTION_TYPE, 1, TYPE_DISCOVER,
		OPTION_PARAMETERS, 3, 1, 3, OPTION_SERVER, OPTION_LAST,
	};
	unsigned int byte[6] = { 0 };

	memset(packet, 0, BOOTP_LEAST);
	packet[0] = 1;		/* a request */
	packet[1] = 1;		/* Ethernet */
	packet[2] = 6;		/* bytes of its addresses */
	packet[BOOTP_FLAGS] = 0x80;	/* answer by broadcast */
	sscanf(ether, "%2x:%2x:%2x:%2x:%2x:%2x", &byte[0], &byte[1], &byte[2],
	       &byte[3], &byte[4], &byte[5]);
	for (int i = 0; i < 6; i++)
		packet[BOOTP_CHADDR + i] = (unsigned char)byte[i];
	/* as random as the address is */
	memcpy(packet + BOOTP_XID, packet + BOOTP_CHADDR + 2, 4);
	memcpy(packet + BOOTP_COOKIE, cookie, sizeof(cookie));
	memcpy(packet + BOOTP_OPTIONS, options, sizeof(options));
}

static int open_sender(const char *netns, const char *interface,
		       struct error *err)
{
	int fd = netns_socket(netns, AF_INET, SOCK_DGRAM, err);
	const int on = 1;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
		       strlen(interface)) == 0)
		return fd;
	error_errno(err, "cannot broadcast on interface %s", interface);
	close(fd);
	return -1;
}

/*
 * Of all that passes, UDP to port 68 (bpf, in the kernel's SOCK_FILTER): an
 * image that streams to a host would drown the answers.
 */
static int filter(int fd)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTOCOL_UDP, 0, 4),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PORT_CLIENT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog all = { ARRAY_SIZE(program), program };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &all,
			  sizeof(all));
}

static int bind_receiver(int fd, const char *interface, struct error *err)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
	};
	struct ifreq request = { .ifr_ifindex = 0 };

	if (strlen(interface) >= sizeof(request.ifr_name))
		return error_set(err, ERROR_USAGE, "'%.40s' is no interface",
				 interface);
	memcpy(request.ifr_name, interface, strlen(interface));
	if (filter(fd) == 0 && ioctl(fd, SIOCGIFINDEX, &request) == 0) {
		to.sll_ifindex = request.ifr_ifindex;
		if (bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
			return 0;
	}
	return error_errno(err, "cannot listen on interface %s", interface);
}

/* The option's value of at least len bytes, or NULL. */
static const unsigned char *find_option(const unsigned char *packet,
					size_t size, int code, size_t len)
{
	size_t at = BOOTP_OPTIONS;

	while (at + 1 < size && packet[at] != OPTION_LAST) {
		if (packet[at] == OPTION_PAD) {
			at++;
			continue;
		}
		if (at + 2 + packet[at + 1] > size)
			return NULL;
		if (packet[at] == code)
			return packet[at + 1] >= len ? packet + at + 2 : NULL;
		at += 2 + packet[at + 1];
	}
	return NULL;
}

/* The BOOTP message of an IPv4 packet to a client's port, or NULL. */
static const unsigned char *find_message(const unsigned char *data,
					 size_t *size)
{
	size_t header = (data[0] & 15) * 4u;

	if (*size < 20 || header < 20 || data[9] != PROTOCOL_UDP ||
	    *size < header + UDP_HEADER + BOOTP_OPTIONS ||
	    data[header + 2] != 0 || data[header + 3] != PORT_CLIENT)
		return NULL;
	*size -= header + UDP_HEADER;
	return data + header + UDP_HEADER;
}

static bool has_server(const struct dhcp_offers *offers, const char *server)
{
	for (size_t i = 0; i < offers->count; i++)
		if (strcmp(offers->v[i].server, server) == 0)
			return true;
	return false;
}

static void take_answer(const unsigned char *data, size_t size,
			const unsigned char *question,
			const struct sockaddr_ll *from,
			struct dhcp_offers *offers)
{
	const unsigned char *message = find_message(data, &size);
	const unsigned char *type, *server, *e = from->sll_addr;
	struct dhcp_offer offer;

	if (!message || message[0] != 2 ||
	    memcmp(message + BOOTP_XID, question + BOOTP_XID, 4) != 0 ||
	    memcmp(message + BOOTP_CHADDR, question + BOOTP_CHADDR, 6) != 0)
		return;
	type = find_option(message, size, OPTION_TYPE, 1);
	server = find_option(message, size, OPTION_SERVER, 4);
	if (!type || *type != TYPE_OFFER || !server)
		return;
	inet_ntop(AF_INET, server, offer.server, sizeof(offer.server));
	inet_ntop(AF_INET, message + BOOTP_YIADDR, offer.address,
		  sizeof(offer.address));
	snprintf(offer.ether, sizeof(offer.ether),
		 "%02x:%02x:%02x:%02x:%02x:%02x", e[0], e[1], e[2], e[3],
		 e[4], e[5]);
	if (!has_server(offers, offer.server) &&
	    offers->count < DHCP_OFFERS_MAX)
		offers->v[offers->count++] = offer;
}

static int collect(int fd, const unsigned char *question, int64_t limit_ms,
		   struct dhcp_offers *offers, struct error *err)
{
	int64_t deadline = clock_mono_ms() + limit_ms, left;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	while ((left = deadline - clock_mono_ms()) > 0) {
		struct sockaddr_ll from = { .sll_family = AF_PACKET };
		socklen_t from_len = sizeof(from);
		unsigned char data[2048];
		ssize_t n;

		if (poll(&poll_fd, 1, (int)left) <= 0)
			continue;
		n = recvfrom(fd, data, sizeof(data), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &from_len);
		if (n < 0)
			return error_errno(err, "cannot read DHCP answers");
		if (from.sll_protocol == htons(ETH_P_IP))
			take_answer(data, (size_t)n, question, &from, offers);
	}
	return 0;
}

int dhcp_probe(const char *netns, const char *interface, const char *ether,
	       int64_t limit_ms, struct dhcp_offers *offers,
	       struct error *err)
{
	const struct sockaddr_in everybody = {
		.sin_family = AF_INET, .sin_port = htons(PORT_SERVER),
		.sin_addr.s_addr = INADDR_BROADCAST,
	};
	unsigned char question[BOOTP_LEAST];
	AUTO_CLOSE int out = open_sender(netns, interface, err);
	AUTO_CLOSE int in = -1;

	*offers = (struct dhcp_offers){ .count = 0 };
	if (out < 0)
		return -1;
	in = netns_socket(netns, AF_PACKET, SOCK_DGRAM, err);
	if (in < 0 || bind_receiver(in, interface, err) < 0)
		return -1;
	fill_question(question, ether);
	if (sendto(out, question, sizeof(question), 0,
		   (const struct sockaddr *)&everybody,
		   sizeof(everybody)) != sizeof(question))
		return error_errno(err, "cannot ask for DHCP on interface %s",
				   interface);
	return collect(in, question, limit_ms, offers, err);
}
