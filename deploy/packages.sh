# Sourced by deploy/quickstart and tests/run: which Debian packages building and testing need, how
# they come onto the machine, how a build tree is configured. Says each thing it installs.

build_packages=(g++ cmake ninja-build pkg-config make ca-certificates openssl tzdata
  libssl-dev libsqlite3-dev libpq-dev librdkafka-dev libzstd-dev zlib1g-dev libjemalloc-dev libpoco-dev libboost-dev rapidjson-dev)
# Whoever has Node.js from elsewhere has npm with it, and Debian's would not go beside that.
command -v npm >/dev/null || build_packages+=(npm)
test_packages=(libgtest-dev libgmock-dev postgresql rsyslog rsyslog-openssl ccache clang-format curl python3 perl git chromium)
# What the suite `deploy` packs, renders and reads with.
deploy_packages=(debhelper dpkg-dev fakeroot lintian binutils procps strace systemd prometheus golang-go
  golang-github-masterminds-sprig-dev golang-gopkg-yaml.v3-dev debootstrap zsh)

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# configure FOLDER OPTION…: with Ninja, unless somebody configured the folder with another generator
# before (README.md, "The program alone"): CMake refuses to change it.
configure() {
  local folder=$1 generator=(-G Ninja)
  shift
  [ -f "$folder/CMakeCache.txt" ] && generator=()
  cmake -S "$project" -B "$folder" "${generator[@]}" "$@"
}

# install_packages NAME…: installs those that are missing.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "installing: ${missing[*]}"
  as_root apt-get update -qq || return 1
  # apt upgrades what is already here and too old for the new ones.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >>"${PACKAGES_LOG:-/dev/null}" 2>&1
}
