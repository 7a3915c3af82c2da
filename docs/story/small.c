// SPDX-License-Identifier: GPL-2.0-only
/* A small program, to be linked both ways: prints, and waits. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	char text[64];
	time_t now = time(NULL);

	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", gmtime(&now));
	printf("%s, %d\n", text, 42);
	fflush(stdout);
	for (;;)
		pause();
}
