/** Elements, made in a way that no policy of a shop forbids. */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Node} parent
 * @param {Name} name
 * @param {string} [className]
 * @param {string} [text]
 */
export function add(parent, name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  parent.appendChild(made);
  return made;
}
