// SPDX-License-Identifier: GPL-2.0-only
/*
 * zygote N: loads the library of objects, then forks N servers that share what
 * that cost, and waits.
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board.h"

int main(int argc, char **argv)
{
	int number = argc == 2 ? atoi(argv[1]) : 0;

	if (number < 1 || number > BOARD_MOST)
		errx(2, "usage: zygote N, N up to %d", BOARD_MOST);
	for (int i = 0; i < number; i++) {
		if (fork())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(i);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
