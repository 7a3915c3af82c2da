// SPDX-License-Identifier: GPL-2.0-only
/* Folios → the control groups that they are charged to. */
#include <linux/cgroup.h>
#include <linux/memcontrol.h>

#include "charges.h"
#include "compat.h"
#include "process.h"
#include "snapshot.h"

/**
 * libshare_charges_version() - Ask in which hierarchy the kernel charges memory.
 *
 * Return: 2 or 1, or 0 if it charges no control group.
 */
unsigned int libshare_charges_version(void)
{
#ifdef CONFIG_MEMCG
	if (!mem_cgroup_disabled())
		return cgroup_subsys_on_dfl(memory_cgrp_subsys) ? 2 : 1;
#endif
	return 0;
}

/**
 * libshare_charges_begin() - Start with no charge known.
 * @charges: The charges.
 * @cgroups: Where control groups are found.
 */
void libshare_charges_begin(struct libshare_charges *charges, struct libshare_cgroups *cgroups)
{
	charges->cgroups = libshare_charges_version() == 2 ? cgroups : NULL;
	charges->missing = false;
}

/**
 * libshare_charges_begin_block() - Start with the next block.
 * @charges: The charges.
 *
 * What the last folio said is forgotten: it is a pointer that RCU keeps alive.
 */
void libshare_charges_begin_block(struct libshare_charges *charges)
{
	charges->nr = 0;
	charges->last = 0;
	charges->payer = NULL;
}

#ifdef CONFIG_MEMCG
/* Does the group exist, and does it have the memory controller? */
static bool is_alive(struct mem_cgroup *memcg)
{
	return mem_cgroup_online(memcg) && (memcg->css.cgroup->self.flags & CSS_ONLINE);
}

/* What page_cgroup_ino() in mm/memcontrol.c does for /proc/kpagecgroup. */
static struct cgroup *payer_of(struct folio *folio)
{
	struct mem_cgroup *memcg = folio_memcg_check(folio);

	while (memcg && !is_alive(memcg))
		memcg = parent_mem_cgroup(memcg);
	return memcg ? memcg->css.cgroup : NULL;
}

/**
 * libshare_charges_find() - Find the control group that a folio is charged to.
 * @charges: The charges.
 * @folio: The folio of a page cache; the caller has a reference.
 *
 * Of a group that is dying, find the nearest ancestor that lives.
 *
 * Context: RCU is held.
 * Return: true, or false if the group is not known yet. Then the block must be read
 * again after libshare_charges_add_missing().
 */
bool libshare_charges_find(struct libshare_charges *charges, struct folio *folio)
{
	struct cgroup *cgrp = payer_of(folio);

	charges->payer = NULL;
	if (cgrp) {
		charges->payer = libshare_cgroups_look_up(charges->cgroups, cgrp);
		charges->missing = !charges->payer;
	}
	charges->last = charges->missing ? 0 : libshare_compat_charge(folio);
	return !charges->missing;
}
#else
bool libshare_charges_find(struct libshare_charges *charges, struct folio *folio)
{
	return true;
}
#endif

/**
 * libshare_charges_note() - Note that pages are charged to the group found last.
 * @charges: The charges.
 * @pages: Which pages of the block.
 */
void libshare_charges_note(struct libshare_charges *charges, u64 pages)
{
	unsigned int i;

	if (!charges->payer)
		return;
	/* Nearly always the last one */
	for (i = charges->nr; i-- > 0; ) {
		if (charges->of[i].cgroup == charges->payer) {
			charges->of[i].pages |= pages;
			return;
		}
	}
	charges->of[charges->nr].cgroup = charges->payer;
	charges->of[charges->nr++].pages = pages;
}

/**
 * libshare_charges_add_missing() - Add the group that was not known.
 * @charges: The charges; a group is missing.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_charges_add_missing(struct libshare_charges *charges)
{
	struct libshare_cgroup *cgroup;

	charges->missing = false;
	return libshare_cgroups_add(charges->cgroups, &cgroup);
}

/**
 * libshare_charges_keep() - Keep the charges of a block for the rest of the scan.
 * @charges: The charges.
 * @snap: The snapshot of the scan.
 * @lib: The library.
 * @block: The block.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int libshare_charges_keep(const struct libshare_charges *charges, struct libshare_snapshot *snap,
			  const struct libshare_library *lib, struct libshare_block *block)
{
	unsigned int i;

	if (snap->charges.nr >= U32_MAX - LIBSHARE_BLOCK_PAGES ||
	    libshare_rows_reserve(&snap->charges, charges->nr, &snap->memory))
		return -ENOMEM;
	for (i = 0; i < charges->nr; i++) {
		struct libshare_charge *charge = libshare_rows_add(&snap->charges);

		charge->block = block;
		charge->pages = charges->of[i].pages;
		charge->cgroup = charges->of[i].cgroup;
		charge->library = lib->number;
	}
	return 0;
}
