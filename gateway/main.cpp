#include "gateway/app/command_line.hpp"

int main(int argc, char** argv) {
  return gateway::app::run(argc, argv);
}
