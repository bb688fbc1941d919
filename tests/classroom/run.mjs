// Installs a wheel in Pyodide and runs a program: node run.mjs FOLDER WHEEL PROGRAM
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, wheel, program] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
try {
  const packages = ["micropip", "mpmath"];
  const python = await loadPyodide({ indexURL: `${folder}/`, packages });
  const place = `/tmp/${basename(wheel)}`;
  python.FS.writeFile(place, readFileSync(wheel));
  await python.pyimport("micropip").install(`emfs:${place}`);
  await python.runPythonAsync(readFileSync(program, "utf-8"));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
