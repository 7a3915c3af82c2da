// SPDX-License-Identifier: GPL-2.0-only
/* The columns of the tables that an audit adds. */
#include <stddef.h>

#include "data/columns.h"

const struct column audit_columns[] = {
#define C(...) COLUMN(audit, __VA_ARGS__)
	C(lib, ID, 0, "number of the library"),
	C(section, TEXT, SHOWN, "section, or " AUDIT_ALL " for all of the library"),
	C(copies, BYTES, SHOWN, "distinct copies; the sum of the next five"),
	C(in_file, BYTES, SHOWN, "as in the file: written, but nothing changed"),
	C(equal, BYTES, SHOWN, "equal to another copy of the same page"),
	C(relocated, BYTES, SHOWN, "equal to another copy but for addresses of files"),
	C(different, BYTES, SHOWN, "different from every other copy of the page"),
	C(unread, BYTES, SHOWN, "not read: gone meanwhile, or not readable"),
	C(alone, BYTES, 0, "of different: the only copy of its page"),
	C(cow, BYTES, 0, "copies, summed over processes"),
	C(shared, BYTES, 0, "of these, copies that another process holds too"),
	C(ksm, BYTES, 0, "what merging equal copies would win back"),
	C(one_address, BYTES, 0, "the same, if each file had one address everywhere"),
	C(zygote, BYTES, 0, "what forking each program's processes from one would win back"),
	C(procs, COUNT, SHOWN, "processes that hold copies"),
	C(in_file_procs, COUNT, WIDE, "processes that hold copies as in the file"),
	C(equal_procs, COUNT, WIDE, "processes that hold equal copies"),
	C(relocated_procs, COUNT, WIDE, "processes that hold copies equal but for addresses"),
	C(different_procs, COUNT, WIDE, "processes that hold different copies"),
	C(unread_procs, COUNT, OPTIONAL | WIDE, "processes that hold copies that were not read"),
	C(one_address_procs, COUNT, 0, "processes that hold equal ones of either kind"),
	C(zygote_procs, COUNT, 0, "processes that would share after a fork"),
	C(changed, BYTES, 0, "distinct copies that came or went since the scan"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};

const struct column programs_columns[] = {
#define C(...) COLUMN(program, __VA_ARGS__)
	C(lib, ID, SHOWN, "number of the library"),
	C(section, TEXT, SHOWN, "section"),
	C(procs, COUNT, SHOWN, "processes of the program that hold copies"),
	C(cow, BYTES, SHOWN, "copies, summed over them"),
	C(shared, BYTES, SHOWN, "of these, copies that another process holds too"),
	C(copies, BYTES, SHOWN, "distinct copies"),
	C(zygote, BYTES, SHOWN, "what forking them from one would win back"),
	C(equal, BYTES, SHOWN, "what merging equal copies would win back"),
	C(pids, TEXT, SHOWN, "some of the processes"),
	C(exe, TEXT, PATH, "the program"),
	{ 0 }
#undef C
};

const struct column distinct_columns[] = {
#define C(...) COLUMN(distinct, __VA_ARGS__)
	C(lib, ID, 0, "number of the library"),
	C(first, ID, SHOWN, "index in the file of the first page of the run"),
	C(count, COUNT, SHOWN, "pages in the run"),
	C(copies, COUNT, SHOWN, "distinct copies of each of them"),
	C(path, TEXT, PATH, "path of the library"),
	{ 0 }
#undef C
};
