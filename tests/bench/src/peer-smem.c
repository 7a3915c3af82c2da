// SPDX-License-Identifier: GPL-2.0-only
/* "smem -m", as Debian has it: a Python program that reads smaps. */
#include <err.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peers.h"

static char *const argv[] = { "python3", "/usr/bin/smem", "-m", NULL };
static char *const envp[] = { "PATH=/usr/bin", "LC_ALL=C.UTF-8", "HOME=/", NULL };

bool smem_available(const struct peer *peer)
{
	(void)peer;
	return !access("/usr/bin/smem", X_OK);
}

void smem_run(const struct peer *peer, struct libs *libs)
{
	posix_spawn_file_actions_t actions;
	int status;
	pid_t pid;

	(void)peer;
	(void)libs;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
	if (posix_spawn(&pid, "/usr/bin/python3", &actions, NULL, argv, envp))
		err(1, "smem");
	posix_spawn_file_actions_destroy(&actions);
	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "smem ended with status %x", status);
}
