#!/bin/sh
# Installs those of these programs that are missing, as Debian packages: of the same name, unless another one is given
# after a colon.
#
#     tools/need.sh zsh fish initdb:postgresql
set -eu
# Debian keeps PostgreSQL's server programs out of the way, one folder for each version.
for folder in /usr/lib/postgresql/*/bin; do PATH=$PATH:$folder; done
missing=
for each in "$@"; do
  command -v "${each%%:*}" >/dev/null 2>&1 || missing="$missing ${each##*:}"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root=sudo; else as_root=none; fi
if [ "$as_root" = none ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "These are missing, and only root, or sudo without a password, on a system with apt-get can install them from" \
    "here:$missing" >&2
  exit 1
fi
echo "installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 # one word for each package
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
