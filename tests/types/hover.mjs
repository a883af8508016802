// What an editor shows for a few places of a program, as JSON: `node hover.mjs FILE WORD...`.

import { readFileSync } from "node:fs";
import ts from "typescript";

const [file, ...words] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const settings = ts.readConfigFile(file.replace(/[^/]*$/, "tsconfig.json"), ts.sys.readFile).config;
const { options } = ts.convertCompilerOptionsFromJson(settings.compilerOptions, file.replace(/[^/]*$/, ""));
const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => [file],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => (ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(name)) : undefined),
  getCurrentDirectory: () => file.replace(/[^/]*$/, ""),
  getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
});
const shown = words.map((word) => {
  const info = service.getQuickInfoAtPosition(file, text.indexOf(word) + word.lastIndexOf(".") + 1);
  return [word, ts.displayPartsToString(info?.documentation ?? [])];
});
console.log(JSON.stringify(Object.fromEntries(shown)));
