#!/usr/bin/env bash
# What a client does with nothing but curl; read it from top to bottom.
#   clients/curl.sh https://HOST:8443/fhir FOLDER        certificates in FOLDER: client.pem, client-key.pem, ca.pem
set -eu
base=$1 folder=$2
get() { curl --silent --show-error --cacert "$folder/ca.pem" --cert "$folder/client.pem" --key "$folder/client-key.pem" "$@"; }
# One member of the first object that has it; a reader at home takes jq.
member() { grep -oE "\"$1\": *\"?[^\",}]*" | head -1 | sed -E 's/^"[a-zA-Z]*": *"?//'; }
count() { get -G "$base/$1" --data-urlencode "_summary=count" "${@:2}" | member total; }

echo "== who is there: metadata is open to everybody"
curl --silent --cacert "$folder/ca.pem" "$base/metadata?_pretty=true" | grep fhirVersion

echo "== without a certificate there is no data"
curl --silent --cacert "$folder/ca.pem" --output /dev/null --write-out '%{http_code}\n' "$base/Observation"

echo "== NK cells in blood of one patient, cycle days 19 to 23, newest first (curl -G encodes each value)"
get -G "$base/Observation" \
  --data-urlencode "patient.identifier=https://immunogate.example/fhir/identifier/clinic|P0001" \
  --data-urlencode "code=http://loinc.org|8112-5" \
  --data-urlencode "cycle-day=ge19" --data-urlencode "cycle-day=le23" \
  --data-urlencode "sample-type=peripheral-blood" --data-urlencode "_sort=-date" --data-urlencode "_pretty=true" |
  grep -A4 '"valueQuantity"' | grep '"value"'

echo "== how many"
count Observation --data-urlencode "code=http://loinc.org|8112-5"
count Observation --data-urlencode "sample-type=peripheral-blood"

echo "== the same as a posted form: for what is too long for a URL"
get "$base/Observation/_search" --data-urlencode "code=http://loinc.org|8112-5" --data-urlencode "_summary=count" |
  member total

echo "== a number in another unit than the laboratory's"
count Observation --data-urlencode "code=http://loinc.org|9728-7" \
  --data-urlencode "value-quantity=gt300|http://unitsofmeasure.org|/uL"

echo "== page by page, along the links as they were given"
url="$base/Observation?_count=25&_sort=-date" pages=0
while [ -n "$url" ]; do
  page=$(get "$url") pages=$((pages + 1))
  url=$(grep -oE '"relation":"next","url":"[^"]*' <<<"$page" | sed 's/.*"//')
done
echo "$pages pages"

echo "== a name that is wrong is refused, and the right one named"
get "$base/Observation?cycle-dai=21&_pretty=true" | grep -o "cycle-day" | head -1

echo "== one resource, and only if it changed"
url=$(get "$base/Observation?order=F8&category=laboratory&_count=1&_pretty=true" | member fullUrl)
tag=$(get --head "$url" | tr -d '\r' | sed -n 's/^ETag: //Ip')
get --output /dev/null --write-out '%{http_code}\n' --header "If-None-Match: $tag" "$url"

echo "== its first version, as it was before the correction"
get "$url/_history/1?_pretty=true" | grep -A4 '"valueQuantity"' | grep '"value"'
