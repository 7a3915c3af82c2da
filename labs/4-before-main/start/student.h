/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of this lab. Leave them as they are. */
#define HUNDREDS 100
#define EACH_HUNDRED(DO, W) \
	DO(W, 00) DO(W, 01) DO(W, 02) DO(W, 03) DO(W, 04) DO(W, 05) DO(W, 06) DO(W, 07) \
	DO(W, 08) DO(W, 09) DO(W, 10) DO(W, 11) DO(W, 12) DO(W, 13) DO(W, 14) DO(W, 15) \
	DO(W, 16) DO(W, 17) DO(W, 18) DO(W, 19) DO(W, 20) DO(W, 21) DO(W, 22) DO(W, 23) \
	DO(W, 24) DO(W, 25) DO(W, 26) DO(W, 27) DO(W, 28) DO(W, 29) DO(W, 30) DO(W, 31) \
	DO(W, 32) DO(W, 33) DO(W, 34) DO(W, 35) DO(W, 36) DO(W, 37) DO(W, 38) DO(W, 39) \
	DO(W, 40) DO(W, 41) DO(W, 42) DO(W, 43) DO(W, 44) DO(W, 45) DO(W, 46) DO(W, 47) \
	DO(W, 48) DO(W, 49) DO(W, 50) DO(W, 51) DO(W, 52) DO(W, 53) DO(W, 54) DO(W, 55) \
	DO(W, 56) DO(W, 57) DO(W, 58) DO(W, 59) DO(W, 60) DO(W, 61) DO(W, 62) DO(W, 63) \
	DO(W, 64) DO(W, 65) DO(W, 66) DO(W, 67) DO(W, 68) DO(W, 69) DO(W, 70) DO(W, 71) \
	DO(W, 72) DO(W, 73) DO(W, 74) DO(W, 75) DO(W, 76) DO(W, 77) DO(W, 78) DO(W, 79) \
	DO(W, 80) DO(W, 81) DO(W, 82) DO(W, 83) DO(W, 84) DO(W, 85) DO(W, 86) DO(W, 87) \
	DO(W, 88) DO(W, 89) DO(W, 90) DO(W, 91) DO(W, 92) DO(W, 93) DO(W, 94) DO(W, 95) \
	DO(W, 96) DO(W, 97) DO(W, 98) DO(W, 99)
#define PREFIX "word"
