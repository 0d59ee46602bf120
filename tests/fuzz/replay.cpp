// Gives a fuzz target what libFuzzer would: every file of the folders named, then seeded mutations
// of them (g++ has no libFuzzer). usage: PROGRAM [--mutations N] [--seed N] FOLDER|FILE…
// A finding is repeated by the input it leaves in `finding` of the working folder (under sanitizers
// with abort_on_error=1).
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::string* running = nullptr;  // for the signal handler, which can be told nothing

extern "C" void keep_finding(int signal) {
  const int file = open("finding", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file >= 0 && running != nullptr) {
    if (write(file, running->data(), running->size()) >= 0) close(file);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::string& bytes) {
  running = &bytes;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::string mutated(const std::vector<std::string>& corpus, std::mt19937& chance) {
  std::string bytes = corpus[chance() % corpus.size()];
  const std::string& other = corpus[chance() % corpus.size()];
  for (auto n = 1 + chance() % 8; n > 0; --n) {
    const std::size_t at = bytes.empty() ? 0 : chance() % bytes.size();
    switch (chance() % 5) {
      case 0:
        bytes.insert(at, 1, static_cast<char>(chance()));
        break;
      case 1:
        bytes.erase(at, 1 + chance() % 16);
        break;
      case 2:
        bytes.insert(at, std::string(1 + chance() % 8, bytes.empty() ? '|' : bytes[at]));
        break;
      case 3:
        if (!other.empty()) bytes.insert(at, other.substr(chance() % other.size(), chance() % 64));
        break;
      default:
        if (!bytes.empty()) bytes[at] = static_cast<char>(chance());
    }
  }
  return bytes;
}

}  // namespace

int main(int count, char** arguments) {
  unsigned long mutations = 0;
  unsigned seed = 1;
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--mutations" && i + 1 < count) {
      mutations = std::stoul(arguments[++i]);
    } else if (argument == "--seed" && i + 1 < count) {
      seed = static_cast<unsigned>(std::stoul(arguments[++i]));
    } else if (std::filesystem::is_directory(argument)) {
      for (const auto& entry : std::filesystem::directory_iterator(argument))
        files.push_back(entry.path());
    } else {
      files.emplace_back(argument);
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> corpus;
  for (const auto& file : files) {
    if (std::filesystem::is_regular_file(file)) corpus.push_back(content(file));
  }
  if (corpus.empty()) {
    std::fputs("replay: no input: name a file or a folder of files\n", stderr);
    return 2;
  }
  std::printf("%zu files, %lu mutations, seed %u\n", corpus.size(), mutations, seed);
  std::fflush(stdout);
  std::signal(SIGABRT, keep_finding);
  std::signal(SIGSEGV, keep_finding);
  for (const std::string& bytes : corpus) run(bytes);
  std::mt19937 chance(seed);
  for (unsigned long i = 0; i < mutations; ++i) run(mutated(corpus, chance));
  return 0;
}
