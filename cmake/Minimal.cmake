# SVD_MINIMAL: what there is a static library of is linked into the programs. The C library is not, because users and
# hosts are looked up by its modules.
add_link_options(-static-libstdc++ -static-libgcc -Wl,--as-needed)

# svd_link_static(TARGET NAME...): the imported target stands for these archives from now on, if all are there.
function(svd_link_static target)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(archives)
  foreach(name IN LISTS ARGN)
    find_library(SVD_STATIC_${name} NAMES ${name})
    if(NOT SVD_STATIC_${name})
      message(STATUS "${target}: no static ${name}, so a shared library it is")
      return()
    endif()
    list(APPEND archives ${SVD_STATIC_${name}})
  endforeach()
  set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${archives}")
endfunction()

svd_link_static(PkgConfig::inih inih)
svd_link_static(PkgConfig::crypt crypt)
svd_link_static(PkgConfig::edit edit tinfo bsd md)
if(TARGET pugixml::static)
  set_target_properties(pugixml::pugixml PROPERTIES INTERFACE_LINK_LIBRARIES pugixml::static)
endif()

# Where fmt is shared (Debian has no other), its headers are made into an archive; see the file.
get_target_property(fmt_type fmt::fmt TYPE)
if(fmt_type STREQUAL "SHARED_LIBRARY")
  add_library(svd_fmt STATIC ${PROJECT_SOURCE_DIR}/src/base/fmt_inside.cc)
  target_compile_options(svd_fmt PRIVATE -fno-inline -fkeep-inline-functions -ffunction-sections -w)
  target_link_libraries(svd_fmt PUBLIC fmt::fmt)  # after it, and as no symbol is missing then, not at all
endif()
