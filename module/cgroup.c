// SPDX-License-Identifier: GPL-2.0-only
/* Tasks → control groups: which there are, each once, with their paths. */
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

#ifdef CONFIG_CGROUPS
static int add_cgroup(struct libshare_cgroups *cgroups, u64 id,
		      const struct libshare_cgroup **found)
{
	struct libshare_snapshot *snap = cgroups->snap;
	struct libshare_cgroup *cgroup;

	if (libshare_rows_reserve(&snap->cgroups, 1, &snap->memory))
		return -ENOMEM;
	cgroup = libshare_rows_add(&snap->cgroups);
	cgroup->id = id;
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
			  const struct libshare_cgroup **cgroup)
{
	struct cgroup *cgrp;
	int len;
	u64 id;

	rcu_read_lock();
	cgrp = task_dfl_cgroup(task);
	id = cgroup_id(cgrp);
	*cgroup = rhashtable_lookup(&cgroups->table, &id, table_params);
	if (*cgroup) {
		rcu_read_unlock();
		return 0;
	}
	len = cgroup_path(cgrp, cgroups->buf, PATH_MAX);
	if (len < 0 || len >= PATH_MAX)
		*cgroups->buf = '\0';
	rcu_read_unlock();
	return add_cgroup(cgroups, id, cgroup);
}
#else
int libshare_cgroups_find(struct libshare_cgroups *cgroups, struct task_struct *task,
			  const struct libshare_cgroup **cgroup)
{
	*cgroup = NULL;
	return 0;
}
#endif
