// SPDX-License-Identifier: GPL-2.0-only
/* Running the program that draws pictures. */
#include <unistd.h>

#include "data/alloc.h"
#include "options.h"
#include "out/drawer.h"

/**
 * drawer_run() - Become libshare-picture.
 * @argv: The command line, which it understands as this program does.
 *
 * It lies beside this program where that was built, and in libexec where it was
 * installed, whatever the prefix.
 *
 * Return: Only the exit status, if there is no such program.
 */
int drawer_run(char **argv)
{
	static const char *const places[] = {
		"libshare-picture", "../libexec/libshare/libshare-picture"
	};
	char self[4096], *slash;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	if (len < 0)
		err(TROUBLE, "cannot read /proc/self/exe");
	self[len] = '\0';
	slash = strrchr(self, '/');
	for (i = 0; slash && i < sizeof(places) / sizeof(*places); i++) {
		char *path;

		path = xasprintf("%.*s/%s", (int)(slash - self), self, places[i]);
		execv(path, argv);
		free(path);
	}
	err(TROUBLE, "cannot run libshare-picture, which draws pictures");
}
