/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/netns.h"
#include "net/tftp.h"

#define PORT 69
#define HEADER 4
#define BLOCK 512
#define NAME_MAX_BYTES 255

enum { DATA = 3, ACK = 4, REFUSAL = 5 };

static int send_request(int fd, const struct sockaddr_in *to,
			const char *name, struct error *err)
{
	AUTO_STRBUF request = STRBUF_INIT;
	static const char mode[] = "octet";

	strbuf_add(&request, "\0\1", 2);
	strbuf_add(&request, name, strlen(name) + 1);
	strbuf_add(&request, mode, sizeof(mode));
	if (sendto(fd, request.buf, request.len, 0,
		   (const struct sockaddr *)to, sizeof(*to)) < 0)
		return error_errno(err, "TFTP: cannot ask for %s", name);
	return 0;
}

/* Without it the server would send the block again and again. */
static void acknowledge(int fd, const struct sockaddr_in *to)
{
	static const unsigned char ack[HEADER] = { 0, ACK, 0, 1 };

	if (sendto(fd, ack, sizeof(ack), 0, (const struct sockaddr *)to,
		   sizeof(*to)) < 0)
		return;		/* we have what we wanted */
}

static int read_answer(int fd, const char *name, int64_t limit_ms,
		       struct strbuf *data, struct error *err)
{
	unsigned char answer[HEADER + BLOCK + 1];
	char limit[DURATION_TEXT_SIZE];
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	ssize_t n = recvfrom(fd, answer, sizeof(answer) - 1, 0,
			     (struct sockaddr *)&from, &from_len);

	if (n < HEADER)
		return error_set(err, ERROR_BROKEN, "TFTP: no answer about %s "
				 "within %s", name,
				 duration_text(limit_ms, limit));
	answer[n] = '\0';
	if (answer[1] == REFUSAL)
		return error_set(err, ERROR_BROKEN, "TFTP: %s was refused: %s",
				 name, (const char *)answer + HEADER);
	if (answer[1] != DATA)
		return error_set(err, ERROR_BROKEN, "TFTP: the answer about "
				 "%s is of type %d", name, answer[1]);
	strbuf_add(data, answer + HEADER, (size_t)n - HEADER);
	acknowledge(fd, &from);
	return 0;
}

int tftp_read_block(const char *netns, const char *address, const char *name,
		    int64_t limit_ms, struct strbuf *data, struct error *err)
{
	const struct timeval limit = {
		.tv_sec = limit_ms / 1000,
		.tv_usec = limit_ms % 1000 * 1000,
	};
	const struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
		.sin_addr.s_addr = inet_addr(address),
	};
	AUTO_CLOSE int fd = -1;

	if (strlen(name) > NAME_MAX_BYTES)
		return error_set(err, ERROR_USAGE, "TFTP: the name %.40s... "
				 "is too long", name);
	fd = netns_socket(netns, AF_INET, SOCK_DGRAM, err);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
		       sizeof(limit)) < 0)
		return error_errno(err, "TFTP: cannot limit the wait");
	if (send_request(fd, &to, name, err) < 0)
		return -1;
	return read_answer(fd, name, limit_ms, data, err);
}
