// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes to known pages of the library libfixture.so, says "ready", and waits
 * until its standard input ends.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libfixture.h"

int main(void)
{
	uintptr_t code = ((uintptr_t)fixture_code & -(uintptr_t)PAGE) + 2 * PAGE;
	volatile char *page = (char *)code;
	char c;

	fixture_write();
	/* A page of code, as a debugger would. */
	if (mprotect((void *)code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC))
		return 1;
	*page = 0x90;
	if (mprotect((void *)code, PAGE, PROT_READ | PROT_EXEC))
		return 1;
	puts("ready");
	fflush(stdout);
	return read(STDIN_FILENO, &c, 1) < 0 || fixture_code(0) != 1;
}
