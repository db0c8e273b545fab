// Asks the gallery, and tells on the page who answered.

export const $ = id => document.getElementById(id);

/* ---- who answered ---- */

/** How often each process answered since the page was opened. */
const served = new Map();

/** The process that says so itself, for where no router names one. */
let ownName = null;

/** Counts an answer, and returns the name of the process that gave it, where one is known. */
export function countServed(response) {
  const named = response.headers.get('X-Coatcheck-Instance');
  const instance = named ?? ownName;
  if (!instance) return null;
  served.set(instance, (served.get(instance) ?? 0) + 1);
  const most = Math.max(...served.values());
  $('served').replaceChildren(...[...served].sort(([a], [b]) => a.localeCompare(b)).map(([name, answers]) => {
    const item = document.createElement('li');
    item.classList.toggle('now', name === instance);
    const label = document.createElement('span');
    label.className = 'instance';
    label.textContent = name;
    const bar = document.createElement('span');
    bar.className = 'bar';
    bar.style.setProperty('--share', answers / most);
    const count = document.createElement('span');
    count.className = 'answers';
    count.textContent = answers;
    item.append(label, bar, count);
    return item;
  }));
  return instance;
}

/* ---- asking ---- */

/** An answer that is an error. */
export class Refused extends Error {
  constructor(status, body, retryAfter) {
    super(body?.message ?? body?.detail ?? `The gallery answered with status ${status}.`);
    this.status = status;
    this.retryAfter = Number(retryAfter) || 0;
  }

  /** What to do, with the exact time in place of a general one. */
  get advice() {
    if (!this.retryAfter) return this.message;
    const wait = this.retryAfter > 90 ? `${Math.ceil(this.retryAfter / 60)} minutes` : `${this.retryAfter} s`;
    return `${this.message.replace(/ Please try again in .*$/, '')} Please try again in ${wait}.`;
  }
}

/** Returns what the answer says as JSON, or throws the refusal. */
export async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body ? {'Content-Type': 'application/json'} : {},
    body: body && JSON.stringify(body),
  });
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('Content-Type'));
  const answer = isJson ? await response.json() : null;
  ownName = answer?.instance ?? ownName;
  countServed(response);
  if (!response.ok) throw new Refused(response.status, answer, response.headers.get('Retry-After'));
  return answer;
}

/** Shows an image, fetched so that one can tell who served it; returns who. */
export async function showImage(image, path) {
  const response = await fetch(path);
  const from = countServed(response);
  if (!response.ok) throw new Refused(response.status, null);
  const url = URL.createObjectURL(await response.blob());
  image.addEventListener('load', () => URL.revokeObjectURL(url), {once: true});
  image.src = url;
  return from;
}
