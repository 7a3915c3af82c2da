# SPDX-License-Identifier: GPL-2.0-only
#
# Of the kernel's log, what it complains of. A call trace alone is none: it also comes when
# memory is short. Nor is what it says of a program that broke ("traps:"). Of data
# races, those count in which libshare itself makes an access that is not marked: the
# kernel has some of its own.

/BUG: KCSAN/ { race = $0; ours = 0; next }
race && /==========/ {
	if (ours)
		print race
	race = ""
}
race && / of [0-9]+ bytes by / {
	unmarked = !/\(marked/
	getline
	ours = ours || unmarked && /\[libshare\]/
}
race || /traps: / { next }
/BUG|WARNING|INFO:|Oops|general protection|UBSAN/
END { if (race) print race }
