// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMAs → page tables. Only this file reads page-table entries.
 *
 * Modules cannot call walk_page_range(), so the levels are descended with the
 * inline helpers. While the VMA is locked, no table above one of its entries
 * can go, with two exceptions, both of PTE tables and both after a grace period
 * of RCU: one of file pages may be replaced by a huge page under i_mmap_lock
 * alone (retract_page_tables() in mm/khugepaged.c, since 6.5), and an empty one
 * may be freed by MADV_DONTNEED (zap_pte_table_if_empty() in mm/memory.c, since
 * 6.14). So the PMD is read inside RCU, and compared once more under the lock
 * of the table that it points to, as __pte_offset_map_lock() in
 * mm/pgtable-generic.c does.
 */
#include <linux/bitops.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/timex.h>

#include "compat.h"
#include "leaf.h"
#include "snapshot.h"
#include "vmas.h"

static void note_file(struct libshare_leaf *leaf, u32 pos)
{
	leaf->file[pos / LIBSHARE_BLOCK_PAGES] |= 1ULL << pos % LIBSHARE_BLOCK_PAGES;
}

static void note_odd(struct libshare_leaf *leaf, u32 pos, enum libshare_entry entry, u64 pfn)
{
	struct libshare_odd *odd = &leaf->odd[leaf->nr_odd++];

	odd->pos = pos;
	odd->entry = entry;
	odd->pfn = pfn;
}

static void note_alone(struct libshare_leaf *leaf, u32 pos)
{
	leaf->alone[pos / LIBSHARE_BLOCK_PAGES] |= 1ULL << pos % LIBSHARE_BLOCK_PAGES;
	leaf->any_alone = true;
}

/*
 * A page that is present, or that a non-present entry stands for. The kernel marks an
 * anonymous page that only one entry maps, so that a write need not copy it once more
 * (PageAnonExclusive()). The mark may be missing, but is never wrong under the table's
 * lock.
 */
static __always_inline void note_page(struct libshare_leaf *leaf, u32 pos, struct page *page,
				      bool present)
{
	struct folio *folio = page_folio(page);

	if (folio_test_anon(folio)) {
		if (present && PageAnonExclusive(page))
			note_alone(leaf, pos);
		else
			note_odd(leaf, pos, folio_test_ksm(folio) ? LIBSHARE_ENTRY_COPY_KSM :
				 LIBSHARE_ENTRY_COPY, page_to_pfn(page));
		return;
	}
	note_file(leaf, pos);
	if (!present)
		note_odd(leaf, pos, LIBSHARE_ENTRY_MIGRATING, page_to_pfn(page));
}

/*
 * An entry that is neither none nor present. smaps counts what one with a page
 * frame stands for as present (smaps_pte_entry() in fs/proc/task_mmu.c), and so
 * do we.
 */
static noinline void note_softleaf(struct libshare_vmas *walk, struct libshare_leaf *leaf, u32 pos,
				   softleaf_t entry)
{
	if (softleaf_is_swap(entry)) {
		note_odd(leaf, pos, LIBSHARE_ENTRY_SWAP, 0);
	} else if (softleaf_has_pfn(entry)) {
		walk->cost->nonpresent_ptes++;
		note_page(leaf, pos, softleaf_to_page(entry), false);
	} else {
		note_odd(leaf, pos, LIBSHARE_ENTRY_SPECIAL, 0);
	}
}

/*
 * A copy gets into a table under that table's lock, and only after its VMA got
 * an anon_vma. So a VMA that has none once the lock is held has no copies in
 * this table, and its struct pages need not be read.
 */
static bool may_have_copies(const struct vm_area_struct *vma)
{
	return READ_ONCE(vma->anon_vma);
}

static noinline void read_each(struct libshare_vmas *walk, struct libshare_leaf *leaf, u32 pos,
			       pte_t *ptep, u32 nr)
{
	bool copies = may_have_copies(walk->vma);

	for (; nr; nr--, pos++, ptep++) {
		pte_t pte = ptep_get(ptep);

		if (pte_none(pte))
			continue;
		if (!pte_present(pte))
			note_softleaf(walk, leaf, pos, softleaf_from_pte(pte));
		else if (pte_special(pte))
			note_odd(leaf, pos, LIBSHARE_ENTRY_SPECIAL, 0);
		else if (copies)
			note_page(leaf, pos, pte_page(pte), true);
		else
			note_file(leaf, pos);
	}
}

#define STRIDE 8

/*
 * What neighbouring entries have in common: all of them have a bit that is in @all,
 * and none has one that @any lacks. Only such bits are used as need not be
 * translated on any machine, so that entries are read as the words that they are.
 */
struct stride {
	pte_t all;
	pte_t any;
};

static __always_inline struct stride read_stride(const pte_t *ptep)
{
	const u64 *val = (const u64 *)ptep;	/* not every architecture has pteval_t */
	u64 all = READ_ONCE(val[0]), any = all;
	struct stride stride;
	int i;

	BUILD_BUG_ON(sizeof(u64) != sizeof(pte_t));
#pragma GCC unroll 8
	for (i = 1; i < STRIDE; i++) {
		u64 one = READ_ONCE(val[i]);

		all &= one;
		any |= one;
	}
	memcpy(&stride.all, &all, sizeof(all));
	memcpy(&stride.any, &any, sizeof(any));
	return stride;
}

/*
 * This is where a walk spends its time: most often neighbouring entries are all
 * none, or all of them map a page and no more has to be known. Under the table's
 * lock no entry changes into another one.
 */
static void read_entries(struct libshare_vmas *walk, struct libshare_leaf *leaf, u32 pos,
			 pte_t *ptep, u32 nr)
{
	bool copies = may_have_copies(walk->vma);
	u32 part = min_t(u32, nr, -pos % STRIDE);

	if (part)
		read_each(walk, leaf, pos, ptep, part);
	for (pos += part, ptep += part, nr -= part; nr >= STRIDE;
	     pos += STRIDE, ptep += STRIDE, nr -= STRIDE) {
		struct stride stride = read_stride(ptep);

		if (pte_none(stride.any))
			continue;
		if (!copies && pte_present(stride.all) && !pte_special(stride.any))
			leaf->file[pos / LIBSHARE_BLOCK_PAGES] |=
				GENMASK_ULL(STRIDE - 1, 0) << pos % LIBSHARE_BLOCK_PAGES;
		else
			read_each(walk, leaf, pos, ptep, STRIDE);
	}
	if (nr)
		read_each(walk, leaf, pos, ptep, nr);
}

/* Cycles, since to ask for the time takes longer than to read most tables. */
static void end_hold(struct libshare_cost *cost, cycles_t since)
{
	cost->pte_lock_hold_max_cycles = max(cost->pte_lock_hold_max_cycles,
					     (u64)(get_cycles() - since));
}

/* false: the PMD has changed; read it again. */
static bool read_table(struct libshare_vmas *walk, struct libshare_leaf *leaf, pmd_t *pmdp,
		       pmd_t pmd, unsigned long addr, unsigned long end)
{
	spinlock_t *ptl = pte_lockptr(walk->mm, &pmd);	/* the table's */
	cycles_t since;

	spin_lock(ptl);
	if (!pmd_same(pmd, pmdp_get_lockless(pmdp))) {
		spin_unlock(ptl);
		return false;
	}
	since = get_cycles();
	leaf->has_table = true;
	walk->cost->tables++;
	walk->cost->ptes += (end - addr) >> PAGE_SHIFT;
	read_entries(walk, leaf, linear_page_index(walk->vma, addr) - leaf->first,
		     pte_offset_kernel(&pmd, addr), (end - addr) >> PAGE_SHIFT);
	end_hold(walk->cost, since);
	spin_unlock(ptl);
	return true;
}

/* A PMD that maps or stands for a huge page; false: it is another one now. */
static noinline bool read_huge_pmd(struct libshare_vmas *walk, struct libshare_leaf *leaf,
				   pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	u32 pos = linear_page_index(walk->vma, addr) - leaf->first;
	struct page *page = NULL;
	bool present;
	spinlock_t *ptl;	/* that of the PMD's table */
	cycles_t since;
	pmd_t pmd;

	ptl = pmd_lock(walk->mm, pmdp);
	since = get_cycles();
	pmd = pmdp_get_lockless(pmdp);
	present = pmd_present(pmd);
	if (pmd_none(pmd) || (present && !pmd_leaf(pmd))) {
		spin_unlock(ptl);
		return false;
	}
	if (present)
		page = pmd_page(pmd);
	else if (softleaf_has_pfn(softleaf_from_pmd(pmd)))
		page = softleaf_to_page(softleaf_from_pmd(pmd));
	walk->cost->huge_pmds++;
	if (page) {
		page += (addr & ~PMD_MASK) >> PAGE_SHIFT;
		for (; addr != end; addr += PAGE_SIZE)
			note_page(leaf, pos++, page++, present);
	}
	end_hold(walk->cost, since);
	spin_unlock(ptl);
	return true;
}

static void read_pmd(struct libshare_vmas *walk, struct libshare_leaf *leaf, pmd_t *pmdp,
		     unsigned long addr, unsigned long end)
{
	bool done = false;

	while (!done) {
		pmd_t pmd;

		rcu_read_lock();
		pmd = pmdp_get_lockless(pmdp);
		if (pmd_none(pmd))
			done = true;
		else if (!pmd_present(pmd) || pmd_leaf(pmd))
			done = read_huge_pmd(walk, leaf, pmdp, addr, end);
		else
			done = pmd_bad(pmd) || read_table(walk, leaf, pmdp, pmd, addr, end);
		rcu_read_unlock();
	}
}

/* The PMD of an address, or NULL; then the walk moves to where the hole ends. */
static noinline pmd_t *descend(struct libshare_vmas *walk, unsigned long addr, unsigned long end)
{
	pgd_t *pgdp = pgd_offset(walk->mm, addr), pgd = READ_ONCE(*pgdp);
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;

	walk->pmdp = NULL;
	walk->addr = pgd_addr_end(addr, end);
	if (pgd_none(pgd) || pgd_bad(pgd))
		return NULL;
	p4dp = p4d_offset(pgdp, addr);
	p4d = READ_ONCE(*p4dp);
	walk->addr = p4d_addr_end(addr, end);
	if (p4d_none(p4d) || p4d_bad(p4d))
		return NULL;
	pudp = pud_offset(p4dp, addr);
	pud = READ_ONCE(*pudp);
	walk->addr = pud_addr_end(addr, end);
	/* PUD-sized DAX pages are not in the tables. */
	if (pud_none(pud) || pud_leaf(pud) || pud_bad(pud))
		return NULL;
	walk->addr = pmd_addr_end(addr, end);
	walk->pmdp = pmd_offset(pudp, addr);
	walk->pmd_addr = addr & PMD_MASK;
	return walk->pmdp;
}

/*
 * The PMD of the walk's address in the VMA in hand, or NULL. The walk moves behind
 * what the PMD, or the hole in its place, has of the VMA. It is taken from memory
 * where the VMA before had the same one: no table above one that both use goes
 * while the lock is held.
 */
static pmd_t *next_pmd(struct libshare_vmas *walk)
{
	unsigned long addr = walk->addr, end = walk->vma->vm_end;

	if (!walk->pmdp || walk->pmd_addr != (addr & PMD_MASK))
		return descend(walk, addr, end);
	walk->addr = pmd_addr_end(addr, end);
	return walk->pmdp;
}

/**
 * libshare_pagewalk_next() - Read the next page table of a VMA.
 * @walk: A walk with a file VMA in hand, its address in that VMA. The
 *	address moves behind what was read, at most to the end of the VMA.
 * @leaf: What was found.
 *
 * Nothing is faulted in, split, marked or referenced.
 *
 * Context: The VMA's lock or mmap_lock is held. Takes one page-table lock for
 * as long as it takes to read one table.
 * Return: true when @leaf holds anything; false when there was nothing.
 */
bool libshare_pagewalk_next(struct libshare_vmas *walk, struct libshare_leaf *leaf)
{
	unsigned long addr = walk->addr;
	u64 index = linear_page_index(walk->vma, addr), last;
	pmd_t *pmdp = next_pmd(walk);

	if (!pmdp)
		return false;

	leaf->first = round_down(index, LIBSHARE_BLOCK_PAGES);
	last = index + ((walk->addr - addr) >> PAGE_SHIFT) - 1;
	leaf->nr_words = (last - leaf->first) / LIBSHARE_BLOCK_PAGES + 1;
	leaf->table = addr >> PMD_SHIFT;
	leaf->has_table = false;
	leaf->nr_odd = 0;
	/* All of them: the size is known, so that this becomes a few stores. */
	memset(leaf->file, 0, sizeof(leaf->file));
	if (leaf->any_alone)
		memset(leaf->alone, 0, sizeof(leaf->alone));
	leaf->any_alone = false;
	read_pmd(walk, leaf, pmdp, addr, walk->addr);
	if (leaf->nr_odd || leaf->any_alone)
		return true;
	while (leaf->nr_words && !leaf->file[leaf->nr_words - 1])
		leaf->nr_words--;
	return leaf->nr_words;
}
