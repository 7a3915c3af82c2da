// SPDX-License-Identifier: GPL-2.0-only
/*
 * service NAME LIBRARY... - loads libraries, uses all of them, leaves its process
 * number in /srv/pid/NAME, and stays. Leave it as it is.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[64];
	FILE *file;

	if (argc < 3)
		return 2;
	prctl(PR_SET_NAME, argv[1]);
	for (int i = 2; i < argc; i++) {
		void *library = dlopen(argv[i], RTLD_NOW);
		void (*use)(void) = library ? (void (*)(void))dlsym(library, "numbers_use") : NULL;

		if (!use) {
			fprintf(stderr, "%s: %s\n", argv[1], dlerror());
			return 1;
		}
		use();
	}
	snprintf(path, sizeof(path), "/srv/pid/%s", argv[1]);
	file = fopen(path, "w");
	if (!file || fprintf(file, "%d\n", getpid()) < 0 || fclose(file))
		return 1;
	for (;;)
		pause();
}
