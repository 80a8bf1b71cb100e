/** Buttons that are held: with a finger, a mouse, or the space bar and Enter. Chromium 92. */

const AFTER_RELEASE_MS = 400;

/** Call `down` when a button is pressed and `up` when it is let go, whatever way that happens. */
export function onPress(button, down, up) {
  let isDown = false;
  const press = (event) => {
    if (isDown || button.disabled || (event.button ?? 0) !== 0) return;
    isDown = true;
    if (event.pointerId !== undefined) button.setPointerCapture(event.pointerId);
    down();
  };
  const release = () => {
    if (!isDown) return;
    isDown = false;
    up();
  };
  button.addEventListener("pointerdown", press);
  for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) button.addEventListener(name, release);
  button.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") press(event);
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") release();
  });
  // A long press on a phone must not open its menu, and a page that is left holds nothing.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("visibilitychange", release);
}

/**
 * Call `done` once `button` was held for `ms`, while `isArmed()`; the button shows how far it is. The click that ends
 * such a press is none: the button may mean something else by then.
 */
export function onHold(button, ms, isArmed, done) {
  let timer = 0;
  let forgetting = 0;
  let isHolding = false;
  onPress(
    button,
    () => {
      clearTimeout(forgetting);
      isHolding = isArmed();
      if (!isHolding) return;
      button.style.setProperty("--hold-ms", `${ms}ms`);
      button.classList.add("held");
      timer = setTimeout(() => {
        button.classList.remove("held");
        done();
      }, ms);
    },
    () => {
      clearTimeout(timer);
      button.classList.remove("held");
    },
  );
  // Not in `up`: a button that is disabled loses the press while the finger is still on it. A finger's click comes a
  // little after it was lifted; one without a press is a screen reader's.
  const forget = () => {
    clearTimeout(forgetting);
    forgetting = setTimeout(() => {
      isHolding = false;
    }, AFTER_RELEASE_MS);
  };
  for (const name of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(name, forget, true);
  button.addEventListener("click", (event) => isHolding && event.stopImmediatePropagation(), true);
}
