// How much of the page a keyboard leaves to be seen, and where that begins, as custom properties for the style sheets:
// --visible, the height, and --above, what is out of sight above. (CSS alone does not know the keyboard of every phone.)

export function followVisible() {
  const seen = window.visualViewport;
  if (!seen) return;
  const tell = () => {
    const style = document.documentElement.style;
    // Who zooms in sees less of the page, but has no smaller screen.
    style.setProperty("--visible", `${seen.height * seen.scale}px`);
    style.setProperty("--above", `${seen.scale === 1 ? seen.offsetTop : 0}px`);
  };
  seen.addEventListener("resize", tell);
  seen.addEventListener("scroll", tell);
  tell();
}

// While somebody writes on a phone, the end of the form stays above the keyboard.
export function keepInSight(area, end) {
  const look = () => {
    if (document.activeElement === area && phone.matches) end.scrollIntoView({ block: "nearest" });
  };
  window.visualViewport?.addEventListener("resize", look);
  area.addEventListener("focus", look);
}

const phone = matchMedia("(max-width: 59.99rem)");
