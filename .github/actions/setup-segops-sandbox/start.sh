#!/usr/bin/env bash
# Starts the sandbox behind the step, waits for its ready line, and names it to the steps that follow.
# The runner ends what a job has left running. COMMAND is segops-sandbox, OPTIONS its options.
set -euo pipefail

log=$RUNNER_TEMP/segops-sandbox.log
ready=$RUNNER_TEMP/segops-sandbox.json
: > "$ready"
set -f # options are words, not patterns
# shellcheck disable=SC2086
nohup "$COMMAND" $OPTIONS > "$ready" 2> "$log" < /dev/null &
server=$!

for _ in $(seq 300); do
  if [ -s "$ready" ]; then break; fi
  if ! kill -0 "$server" 2> /dev/null; then break; fi
  sleep 0.2
done
if [ ! -s "$ready" ]; then
  kill "$server" 2> /dev/null || true
  echo "::error title=segops-sandbox::it did not start: $(tail -n 1 "$log")"
  cat "$log" >&2
  exit 1
fi

field() { sed -E "s/.*\"$1\": \"([^\"]*)\".*/\1/" "$ready"; }
url=$(field url)
key=$(field api_key)
token=$(field control_token)
echo "::add-mask::$key"
echo "::add-mask::$token"
{
  echo "SEGOPS_API_URL=$url"
  echo "SEGOPS_API_KEY=$key"
  echo "SEGOPS_SANDBOX_URL=$url"
  echo "SEGOPS_SANDBOX_CONTROL_TOKEN=$token"
} >> "$GITHUB_ENV"
{
  echo "url=$url"
  echo "api-key=$key"
  echo "log=$log"
} >> "$GITHUB_OUTPUT"
echo "segops-sandbox answers at $url"
