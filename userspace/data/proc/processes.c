// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going through /proc. A mapping of a file that some process maps executable is read at
 * once. Others wait until all processes were seen, since a later one may make their file
 * a library.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kcmp.h>
#include <search.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/order.h"
#include "data/proc/entries.h"
#include "data/proc/files.h"
#include "data/proc/processes.h"
#include "data/proc/smaps.h"
#include "data/proc/tables.h"

#define PF_KTHREAD 0x00200000

/* An address space, by its first mapping of a file and, where several have that, kcmp(). */
struct space {
	uint64_t start, dev, ino;
	pid_t task;
	struct space *met_before;
};

struct pass {
	struct proc_world *w;
	struct proc_vmas vmas;
	void *spaces;		/* a tree, for tsearch(3) */
	struct space *met_last;	/* of all in the tree */
	char *text;
	size_t size;
};

static int by_space(const void *a, const void *b)
{
	const struct space *x = a, *y = b;
	long way = order(x->start, y->start) ?: order(x->ino, y->ino) ?: order(x->dev, y->dev);

	if (way)
		return way;
	way = syscall(SYS_kcmp, x->task, y->task, KCMP_VM, 0, 0);
	if (!way)
		return 0;
	/* One of them has gone, or must not be compared. */
	if (way < 0 || way > 2)
		return order(x->task, y->task);
	return way == 1 ? -1 : 1;
}

/* Is it the address space of a process that was met before? */
static bool is_known(struct pass *pass, pid_t task)
{
	const struct proc_vma *vma = pass->vmas.at;
	struct space *space = xrealloc(NULL, 1, sizeof(*space)), **found;

	*space = (struct space){ vma->start, vma->dev, vma->ino, task, pass->met_last };
	found = tsearch(space, &pass->spaces, by_space);
	if (!found)
		errx(2, "cannot allocate memory");
	if (*found != space) {
		free(space);
		return true;
	}
	pass->met_last = space;
	return false;
}

static void keep(void *space)
{
	(void)space;
}

static void forget_spaces(struct pass *pass)
{
	tdestroy(pass->spaces, keep);
	while (pass->met_last) {
		struct space *space = pass->met_last;

		pass->met_last = space->met_before;
		free(space);
	}
}

static ssize_t read_file(struct pass *pass, pid_t pid, const char *name)
{
	int fd = proc_open(pid, name);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = proc_read(fd, &pass->text, &pass->size);
	close(fd);
	return len;
}

static bool is_kernel_thread(struct pass *pass, pid_t pid)
{
	unsigned int flags = 0;
	const char *end;

	if (read_file(pass, pid, "stat") < 0)
		return false;
	end = strrchr(pass->text, ')');
	return end && sscanf(end, ") %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
	       flags & PF_KTHREAD;
}

/* A leader that has exited has no memory, but its threads may live on. */
static pid_t living_thread(struct pass *pass, pid_t pid)
{
	char path[32];
	struct dirent *entry;
	struct stat st;
	pid_t found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	/* Two links, and one for each thread. */
	if (stat(path, &st) || st.st_nlink <= 3)
		return 0;
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		pid_t task = atoi(entry->d_name);

		if (task > 0 && task != pid && !proc_vmas_read(&pass->vmas, task) &&
		    pass->vmas.nr)
			found = task;
	}
	if (dir)
		closedir(dir);
	return found;
}

static void read_details(struct pass *pass, struct proc_process *p)
{
	struct snapshot *snap = pass->w->snap;
	const char *at;
	ssize_t len;

	p->uid = UNKNOWN;
	p->cgroup = "-";
	p->comm = "-";
	if (!proc_wants(pass->w, PROCESSES))
		return;
	if (read_file(pass, p->pid, "status") > 0) {
		at = strstr(pass->text, "\nUid:");
		if (at)
			sscanf(at, "\nUid: %*u %" SCNu64, &p->uid);
	}
	len = read_file(pass, p->pid, "comm");
	if (len > 0)
		p->comm = proc_keep(snap, pass->text, len - 1);
	if (read_file(pass, p->pid, "cgroup") > 0) {
		for (at = pass->text; strncmp(at, "0::", 3); at++) {
			at = strchr(at, '\n');
			if (!at)
				return;
		}
		p->cgroup = proc_keep(snap, at + 3, strcspn(at + 3, "\n"));
	}
}

static void read_executable(struct proc_process *p)
{
	struct statx st;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/exe", p->task);
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO, &st))
		return;
	p->exe_dev = (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor;
	p->exe_ino = st.stx_ino;
}

static void fill_mapping(const struct proc_world *w, struct proc_mapping *m,
			 const struct proc_vma *vma, uint32_t file)
{
	m->process = w->processes.nr - 1;
	m->file = file;
	m->next = PROC_NONE;
	m->start = vma->start;
	m->end = vma->end;
	m->pgoff = vma->offset / w->page_size;
	m->pss = UNKNOWN;
	memcpy(m->perms, vma->perms, sizeof(m->perms));
}

/* What pagemap does not tell of mappings that were read. */
static void add_smaps(struct proc_world *w, uint64_t first, pid_t task)
{
	bool pss = !w->frames.known && (proc_wants(w, PROCESSES) ||
					proc_wants(w, MAPPINGS));
	struct proc_smaps *smaps = NULL;
	uint64_t i;

	if (!pss && w->frames.ksm != KSM_SMAPS)
		return;
	for (i = first; i < w->mappings.nr; i++) {
		struct proc_mapping *m = &w->mappings.at[i];
		bool ksm = w->frames.ksm == KSM_SMAPS && m->nr_copies;

		if (!pss && !ksm)
			continue;
		if (!smaps)
			smaps = proc_smaps_read(task);
		m->pss = proc_smaps_find(smaps, m->start)->pss;
		if (!ksm)
			continue;
		m->ksm = proc_smaps_find(smaps, m->start)->ksm;
		if (m->ksm != UNKNOWN)
			m->ksm /= w->page_size;
	}
	proc_smaps_free(smaps);
}

static void read_mappings(struct proc_world *w, uint64_t first, pid_t task)
{
	proc_entries_read(w, first, w->mappings.nr - first);
	add_smaps(w, first, task);
}

static void add_executable(struct pass *pass, const struct proc_vma *vma,
			   struct proc_file *file)
{
	const char *path = proc_vmas_name(&pass->vmas, vma);

	file->executable = true;
	if (path)
		file->path = snapshot_keep(pass->w->snap, path);
}

/* The process at hand, whose VMAs were read. */
static void add_process(struct pass *pass, pid_t pid, pid_t task)
{
	struct proc_world *w = pass->w;
	struct proc_process *p = proc_push(w, &w->processes);
	uint32_t *file = xrealloc(NULL, pass->vmas.nr, sizeof(*file));
	uint64_t first = w->mappings.nr;
	size_t i;

	p->pid = pid;
	p->task = task;
	p->seen_table = UINT64_MAX;
	for (i = 0; i < pass->vmas.nr; i++) {
		const struct proc_vma *vma = &pass->vmas.at[i];

		/* Most often the mappings of a library lie one behind another. */
		file[i] = i && vma->ino == vma[-1].ino && vma->dev == vma[-1].dev ? file[i - 1] :
			  proc_file_find(w, vma->dev, vma->ino, pid);
		if (vma->perms[2] == 'x' && !w->files.at[file[i]].executable)
			add_executable(pass, vma, &w->files.at[file[i]]);
	}
	for (i = 0; i < pass->vmas.nr; i++) {
		const struct proc_file *f = &w->files.at[file[i]];
		struct proc_mapping *m = f->executable || f->frames ?
					 proc_push(w, &w->mappings) : proc_push(w, &w->pending);

		fill_mapping(w, m, &pass->vmas.at[i], file[i]);
	}
	free(file);
	read_mappings(w, first, task);
	read_executable(p);
	read_details(pass, p);
}

static void take_process(struct pass *pass, pid_t pid)
{
	pid_t task = pid;

	if (proc_vmas_read(&pass->vmas, pid)) {
		if (errno == EACCES || errno == EPERM)
			pass->w->unseen += !is_kernel_thread(pass, pid);
		else
			pass->w->exited++;
		return;
	}
	if (!pass->vmas.nr)
		task = living_thread(pass, pid);
	if (task && pass->vmas.nr && !is_known(pass, task))
		add_process(pass, pid, task);
}

/* Is the mapping still as it was? */
static bool is_there(const struct pass *pass, const struct proc_mapping *m)
{
	const struct proc_file *f = &pass->w->files.at[m->file];
	size_t i;

	for (i = 0; i < pass->vmas.nr; i++) {
		const struct proc_vma *vma = &pass->vmas.at[i];

		if (vma->start == m->start)
			return vma->end == m->end && vma->dev == f->dev && vma->ino == f->ino &&
			       vma->offset / pass->w->page_size == m->pgoff;
	}
	return false;
}

static int by_place(const void *a, const void *b)
{
	const struct proc_mapping *x = a, *y = b;

	return order(x->process, y->process) ?: order(x->start, y->start);
}

/* Read the mappings whose files became libraries after they were met. */
static void take_pending(struct pass *pass)
{
	struct proc_world *w = pass->w;
	uint32_t process = PROC_NONE;
	uint64_t first = w->mappings.nr, known = first, i;

	for (i = 0; i < w->pending.nr; i++) {
		const struct proc_mapping *m = &w->pending.at[i];

		if (!w->files.at[m->file].executable)
			continue;
		if (m->process != process) {
			if (first < w->mappings.nr)
				read_mappings(w, first, w->processes.at[process].task);
			first = w->mappings.nr;
			process = m->process;
			proc_vmas_read(&pass->vmas, w->processes.at[process].task);
		}
		if (is_there(pass, m))
			*proc_push(w, &w->mappings) = *m;
	}
	if (first < w->mappings.nr)
		read_mappings(w, first, w->processes.at[process].task);
	if (known < w->mappings.nr)
		qsort(w->mappings.at, w->mappings.nr, sizeof(*w->mappings.at), by_place);
}

/**
 * proc_processes_collect() - Read all processes.
 * @w: The world; it gets processes, files, mappings and their entries.
 * @why: Set to what went wrong.
 * @size: Bytes of @why.
 *
 * Return: Whether nothing did. The world is @full if there was not enough memory.
 */
bool proc_processes_collect(struct proc_world *w, char *why, size_t size)
{
	struct pass pass = { .w = w };
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (!dir) {
		snprintf(why, size, "cannot read /proc: %s", strerror(errno));
		return false;
	}
	while (proc_fits(w) && (entry = readdir(dir)))
		if (*entry->d_name >= '1' && *entry->d_name <= '9')
			take_process(&pass, atoi(entry->d_name));
	closedir(dir);
	if (!w->full)
		take_pending(&pass);
	forget_spaces(&pass);
	proc_vmas_free(&pass.vmas);
	free(pass.text);
	return true;
}
