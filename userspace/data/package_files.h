/* SPDX-License-Identifier: GPL-2.0-only */
/* Which files the packages of this machine have. */
#ifndef PACKAGE_FILES_H
#define PACKAGE_FILES_H

/* Called for each file of each package. */
typedef void package_file_fn(void *data, char *path, const char *package);

void package_files(package_file_fn *take, void *data);

#endif
