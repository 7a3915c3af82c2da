// SPDX-License-Identifier: GPL-2.0-only
/* The build-ID parser: files made by hand, and the one that runs this. */
#include "buildid.h"
#include "test.h"

static u8 image[65536];
static size_t image_size;	/* what of it can be read */
static unsigned int reads;

static bool read_image(void *file, u64 offset, void *buf, size_t len)
{
	reads++;
	if (offset > image_size || len > image_size - offset)
		return false;
	memcpy(buf, image + offset, len);
	return true;
}

static bool read_file(void *file, u64 offset, void *buf, size_t len)
{
	return !fseek(file, offset, SEEK_SET) && fread(buf, 1, len, file) == len;
}

static void put(size_t at, const void *what, size_t len)
{
	memcpy(image + at, what, len);
}

static size_t put_note(size_t at, u32 type, const char *owner, const void *desc, u32 len)
{
	Elf32_Nhdr note = { strlen(owner) + 1, len, type };

	put(at, &note, sizeof(note));
	put(at + sizeof(note), owner, note.n_namesz);
	at += sizeof(note) + (note.n_namesz + 3) / 4 * 4;
	put(at, desc, len);
	return at + (len + 3) / 4 * 4;
}

static Elf64_Ehdr ehdr64(void)
{
	Elf64_Ehdr e = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB },
		.e_phoff = 64, .e_phnum = 2, .e_phentsize = sizeof(Elf64_Phdr),
	};

	return e;
}

static const u8 id20[20] = {
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
};

/* A 64-bit file with a PT_LOAD and a PT_NOTE of two notes; @note is where. */
static void make64(u64 note)
{
	Elf64_Ehdr e = ehdr64();
	Elf64_Phdr load = { .p_type = PT_LOAD };
	Elf64_Phdr notes = { .p_type = PT_NOTE, .p_offset = note, .p_align = 4 };
	size_t end;

	memset(image, 0, sizeof(image));
	image_size = sizeof(image);
	put(0, &e, sizeof(e));
	put(64, &load, sizeof(load));
	end = put_note(note, 1, "GNU", "abi tag bytes 16", 16);
	notes.p_filesz = put_note(end, 3, "GNU", id20, sizeof(id20)) - note;
	put(64 + sizeof(load), &notes, sizeof(notes));
}

static void check_id(size_t want)
{
	u8 id[LIBSHARE_BUILDID_MAX];
	size_t len = libshare_buildid_find(read_image, NULL, id);

	CHECK_EQ(len, want);
	CHECK(!len || !memcmp(id, id20, len));
}

static void test_64(void)
{
	make64(512);
	check_id(20);
	make64(60000);
	check_id(20);
}

static void test_32(void)
{
	Elf32_Ehdr e = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB },
		.e_phoff = 52, .e_phnum = 1, .e_phentsize = sizeof(Elf32_Phdr),
	};
	Elf32_Phdr notes = { .p_type = PT_NOTE, .p_offset = 200, .p_align = 4 };

	memset(image, 0, sizeof(image));
	image_size = sizeof(image);
	put(0, &e, sizeof(e));
	notes.p_filesz = put_note(200, 3, "GNU", id20, 16) - 200;
	put(52, &notes, sizeof(notes));
	check_id(16);
}

/* A property note, whose padding is to 8, before the build ID. */
static void test_align8(void)
{
	Elf64_Ehdr e = ehdr64();
	Elf64_Phdr notes = { .p_type = PT_NOTE, .p_offset = 256, .p_align = 8 };
	size_t end;

	memset(image, 0, sizeof(image));
	image_size = sizeof(image);
	put(0, &e, sizeof(e));
	end = put_note(256, 5, "GNU", "property....", 12);
	end = (end + 7) / 8 * 8;
	notes.p_filesz = put_note(end, 3, "GNU", id20, 20) - 256;
	put(64, &notes, sizeof(notes));
	check_id(20);
}

static void test_others(void)
{
	/* Each of these must make it no ELF file, or one without a build ID. */
	static const struct {
		size_t at;
		u8 byte;
	} broken[] = {
		{ 1, 'X' }, { 4, 3 }, { 5, ELFDATA2MSB }, { 54, 8 }, { 56, 0 }, { 120, 7 },
		{ 128 + 7, 0xff },
	};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		make64(512);
		image[broken[i].at] = broken[i].byte;
		check_id(0);
	}
	make64(512);
	put_note(512 + 32, 3, "GNX", id20, 20);
	check_id(0);
}

/* What is not in the page cache cannot be read: nothing, or the whole truth. */
static void test_partial(void)
{
	make64(512);
	for (image_size = 0; image_size < 512 + 32 + 36; image_size++)
		check_id(0);
	check_id(20);
}

/* Lengths that overflow, reach too far, or would go round for ever. */
static void test_lengths(void)
{
	static const u32 length[] = { 0, 65, 4096, 0x7fffffff, 0xfffffff0, 0xffffffff };

	for (size_t i = 0; i < sizeof(length) / sizeof(length[0]); i++) {
		make64(512);
		put(512 + 32 + 4, &length[i], 4);	/* n_descsz of the build ID */
		check_id(0);
		make64(512);
		if (i) {
			put(512, &length[i], 4);	/* n_namesz of the note before */
			check_id(0);
		}
	}
}

/* As many segments of as many notes as there can be, in a file of two pages. */
static void test_many(void)
{
	static const char none[1];
	Elf64_Phdr notes = { .p_type = PT_NOTE, .p_offset = 57344, .p_filesz = 8192, .p_align = 4 };
	Elf64_Ehdr e = ehdr64();
	size_t end = 57344;

	memset(image, 0, sizeof(image));
	image_size = sizeof(image);
	e.e_phnum = 256;
	put(0, &e, sizeof(e));
	for (size_t i = 0; i < 256; i++)
		put(64 + i * sizeof(notes), &notes, sizeof(notes));
	while (end + 16 <= sizeof(image))
		end = put_note(end, 3, "GNX", none, 1);
	reads = 0;
	check_id(0);
	CHECK(reads < 500);
}

static void test_self(void)
{
	u8 id[LIBSHARE_BUILDID_MAX];
	char want[2 * LIBSHARE_BUILDID_MAX + 2], got[2 * LIBSHARE_BUILDID_MAX + 2] = "";
	FILE *self = fopen("/proc/self/exe", "r"), *readelf;
	size_t len = libshare_buildid_find(read_file, self, id);

	for (size_t i = 0; i < len; i++)
		sprintf(got + 2 * i, "%02x", id[i]);
	readelf = popen("readelf -n /proc/$PPID/exe | sed -n 's/.*Build ID: //p'", "r");
	CHECK(fgets(want, sizeof(want), readelf));
	want[strcspn(want, "\n")] = '\0';
	CHECK(*got && !strcmp(got, want));
	pclose(readelf);
	fclose(self);
}

int main(void)
{
	test("64-bit files, the note near and far", test_64);
	test("32-bit files", test_32);
	test("notes aligned to 8", test_align8);
	test("no ELF file, or no build ID: none", test_others);
	test("any part of the file that is missing: none", test_partial);
	test("lengths that lie", test_lengths);
	test("a file made of notes is soon given up", test_many);
	test("this program's build ID is what readelf says", test_self);
	return test_end();
}
