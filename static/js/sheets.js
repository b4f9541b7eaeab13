/** Style sheets that are added to what there is of them, and taken away again. */

/**
 * @param {DocumentOrShadowRoot} root
 * @param {string} css
 */
export function putOn(root, css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return sheet;
}

/**
 * @param {DocumentOrShadowRoot} root
 * @param {CSSStyleSheet} sheet
 */
export function takeOff(root, sheet) {
  root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
}
