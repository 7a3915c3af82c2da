// SPDX-License-Identifier: GPL-2.0-only
/* Four threads that count. */
#include <pthread.h>

#include "stay.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int sum;

static void *count(void *step)
{
	for (int n = 0; n < 100; n++) {
		pthread_mutex_lock(&lock);
		sum += *(int *)step;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[4];
	int step = 2;

	(void)argv;
	for (int n = 0; n < 4; n++)
		if (pthread_create(&threads[n], NULL, count, &step))
			return 1;
	for (int n = 0; n < 4; n++)
		pthread_join(threads[n], NULL);
	printf("%d\n", sum);
	return stay(argc);
}
