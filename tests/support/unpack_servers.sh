#!/usr/bin/env bash
# Unpacks ircd-hybrid and ircd-irc2 into a cache folder, where tests/support/hybrid.ts and irc2.ts find them. Debian's
# packages exclude each other, and each would start its server; nothing outside the cache folder is touched.
set -euo pipefail

dir=${IRCTAIL_UNPACKED:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/irctail-servers}
mkdir -p "$dir"
# Readable by apt's own user, and by the server's.
chmod 755 "$dir"
cd "$dir"

# unpack PACKAGE LIBRARY...: a package, with the libraries that no other part brings along.
unpack() {
  local package=$1 scratch
  [[ -d $package ]] && return
  scratch=$(mktemp -d "$dir/unpacking.XXXXXX")
  (cd "$scratch" && apt-get -qq -o APT::Sandbox::User=root download "$@" &&
    for file in ./*.deb; do dpkg -x "$file" root; done)
  # A folder would hide the link of the same name below it; there are only unit files in these.
  rm -rf "$scratch/root/lib" "$scratch/root/var/run"
  chmod 755 "$scratch/root"
  mv "$scratch/root" "$package"
  rm -rf "$scratch"
}

unpack ircd-hybrid libltdl7
unpack ircd-irc2 m4 libsigsegv2
