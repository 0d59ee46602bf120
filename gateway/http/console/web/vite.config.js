import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: { assetsInlineLimit: 0, modulePreload: false, reportCompressedSize: false, target: "es2022" },
  logLevel: "warn",
});
