# Warnings, sanitizers and hardening: one interface target that every room links.
add_library(svd_flags INTERFACE)
target_compile_options(svd_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Wundef -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond>)
# A file of several sources shadows its own names, and is no source itself.
if(CMAKE_UNITY_BUILD)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)
  target_compile_options(svd_flags INTERFACE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(SVD_WERROR)
  target_compile_options(svd_flags INTERFACE -Werror)
endif()
if(SVD_SANITIZE)
  target_compile_options(svd_flags INTERFACE -fsanitize=${SVD_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=undefined
    # g++ 12 takes the checks inside std::optional for uses of what it does not hold.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(svd_flags INTERFACE -fsanitize=${SVD_SANITIZE})
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(svd_flags INTERFACE
    -fstack-protector-strong -fstack-clash-protection -fcf-protection -D_GLIBCXX_ASSERTIONS
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
    -ffunction-sections -fdata-sections)  # with --gc-sections: what nobody calls is not mapped
  target_link_options(svd_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed,--gc-sections)
elseif(NOT SVD_SANITIZE)
  target_compile_options(svd_flags INTERFACE -D_GLIBCXX_ASSERTIONS)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)
