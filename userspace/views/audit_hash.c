// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hash of a page is the sum of its words, each times a random number of its own.
 * For a given pair of pages that differ, one of 2^64 keys at most makes the sums equal:
 * a product of 64 bits by 64 bits loses nothing in 128 bits, so the key of a word in which
 * they differ is determined by all others. The key never leaves the program.
 *
 * In place of an address, the page without addresses has something that stands for its
 * file. By how much its sum differs follows from the addresses alone, so nothing is hashed
 * twice.
 */
#include <err.h>
#include <string.h>
#include <sys/random.h>

#include "data/alloc.h"
#include "data/hash.h"
#include "views/audit_hash.h"

static __uint128_t times(uint64_t word, uint64_t key)
{
	return (__uint128_t)word * key;
}

/**
 * page_key_make() - Make the key of an audit.
 * @key: Set to it, for page_key_free().
 * @page_size: Bytes of a page.
 */
void page_key_make(struct page_key *key, uint64_t page_size)
{
	size_t done = 0;
	ssize_t got;

	key->words = page_size / sizeof(*key->word);
	key->word = xcalloc(key->words, sizeof(*key->word));
	if (getrandom(&key->seed, sizeof(key->seed), 0) != sizeof(key->seed))
		err(2, "cannot make a key");
	while (done < page_size) {
		got = getrandom((char *)key->word + done, page_size - done, 0);
		if (got <= 0)
			err(2, "cannot make a key");
		done += got;
	}
}

/**
 * page_key_free() - Forget a key.
 * @key: The key.
 */
void page_key_free(struct page_key *key)
{
	explicit_bzero(key->word, key->words * sizeof(*key->word));
	free(key->word);
}

static __uint128_t sum_of(const struct page_key *key, const uint64_t *word)
{
	const uint64_t *of = key->word, *const end = of + key->words;
	__uint128_t sum = 0;

	/* A page has a multiple of four words. */
	for (; of < end; of += 4, word += 4)
		sum += times(word[0], of[0]) + times(word[1], of[1]) +
		       times(word[2], of[2]) + times(word[3], of[3]);
	return sum;
}

/* By how much addresses change the sum: those of one range at a time. */
struct moving {
	struct addresses *a;
	const struct range *range;
	__uint128_t differs;
};

/* @keys: the sum of the keys of all words that point into the range. */
static void leave_range(struct moving *m, __uint128_t keys)
{
	m->differs += (__uint128_t)((__int128)m->range->value - m->range->start) * keys;
}

/* Most addresses lie in the range of the one before: this one does not, if in any. */
static bool change_range(struct moving *m, uint64_t address, __uint128_t keys)
{
	const struct range *found = addresses_find(m->a, address);

	if (!found)
		return false;
	leave_range(m, keys);
	m->range = found;
	return true;
}

/* By how much the sum of the page without addresses differs. */
static __uint128_t differs_words(const struct page_key *key, struct addresses *a,
				 const uint64_t *word)
{
	const uint64_t low = a->at[0].start, span = a->at[a->nr - 1].end - low;
	const uint64_t *const end = word + key->words, *of = key->word;
	struct moving m = { .a = a, .range = &a->at[a->last] };
	uint64_t start = m.range->start, size = m.range->end - start;
	__uint128_t keys = 0;

	for (; word < end; word++, of++) {
		if (*word - low >= span)
			continue;
		if (*word - start >= size) {
			if (!change_range(&m, *word, keys))
				continue;
			keys = 0;
			start = m.range->start;
			size = m.range->end - start;
		}
		keys += *of;
	}
	leave_range(&m, keys);
	return m.differs;
}

/* The same, in a process with addresses of 32 bits: two in a word. */
static __uint128_t differs_halves(const struct page_key *key, struct addresses *a,
				  const uint64_t *word)
{
	const struct range *range;
	__uint128_t differs = 0;
	uint32_t half[2];
	uint64_t moved;
	size_t i, j;

	for (i = 0; i < key->words; i++) {
		memcpy(half, &word[i], sizeof(half));
		for (j = 0; j < 2; j++) {
			range = addresses_find(a, half[j]);
			if (range)
				half[j] += range->value - range->start;
		}
		memcpy(&moved, half, sizeof(moved));
		differs += times(moved, key->word[i]) - times(word[i], key->word[i]);
	}
	return differs;
}

static uint64_t fold(const struct page_key *key, __uint128_t sum)
{
	return XXH64(&sum, sizeof(sum), key->seed);
}

/**
 * page_hash() - The hash of a page.
 * @key: The key of this audit: hashes with different keys cannot be compared.
 * @a: The process that the page is of, which has some range; NULL: leave addresses as
 *     they are.
 * @page: The page, which is aligned to words.
 *
 * Return: The hash.
 */
struct page_hash page_hash(const struct page_key *key, struct addresses *a, const void *page)
{
	struct page_hash hash;
	__uint128_t sum = sum_of(key, page), differs = 0;

	if (a)
		differs = a->word == 8 ? differs_words(key, a, page) : differs_halves(key, a, page);
	hash.content = fold(key, sum);
	hash.moved = differs ? fold(key, sum + differs) : hash.content;
	return hash;
}
