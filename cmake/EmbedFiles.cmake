# Turns files into one C++ source: cmake -DFOLDER=dir -DFILES=a.css,b.js -DOUTPUT=x.cc -P EmbedFiles.cmake
# What it defines is declared in src/http/assets.h.
string(REPLACE "," ";" names "${FILES}")
set(arrays)
set(rows)
set(number 0)
foreach(name IN LISTS names)
  file(READ ${FOLDER}/${name} bytes HEX)
  file(SHA256 ${FOLDER}/${name} digest)
  string(SUBSTRING ${digest} 0 16 tag)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char kBytes${number}[] = {${bytes}};\n")
  string(APPEND rows "    {\"/${name}\", \"\\\"${tag}\\\"\", kBytes${number}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT}
  "#include \"http/assets.h\"\n\nnamespace svd::http {\nnamespace {\n${arrays}"
  "constexpr Asset kAssets[] = {\n${rows}};\n}  // namespace\n\n"
  "std::span<const Asset> assets() {\n    return kAssets;\n}\n\n}  // namespace svd::http\n")
