# Sourced by deploy/quickstart: its steps, in the order they are taken.

fail() { echo "quickstart: $*" >&2; exit 1; }

ports() {
  if [ -z "$1" ]; then
    gateway_mllp=2575 gateway_https=8443 gateway_ops=9464 receiver_https=8444 receiver_ops=9465
  else
    gateway_mllp=$1 gateway_https=$(($1 + 1)) gateway_ops=$(($1 + 2))
    receiver_https=$(($1 + 3)) receiver_ops=$(($1 + 4))
  fi
}

build_program() {
  local build=${IMMUNOGATE_BUILD:-.build}   # as tests/run has it
  unset IMMUNOGATE_BUILD                    # what the gateway finds in its environment is configuration
  program=$(realpath -m "$build/release/immunogate")
  [ -x "$program" ] || echo "building (a few minutes the first time)"
  configure "$build/release" -DCMAKE_BUILD_TYPE=Release >"$build/release-configure.log" 2>&1 ||
    fail "configuring failed; see $build/release-configure.log"
  cmake --build "$build/release" --parallel "$(nproc)" --target immunogate >"$build/release-build.log" 2>&1 ||
    fail "building failed; see $build/release-build.log"
}

make_certificates() {
  certs=$state/certs
  if [ -f "$certs/ca.pem" ] && ! openssl x509 -checkend 86400 -noout -in "$certs/gateway.pem" >/dev/null; then
    echo "the development certificates have expired: making new ones"
    certs/make-dev-certs --force "$certs" >/dev/null
  else
    certs/make-dev-certs "$certs" >/dev/null
  fi
}

tls() {  # tls NAME LAST: the files of one side; LAST is client_ca or ca
  printf '{ "certificate": "%s", "key": "%s", "%s": "%s" }' \
    "$certs/$1.pem" "$certs/$1-key.pem" "$2" "$certs/ca.pem"
}

write_configurations() {
  cat >"$state/receiver.json" <<JSON
{
  "instance": "hospital",
  "base_url": "https://127.0.0.1:$receiver_https/fhir",
  "mappings": "$project/mappings",
  "store": { "url": "sqlite:$state/receiver/receiver.db" },
  "https": { "listen": "127.0.0.1:$receiver_https", "tls": $(tls receiver client_ca) },
  "operations": { "listen": "127.0.0.1:$receiver_ops" },
  "access": { "certificates": [
    { "subject": "CN=gateway", "scopes": "system/*.cud", "role": "source" },
    { "subject": "CN=client", "scopes": "system/*.rs" } ] }
}
JSON
  cat >"$state/gateway.json" <<JSON
{
  "instance": "quickstart",
  "base_url": "https://127.0.0.1:$gateway_https/fhir",
  "mappings": "$project/mappings",
  "store": { "url": "sqlite:$state/gateway/gateway.db" },
  "mllp": [ { "listen": "127.0.0.1:$gateway_mllp", "tls": $(tls gateway client_ca), "senders": ["*"] } ],
  "https": { "listen": "127.0.0.1:$gateway_https", "tls": $(tls gateway client_ca) },
  "operations": { "listen": "127.0.0.1:$gateway_ops" },
  "access": { "certificates": [ { "subject": "CN=client", "scopes": "system/*.rs" } ] },
  "forward": [ { "name": "hospital", "url": "https://127.0.0.1:$receiver_https/fhir",
                 "allow_private_address": true, "tls": $(tls gateway ca) } ]
}
JSON
}

started=()
start() {  # start NAME OPERATIONS-PORT: one gateway, ready before this returns
  "$program" serve --config "$state/$1.json" >"$state/$1.log" 2>"$state/$1.err" &
  local process=$!
  started+=("$process")
  local deadline=$((SECONDS + 30))
  until curl -sf "http://127.0.0.1:$2/readyz" >/dev/null; do
    kill -0 "$process" 2>/dev/null || fail "the $1 did not start: $(tail -3 "$state/$1.err")"
    [ $SECONDS -lt $deadline ] || fail "the $1 is not ready after 30 s; see $state/$1.log"
    sleep 0.1
  done
  echo "the $1 is ready"
}
stop_all() {
  [ ${#started[@]} -eq 0 ] && return
  kill "${started[@]}" 2>/dev/null || true
  wait "${started[@]}" 2>/dev/null || true
}

fhir() {  # fhir PORT PATH…: a GET as the development client
  local port=$1; shift
  curl -sSf --cacert "$certs/ca.pem" --cert "$certs/client.pem" --key "$certs/client-key.pem" \
    "https://127.0.0.1:$port/fhir/$1"
}
observations() { fhir "$1" 'Observation?_summary=count' | sed -nE 's/.*"total":([0-9]+).*/\1/p'; }

await_arrival() {
  local expected deadline=$((SECONDS + 60)) there=0
  expected=$(observations "$gateway_https")
  [ "$expected" -gt 0 ] || fail "the gateway holds no Observation"
  until [ "$there" = "$expected" ]; do
    [ $SECONDS -lt $deadline ] ||
      fail "only $there of $expected Observations reached the receiver; see $state/gateway.log"
    there=$(observations "$receiver_https")
    [ "$there" = "$expected" ] || sleep 0.2
  done
  echo "all $there Observations reached the receiver over HTTPS"
}

print_table() {
  echo
  fhir "$receiver_https" 'Patient?_count=1000' >"$state/patients.json"
  fhir "$receiver_https" 'Observation?category=laboratory,vital-signs&_count=1000&_sort=date' >"$state/observations.json"
  deploy/quickstart-table "$state/patients.json" "$state/observations.json"
  echo
}

print_addresses() {
  echo "FHIR API    https://127.0.0.1:$gateway_https/fhir   (the receiver: https://127.0.0.1:$receiver_https/fhir)"
  echo "metrics     http://127.0.0.1:$gateway_ops/metrics"
  echo "Sample 01 by code, cycle day and sample type:"
  echo "  curl --cacert $certs/ca.pem --cert $certs/client.pem --key $certs/client-key.pem" \
    "'https://127.0.0.1:$gateway_https/fhir/Observation?code=http://loinc.org|8112-5&cycle-day=ge19&cycle-day=le23&sample-type=peripheral-blood'"
}
