// SPDX-License-Identifier: GPL-2.0-only
/* Prints a line. */
#include "stay.h"

int main(int argc, char **argv)
{
	printf("hello from %s\n", *argv ? "a program" : "no name");
	return stay(argc);
}
