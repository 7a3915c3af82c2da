// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth read FILE | failnth load MODULE
 *
 * Does it with the first of the kernel's allocations failing, then with the
 * second, and so on until the kernel makes fewer than that. After each, it is
 * done once more with nothing failing.
 *
 * Prints a line each: "N ok ROWS SKIPPED TEXT" or "N ERROR", where N counts
 * from 1 and TEXT stands for all that was read but the digits; for a module,
 * they are 0. "0 ..." is how it goes with no
 * failure, and "again ..." is printed when a try afterwards does not succeed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct result {
	int error;
	long rows;
	long skipped;
	unsigned int text;
};

static int arm;		/* /proc/thread-self/fail-nth */

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void set_nth(int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(arm, text, length, 0) != length)
		die("write fail-nth");
}

/* How many allocations were still to come before the failing one; disarms. */
static int left(void)
{
	char text[16] = "";

	if (pread(arm, text, sizeof(text) - 1, 0) <= 0)
		die("read fail-nth");
	set_nth(0);
	return atoi(text);
}

/* Counts rows; a result without its last newline, or a first line, is none. */
static struct result read_file(const char *path)
{
	static char data[1 << 20];
	struct result result = { 0 };
	char last = '\n';
	int fd = open(path, O_RDONLY | O_CLOEXEC), first = 1;
	ssize_t n = 0;

	if (fd < 0)
		return (struct result) { .error = errno };
	while ((n = read(fd, data, sizeof(data) - 1)) > 0) {
		data[n] = '\0';
		if (first) {
			char *skipped = strstr(data, " skipped=");

			result.skipped = skipped ? atol(skipped + 9) : 0;
			first = 0;
		}
		for (ssize_t i = 0; i < n; i++) {
			result.rows += data[i] == '\n';
			if (data[i] < '0' || data[i] > '9')
				result.text = result.text * 31 + data[i];
		}
		last = data[n - 1];
	}
	if (n < 0)
		result.error = errno;
	else if (first || last != '\n')
		result.error = ENODATA;
	close(fd);
	return result;
}

static struct result load_module(const char *path)
{
	struct result result = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return (struct result) { .error = errno };
	if (syscall(SYS_finit_module, fd, "", 0))
		result.error = errno;
	close(fd);
	return result;
}

static void unload_module(void)
{
	if (syscall(SYS_delete_module, "libshare", O_NONBLOCK))
		die("delete_module");
}

static struct result attempt(int loads, const char *path)
{
	return loads ? load_module(path) : read_file(path);
}

static void tell(const char *when, struct result result)
{
	if (result.error)
		printf("%s %s\n", when, strerrorname_np(result.error));
	else
		printf("%s ok %ld %ld %u\n", when, result.rows, result.skipped, result.text);
}

int main(int argc, char **argv)
{
	int loads = argc == 3 && !strcmp(argv[1], "load"), more = 1;

	if (argc != 3 || (!loads && strcmp(argv[1], "read"))) {
		fprintf(stderr, "usage: failnth read FILE | failnth load MODULE\n");
		return 2;
	}
	arm = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (arm < 0)
		die("/proc/thread-self/fail-nth");
	for (int n = 0; more; n++) {
		struct result result;
		char when[16];

		set_nth(n);
		result = attempt(loads, argv[2]);
		more = !n || !left();
		snprintf(when, sizeof(when), "%d", n);
		if (more)
			tell(when, result);
		if (loads && !result.error)
			unload_module();
		if (!result.error)
			continue;
		result = attempt(loads, argv[2]);
		if (result.error)
			tell("again", result);
		else if (loads)
			unload_module();
	}
	return 0;
}
