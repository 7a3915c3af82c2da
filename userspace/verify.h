/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIBSHARE_VERIFY_H
#define LIBSHARE_VERIFY_H

#include "options.h"

int libshare_verify_run(const struct libshare_options *options);

#endif
