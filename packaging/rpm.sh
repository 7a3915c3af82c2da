#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rpm.sh [TARBALL]: builds the RPM packages of a release. See lib.sh. The build system
# is Debian's, whose packages rpm does not know: --nodeps. Debian 13's rpm fails to make a
# package of debugging symbols.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cp "$tarball" "$run/build"
step "$run/build.log" "$suite: build the RPM packages of $version" \
	inside rpmbuild -bb --nodeps --define '_topdir /build/rpm' --define '_sourcedir /build' \
	--define 'debug_package %{nil}' --define "release_version $version" packaging/rpm/libshare.spec
deliver "$run/build"/rpm/RPMS/*/*.rpm
