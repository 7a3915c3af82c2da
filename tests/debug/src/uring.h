/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring without its library: one call at a time, which is waited for. */
#ifndef URING_H
#define URING_H

#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	URING_READ = IORING_OP_READ,
	URING_READV = IORING_OP_READV,
	URING_POLL = IORING_OP_POLL_ADD,
	URING_OPEN = IORING_OP_OPENAT,
};

struct uring {
	int fd;			/* -1: this kernel has none */
	struct io_uring_params params;
	char *ring;
	struct io_uring_sqe *entry;
};

static void uring_open(struct uring *u)
{
	size_t size;

	u->fd = syscall(SYS_io_uring_setup, 4, &u->params);
	if (u->fd < 0)
		return;
	size = u->params.cq_off.cqes + u->params.cq_entries * sizeof(struct io_uring_cqe);
	if (size < u->params.sq_off.array + u->params.sq_entries * sizeof(uint32_t))
		size = u->params.sq_off.array + u->params.sq_entries * sizeof(uint32_t);
	u->ring = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, u->fd,
		       IORING_OFF_SQ_RING);
	u->entry = mmap(NULL, u->params.sq_entries * sizeof(*u->entry), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_POPULATE, u->fd, IORING_OFF_SQES);
	if (u->ring == MAP_FAILED || u->entry == MAP_FAILED ||
	    !(u->params.features & IORING_FEAT_SINGLE_MMAP)) {
		close(u->fd);
		u->fd = -1;
	}
}

/* The result of one operation, or -1; threaded: by a worker of the kernel's. */
static long uring_call(struct uring *u, int operation, int fd, void *address, uint32_t length,
		       uint64_t offset, int threaded)
{
	uint32_t *tail, *head, index;
	struct io_uring_cqe *done;

	if (u->fd < 0)
		return -1;
	tail = (uint32_t *)(u->ring + u->params.sq_off.tail);
	index = *tail & (u->params.sq_entries - 1);
	memset(&u->entry[index], 0, sizeof(u->entry[index]));
	u->entry[index].opcode = operation;
	u->entry[index].flags = threaded ? IOSQE_ASYNC : 0;
	u->entry[index].fd = fd;
	u->entry[index].addr = (uintptr_t)address;
	u->entry[index].len = length;
	if (operation == URING_POLL)
		u->entry[index].poll32_events = offset;
	else
		u->entry[index].off = offset;
	((uint32_t *)(u->ring + u->params.sq_off.array))[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, u->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -1;
	head = (uint32_t *)(u->ring + u->params.cq_off.head);
	if (*head == __atomic_load_n((uint32_t *)(u->ring + u->params.cq_off.tail),
				     __ATOMIC_ACQUIRE))
		return -1;
	done = (struct io_uring_cqe *)(u->ring + u->params.cq_off.cqes);
	index = *head & (u->params.cq_entries - 1);
	fd = done[index].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return fd;
}

#endif
