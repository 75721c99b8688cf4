// What the tests share.
#include <cstdlib>
#include <fstream>
#include <string>

inline int number(const char* name) { return std::atoi(std::getenv(name)); }

inline void begin(const std::string& role) { std::ofstream(std::getenv("CHECK_TRACE"), std::ios::app) << role + "\n"; }
