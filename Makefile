# SPDX-License-Identifier: GPL-2.0-only
#
# What a person types. The module itself is described by Kbuild, which
# "make -C /lib/modules/$(uname -r)/build M=$PWD" reads without this file.

KDIR ?= /lib/modules/$(shell uname -r)/build
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)

export KERNEL ARCH TESTS JOBS APPEND N SOLUTION WORK

all: module $(if $(wildcard userspace/Makefile),userspace)

help:
	@echo 'make             build the module (and the reader) for the running kernel'
	@echo 'make load        load the module; make unload removes it'
	@echo 'make sign        sign it with your key, for Secure Boot (KEY=FILE CERTIFICATE=FILE)'
	@echo 'make install     install both for good; make uninstall takes all of it away'
	@echo 'make demo        show what it says about real programs, in a virtual machine'
	@echo 'make demo-top    the same, in the live view of libshare-top'
	@echo 'make check       run all tests, in virtual machines of every supported kernel'
	@echo 'make check-debug break it, on kernels that check themselves (tests/README.md)'
	@echo 'make check-packages   install, upgrade and purge them, in virtual machines (SUITE=NAME)'
	@echo 'make bench       measure what it costs, beside smaps, pagemap and smem'
	@echo 'make figures     make the figures and numbers of docs/story.md again'
	@echo 'make bench-compare BASE=FILE   the same, and what has changed since FILE'
	@echo 'make check-top   run those of libshare-top, which need no kernel'
	@echo 'make compile     compile for the architectures that are not booted, by cross compilers'
	@echo 'make unit        run the tests that need no kernel'
	@echo 'make dist        make a release in dist/; make deb builds Debian packages of it,'
	@echo '                 make rpm RPM packages, make arch those of Arch Linux (root only)'
	@echo 'make lint        check the style of everything'
	@echo 'make analyse     let static analysers look for mistakes'
	@echo 'make lab N=2     do a lab of the course (labs/README.md), in a virtual machine'
	@echo 'make grade N=2   grade it (make grade-class WORKS=DIR: a class); make check-labs tests both'
	@echo 'make slides      make slides of the labs, as HTML and PDF, in labs/slides'
	@echo 'make clean       remove what was built, and the cache of the test machines'
	@echo
	@echo 'KDIR=DIR         headers of the kernel to build for ($(KDIR))'
	@echo 'KERNEL=NAME      check only this kernel of tests/kernels.list'
	@echo 'ARCH=ARCH        check only this architecture'
	@echo "TESTS='PATTERN'  check only these files of tests/guest"
	@echo 'JOBS=N           how many virtual machines run at once (2)'
	@echo 'APPEND=TEXT      more of the kernel command line of these machines (tests/README.md)'

module:
	@test -e '$(KDIR)/Makefile' || { \
		echo 'There are no kernel headers in $(KDIR). On Debian, install them with:' >&2; \
		echo '    sudo apt-get install linux-headers-$$(uname -r)' >&2; \
		echo 'or name those of another kernel: make KDIR=/usr/src/linux-headers-VERSION' >&2; \
		exit 1; }
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)' modules

userspace:
	$(MAKE) -C userspace

load: module
	@module/load.sh libshare.ko

# With a machine owner's key (MOK), for Secure Boot.
sign: module
	@module/sign.sh '$(KDIR)' libshare.ko $(KEY) $(CERTIFICATE)

unload:
	$(SUDO) rmmod libshare

# "updates" is where depmod looks first. The halves can be installed apart:
# make install-module, make -C userspace install. What the headers of Debian 12 have in
# include/config/kernel.release is not what that kernel calls itself.
release = $$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' '$(KDIR)/include/generated/utsrelease.h')
moddir = $(DESTDIR)/lib/modules/$(release)/updates

install: install-module
	$(MAKE) -C userspace install

uninstall: uninstall-module
	$(MAKE) -C userspace uninstall

install-module: module
	install -d "$(moddir)"
	install -m 644 libshare.ko "$(moddir)"
	test '$(DESTDIR)' || depmod "$(release)"

uninstall-module:
	rm -f "$(moddir)/libshare.ko"
	rmdir "$(moddir)" 2>/dev/null || true
	test '$(DESTDIR)' || depmod "$(release)"

# For packages: the pages that a user needs, where the links between them lead somewhere.
docdir ?= /usr/local/share/doc/libshare

install-docs:
	install -d "$(DESTDIR)$(docdir)/docs/fleet"
	install -m 644 README.md "$(DESTDIR)$(docdir)"
	install -m 644 docs/format.md docs/limits.md docs/metrics.md "$(DESTDIR)$(docdir)/docs"
	install -m 644 docs/fleet/* "$(DESTDIR)$(docdir)/docs/fleet"

dist deb rpm arch:
	@packaging/$@.sh

demo demo-top check compile unit lint bench:
	@tests/$@.sh

figures:
	@docs/story/make.sh

check-top:
	@tests/userspace.sh

bench-compare:
	@test '$(BASE)' || { echo 'Say which results to compare with: make bench-compare BASE=FILE' >&2; exit 2; }
	@BASE='$(BASE)' tests/bench.sh

check-debug:
	@tests/debug/check.sh

check-packages:
	@tests/packages.sh

analyse:
	@tests/debug/analyse.sh

lab grade:
	@labs/$@.sh

grade-class:
	@labs/class.sh

slides:
	@labs/slides.sh

check-labs:
	@tests/labs.sh

clean:
	@if test -e '$(KDIR)/Makefile'; then $(MAKE) -C '$(KDIR)' M='$(CURDIR)' clean; fi
	@if test -e userspace/Makefile; then $(MAKE) -C userspace clean; fi
	@rm -rf dist
	@tests/clean.sh

.PHONY: all help module userspace load sign unload install uninstall install-module \
	uninstall-module install-docs demo demo-top check check-top compile check-debug \
	check-packages analyse unit lint bench bench-compare figures dist deb rpm arch lab grade \
	grade-class slides check-labs clean
