// Most browsers make the page smaller for the keyboard of a phone (`interactive-widget` in the page's head). Safari leaves
// it as it is and pushes it up, and the room's name out of sight; here it is given the height that can be seen.

visualViewport?.addEventListener('resize', () => {
  const { height, scale } = visualViewport;
  if (scale !== 1) return; // enlarged with two fingers: the page stays as it is
  document.documentElement.style.setProperty('--visible-height', `${height}px`);
  scrollTo(0, 0);
});
