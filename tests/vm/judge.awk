# SPDX-License-Identifier: GPL-2.0-only
#
# Judges the report of one guest: TAP of each test file between the lines
# "@file NAME" and "@exit STATUS SECONDS" of run-tests, "@dmesg LINE" for what
# the kernel complained of, "@end" when init got that far. A file or a guest
# that says less than it should has failed.
#
#   awk -v name=KERNEL -v counts=FILE [-v again=AGAIN] -f judge.awk REPORT
#
# Prints a line a file, and failures in full; writes "PASSED FAILED SKIPPED"
# to FILE. Ends 1 when anything failed. AGAIN gets "NAME PASSED FAILED SKIPPED" of
# each test file that failed, if it was the test alone that complained: the kernel
# did not, and the guest got to its end.

function fail(text) {
	failed++
	file_failed++
	print name ": not ok - " text
}

# Lines that programs print may lack the newline that ends them.
{ sub(/\r$/, "") }

/^@file / {
	file = $2
	plan = -1
	results = file_passed = file_failed = file_skipped = 0
	files++
	next
}
/^@kernel / { print name ": " substr($0, 2); next }
/^@dmesg / {
	complaints = complaints "\n" name ":     " substr($0, 8)
	next
}
/^@end$/ { ended = 1; next }

/^@exit / {
	if ($2 == 124 || $2 == 137)
		fail(file ": out of time after " $3 " s")
	else if (plan < 0)
		fail(file ": ended with status " $2 " and no plan")
	else if (plan != results)
		fail(file ": planned " plan " tests and ran " results)
	else if ($2 && !file_failed)
		fail(file ": ended with status " $2)
	if (complaints) {
		fail(file ": the kernel complained:" complaints)
		for_good = 1
	} else {
		passed++
		file_passed++
	}
	if (file_failed)
		broken = broken file " " file_passed " " file_failed " " file_skipped "\n"
	printf "%s: %s: %d passed, %d failed%s (%d s)\n", name, file, \
		file_passed, file_failed, \
		file_skipped ? ", " file_skipped " skipped" : "", $3
	fflush()
	complaints = file = ""
	next
}

file == "" { next }

/^ok( |$)/ {
	results++
	explain = 0
	if (/# *[Ss][Kk][Ii][Pp]/) {
		skipped++
		file_skipped++
		print name ": " file ": " $0
	} else {
		passed++
		file_passed++
	}
	next
}
/^not ok( |$)/ {
	results++
	explain = 1
	fail(file ": " substr($0, 8))
	next
}
/^1\.\.[0-9]+/ {
	explain = 0
	plan = substr($1, 4) + 0
	if (plan == 0) {
		skipped++
		file_skipped++
		print name ": " file ": " $0
	}
	next
}
# What a test says about its failure, and what a program says that dies.
explain || !/^#/ { if (NF) print name ":     " $0 }

END {
	if (file != "")
		fail(file ": the guest stopped in it" complaints)
	if (!ended)
		fail("the guest did not get to its end: it panicked, hung or ran out of time")
	if (!files)
		fail("no test ran")
	print passed + 0, failed + 0, skipped + 0 >counts
	if (again != "")
		printf "%s", ended && !for_good ? broken : "" >again
	exit failed > 0
}
