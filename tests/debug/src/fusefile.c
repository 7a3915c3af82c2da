// SPDX-License-Identifier: GPL-2.0-only
/*
 * fusefile MOUNTPOINT PAGES: a FUSE file system of one file, "lib.so", served
 * without any library. Stop the program, and every task that needs the file waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096
#define LIB 2		/* its node; the root is 1 */

static uint64_t size;
static int device;

static struct fuse_attr attributes(uint64_t node)
{
	struct fuse_attr attr = { .ino = node, .nlink = 1, .blksize = PAGE };

	attr.mode = node == LIB ? S_IFREG | 0755 : S_IFDIR | 0755;
	attr.size = node == LIB ? size : 0;
	return attr;
}

static void answer(const struct fuse_in_header *in, int error, const void *body, size_t length)
{
	struct fuse_out_header out = { .unique = in->unique, .error = -error };
	struct iovec part[2] = { { &out, sizeof(out) }, { (void *)body, length } };

	out.len = sizeof(out) + length;
	(void)!writev(device, part, 2);
}

static void serve_read(const struct fuse_in_header *in, const struct fuse_read_in *want)
{
	static char data[1 << 20];
	size_t length = want->size < sizeof(data) ? want->size : sizeof(data);

	if (want->offset >= size)
		length = 0;
	else if (length > size - want->offset)
		length = size - want->offset;
	for (size_t i = 0; i < length; i += PAGE)
		snprintf(data + i, 32, "page %llu", (unsigned long long)(want->offset + i) / PAGE);
	answer(in, 0, data, length);
}

static void serve(const struct fuse_in_header *in, const void *body)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = PAGE };
	struct fuse_entry_out entry = { .nodeid = LIB, .attr_valid = 1000, .entry_valid = 1000 };
	struct fuse_attr_out attr = { .attr_valid = 1000 };
	struct fuse_open_out opened = { .fh = 1, .open_flags = FOPEN_KEEP_CACHE };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		entry.attr = attributes(LIB);
		if (strcmp(body, "lib.so"))
			answer(in, ENOENT, NULL, 0);
		else
			answer(in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		attr.attr = attributes(in->nodeid);
		answer(in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(in, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		serve_read(in, body);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FLUSH:
		answer(in, 0, NULL, 0);
		break;
	default:
		answer(in, ENOSYS, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	static char request[1 << 18];
	char options[100];

	if (argc != 3) {
		fprintf(stderr, "usage: fusefile MOUNTPOINT PAGES\n");
		return 2;
	}
	size = strtoull(argv[2], NULL, 0) * PAGE;
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 device);
	if (device < 0 || mount("fusefile", argv[1], "fuse", MS_NODEV | MS_NOSUID, options)) {
		perror("fusefile");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (read(device, request, sizeof(request)) > 0 || errno == EINTR)
		serve((struct fuse_in_header *)request, request + sizeof(struct fuse_in_header));
	return 0;
}
