/** Elements: how the parts of the page are made. */

/**
 * @typedef {string | Node | null} Child
 * @typedef {Record<string, string | number | boolean | ((event: any) => void)>} Attributes
 */

/**
 * An element with its attributes, its listeners (`onclick`) and its children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * A button with a text, and what it does; where the text is only a sign, that is its name.
 * @param {string} text
 * @param {string} label
 * @param {(event: MouseEvent) => void} act
 */
export function pushButton(text, label, act) {
  const made = element("button", { type: "button", title: label, onclick: act }, text);
  if (!/\p{L}/u.test(text)) made.setAttribute("aria-label", label);
  return made;
}

/**
 * A choice of several things.
 * @param {string} label
 * @param {[string, string][]} choices what is chosen, and how it is called
 * @param {(chosen: string) => void} act
 */
export function chooser(label, choices, act) {
  const options = choices.map(([value, text]) => element("option", { value }, text));
  const select = element("select", { "aria-label": label }, ...options);
  select.addEventListener("change", () => act(select.value));
  return select;
}

/**
 * Writes a text where it is another one: what stays is not touched.
 * @param {Element} where
 * @param {string} text
 */
export function putText(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

/**
 * Writes HTML where it is another one.
 * @param {Element} where
 * @param {string} html
 */
export function putHTML(where, html) {
  if (written.get(where) !== html) where.innerHTML = html;
  written.set(where, html);
}

/** What was written last: a browser gives its own text for what it was given. */
const written = new WeakMap();
