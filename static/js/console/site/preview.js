/** A pretend shop's page with the chat on it, as it is being edited: on a phone or a desktop, in each theme and language. */

import { html, useEffect, useElement, useState } from "../../lib.js";
import { t } from "../../i18n.js";
import { languages } from "../languages.js";
import { shop } from "../../shop.js";
import { dark } from "../../theme.js";
import { ours } from "../settings/by_language.js";
import { useJudged } from "../settings/colour_field.js";
import { Segments } from "../settings/controls.js";
import { widget } from "./document.js";
import { lookForm } from "./look.js";
import { triedText } from "./triggers.js";

/** @import { FieldEvent, Key, Ref, Shades, Widget } from "../../types.d.ts" */
/** @import { Workspace } from "../workspace.js" */

const BORDERS_PX = 2;
const ABOUT_IT_PX = 280; // the height of what stands above and below it
const LEAST_HEIGHT_PX = 400;
const EDIT_DELAY_MS = 300; // a hand that writes is followed where it rests

/** @type {Record<string, { words: Key, width: number, height: number }>} */
const DEVICES = {
  desktop: { words: "site.preview.desktop", width: 900, height: 640 },
  phone: { words: "site.preview.phone", width: 390, height: 700 },
};
/** @type {Record<"light" | "dark", Key>} */
const THEMES = { light: "settings.theme.light", dark: "settings.theme.dark" };

/** @param {{ workspace: Workspace }} props */
export function Preview({ workspace }) {
  const [device, setDevice] = useState("desktop");
  const [theme, setTheme] = useState(/** @type {"light" | "dark"} */ (dark.peek() ? "dark" : "light"));
  const [spoken, speak] = useState(ours);
  /** @type {Widget["look"]} */
  const look = lookForm(workspace).values.value.look;
  const judged = useJudged(look.colour || shop.value.accent);
  const tried = triedText(workspace);
  const says = tried ? { ...look, words: withTeasers(look.words, tried) } : look;
  const frame = useWorn(judged?.palette && optionsOf(says, judged.palette.light, theme, spoken));
  const { width, height } = DEVICES[device];
  const box = useScale(width, height);
  return html`<section class="site-preview" aria-labelledby="site-preview">
    <h3 id="site-preview">${t("site.preview")}</h3>
    <div class="site-preview-bar">
      <${Segments} label=${t("site.preview.device")} chosen=${device} all=${Object.entries(DEVICES).map(([name, { words }]) => [name, t(words)])} onChoose=${setDevice} />
      <${Segments} label=${t("settings.you.theme")} chosen=${theme} all=${Object.entries(THEMES).map(([name, words]) => [name, t(words)])} onChoose=${setTheme} />
      <select class="field" aria-label=${t("settings.you.language")} value=${spoken} onChange=${(/** @type {FieldEvent} */ event) => speak(event.currentTarget.value)}>
        ${Object.entries(languages).map(([code, name]) => html`<option key=${code} value=${code} lang=${code}>${name}</option>`)}
      </select>
    </div>
    <div class="site-preview-box" data-device=${device} ref=${box}>
      <iframe key=${`${spoken} ${widget.value?.version}`} ref=${frame} src=${`/widget/preview?lang=${encodeURIComponent(spoken)}`} title=${t("site.preview.title")}></iframe>
    </div>
    <p class="settings-hint">${t("site.preview.hint")}</p>
  </section>`;
}

/**
 * The words of the look, with what a trigger says beside the button.
 * @param {Widget["look"]["words"]} words
 * @param {Record<string, string>} teasers
 */
const withTeasers = (words, teasers) =>
  Object.fromEntries(
    Object.keys({ ...words, ...teasers }).map((code) => [
      code,
      { launcher: words[code]?.launcher ?? "", teaser: teasers[code] ?? "" },
    ]),
  );

/**
 * What the tag says of all this, by the names of its `data-...`.
 * @param {Widget["look"]} look
 * @param {Shades} shades One theme's, as of the loader: it lies on the shop's page, whose theme is not ours to know.
 * @param {string} theme
 * @param {string} lang
 */
function optionsOf({ side, offset_x: x, offset_y: y, words }, shades, theme, lang) {
  const written = words[lang];
  const teaser = written?.teaser || Object.values(words).find((one) => one.teaser)?.teaser; // as the server has it
  return {
    side,
    x: String(x),
    y: String(y),
    accent: shades.accent,
    onAccent: shades["on-accent"],
    theme,
    lang,
    ...(written?.launcher && { launcher: written.launcher }),
    teaser: teaser ?? "",
  };
}

/**
 * Has the page in the frame wear these options, also when it comes anew; returns the frame's place.
 * @param {Record<string, string> | undefined} options
 * @returns {Ref<HTMLIFrameElement>}
 */
function useWorn(options) {
  /** @type {Ref<HTMLIFrameElement>} */
  const frame = useElement();
  const text = options && JSON.stringify(options);
  useEffect(() => {
    if (!text) return undefined;
    const wear = () => frame.current?.contentWindow?.postMessage(text, location.origin);
    /** @param {MessageEvent} event */
    const ready = ({ data, source, origin }) =>
      source === frame.current?.contentWindow && origin === location.origin && data === "chatadmin:preview" && wear();
    addEventListener("message", ready);
    const timer = setTimeout(wear, EDIT_DELAY_MS);
    return () => {
      removeEventListener("message", ready);
      clearTimeout(timer);
    };
  }, [text]);
  return frame;
}

/**
 * A frame as large as the device, drawn so that all of it is seen beside what is edited.
 * @param {number} width
 * @param {number} height
 * @returns {Ref<HTMLElement>}
 */
function useScale(width, height) {
  /** @type {Ref<HTMLElement>} */
  const box = useElement();
  useEffect(() => {
    const { style, parentElement: section } = box.current;
    if (!section) return undefined;
    style.setProperty("--width", `${width}px`);
    style.setProperty("--height", `${height}px`);
    const fit = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(section);
      const room = section.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - BORDERS_PX;
      const scale = Math.min(1, room / width, Math.max(LEAST_HEIGHT_PX, innerHeight - ABOUT_IT_PX) / height);
      style.setProperty("--scale", String(scale));
    };
    const watch = new ResizeObserver(fit);
    watch.observe(section);
    addEventListener("resize", fit);
    return () => {
      watch.disconnect();
      removeEventListener("resize", fit);
    };
  }, [width, height]);
  return box;
}
