/** Text that is too large for its place is made smaller, as far as it can still be read; the rest is cut. Chromium 80. */

const LEAST_LINE = 0.45;
const LEAST_BOX = 0.6;

/** Make the line of an element fit its width. */
export function fitLine(element) {
  element.style.fontSize = "";
  const width = element.clientWidth;
  if (width === 0 || element.scrollWidth <= width) return;
  const share = Math.max(LEAST_LINE, (0.99 * width) / element.scrollWidth);
  element.style.fontSize = `${Math.floor(share * sizeOf(element))}px`;
}

/** Make everything in an element fit, down to the share `least` of its size. */
export function fitBox(element, least = LEAST_BOX) {
  element.style.fontSize = "";
  const full = sizeOf(element);
  for (let share = 0.96; share >= least && isTooLarge(element); share -= 0.04) {
    element.style.fontSize = `${Math.floor(share * full)}px`;
  }
}

function sizeOf(element) {
  return parseFloat(getComputedStyle(element).fontSize);
}

function isTooLarge(element) {
  return overflows(element) || Array.from(element.querySelectorAll("*")).some(overflows);
}

function overflows(element) {
  const isInline = element.clientWidth === 0;
  return (
    !isInline && (element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1)
  );
}
