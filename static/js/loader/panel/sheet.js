/** The look of the panel, and of the launcher beside an open one. */

export const PANEL_LOOK = `
.panel {
  position: fixed;
  bottom: calc(var(--y) + 72px + env(safe-area-inset-bottom, 0px));
  box-sizing: border-box;
  width: 400px;
  max-width: calc(100vw - 2 * var(--x));
  height: min(640px, calc(100dvh - var(--y) - 88px));
  overflow: hidden;
  border: 1px solid #8884;
  border-radius: 16px;
  outline: 0;
  background: Canvas;
  color: CanvasText;
  text-align: center;
  box-shadow: 0 12px 48px #1018283d;
  visibility: hidden;
  opacity: 0;
  transform: translateY(8px) scale(.95);
}
.open .panel { visibility: visible; opacity: 1; transform: none }
.open .teaser { display: none }
.launcher::after {
  content: "";
  position: absolute;
  inset: 15px;
  background: currentColor;
  clip-path: path("M7 5l7 7 7-7 2 2-7 7 7 7-2 2-7-7-7 7-2-2 7-7-7-7z");
}
.launcher::after, .open .launcher::before { opacity: 0; transform: rotate(45deg) scale(.6) }
.open .launcher::after { opacity: 1; transform: none }
iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; visibility: hidden }
.ready iframe { visibility: inherit }
.note, .link { display: none; margin: 0 24px }
.silent .note, .silent .link { display: block }
.note { padding: 40% 0 16px }
.link { padding: 11px 20px; border-radius: 12px; background: var(--accent); color: var(--on-accent); text-decoration: none }
@media (max-width: 480px), (max-height: 480px) {
  .panel { inset: var(--top, 0) 0 auto; width: auto; max-width: none; height: var(--height, 100%); border: 0; border-radius: 0 }
  .open .launcher { display: none }
}
@media (prefers-reduced-motion: no-preference) { .launcher::after { transition: .2s } }
@media (forced-colors: active) { .launcher::after { background: ButtonText } }
`;

/**
 * With one more sheet, and without it.
 * @param {DocumentOrShadowRoot} root
 * @param {CSSStyleSheet} sheet
 */
export const putOn = (root, sheet) => void (root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]);
/** @param {DocumentOrShadowRoot} root @param {CSSStyleSheet} sheet */
export const takeOff = (root, sheet) =>
  void (root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet));
