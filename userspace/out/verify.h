/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VERIFY_H
#define VERIFY_H

#include "options.h"

int verify_run(const struct options *options);

#endif
