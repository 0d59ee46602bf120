# Sourced by tests/run: one function a suite, each adding to passed, failed and skipped.
# Expects: project, build.

all_suites="format rules unit golden contract crash fuzz judges end_to_end deploy threads bench"
passed=0 failed=0 skipped=0
jobs=$(nproc)

one() {  # one NAME COMMAND…: a check that is one test
  local name=$1; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $name" >&2; fi
}
skip() { skipped=$((skipped + 1)); echo "skipped: $*"; }

# configured TREE OPTION…: configures and builds $build/TREE once a run.
declare -A built
configured() {
  local tree=$1; shift
  [ -n "${built[$tree]:-}" ] && return 0
  configure "$build/$tree" "$@" >"$build/$tree-configure.log" 2>&1 ||
    { tail -20 "$build/$tree-configure.log" >&2; return 1; }
  cmake --build "$build/$tree" --parallel "$jobs" ${targets:+--target $targets} >"$build/$tree-build.log" 2>&1 ||
    { tail -60 "$build/$tree-build.log" >&2; return 1; }
  built[$tree]=1
}
checked_build() { configured dev -DCMAKE_BUILD_TYPE=Debug -DIMMUNOGATE_SANITIZE=address -DIMMUNOGATE_TESTS=ON; }
release_build() { configured release -DCMAKE_BUILD_TYPE=Release; }
threads_build() { configured threads -DCMAKE_BUILD_TYPE=Debug -DIMMUNOGATE_SANITIZE=thread -DIMMUNOGATE_TESTS=ON; }

# programs_of TREE PROGRAM…: runs GoogleTest programs, each in as many parts as there are jobs, and
# counts their tests. One process for many tests: loading the mappings costs more than most of them.
programs_of() {
  local tree=$1 program part
  shift
  local reports=$build/$tree-reports
  mkdir -p "$reports"
  for program; do rm -f "$reports/$program".*; done
  for program; do for ((part = 0; part < jobs; part++)); do echo "$program $part"; done; done |
    GTEST_TOTAL_SHARDS=$jobs xargs -P "$jobs" -L 1 bash -c 'part_of "$@"' part_of "$build/$tree/tests" "$reports"
  local total=0 bad=0 out=0 numbers
  for program; do
    for ((part = 0; part < jobs; part++)); do
      if [ ! -s "$reports/$program.$part.xml" ]; then  # it broke off: what it said last says where
        total=$((total + 1)); bad=$((bad + 1))
        echo "FAILED: $program broke off" >&2; tail -60 "$reports/$program.$part.log" >&2; continue
      fi
      numbers=$(grep -a '<testsuite ' "$reports/$program.$part.xml" | tr '\t' ' ')
      total=$((total + $(sum_of tests "$numbers")))
      bad=$((bad + $(sum_of failures "$numbers") + $(sum_of errors "$numbers")))
      out=$((out + $(sum_of skipped "$numbers")))
      grep -aE -B30 '^\[  FAILED  \].* \(' "$reports/$program.$part.log" >&2 || true
    done
  done
  if [ "$total" -eq 0 ]; then failed=$((failed + 1)); echo "FAILED: no test ran of $*" >&2; return; fi
  passed=$((passed + total - bad - out)); failed=$((failed + bad)); skipped=$((skipped + out))
  [ "$out" -gt 0 ] && cat "$reports"/*.log | grep -a -A1 ': Skipped$' | grep -vaE ': Skipped$|^--$' | sort -u | sed 's/^/skipped: /'
  echo "$total tests: $bad failed, $out skipped"
}
part_of() {  # part_of FOLDER REPORTS PROGRAM PART
  GTEST_SHARD_INDEX=$4 timeout 1200 "$1/$3" --gtest_output="xml:$2/$3.$4.xml" >"$2/$3.$4.log" 2>&1
  return 0  # the report tells
}
export -f part_of
sum_of() { sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p" <<<"$2" | awk '{ n += $1 } END { print n + 0 }'; }
# programs TREE PATTERN: the names of its test programs.
programs() { (cd "$build/$1/tests" && find . -maxdepth 1 -type f -perm -u+x -name "$2" | sed 's|^\./||' | sort); }

# tests_of TREE REGEX: runs the ctest tests whose names match, counts them.
tests_of() {
  local tree=$1 which=$2 report=$build/$1-report.xml
  rm -f "$report"
  ctest --test-dir "$build/$tree" -R "$which" -j "$jobs" --output-on-failure --no-tests=error \
    --output-junit "$report" >"$build/$tree-tests.log" 2>&1 ||
    { grep -vE '^ *[0-9]+/[0-9]+ .*Passed|^ +Start ' "$build/$tree-tests.log" | tail -120 >&2; }
  local line
  line=$(grep -m1 -A12 '<testsuite ' "$report" 2>/dev/null | tr '\n' ' ')
  local total bad out
  total=$(number_of tests "$line"); bad=$(number_of failures "$line"); out=$(number_of skipped "$line")
  if [ "${total:-0}" -eq 0 ]; then failed=$((failed + 1)); echo "FAILED: no test ran of $which" >&2; return; fi
  passed=$((passed + total - bad - out)); failed=$((failed + bad)); skipped=$((skipped + out))
  # GoogleTest says the reason on the line behind; ctest keeps it in the report alone.
  [ "$out" -gt 0 ] && grep -A1 ': Skipped$' "$report" | grep -vE ': Skipped$|^--$' | sort -u | sed 's/^/skipped: /'
  echo "$total tests: $bad failed, $out skipped"
}
number_of() { tr "\t" " " <<<"$2" | sed -nE "s/.* $1=\"([0-9]+)\".*/\1/p"; }

suite_format() {
  local files
  mapfile -t files < <(git ls-files 'gateway/*.cpp' 'gateway/*.hpp' 'tests/*.cpp' 'tests/*.hpp')
  one "clang-format" clang-format --dry-run -Werror "${files[@]}"
  mapfile -t files < <(git grep -lE '^#!.*\<bash$' -- ':!*.md'; git ls-files '*.sh')
  one "shell scripts can be read" each_can_be_read "${files[@]}"
}
each_can_be_read() { local file bad=0; for file; do bash -n "$file" || bad=1; done; return $bad; }
checked() {  # checked PATTERN: test programs of the ASan + UBSan build
  checked_build || { failed=$((failed + 1)); echo "FAILED: build" >&2; return; }
  programs_of dev $(programs dev "$1")
}
suite_rules() {
  one "FHIR artefacts are as generated" mappings/fhir/generate --check
  one "FHIR artefacts define what the gateway names" mappings/fhir/generate --covers gateway
  checked rules
}
suite_unit() { checked 'unit_*'; }
suite_golden() { checked golden; }
suite_contract() { checked contract; }
suite_crash() { checked crash; }
suite_fuzz() {
  checked_build || { failed=$((failed + 1)); echo "FAILED: build" >&2; return; }
  tests_of dev '^fuzz'
}
suite_end_to_end() {
  checked_build || { failed=$((failed + 1)); echo "FAILED: build" >&2; return; }
  node_path >/dev/null  # tests of clients say what they miss
  npm_path clients "$project/tests/end_to_end/clients" >/dev/null
  npm_path model "$project/tests/model" >/dev/null
  npm_path console "$project/tests/end_to_end/console" >/dev/null
  modules_of end_to_end "$build/dev/immunogate"
}
suite_deploy() {  # what is installed and run elsewhere; IMMUNOGATE_LONG=1 installs it in a Debian of its own
  release_build || { failed=$((failed + 1)); echo "FAILED: build" >&2; return; }
  install_packages "${deploy_packages[@]}" ||
    { failed=$((failed + 1)); echo "FAILED: packages, see $PACKAGES_LOG" >&2; return; }
  IMMUNOGATE_NODE=$(node_path) modules_of deploy "$build/release/immunogate"
  modules_of end_to_end/large "$build/release/immunogate"
  [ -z "${IMMUNOGATE_LONG:-}" ] || modules_of deploy/long "$build/release/immunogate"
}
# modules_of FOLDER PROGRAM: runs the Python tests of tests/FOLDER, two modules at once for each of the
# jobs, as they mostly wait, and counts them.
modules_of() {
  local reports=$build/$1-reports module
  rm -rf "$reports"; mkdir -p "$reports"
  (cd "tests/$1" && printf '%s\n' test_*.py) | sed 's/\.py$//' |
    IMMUNOGATE_TEST_PROGRAM=$2 xargs -P $((jobs * 2)) -I NAME \
      bash -c 'cd "$1" && python3 -m unittest -v NAME >"$0/NAME.log" 2>&1; true' "$reports" "tests/$1"
  local total=0 bad=0 out=0 line ran wrong
  for module in "$reports"/*.log; do
    # Warnings may follow the closing lines.
    line=$(grep -aE '^(Ran [0-9]+ test|OK|FAILED \()' "$module" | tail -2 | tr '\n' ' ')
    ran=$(first_of 'Ran ([0-9]+) tests?' "$line")
    wrong=$(($(first_of 'failures=([0-9]+)' "$line") + $(first_of 'errors=([0-9]+)' "$line")))
    case $line in *OK*|*FAILED*) ;; *) wrong=1 ;; esac  # it broke off
    # An error while a class is set up stands for all its tests and is not counted among them.
    [ "$wrong" -gt "$ran" ] && ran=$wrong
    [ "$wrong" -gt 0 ] && tail -80 "$module" >&2
    total=$((total + ran)); bad=$((bad + wrong)); out=$((out + $(first_of 'skipped=([0-9]+)' "$line")))
  done
  if [ "$total" -eq 0 ]; then failed=$((failed + 1)); echo "FAILED: no test ran of tests/$1" >&2; return; fi
  passed=$((passed + total - bad - out)); failed=$((failed + bad)); skipped=$((skipped + out))
  cat "$reports"/*.log | sed -nE "s/.*\.\.\. skipped [\"'](.*)[\"']$/skipped: \1/p" | sort -u
  echo "$total tests: $bad failed, $out skipped"
}
first_of() { local found; found=$(sed -nE "s/.*$1.*/\1/p" <<<"$2"); echo "${found:-0}"; }

suite_threads() {
  local with_threads="unit_base unit_net unit_intake unit_outbox unit_push unit_store_sqlite unit_mllp unit_http"
  targets=$with_threads threads_build || { failed=$((failed + 1)); echo "FAILED: build" >&2; return; }
  programs_of threads $with_threads
}

# A Node.js that judges and clients can run on: the machine's if it is new enough, else npm's own build.
node_path() {
  if node -e 'process.exit(+process.versions.node.split(".")[0] >= 22 ? 0 : 1)' 2>/dev/null; then
    command -v node; return
  fi
  if [ ! -x "$build/node/node_modules/.bin/node" ]; then
    command -v npm >/dev/null || install_packages npm >&2
    mkdir -p "$build/node" && cp "$project"/tests/node/package*.json "$build/node/" &&
      (cd "$build/node" && npm ci --ignore-scripts --no-audit --no-fund >"$build/npm.log" 2>&1)
    local binary
    binary=$(ls "$build"/node/node_modules/node-linux-*/bin/node 2>/dev/null | head -1)
    mkdir -p "$build/node/node_modules/.bin" && ln -sf "$binary" "$build/node/node_modules/.bin/node"
  fi
  echo "$build/node/node_modules/.bin/node"
}
# npm_path NAME FOLDER: what the lock file in FOLDER names, installed once as $build/NAME, beside the
# scripts as they are now.
npm_path() {
  local place=$build/$1
  if [ ! -d "$place/node_modules" ] || ! cmp -s "$2/package-lock.json" "$place/package-lock.json"; then
    command -v npm >/dev/null || install_packages npm >&2
    rm -rf "$place" && cp -r "$2" "$place" && chmod -R u+w "$place" &&
      (cd "$place" && npm ci --ignore-scripts --no-audit --no-fund >"$build/$1.log" 2>&1) || return 1
  fi
  cp -rf "$2/." "$place/" && echo "$place"
}
validator_path() { npm_path validator "$project/../shared/tools/validator"; }  # the independent one
reader_path() { npm_path second_reader "$project/tests/judges/second_reader"; }  # another HL7v2 parser
units_path() { npm_path units "$project/tests/judges/units"; }  # the package of units
validated() {  # validated FOLDER [OPTION…]: converts every message below it; no error is found
  local folder=$1 converted=$build/converted.ndjson; shift
  find "$folder" -name '*.hl7' -print0 | sort -z |
    xargs -0 "$build/release/immunogate" convert --mappings "$project/mappings" >"$converted"
  "$node" "$validator/validate.mjs" --artefacts "$project/mappings" --strict-extensions --searchparams \
    --quiet "$@" "$converted" | tail -3
  return "${PIPESTATUS[0]}"
}
packaged() {  # the FHIR package: twice the same bytes, and sound with its examples
  local pack=$project/mappings/fhir/package out=$build/package
  rm -rf "$out" && mkdir -p "$out" &&
    "$pack" --program "$build/release/immunogate" --out "$out/package.tgz" &&
    "$pack" --program "$build/release/immunogate" --out "$out/again.tgz" >"$out/again.log" &&
    cmp "$out/package.tgz" "$out/again.tgz" && tar xzf "$out/package.tgz" -C "$out" &&
    "$node" "$validator/validate.mjs" --artefacts "$out/package" --check-artefacts --best-practice ignore --quiet
}
answered() {  # every answer of FHIR.md's scenarios, by the validator with our package
  local bodies=$build/bodies log=$build/scenarios.log
  rm -rf "$bodies" && mkdir -p "$bodies"
  IMMUNOGATE_BODIES=$bodies IMMUNOGATE_TEST_PROGRAM=$program python3 -W ignore tests/end_to_end/test_scenarios.py \
    >"$log" 2>&1 || { tail -40 "$log"; return 1; }
  "$node" "$validator/validate.mjs" --artefacts "$build/package/package" --best-practice ignore --quiet "$bodies" | tail -3
  return "${PIPESTATUS[0]}"
}
suite_judges() {
  local tools=$project/../shared/tools
  release_build || { failed=$((failed + 1)); echo "FAILED: build" >&2; return; }
  local program=$build/release/immunogate node validator reader units
  node=$(node_path)
  if [ -x "$node" ] && reader=$(reader_path); then
    one "another parser reads what we write" python3 tests/judges/round_trip.py "$program" "$node" "$reader"
  else
    skip "another parser reads what we write: npm's registry is not reachable, see $build/second_reader.log"
  fi
  if [ -x "$node" ] && units=$(units_path); then
    one "units are what their package says" "$node" mappings/ucum/generate.mjs "$units" --check
  else
    skip "units are what their package says: npm's registry is not reachable, see $build/units.log"
  fi
  if [ ! -d "$tools" ]; then skip "judges from outside: ../shared/tools is not here"; return; fi
  validator=$(validator_path) ||
    { failed=$((failed + 1)); echo "FAILED: installing the validator, see $build/validator.log" >&2; return; }
  one "FHIR artefacts are sound" "$node" "$validator/validate.mjs" --artefacts "$project/mappings" \
    --check-artefacts --best-practice ignore --quiet
  one "profiles refuse what breaks them" python3 tests/judges/profiles.py "$node" "$validator/validate.mjs" mappings
  one "FHIR package" packaged
  npm_path clients "$project/tests/end_to_end/clients" >/dev/null  # one of the scenarios
  one "every answer of the scenarios validates" answered
  one "samples' facts" python3 "$tools/judge/judge_samples.py" "$program" --mappings mappings
  one "samples validate" validated "$project/tests/samples"
  rm -rf "$build/field_messages" && python3 tests/judges/field_messages.py "$build/field_messages"
  one "every row of the field tables validates" validated "$build/field_messages"
  # What the corpus judge prints may quote messages; only its last line, the counts, is shown.
  one "corpus" bash -c 'python3 "$1" "$2" mappings "$3" >"$4" 2>&1; s=$?; tail -1 "$4"; exit $s' - \
    "$tools/judge/judge_corpus.py" "$program" "$project/../shared/corpus" "$build/corpus.log"
  one "corpus validates" validated "$project/../shared/corpus"
  one "differences to other converters are explained" python3 tests/judges/differences.py "$program" mappings \
    "$project/../shared/corpus" tests/golden/DIFFERENCES.md
}

suite_alone() {  # each file and each header compiled by itself, as it must mean the same
  configured alone -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DIMMUNOGATE_UNITY=OFF -DIMMUNOGATE_TESTS=ON &&
    one "every header compiles alone" cmake --build "$build/alone" --target all_verify_interface_header_sets ||
    { failed=$((failed + 1)); echo "FAILED: build" >&2; }
}

suite_bench() {
  if [ ! -d "$project/../shared/tools/load" ]; then skip "bench: ../shared/tools/load is not here"; return; fi
  release_build || { failed=$((failed + 1)); echo "FAILED: build" >&2; return; }
  one "ingest bench runs" tests/bench/ingest --program "$build/release/immunogate" --messages 400 --rounds 1
  install_packages nginx-light
  one "FHIR bench runs" tests/bench/fhir --program "$build/release/immunogate" --observations 2000 --clients 1,4 --seconds 0.3 --rounds 1
  one "conversion bench runs" tests/bench/convert --program "$build/release/immunogate" --rounds 1 --times 2
}
