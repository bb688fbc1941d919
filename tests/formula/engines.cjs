// Reads a list of formulas in TeX, writes what KaTeX and MathJax have against each: [[katex, mathjax], …].
const katex = require("katex");
const { mathjax } = require("mathjax-full/js/mathjax.js");
const { TeX } = require("mathjax-full/js/input/tex.js");
const { SVG } = require("mathjax-full/js/output/svg.js");
const { liteAdaptor } = require("mathjax-full/js/adaptors/liteAdaptor.js");
const { RegisterHTMLHandler } = require("mathjax-full/js/handlers/html.js");
require("mathjax-full/js/input/tex/ams/AmsConfiguration.js");
require("mathjax-full/js/input/tex/newcommand/NewcommandConfiguration.js");

const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const formatError = (_, error) => { throw error; };
const input = new TeX({ packages: ["base", "ams", "newcommand"], formatError });
const output = mathjax.document("", { InputJax: input, OutputJax: new SVG({ fontCache: "none" }) });

function complaint(typeset) {
  try {
    return typeset().includes("merror") ? "merror" : "";
  } catch (error) {
    return error.message;
  }
}

const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(formulas.map((tex) => [
  complaint(() => katex.renderToString(tex, { displayMode: true, throwOnError: true, strict: "ignore" })),
  complaint(() => adaptor.outerHTML(output.convert(tex, { display: true }))),
])));
