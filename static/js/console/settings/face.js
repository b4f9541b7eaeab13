/** The shop's logo, or one's own face: shown, chosen and taken away. */

import { html, useElement, useState } from "../../lib.js";
import { reason, t } from "../../i18n.js";
import { call } from "../../api.js";
import { isStale, loadChunk } from "../../chunk.js";
import { Avatar, faceOf } from "../../components/avatar.js";
import { learn, shop } from "../../shop.js";

/** @import { Key, Me, Ref } from "../../types.d.ts" */
/** @import { Picture } from "../faces/picture.js" */

const TAKEN = "image/jpeg,image/png,image/webp,image/gif,image/svg+xml";

export const Logo = () => html`<${Setting}
  words=${{ label: "face.logo", hint: "face.logo.hint" }}
  shape="sign"
  name=${shop.value.name}
  face=${shop.value.logo}
  path="/v1/shop/logo?as=agent"
  onChange=${(/** @type {{ logo: string }} */ now) => learn({ ...shop.peek(), ...now })}
/>`;

/** @param {{ me: Me }} props */
export const Own = ({ me }) => html`<${Setting}
  words=${{ label: "face.own", hint: "face.own.hint" }}
  shape="round"
  name=${me.nickname}
  face=${faceOf(me.uid)}
  path="/v1/me/face?as=agent"
  onChange=${(/** @type {{ face: string }} */ { face }) => learn({ ...shop.peek(), faces: { ...shop.peek().faces, [me.uid]: face } })}
/>`;

/**
 * `onChange(value)` is told what the server answered at `path`.
 * @param {{
 *   words: { label: Key, hint: Key },
 *   shape: "round" | "sign",
 *   name: string,
 *   face?: string,
 *   path: string,
 *   onChange: (value: any) => void,
 * }} props
 */
function Setting({ words, shape, name, face, path, onChange }) {
  const [said, say] = useState({ words: "", trouble: false });
  /** @param {string} words */
  const regret = (words) => say({ words, trouble: true });
  const [cutting, set] = useState(
    /** @type {{ Crop: typeof import("../faces/crop.js").Crop, picture: Picture } | null} */ (null),
  );
  /** @type {Ref<HTMLInputElement>} */
  const field = useElement();
  /** @param {Blob} [file] */
  const open = async (file) => {
    field.current.value = ""; // the same file may be chosen again
    if (!file) return;
    regret("");
    try {
      const { Crop, opened } = await loadChunk(() => import("../faces/crop.js"));
      set({ Crop, picture: await opened(file).catch(() => Promise.reject(new Unreadable())) });
    } catch (error) {
      regret(t(error instanceof Unreadable ? "face.unreadable" : isStale(error) ? "chunk.stale" : "error.unreachable"));
    }
  };
  /** @param {"PUT" | "DELETE"} method @param {Key} done @param {Blob} [picture] */
  const change = async (method, done, picture) => {
    onChange((await call(method, path, picture)).value);
    say({ words: t(done), trouble: false });
  };
  /** @param {Blob} picture */
  const save = (picture) => change("PUT", "face.saved", picture);
  const remove = () => change("DELETE", "face.removed").catch((error) => regret(reason(error)));
  return html`<div class="settings-face" role="group" aria-label=${t(words.label)}>
    <span class="settings-face-shown" data-shape=${shape}><${Avatar} name=${name} face=${face} /></span>
    <div>
      <p>${t(words.label)}</p>
      <p class="settings-hint">${t(words.hint)}</p>
      <input ref=${field} type="file" accept=${TAKEN} hidden onChange=${() => open(field.current.files?.[0])} />
      <button type="button" class="button" onClick=${() => field.current.click()}>${t("face.choose")}</button>
      ${face && html`<button type="button" class="button" onClick=${remove}>${t("face.remove")}</button>`}
      <p class=${said.trouble ? "trouble" : "settings-state"} role=${said.trouble ? "alert" : "status"}>${said.words}</p>
    </div>
    ${cutting && html`<${cutting.Crop} picture=${cutting.picture} shape=${shape} save=${save} onClose=${() => set(null)} />`}
  </div>`;
}

/** The browser finds no picture in a file. */
class Unreadable extends Error {}
