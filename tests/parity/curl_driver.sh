#!/bin/sh
# A driver in nothing but a shell and curl, written from spec/schema/protocol.schema.json alone: it has three operations,
# which it names in its answer to `hello`. A line of JSON is taken apart with sed; what it needs is at the top level.

field() { printf '%s' "$line" | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }

body=$(mktemp)
head=$(mktemp)
trap 'rm -f "$body" "$head"' EXIT
while IFS= read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/^{"id": *\([0-9]*\).*/\1/p')
  case "$(field cmd)" in
    hello)
      printf '{"id":%s,"ok":{"protocol":"segops-parity/1","sdk":"curl","version":"1","language":"shell","runtime":"sh","capabilities":[],"operations":["analytics.overview","products.facets","products.schema"]}}\n' "$id"
      ;;
    open)
      base=$(field base_url)
      key=$(field api_key)
      printf '{"id":%s,"ok":null}\n' "$id"
      ;;
    call)
      case "$(field op)" in
        analytics.overview) path=/analytics/overview/ ;;
        products.facets) path=/pim/facets/ ;;
        products.schema) path=/pim/schema/ ;;
        *) printf '{"id":%s,"fault":{"message":"no such operation here"}}\n' "$id"; continue ;;
      esac
      status=$(curl -s --compressed -D "$head" -o "$body" -w '%{http_code}' -H "Authorization: ApiKey $key" \
        -H "Accept: application/json" -A "segops-admin-python/curl" "$base$path")
      request_id=$(sed -n 's/^[Xx]-[Rr]equest-[Ii]d: *\([^ ]*\)\r*$/\1/p' "$head" | tr -d '\r')
      case "$status" in
        2*) printf '{"id":%s,"ok":%s,"delays":[]}\n' "$id" "$(tr -d '\n' < "$body")" ;;
        401) printf '{"id":%s,"error":{"kind":"SegOpsAuthenticationError","message":"GET %s answered 401","status":401,"body":%s,"method":"GET","path":"%s","request_id":"%s","attempts":1},"delays":[]}\n' "$id" "$path" "$(tr -d '\n' < "$body")" "$path" "$request_id" ;;
        *) printf '{"id":%s,"error":{"kind":"SegOpsError","message":"GET %s answered %s","status":%s},"delays":[]}\n' "$id" "$path" "$status" "$status" ;;
      esac
      ;;
    bye)
      printf '{"id":%s,"ok":null}\n' "$id"
      exit 0
      ;;
    close) printf '{"id":%s,"ok":null}\n' "$id" ;;
    *) printf '{"id":%s,"fault":{"message":"unknown command"}}\n' "$id" ;;
  esac
done
