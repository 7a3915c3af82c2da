// SPDX-License-Identifier: GPL-2.0-only
/* Counts the files in a folder. */
#include <dirent.h>

#include "stay.h"

int main(int argc, char **argv)
{
	DIR *folder = opendir("/");
	int count = 0;

	(void)argv;
	if (!folder)
		return 1;
	while (readdir(folder))
		count++;
	closedir(folder);
	puts(count > 2 ? "files" : "no files");
	return stay(argc);
}
