// SPDX-License-Identifier: GPL-2.0-only
/* Why the module's files cannot be opened, and what helps. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "data/alloc.h"
#include "data/source.h"
#include "data/why.h"

/* Has this process the capability that the module asks for? */
static bool may_trace(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	return !syscall(SYS_capget, &head, data) &&
	       data[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective & CAP_TO_MASK(CAP_SYS_PTRACE);
}

/* Each version of the module has this file. */
static bool is_module(const char *directory)
{
	char *stats = xasprintf("%s/stats", directory);
	bool there = !access(stats, F_OK);

	free(stats);
	return there;
}

/**
 * why_closed() - Say why one of the module's files cannot be opened.
 * @directory: Where the module's files are.
 * @path: The file.
 * @error: What open() failed with.
 * @why: Set to a line that also says what helps, after a colon.
 * @size: Bytes of @why.
 */
void why_closed(const char *directory, const char *path, int error, char *why,
		size_t size)
{
	struct statfs fs;

	if (error == EACCES)
		snprintf(why, size, "only root may read %s: run this with sudo",
			 directory);
	else if (error == EPERM && !may_trace())
		snprintf(why, size, "reading %s needs the capability CAP_SYS_PTRACE: run this as root, outside of containers",
			 path);
	else if (error == EPERM)
		snprintf(why, size, "the kernel is locked down and denies reading %s: boot without lockdown=confidentiality, or use --replay",
			 path);
	else if (error == EINTR)
		snprintf(why, size, "the scan was interrupted");
	else if (error == ENOMEM)
		snprintf(why, size,
			 "the kernel has not enough memory for a scan: free some, then try again");
	else if (error != ENOENT && error != ENOTDIR)
		snprintf(why, size, "cannot open %s: %s", path, strerror(error));
	else if (!access(directory, F_OK) && is_module(directory))
		snprintf(why, size, "the module has no file %s: load a newer libshare module",
			 path);
	else if (!access(directory, F_OK))
		snprintf(why, size, "%s is not the folder of the libshare module: see --directory",
			 directory);
	else if (strcmp(directory, DIRECTORY))
		snprintf(why, size, "no such folder %s: see --directory", directory);
	else if (statfs("/sys/kernel/debug", &fs) || fs.f_type != DEBUGFS_MAGIC)
		snprintf(why, size, "debugfs is not mounted: run 'mount -t debugfs none /sys/kernel/debug' as root");
	else
		snprintf(why, size, "the libshare module is not loaded: run 'modprobe libshare' as root, or use --source proc");
}
