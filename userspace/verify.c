// SPDX-License-Identifier: GPL-2.0-only
/*
 * --verify: the module against /proc, on the machine that it runs on. Nothing is
 * stopped. A first round, which is not judged, brings all code of this program into
 * memory, so that its own rows hold still. If rows differ, all are compared again, up to three
 * times: a process that lives while the module scans, and neither before nor after, makes
 * a difference once, a mistake of the module each time.
 */
#include <inttypes.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "alloc.h"
#include "columns.h"
#include "print.h"
#include "source.h"
#include "verify.h"
#include "verify_rows.h"

#define ROUNDS 4	/* the first one is not judged */
#define ALL (LIBSHARE_HAS(LIBSHARE_VERIFY_TABLES) - 1)

static void take(struct libshare_source *source, struct libshare_verify_side *side)
{
	if (libshare_source_next(source, ALL, &side->snap) <= 0)
		errx(LIBSHARE_TROUBLE, "%s", libshare_source_why(source));
}

static void say_machine(const struct libshare_snapshot *snap)
{
	struct utsname uts;

	if (uname(&uts))
		err(LIBSHARE_TROUBLE, "cannot verify");
	printf("libshare-top %s, Linux %s %s, pages of %" PRIu64 " bytes, %ld CPUs\n",
	       LIBSHARE_VERSION, uts.release, uts.machine, snap->page_size,
	       sysconf(_SC_NPROCESSORS_ONLN));
}

static void say(const struct libshare_verify *v)
{
	uint64_t compared = 0, differ = libshare_verify_differ(v);
	size_t i;

	say_machine(v->module.snap);
	printf("%-10s %12s %12s %12s\n", "TABLE", "COMPARED", "CHANGED", "DIFFER");
	for (i = 0; i < LIBSHARE_VERIFY_TABLES; i++) {
		printf("%-10s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n", libshare_tables[i].name,
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

static void check_proc(const struct libshare_snapshot *snap)
{
	if (snap->no_frames)
		errx(LIBSHARE_TROUBLE, "/proc does not show page frames: run this as root, with the capability CAP_SYS_ADMIN");
}

/**
 * libshare_verify_run() - Check the module's numbers against /proc.
 * @options: The command line.
 *
 * Return: The exit status: 0 if they agree, 1 if not.
 */
int libshare_verify_run(const struct libshare_options *options)
{
	struct libshare_source *module = libshare_source_module(options->directory);
	struct libshare_source *proc = libshare_source_proc(false);
	struct libshare_verify v = { 0 };
	uint64_t compared = 0, differ;
	int round, i;

	if (options->replay)
		errx(LIBSHARE_TROUBLE, "--verify and --replay exclude each other");
	for (round = 0; round < ROUNDS; round++) {
		libshare_verify_forget(&v);
		take(proc, &v.before);
		check_proc(v.before.snap);
		take(module, &v.module);
		take(proc, &v.after);
		libshare_verify_compare(&v);
		if (round && !libshare_verify_differ(&v))
			break;
	}
	differ = libshare_verify_differ(&v);
	for (i = 0; i < LIBSHARE_VERIFY_TABLES; i++)
		compared += v.count[i].compared;
	say(&v);
	libshare_verify_forget(&v);
	libshare_source_close(module);
	libshare_source_close(proc);
	if (!compared)
		errx(LIBSHARE_TROUBLE, "everything changed while it was compared: try again when the machine is less busy");
	return differ ? LIBSHARE_DIFFERENT : EXIT_SUCCESS;
}
