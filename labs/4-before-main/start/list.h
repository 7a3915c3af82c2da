/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All the words: EACH_WORD(W) is W(0000) W(0001) ... Leave it as it is.
 */
#include "student.h"

#define TEN(W, n) W(n##0) W(n##1) W(n##2) W(n##3) W(n##4) \
	W(n##5) W(n##6) W(n##7) W(n##8) W(n##9)
#define HUNDRED(W, n) TEN(W, n##0) TEN(W, n##1) TEN(W, n##2) TEN(W, n##3) TEN(W, n##4) \
	TEN(W, n##5) TEN(W, n##6) TEN(W, n##7) TEN(W, n##8) TEN(W, n##9)
#define EACH_WORD(W) EACH_HUNDRED(HUNDRED, W)
