// SPDX-License-Identifier: GPL-2.0-only
/* Reading /proc/PID/maps, by PROCMAP_QUERY where the kernel has it (Linux 6.11). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/proc/vmas.h"

/* As in linux/fs.h, which may be older than the kernel that runs. */
struct query {
	__u64 size, query_flags, query_addr;
	__u64 vma_start, vma_end, vma_flags, vma_page_size, vma_offset;
	__u64 inode;
	__u32 dev_major, dev_minor;
	__u32 vma_name_size, build_id_size;
	__u64 vma_name_addr, build_id_addr;
};

#define QUERY _IOWR('f', 17, struct query)
#define QUERY_READABLE 0x01
#define QUERY_WRITABLE 0x02
#define QUERY_EXECUTABLE 0x04
#define QUERY_SHARED 0x08
#define QUERY_COVERING_OR_NEXT 0x10
#define QUERY_FILE_BACKED 0x20

/**
 * proc_open() - Open a file of a process for reading.
 * @pid: The process.
 * @name: The file.
 *
 * Return: A file descriptor, or -1 with errno set.
 */
int proc_open(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/**
 * proc_read() - Read all of a file.
 * @fd: The file.
 * @text: Memory for it, which grows; it ends with a NUL.
 * @size: Bytes of @text.
 *
 * Return: Bytes read, or -1 with errno set.
 */
ssize_t proc_read(int fd, char **text, size_t *size)
{
	size_t len = 0;
	ssize_t n;

	do {
		if (*size - len < 16384) {
			*size = 2 * *size + 65536;
			*text = xrealloc(*text, *size, 1);
		}
		n = read(fd, *text + len, *size - len - 1);
		if (n > 0)
			len += n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	(*text)[len] = '\0';
	return n < 0 ? -1 : (ssize_t)len;
}

static struct proc_vma *add(struct proc_vmas *v)
{
	if (v->nr == v->room) {
		v->room = v->room ? 2 * v->room : 256;
		v->at = xrealloc(v->at, v->room, sizeof(*v->at));
	}
	return &v->at[v->nr++];
}

static void close_last(struct proc_vmas *v)
{
	if (v->open)
		close(v->fd);
	v->open = false;
}

static int query_all(struct proc_vmas *v, int fd)
{
	struct query q = {
		.size = sizeof(q),
		.query_flags = QUERY_COVERING_OR_NEXT | QUERY_FILE_BACKED,
	};

	while (!ioctl(fd, QUERY, &q)) {
		struct proc_vma *vma = add(v);

		*vma = (struct proc_vma){
			.start = q.vma_start, .end = q.vma_end, .offset = q.vma_offset,
			.dev = (uint64_t)q.dev_major << 32 | q.dev_minor, .ino = q.inode,
			.perms = {
				q.vma_flags & QUERY_READABLE ? 'r' : '-',
				q.vma_flags & QUERY_WRITABLE ? 'w' : '-',
				q.vma_flags & QUERY_EXECUTABLE ? 'x' : '-',
				q.vma_flags & QUERY_SHARED ? 's' : 'p',
			},
		};
		q.query_addr = q.vma_end;
	}
	return errno == ENOENT || errno == ESRCH ? 0 : -1;
}

static const char *take_hex(const char *at, uint64_t *value)
{
	unsigned int digit;

	for (*value = 0;; at++) {
		digit = *at - '0';
		if (digit > 9) {
			digit = *at - 'a';
			if (digit > 5)
				return at;
			digit += 10;
		}
		*value = *value << 4 | digit;
	}
}

/* A line of maps: "start-end perms offset major:minor inode  path". */
static const char *take_line(struct proc_vmas *v, const char *at)
{
	struct proc_vma vma = { 0 };
	uint64_t major, minor;
	const char *end = strchrnul(at, '\n');

	at = take_hex(at, &vma.start);
	at = take_hex(at + 1, &vma.end);
	if (end - at < 6)
		return end;
	memcpy(vma.perms, at + 1, 4);
	at = take_hex(at + 6, &vma.offset);
	at = take_hex(at + 1, &major);
	at = take_hex(at + 1, &minor);
	vma.dev = major << 32 | minor;
	for (at++; *at >= '0' && *at <= '9'; at++)
		vma.ino = vma.ino * 10 + *at - '0';
	if (vma.ino)
		*add(v) = vma;
	return end;
}

static int read_text(struct proc_vmas *v, int fd)
{
	const char *at;

	if (proc_read(fd, &v->text, &v->size) < 0)
		return errno == ESRCH ? 0 : -1;
	for (at = v->text; *at; at += *at == '\n')
		at = take_line(v, at);
	return 0;
}

/**
 * proc_vmas_read() - Read the mappings of files in a process.
 * @v: Set to them, by ascending address.
 * @pid: The process, or one of its threads. A kernel thread has none, and a process
 *       that has exited has none either.
 *
 * Return: 0, or -1 with errno set.
 */
int proc_vmas_read(struct proc_vmas *v, pid_t pid)
{
	int fd, ret;

	close_last(v);
	fd = proc_open(pid, "maps");
	v->nr = 0;
	if (fd < 0)
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	v->fd = fd;
	v->open = true;
	ret = v->no_query ? -1 : query_all(v, fd);
	if (ret && !v->no_query && (errno == ENOTTY || errno == EINVAL))
		v->no_query = true;
	if (v->no_query)
		ret = read_text(v, fd);
	return ret;
}

/**
 * proc_vmas_name() - The path of a mapped file.
 * @v: The mappings of a process.
 * @vma: One of them.
 *
 * The process goes on meanwhile: it may be the path of another file.
 *
 * Return: The path, until the next call; NULL if there is no cheap way to it.
 */
const char *proc_vmas_name(struct proc_vmas *v, const struct proc_vma *vma)
{
	struct query q = {
		.size = sizeof(q), .query_addr = vma->start, .vma_name_size = PATH_MAX,
	};

	if (!v->open || v->no_query)
		return NULL;
	if (!v->name)
		v->name = xrealloc(NULL, PATH_MAX, 1);
	q.vma_name_addr = (uintptr_t)v->name;
	return ioctl(v->fd, QUERY, &q) || !q.vma_name_size ? NULL : v->name;
}

/**
 * proc_vmas_free() - Free the memory.
 * @v: The mappings.
 */
void proc_vmas_free(struct proc_vmas *v)
{
	close_last(v);
	free(v->at);
	free(v->text);
	free(v->name);
}
