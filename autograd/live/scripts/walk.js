/** Walk: which box or arrow of the picture a key leads to. */

/**
 * From a box, up and down are the boxes in order, left and right its arrows; from an arrow, left
 * and right are its ends, up and down the others to the same box.
 * @template {{element: Element}} Box
 * @template {{element: Element, tail: Box, head: Box}} Arrow
 * @param {Box[]} boxes @param {Arrow[]} arrows @param {Element} from @param {string} key
 * @returns {Element | undefined}
 */
export function beside(boxes, arrows, from, key) {
  const way = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[key] ?? 0;
  const arrow = arrows.find((one) => one.element === from);
  const row = arrow ? arrows.filter((one) => one.head === arrow.head) : boxes;
  const place = row.findIndex((one) => one.element === from);
  if (place < 0) return undefined;
  if (way) return row[Math.min(Math.max(0, place + way), row.length - 1)].element;
  if (key !== "ArrowLeft" && key !== "ArrowRight") return undefined;
  const end = key === "ArrowLeft" ? "tail" : "head", other = end === "tail" ? "head" : "tail";
  return arrow ? arrow[end].element : arrows.find((one) => one[other].element === from)?.element;
}
