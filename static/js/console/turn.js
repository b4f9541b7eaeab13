/** One page among those of a browser takes a duty: it calls `leads(name)` and is asked again and again. */

const LEASE_MS = 5_000;
const RENEW_MS = 2_000;

/**
 * Asks for the duty called `name`; returns a function that says whether it is ours now. By Web Locks; on plain HTTP,
 * where there are none, by a lease in localStorage, and with no storage either every page has it.
 */
export function duty(name) {
  if (!navigator.locks) return leased(name);
  let ours = false;
  navigator.locks
    .request(name, () => {
      ours = true;
      return new Promise(() => {}); // until the page goes
    })
    .catch(() => (ours = true));
  return () => ours;
}

function leased(name) {
  const self = Math.random().toString(36).slice(2);
  const renew = () => {
    try {
      const [owner, until] = (localStorage.getItem(name) ?? "|0").split("|");
      if (owner !== self && Number(until) > Date.now()) return false;
      localStorage.setItem(name, `${self}|${Date.now() + LEASE_MS}`);
      return true;
    } catch {
      return true;
    }
  };
  renew();
  setInterval(renew, RENEW_MS);
  return renew;
}
