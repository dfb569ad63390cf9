# Every library comes from the distribution; nothing is downloaded.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(pugixml REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.74 REQUIRED)   # headers only: Beast's HTTP parser and serializer
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(inih REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(edit REQUIRED IMPORTED_TARGET libedit)
pkg_check_modules(crypt REQUIRED IMPORTED_TARGET libcrypt)
if(SVD_TESTS)
  find_package(GTest REQUIRED)
endif()
