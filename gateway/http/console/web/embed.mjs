// Writes the files below FOLDER as a C++ file, each whole and as gzip: embed.mjs FOLDER OUT.cpp
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const [folder, out] = process.argv.slice(2);
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const mostCompressed = 250_000;

const names = readdirSync(folder, { recursive: true }).map(String).filter((name) => types[extname(name)]).sort();
const bytes = (content) => [...content].join(",");
let compressed = 0;
let text = '#include "gateway/http/console/embedded.hpp"\nnamespace gateway::http::console::embedded {\nnamespace {\n';
const rows = names.map((name, at) => {
  const whole = readFileSync(join(folder, name)), gzip = gzipSync(whole, { level: 9 });
  compressed += gzip.length;
  text += `constexpr unsigned char whole_${at}[] = {${bytes(whole)}};\n`;
  text += `constexpr unsigned char gzip_${at}[] = {${bytes(gzip)}};\n`;
  const path = name === "index.html" ? "/console/" : "/console/" + name;
  return `    {"${path}", "${types[extname(name)]}; charset=utf-8", text_of(whole_${at}), text_of(gzip_${at}), ` +
    `${name !== "index.html"}},\n`;
});
if (compressed > mostCompressed) throw new Error(`console: ${compressed} bytes compressed, at most ${mostCompressed}`);
text += `
template <std::size_t n>
std::string_view text_of(const unsigned char (&bytes)[n]) {
  return {reinterpret_cast<const char*>(bytes), n};
}
}  // namespace

std::span<const Asset> assets() {
  static const Asset all[] = {\n${rows.join("")}  };
  return all;
}
}  // namespace gateway::http::console::embedded
`;
writeFileSync(out, text);
console.log(`console: ${names.length} files, ${compressed} bytes compressed`);
