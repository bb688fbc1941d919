// Runs a program in Pyodide: node run.mjs FOLDER PROGRAM PACKAGE ...
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, program, ...packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
try {
  const python = await loadPyodide({ indexURL: `${folder}/`, packages });
  await python.runPythonAsync(readFileSync(program, "utf-8"));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
