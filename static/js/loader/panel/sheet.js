/** The look of the panel, of the launcher beside an open one, and of what came while it was closed. */

const PANEL_LOOK = `
.panel {
  box-sizing: border-box;
  width: 400px;
  max-width: calc(100vw - 2 * var(--x));
  height: min(640px, calc(100dvh - var(--y) - 88px));
  margin: 0 0 72px;
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
.launcher:hover { transform: scale(1.06) }
.launcher::after {
  content: "";
  position: absolute;
  inset: 15px;
  background: currentColor;
  clip-path: path("M7 5l7 7 7-7 2 2-7 7 7 7-2 2-7-7-7 7-2-2 7-7-7-7z");
}
.launcher::after, .open .launcher::before { opacity: 0; transform: rotate(45deg) scale(.6) }
.open .launcher::after { opacity: 1; transform: none }
.badge {
  position: absolute;
  z-index: 1;
  top: -5px;
  right: -5px;
  min-width: 14px;
  padding: 0 5px;
  border-radius: 12px;
  background: #c62f3b;
  color: #fff;
  font: 700 12px/24px system-ui;
}
.badge:empty { display: none }
.bubble b { display: block; font-size: 13px }
iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; visibility: hidden }
.ready iframe { visibility: inherit }
.ready > :not(iframe), .ready::before, .silent::before { display: none }
.panel::before {
  content: "";
  position: absolute;
  top: 24px;
  left: 20px;
  width: 44%;
  height: 12px;
  border-radius: 6px;
  background: #8884;
  box-shadow: 0 64px #8882, 32px 88px #8882, 0 112px #8882;
}
.note, .link { display: none; margin: 0 24px }
.silent .note, .silent .link { display: block }
.note { padding: 40% 0 16px }
.link { padding: 12px 20px; border-radius: 12px; text-decoration: none }
@media (max-width: 480px), (max-height: 480px) {
  .dock > .panel { inset: var(--top, 0) 0 auto; width: auto; max-width: none; height: var(--height, 100%); margin: 0; border: 0; border-radius: 0 }
  .open .launcher { display: none }
}
@media (prefers-reduced-motion: no-preference) {
  button, .launcher::before, .launcher::after { transition: .2s }
  .panel { transition: .2s, visibility 0s .2s } /* at once where it opens: what is hidden takes no focus */
  .open .panel { transition: .2s, visibility 0s }
  .bubble { animation: come .2s }
  @keyframes come { from { opacity: 0; transform: translateY(8px) } }
}
`;

/** All of it, in the shop's corner. @param {import("../../types.d.ts").LoaderOptions} options */
export const lookIn = ({ side, x, y, accent, onAccent }) =>
  `.dock{--x:${x}px;--y:${y}px}.link{background:${accent};color:${onAccent}}.panel{transform-origin:${side} 100%}${PANEL_LOOK}`;
