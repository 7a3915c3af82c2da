// SPDX-License-Identifier: GPL-2.0-only
/* Files whose size is not known before they are read, as those of the module. */
#include <errno.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/readall.h"
#include "data/snapshot.h"

/**
 * readall() - Read all that a file has.
 * @fd: The file.
 * @size: Set to the bytes, without the NUL that follows them.
 *
 * Return: The bytes, for free(); NULL, and errno, if the file cannot be read, or has more
 *         than memory_max.
 */
char *readall(int fd, size_t *size)
{
	size_t room = 0;
	char *data = NULL;
	ssize_t n;

	*size = 0;
	do {
		if (room - *size < 65536) {
			room = 2 * room + 131072;
			data = xrealloc(data, room, 1);
		}
		n = read(fd, data + *size, room - *size - 1);
		if (n > 0)
			*size += n;
		if (*size > memory_max) {
			errno = EFBIG;
			n = -1;
		}
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0) {
		int error = errno;

		free(data);
		errno = error;
		return NULL;
	}
	data[*size] = '\0';
	return data;
}
