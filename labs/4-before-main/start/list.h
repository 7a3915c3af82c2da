/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ten thousand words: EACH_WORD(W) is W(0000) W(0001) ... W(9999). Leave it as
 * it is.
 */
#define TEN(W, n) W(n##0) W(n##1) W(n##2) W(n##3) W(n##4) \
	W(n##5) W(n##6) W(n##7) W(n##8) W(n##9)
#define HUNDRED(W, n) TEN(W, n##0) TEN(W, n##1) TEN(W, n##2) TEN(W, n##3) TEN(W, n##4) \
	TEN(W, n##5) TEN(W, n##6) TEN(W, n##7) TEN(W, n##8) TEN(W, n##9)
#define THOUSAND(W, n) HUNDRED(W, n##0) HUNDRED(W, n##1) HUNDRED(W, n##2) HUNDRED(W, n##3) \
	HUNDRED(W, n##4) HUNDRED(W, n##5) HUNDRED(W, n##6) HUNDRED(W, n##7) \
	HUNDRED(W, n##8) HUNDRED(W, n##9)
#define EACH_WORD(W) THOUSAND(W, 0) THOUSAND(W, 1) THOUSAND(W, 2) THOUSAND(W, 3) \
	THOUSAND(W, 4) THOUSAND(W, 5) THOUSAND(W, 6) THOUSAND(W, 7) \
	THOUSAND(W, 8) THOUSAND(W, 9)
