// SPDX-License-Identifier: GPL-2.0-only
/*
 * --verify: the module against /proc, on the machine that it runs on. Nothing is
 * stopped. A first round, which is not judged, brings all code of this program into
 * memory, so that its own rows hold still. If rows differ, all are compared again, up to three
 * times, and only rows that differ each time count: a process that lives while the module
 * scans, and neither before nor after, makes a difference once, a mistake of the module
 * each time.
 */
#include <inttypes.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/columns.h"
#include "data/source.h"
#include "out/print.h"
#include "views/members.h"
#include "out/verify.h"
#include "views/verify_rows.h"

#define ROUNDS 4	/* the first one is not judged */
#define ALL (HAS(VERIFY_TABLES) - 1)

static void take(struct source *source, struct verify_side *side)
{
	if (source_next(source, ALL, &side->snap) <= 0)
		errx(TROUBLE, "%s", source_why(source));
}

static void say_machine(const struct snapshot *snap)
{
	struct utsname uts;

	if (uname(&uts))
		err(TROUBLE, "cannot verify");
	printf("libshare-top %s, Linux %s %s, pages of %" PRIu64 " bytes, %ld CPUs\n",
	       LIBSHARE_VERSION, uts.release, uts.machine, snap->page_size,
	       sysconf(_SC_NPROCESSORS_ONLN));
}

static void say(const struct verify *v)
{
	uint64_t compared = 0, differ = verify_differ(v);
	size_t i;

	say_machine(v->module.snap);
	printf("%-10s %12s %12s %12s\n", "TABLE", "COMPARED", "CHANGED", "DIFFER");
	for (i = 0; i < VERIFY_TABLES; i++) {
		printf("%-10s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n", tables[i].name,
		       v->count[i].compared, v->count[i].changed, v->count[i].differ);
		compared += v->count[i].compared;
	}
	for (i = 0; i < v->nr_told; i++)
		printf("%s\n", v->told[i]);
	if (v->nr_told < differ)
		printf("... and %" PRIu64 " more\n", differ - v->nr_told);
	if (differ)
		printf("FAILED: the module differs from /proc in %" PRIu64 " of %" PRIu64 " rows\n",
		       differ, compared);
	else
		printf("OK: the module agrees with /proc in all %" PRIu64 " rows that did not change meanwhile\n",
		       compared);
}

static void check_proc(const struct snapshot *snap)
{
	if (snap->no_frames)
		errx(TROUBLE, "/proc does not show page frames: run this as root, with the capability CAP_SYS_ADMIN");
}

/**
 * verify_run() - Check the module's numbers against /proc.
 * @options: The command line.
 *
 * Return: The exit status: 0 if they agree, 1 if not.
 */
int verify_run(const struct options *options)
{
	struct source *module = source_module(options->directory);
	struct source *proc = source_proc(false);
	struct verify v = { 0 };
	uint64_t compared = 0, differ;
	int round, i;

	if (options->replay)
		errx(TROUBLE, "--verify and --replay exclude each other");
	for (round = 0; round < ROUNDS; round++) {
		verify_forget(&v);
		take(proc, &v.before);
		check_proc(v.before.snap);
		take(module, &v.module);
		take(proc, &v.after);
		verify_compare(&v);
		if (!round) {
			v.now.nr = 0;
			continue;
		}
		verify_remember(&v);
		if (!verify_differ(&v))
			break;
	}
	differ = verify_differ(&v);
	for (i = 0; i < VERIFY_TABLES; i++)
		compared += v.count[i].compared;
	say(&v);
	verify_forget(&v);
	free(v.earlier.at);
	source_close(module);
	source_close(proc);
	if (!compared)
		errx(TROUBLE, "everything changed while it was compared: try again when the machine is less busy");
	return differ ? DIFFERENT : EXIT_SUCCESS;
}
