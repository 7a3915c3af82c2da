/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel versions, and nothing else.
 *
 * The rest of the module is written for the newest kernel. Each shim says
 * since when the kernel has the real thing; it goes when the oldest supported
 * kernel (see tests/kernels.list) is newer than that.
 */
#ifndef LIBSHARE_COMPAT_H
#define LIBSHARE_COMPAT_H

#include <linux/fs.h>
#include <linux/generic-radix-tree.h>
#include <linux/hrtimer.h>
#include <linux/magic.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/version.h>
#include <linux/xarray.h>

#include "pages.h"

/*
 * Kbuild refuses the architectures whose page tables no test has seen. Versions
 * are refused here: README.md says which are booted and which are compiled.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "libshare needs kernel 5.10 or newer"
#elif !defined(CONFIG_X86_64) && !defined(CONFIG_ARM64) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "libshare needs kernel 6.12 or newer on this architecture"
#endif

/* struct folio: since 5.16. Before it, the head page played its part. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
struct folio {
	struct page page;
};

#define page_folio(p) ((struct folio *)compound_head(p))
#define folio_page(f, n) (&(f)->page + (n))
#define folio_test_anon(f) PageAnon(&(f)->page)
#define folio_test_ksm(f) PageKsm(&(f)->page)
#endif

/*
 * xas_get_order(): since 6.10, and in the later updates of 6.1 and 6.6. Before
 * 5.17 a huge page stood in each of its slots, and no entry spanned several.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)
#define xas_get_order(xas) 0
#endif

/**
 * libshare_compat_entry_page() - The page of an index below a page-cache entry.
 * @folio: The entry.
 * @first: The first index that the entry stands for.
 * @index: An index that it stands for.
 *
 * Before 5.17 the entry of each of a huge page's indices was its head page.
 *
 * Context: RCU is held; @folio need not be pinned, and may have become
 * anything: only its address is trusted.
 * Return: The page.
 */
static inline struct page *libshare_compat_entry_page(struct folio *folio, unsigned long first,
						      unsigned long index)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)
	struct page *head = folio_page(folio, 0);

	if (IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) && PageHead(head) &&
	    IS_ALIGNED(page_to_pfn(head), HPAGE_PMD_NR))
		return head + (index & (HPAGE_PMD_NR - 1));
#endif
	return folio_page(folio, 0) + (index - first);
}

/* A reference to a folio of a page cache that need not be pinned: since 5.16. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
#define folio_try_get(folio) page_cache_get_speculative(&(folio)->page)
#define folio_put(folio) put_page(&(folio)->page)
#endif

/* page_memcg_check(): since 5.11. A vector of slab objects has its lowest bit set. */
#if defined(CONFIG_MEMCG) && LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static inline struct mem_cgroup *page_memcg_check(struct page *page)
{
	unsigned long memcg = (unsigned long)READ_ONCE(page->mem_cgroup);

	return memcg & 1 ? NULL : (struct mem_cgroup *)memcg;
}
#endif

/* folio_memcg_check(): since 6.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#undef folio_memcg_check
#define folio_memcg_check(folio) page_memcg_check(folio_page(folio, 0))
#endif

/**
 * libshare_compat_charge() - What a folio says of its charge, not to be followed.
 * @folio: The folio.
 *
 * Context: RCU is held; the folio need not be pinned.
 * Return: 0 if it is not charged, or a value that is the same for all folios of a control
 * group as long as RCU is held.
 */
static inline unsigned long libshare_compat_charge(struct folio *folio)
{
#ifndef CONFIG_MEMCG
	return 0;
#elif LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	return (unsigned long)READ_ONCE(folio->page.mem_cgroup);
#elif LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
	return READ_ONCE(folio->page.memcg_data);
#else
	return READ_ONCE(folio->memcg_data);
#endif
}

/* Nodes of a genradix are smaller than a page since 6.9. */
#ifndef GENRADIX_NODE_SIZE
#define GENRADIX_NODE_SIZE PAGE_SIZE
#endif

/* PageAnonExclusive(): since 5.19. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 19, 0)
#define PageAnonExclusive(page) false
#endif

/* hrtimer_setup(): since 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void libshare_compat_hrtimer_setup(struct hrtimer *timer,
						 enum hrtimer_restart (*ring)(struct hrtimer *),
						 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = ring;
}

#define hrtimer_setup(timer, ring, clock, mode) \
	libshare_compat_hrtimer_setup(timer, ring, clock, mode)
#endif

/* memfd_secret(2): since 5.14. */
#ifndef SECRETMEM_MAGIC
#define SECRETMEM_MAGIC 0x5345434d
#endif

/* The VMA iterator: since 6.1, with the maple tree. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
struct vma_iterator {
	struct mm_struct *mm;
	unsigned long next;
};

static inline void vma_iter_init(struct vma_iterator *vmi, struct mm_struct *mm,
				 unsigned long addr)
{
	vmi->mm = mm;
	vmi->next = addr;
}

static inline struct vm_area_struct *vma_next(struct vma_iterator *vmi)
{
	struct vm_area_struct *vma = find_vma(vmi->mm, vmi->next);

	if (vma)
		vmi->next = vma->vm_end;
	return vma;
}
#endif

/* pmdp_get_lockless(): since 6.5. One read is atomic on 64-bit kernels. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define pmdp_get_lockless(pmdp) READ_ONCE(*(pmdp))
#endif

/*
 * Powerpc does not export pmd_page(), which pte_lockptr() calls. The
 * replacements do what the originals do, in arch/powerpc/mm/pgtable_64.c and in
 * <linux/mm.h>.
 */
#ifdef CONFIG_PPC64
#define pmd_page(pmd) libshare_compat_pmd_page(pmd)
#define pte_lockptr(mm, pmdp) libshare_compat_pte_lockptr(mm, pmdp)

static inline struct page *libshare_compat_pmd_page(pmd_t pmd)
{
	if (pmd_leaf(pmd))
		return pte_page(pmd_pte(pmd));
	return virt_to_page((void *)pmd_page_vaddr(pmd));
}

static inline spinlock_t *libshare_compat_pte_lockptr(struct mm_struct *mm, pmd_t *pmdp)
{
#ifdef CONFIG_SPLIT_PTE_PTLOCKS
	return ptlock_ptr(page_ptdesc(pmd_page(*pmdp)));
#else
	return &mm->page_table_lock;
#endif
}
#endif

/*
 * p4d_offset() and pud_offset() of riscv, where the kernel learns when it boots
 * how many levels there are: exported since 7.2 at the latest.
 */
#if defined(CONFIG_RISCV) && LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
#undef p4d_offset
#undef pud_offset
#define p4d_offset(pgdp, addr) libshare_compat_p4d_offset(pgdp, addr)
#define pud_offset(p4dp, addr) libshare_compat_pud_offset(p4dp, addr)

static inline p4d_t *libshare_compat_p4d_offset(pgd_t *pgdp, unsigned long addr)
{
	if (!pgtable_l5_enabled)
		return (p4d_t *)pgdp;
	return pgd_pgtable(READ_ONCE(*pgdp)) + p4d_index(addr);
}

static inline pud_t *libshare_compat_pud_offset(p4d_t *p4dp, unsigned long addr)
{
	if (!pgtable_l4_enabled)
		return (pud_t *)p4dp;
	return p4d_pgtable(READ_ONCE(*p4dp)) + pud_index(addr);
}
#endif

/*
 * Leaf entries that are not present: softleaf_t and <linux/leafops.h> since
 * 6.19. Before it they were swp_entry_t, with one predicate for each kind.
 * Updates of older kernels bring some of the new names along, as 6.12.117 did:
 * macros take the place of whatever is there already.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#include <linux/leafops.h>
#else
#undef softleaf_t
#undef softleaf_from_pte
#undef softleaf_from_pmd
#undef softleaf_is_swap
#undef softleaf_has_pfn
#undef softleaf_to_page
#define softleaf_t swp_entry_t
#define softleaf_from_pte(pte) pte_to_swp_entry(pte)
#define softleaf_from_pmd(pmd) pmd_to_swp_entry(pmd)
#define softleaf_is_swap(entry) (!non_swap_entry(entry))
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define softleaf_has_pfn(entry) is_pfn_swap_entry(entry)
#define softleaf_to_page(entry) pfn_swap_entry_to_page(entry)
#else
/* is_pfn_swap_entry() and pfn_swap_entry_to_page(): since 5.14. */
#define softleaf_has_pfn(entry) libshare_compat_has_pfn(entry)
#define softleaf_to_page(entry) pfn_to_page(swp_offset(entry))

static inline bool libshare_compat_has_pfn(swp_entry_t entry)
{
	return is_migration_entry(entry) || is_device_private_entry(entry);
}
#endif
#endif

/*
 * Where a file is shown to the user: overlayfs and its kind map a backing
 * file, and know the user's path of it since 6.7. Before it, the backing file
 * carried that path itself.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define file_user_path(file) (&(file)->f_path)
#endif

/**
 * libshare_compat_mapcount() - The kernel's own count of a file page's mappings.
 * @folio: The folio that the page belongs to.
 * @page: The page.
 *
 * Follows folio_precise_page_mapcount() in fs/proc/internal.h, what
 * /proc/kpagecount prints. Before 6.2 the count of a file page had the huge
 * mappings of its folio in it (__page_mapcount() in mm/util.c).
 * CONFIG_NO_PAGE_MAPCOUNT kernels (since 6.15) keep no count for the pages of
 * large folios.
 *
 * Context: RCU is held; the folio need not be pinned, so that none of the
 * helpers will do that assert what it is. The answer may be nonsense unless the
 * caller finds out afterwards that the folio was the right one.
 * Return: The number of page-table entries that map @page, or
 * LIBSHARE_MAPCOUNT_UNKNOWN where this kernel keeps no such count.
 */
static inline u32 libshare_compat_mapcount(struct folio *folio, struct page *page)
{
	int mapcount = atomic_read(&page->_mapcount) + 1;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	if (PageHead(folio_page(folio, 0))) {
		if (IS_ENABLED(CONFIG_NO_PAGE_MAPCOUNT))
			return LIBSHARE_MAPCOUNT_UNKNOWN;
		mapcount += atomic_read(&folio->_entire_mapcount) + 1;
	}
#endif
	return mapcount < 0 ? 0 : mapcount;
}

#endif
