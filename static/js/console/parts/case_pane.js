import { html } from "../../lib.js";
import { CaseHead } from "./case_head.js";
import { ClaimBar } from "./claim_bar.js";
export function CasePane({ desk, item }) {
  return html`<section class="case" id="case" tabindex="-1"><${CaseHead} desk=${desk} item=${item} /><div class="case-thread"></div><${ClaimBar} desk=${desk} item=${item} /></section>`;
}
