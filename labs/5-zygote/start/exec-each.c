// SPDX-License-Identifier: GPL-2.0-only
/* exec-each N: starts N servers, each a program of its own, and waits. */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board.h"

int main(int argc, char **argv)
{
	int number = argc == 2 ? atoi(argv[1]) : 0;
	char index[16];

	if (number < 1 || number > BOARD_MOST)
		errx(2, "usage: exec-each N, N up to %d", BOARD_MOST);
	for (int i = 0; i < number; i++) {
		if (fork())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		snprintf(index, sizeof(index), "%d", i);
		execl("./server", "server", index, (char *)NULL);
		err(1, "./server");
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
