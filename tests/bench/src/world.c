// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shape.h"
#include "world.h"

#define FOLDER "/tmp/load"

static const struct load loads[] = {
	{ .name = "100", .processes = 100, .libraries = 8 },
	{ .name = "200", .processes = 200, .libraries = 8 },
	{ .name = "400", .processes = 400, .libraries = 8 },
	{ .name = "1600", .processes = 1600, .libraries = 8 },
	{ .name = "100-heap", .processes = 100, .libraries = 8, .heap_mb = 64 },
	{ .name = "200-heap", .processes = 200, .libraries = 8, .heap_mb = 64 },
	{ .name = "400-heap", .processes = 400, .libraries = 8, .heap_mb = 64 },
	{ .name = "1600-heap", .processes = 1600, .libraries = 8, .heap_mb = 64 },
	{ .name = "one-library", .processes = 400, .libraries = 1 },
	{ .name = "vmas", .processes = 1, .vmas = 20000 },
	{ .name = "libraries", .processes = 125, .libraries = 8, .distinct = 1 },
	{ .name = "busy", .processes = 200, .libraries = 8, .busy = 200 },
	{ .name = "5000-libraries", .processes = 2, .libraries = 5000, .small = 1 },
	{ .name = "20000-libraries", .processes = 2, .libraries = 20000, .small = 1 },
	{ .name = "60000-libraries", .processes = 2, .libraries = 60000, .small = 1 },
	{ .name = "million", .processes = 1, .vmas = 1000000 },
	{ .name = "demo" },	/* the programs that run anyway */
};

const struct load *load_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		if (!strcmp(loads[i].name, name))
			return &loads[i];
	errx(1, "there is no load of this name: %s", name);
}

static void make_file(const char *name, long pages)
{
	char path[64], page[SHAPE_PAGE];
	int fd;

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (fd < 0)
		err(1, "%s", path);
	memset(page, 'x', sizeof(page));
	while (pages--)
		if (write(fd, page, sizeof(page)) != sizeof(page))
			err(1, "%s", path);
	close(fd);
}

static void make_files(const struct load *load)
{
	int nr = load->libraries * (load->distinct ? load->processes : 1), i;

	mkdir(FOLDER, 0755);
	for (i = 0; i < nr; i++) {
		char name[16];

		snprintf(name, sizeof(name), "lib%05d", i);
		make_file(name, load->small ? 1 : SHAPE_PAGES);
	}
	if (load->vmas)
		make_file("big", load->vmas < SHAPE_BIG ? load->vmas : SHAPE_BIG);
}

/* Returns when all its processes stand where they will stay; 0 when it has none. */
pid_t load_start(const struct load *load)
{
	const int numbers[] = { load->processes, load->libraries, load->heap_mb, load->vmas,
				load->distinct, load->small, load->busy };
	char text[7][16], *argv[] = { "load", text[0], text[1], text[2], text[3], text[4], text[5],
				      text[6], FOLDER, NULL }, line[8];
	int fd[2], i;
	pid_t pid;

	if (!load->processes)
		return 0;
	make_files(load);
	for (i = 0; i < 7; i++)
		snprintf(text[i], sizeof(text[i]), "%d", numbers[i]);
	if (pipe(fd))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		dup2(fd[1], 1);
		close(fd[0]);
		close(fd[1]);
		execv("/bench/load", argv);
		err(1, "/bench/load");
	}
	close(fd[1]);
	if (read(fd[0], line, sizeof(line)) != 6)
		errx(1, "the processes of load %s did not get ready", load->name);
	close(fd[0]);
	return pid;
}

static int remove_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Its children die with it; being PID 1, this process reaps them, too. */
void load_stop(pid_t pid)
{
	if (!pid)
		return;
	kill(pid, SIGKILL);
	while (wait(NULL) > 0)
		;
	nftw(FOLDER, remove_file, 8, FTW_DEPTH | FTW_PHYS);
}
