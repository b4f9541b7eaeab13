import { signal } from "../lib.js";
export class Cases {
  live = signal(true);
  constructor(desk) { this.desk = desk; }
  draft() { return ""; }
  unread(item) { return item.unread; }
  changed() {}
  close() {}
}
