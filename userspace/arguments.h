/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "options.h"

uint64_t argument_number(const char *option, const char *text);
const uint64_t *argument_pids(const char *text, size_t *nr);
const uint64_t *argument_user(const char *text);
uint64_t argument_size(const char *option, const char *text);
uint64_t argument_memory(const char *text);
uint64_t argument_delay(const char *text);
enum source_choice argument_source(const char *name);

#endif
