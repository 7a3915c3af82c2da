// SPDX-License-Identifier: GPL-2.0-only
/* What --help prints. */
#include "data/columns.h"
#include "data/source.h"
#include "out/views.h"
#include "usage.h"

static const char usage_text[] =
	"Usage:\n"
	" libshare-top [options]\n"
	" libshare-top [options] --diff BEFORE AFTER\n"
	"\n"
	"Show what sharing of libraries saves, and where copies broke it.\n"
	"\n"
	"What to show:\n"
	"     --view VIEW        libraries, processes, mappings, pages, histogram,\n"
	"                        cgroups, sections, duplicates, audit, distinct,\n"
	"                        findings, what-if or erosion\n"
	"     --by cgroup        a row for each control group, over all libraries\n"
	"     --library NAME     only this library, or the processes that map it: a path,\n"
	"                        its last part, a glob, or MAJOR:MINOR:INODE\n"
	"     --pid PID          only this process, or the libraries that it maps\n"
	"     --cgroup PATH      only processes of this control group and those below\n"
	"     --filter GLOB      only names that match; without *, ? or [ any part of a name\n"
	" -x, --sort COLUMN      sort by a column: amounts largest first, names a to z\n"
	"     --reverse          sort the other way round\n"
	"\n"
	"How to show it:\n"
	" -b, --batch            print, instead of the live view that a terminal gets\n"
	" -n, --iterations N     stop after N scans (1 where the output is no terminal)\n"
	" -d, --delay SECONDS    time between scans (2)\n"
	" -o, --columns LIST     columns, separated by commas; +LIST adds them; or all\n"
	" -J, --json             print JSON\n"
	"     --csv              print comma-separated values\n"
	" -r, --raw              print fields with one space between\n"
	"     --noheadings       print no heading line\n"
	"     --bytes            print sizes in bytes (always so but in tables)\n"
	"     --output FILE      print to FILE, which is replaced once all is written\n"
	"\n"
	"What is in copies (reads the memory of processes):\n"
	"     --view audit       how many copies are equal, by library and section\n"
	"     --explain [NAME]   what to do about copies, and what it would win back\n"
	"     --what-if CHANGE   what zygote, ksm, one-address or dedup would win back\n"
	"     --view erosion     how many copies that were shared after a fork still are\n"
	"     --since FILE       since the recording FILE, made with --view audit\n"
	"\n"
	"What else to do:\n"
	"     --record FILE      write snapshots to FILE, which --replay and --diff read\n"
	"     --replay FILE      read snapshots from FILE instead of the module\n"
	"     --diff A B         what grew, shrank, came and went between two recordings\n"
	"     --min SIZE         of a difference, only rows in which some size differs by\n"
	"                        at least SIZE (K, M or G may follow)\n"
	"     --openmetrics      print metrics for Prometheus\n"
	"     --down             print those of a scan that failed, without a scan\n"
	"     --max-series N     of at most N libraries, those that take most (100)\n"
	"     --picture FILE     draw who shares which pages of --library (svg, png, pdf)\n"
	"     --map FILE         draw the page map of --library (svg, png, pdf)\n"
	"     --html FILE        write a page with everything, for a browser\n"
	"     --verify           compare the module with /proc: 0 they agree, 1 they differ\n"
	"     --memory-max MIB   most memory that one snapshot may take (1024)\n"
	"     --source SOURCE    auto, module or proc: /proc has the same tables, at more\n"
	"                        cost, without the module (auto)\n"
	"     --read-files       with /proc, read build IDs from the files of libraries\n"
	"     --directory DIR    where the module's files are\n"
	"                        (" DIRECTORY ")\n"
	"\n"
	" -h, --help             display this help\n"
	" -V, --version          display version\n";

/**
 * usage() - Explain the options, and the columns of all views.
 * @out: Where to.
 */
void usage(FILE *out)
{
	fputs(usage_text, out);
	columns_help(out);
}
