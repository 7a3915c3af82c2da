// SPDX-License-Identifier: GPL-2.0-only
/* Control groups: which there are, each once, with their paths. */
#include <linux/cgroup.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "process.h"
#include "text.h"

static const struct rhashtable_params table_params = {
	.key_len = sizeof_field(struct libshare_cgroup, id),
	.key_offset = offsetof(struct libshare_cgroup, id),
	.head_offset = offsetof(struct libshare_cgroup, node),
};

/**
 * libshare_cgroups_begin() - Start with no control group known.
 * @cgroups: Where they are found.
 * @snap: The snapshot of the scan.
 *
 * Return: 0 or -ENOMEM. After 0, the caller must call libshare_cgroups_end().
 */
int libshare_cgroups_begin(struct libshare_cgroups *cgroups, struct libshare_snapshot *snap)
{
	cgroups->snap = snap;
	cgroups->buf = kmalloc(PATH_MAX, LIBSHARE_GFP);
	if (!cgroups->buf)
		return -ENOMEM;
	if (rhashtable_init(&cgroups->table, &table_params)) {
		kfree(cgroups->buf);
		return -ENOMEM;
	}
	return 0;
}

/**
 * libshare_cgroups_end() - Free what was needed to find control groups.
 * @cgroups: Where they are found; the snapshot keeps them.
 *
 * Context: May sleep.
 */
void libshare_cgroups_end(struct libshare_cgroups *cgroups)
{
	rhashtable_destroy(&cgroups->table);
	kfree(cgroups->buf);
}

/**
 * libshare_cgroups_add() - Add the control group that was missing.
 * @cgroups: Where libshare_cgroups_look_up() has just found nothing.
 * @found: Receives the control group.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_cgroups_add(struct libshare_cgroups *cgroups, struct libshare_cgroup **found)
{
	struct libshare_snapshot *snap = cgroups->snap;
	struct libshare_cgroup *cgroup;

	if (libshare_rows_reserve(&snap->cgroups, 1, &snap->memory))
		return -ENOMEM;
	cgroup = libshare_rows_add(&snap->cgroups);
	cgroup->id = cgroups->missing;
	if (*cgroups->buf) {
		cgroup->path = libshare_text_escape(&snap->memory, cgroups->buf, NULL);
		if (!cgroup->path)
			return -ENOMEM;
	}
	if (rhashtable_insert_fast(&cgroups->table, &cgroup->node, table_params))
		return -ENOMEM;
	*found = cgroup;
	return 0;
}

#ifdef CONFIG_CGROUPS
/**
 * libshare_cgroups_look_up() - Look up a control group.
 * @cgroups: Where they are found.
 * @cgrp: The kernel's control group.
 *
 * Context: RCU is held, and keeps @cgrp alive.
 * Return: The control group, or NULL. Then its id and its path are noted, and
 * libshare_cgroups_add() can add it once RCU is not held any more.
 */
struct libshare_cgroup *libshare_cgroups_look_up(struct libshare_cgroups *cgroups,
						 struct cgroup *cgrp)
{
	u64 id = cgroup_id(cgrp);
	struct libshare_cgroup *found = rhashtable_lookup(&cgroups->table, &id, table_params);
	int len;

	if (found)
		return found;
	cgroups->missing = id;
	len = cgroup_path(cgrp, cgroups->buf, PATH_MAX);
	/* Some kernels cut a path that is too long, and do not say so (fs/kernfs/dir.c). */
	if (len < 0 || len >= PATH_MAX - 1)
		*cgroups->buf = '\0';
	return NULL;
}

/**
 * libshare_cgroups_find() - Find the control group of a task.
 * @cgroups: Where they are found.
 * @task: The task.
 * @cgroup: Receives its control group in the v2 hierarchy, NULL if the kernel has none.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_cgroups_find(struct libshare_cgroups *cgroups, struct task_struct *task,
			  struct libshare_cgroup **cgroup)
{
	rcu_read_lock();
	*cgroup = libshare_cgroups_look_up(cgroups, task_dfl_cgroup(task));
	rcu_read_unlock();
	return *cgroup ? 0 : libshare_cgroups_add(cgroups, cgroup);
}
#else
int libshare_cgroups_find(struct libshare_cgroups *cgroups, struct task_struct *task,
			  struct libshare_cgroup **cgroup)
{
	*cgroup = NULL;
	return 0;
}
#endif
