#!/bin/sh
# Are these programs here? Those that are missing are installed as the Debian packages of the same name.
#
#     tools/need.sh zsh fish
set -eu
missing=
for program in "$@"; do
  command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root=sudo; else as_root=none; fi
if [ "$as_root" = none ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "These programs are needed and could not be installed from here:$missing" >&2
  exit 1
fi
echo "installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 -- one word for each package
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
