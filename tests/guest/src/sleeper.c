// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program without any C library that sleeps until it is killed: built as
 * static-pie, as 32-bit static and as 32-bit dynamic, to be looked at.
 */

/* Written once, so that a data page comes to life. */
static volatile long written = 1;

static void sleep_forever(void)
{
	for (;;) {
#if defined(__x86_64__)
		long ret;

		__asm__ volatile("syscall" : "=a"(ret) : "0"(34L)
				 : "rcx", "r11", "memory");
#elif defined(__i386__)
		long ret;

		__asm__ volatile("int $0x80" : "=a"(ret) : "0"(29L) : "memory");
#elif defined(__aarch64__)
		register long nr __asm__("x8") = 73; /* ppoll(NULL, 0, NULL, NULL) */
		register long a0 __asm__("x0") = 0;
		register long a1 __asm__("x1") = 0;
		register long a2 __asm__("x2") = 0;
		register long a3 __asm__("x3") = 0;

		__asm__ volatile("svc 0" : "+r"(a0)
				 : "r"(nr), "r"(a1), "r"(a2), "r"(a3) : "memory");
#else
#error "which pause() does this machine have?"
#endif
	}
}

void _start(void);
void _start(void)
{
	written++;
	sleep_forever();
}
