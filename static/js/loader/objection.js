/** What a reader's browser says for them. */

/** Whether they are not to be followed. */
export function objects() {
  const { globalPrivacyControl, doNotTrack } = navigator;
  return globalPrivacyControl || doNotTrack === "1";
}
