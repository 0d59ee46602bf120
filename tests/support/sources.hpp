#pragma once
#include <string>
#include <vector>

namespace tests {

/// One line of a source file of the gateway.
struct SourceLine {
  std::string path;  // "gateway/mllp/door.cpp"
  std::string room;  // "mllp"; "" for gateway/main.cpp
  int number = 0;
  std::string text;
};

/// Every line of every .cpp and .hpp under gateway/.
std::vector<SourceLine> lines_of_gateway();

}  // namespace tests
