/* SPDX-License-Identifier: GPL-2.0-only */
/* Which files rpm's packages have. */
#ifndef RPM_H
#define RPM_H

#include <stdbool.h>

/* Called for each file of each package. */
typedef void rpm_file_fn(void *data, char *path, const char *package);

bool rpm_is_used(void);
void rpm_files(rpm_file_fn *take, void *data);

#endif
