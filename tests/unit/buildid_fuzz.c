// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer for the build-ID parser. The first byte of the input says how much
 * of the file is "in the page cache"; each read is copied to a buffer of just
 * its size, so that ASan sees one that goes too far.
 */
#include "buildid.h"
#include "shim.h"

struct input {
	const u8 *data;
	size_t size;
	unsigned long reads;
};

static bool read_input(void *file, u64 offset, void *buf, size_t len)
{
	struct input *in = file;

	in->reads++;
	if (offset > in->size || len > in->size - offset)
		return false;
	memcpy(buf, in->data + offset, len);
	return true;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size, 0 };
	u8 *id = malloc(LIBSHARE_BUILDID_MAX);
	size_t len = libshare_buildid_find(read_input, &in, id);

	/* Whatever the file says, the work is bounded. */
	if (len > LIBSHARE_BUILDID_MAX || in.reads > 3 + 256 * (1 + 2 * 64))
		abort();
	free(id);
	return 0;
}
