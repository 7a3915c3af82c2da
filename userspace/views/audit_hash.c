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

/* The sums of a page, as it is and without addresses. */
struct sums {
	__uint128_t content, moved;
};

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

/* A zero adds nothing, and is no address: pages have many. */
static struct sums sum_words(const struct page_key *key, struct addresses *a,
			     const uint64_t *word)
{
	const uint64_t low = a->at[0].start, span = a->at[a->nr - 1].end - low;
	const uint64_t *of = key->word + key->words;
	__uint128_t content = 0, more = 0;
	ssize_t i;

	word += key->words;
	for (i = -(ssize_t)key->words; i; i++) {
		if (!word[i])
			continue;
		content += times(word[i], of[i]);
		if (word[i] - low < span)
			more += times(addresses_more(a, word[i]), of[i]);
	}
	return (struct sums){ content, content + more };
}

/* The same, in a process with addresses of 32 bits: two in a word. */
static struct sums sum_halves(const struct page_key *key, struct addresses *a,
			      const uint64_t *word)
{
	struct sums sums = { 0 };
	uint32_t half[2];
	uint64_t moved;
	size_t i, j;

	for (i = 0; i < key->words; i++) {
		memcpy(half, &word[i], sizeof(half));
		for (j = 0; j < 2; j++)
			half[j] += addresses_more(a, half[j]);
		memcpy(&moved, half, sizeof(moved));
		sums.content += times(word[i], key->word[i]);
		sums.moved += times(moved, key->word[i]);
	}
	return sums;
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
	struct sums sums;

	if (!a) {
		sums.content = sum_of(key, page);
		sums.moved = sums.content;
	} else {
		sums = a->word == 8 ? sum_words(key, a, page) : sum_halves(key, a, page);
	}
	hash.content = fold(key, sums.content);
	hash.moved = sums.moved != sums.content ? fold(key, sums.moved) : hash.content;
	return hash;
}
