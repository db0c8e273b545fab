// Resumable uploads in a browser, by tus 1.0: sends a file piece by piece to whichever process answers, and goes on where it
// was after a connection that broke, a process that was killed, or a reload of the page. No dependencies.
//
//   import { upload, interrupted, giveUp } from '/coatcheck/uploads.js';
//
//   const answer = await upload('/uploads', file, {
//     metadata: { filename: file.name, filetype: file.type },   // for the application; all of it is text
//     progress(kept, size) { bar.value = kept / size; },        // what the store has, which may be less than a moment ago
//     waiting(milliseconds) { },                                // something failed, and it is tried again after that
//     answered(response) { },                                   // each answer, whatever it says
//     signal: controller.signal,                                // ends it here; the store keeps what it has
//     owner: 'ada',                                             // whose page this is
//   });
//   answer.headers.get('Film');   // the Response to the last piece, with what the application had to say of the whole
//
// It throws an UploadFailure, with status, body and retryAfter, where the server refuses, and where nothing more of the file
// was taken for as long as its patience lasts; and what reading the file throws. A file that is begun is remembered in
// localStorage for its owner until it is whole or has expired: who chooses the same file again after a reload goes on.
// interrupted(owner) lists what is remembered, giveUp(one of these) ends it here and at the server.
//
//   const answer = await uploadDirectly('/direct', file, { … });   // to the object store itself, by leave of a DirectUploadServlet
//
// does the same in parts that pass through no process, atOnce (3) of them at a time; there are no checksums, and no empty files.
//
// Options beside those above: headers, of every request; chunkSize, in bytes: a mebibyte, which is what PostgreSQL keeps in one
// go; patience, and longest, what a request may take, in milliseconds (what goes to the store has that for each mebibyte). Each piece carries its SHA-256 where the page may compute one (HTTPS, localhost).

const DEFAULTS = {
  metadata: {}, headers: {}, chunkSize: 1 << 20, atOnce: 3, patience: 180_000, longest: 120_000, owner: '', progress() {}, waiting() {}, answered() {},
};
const TUS = { 'Tus-Resumable': '1.0.0' };
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 20_000;
const MEMORY = 'coatcheck.upload ';

// 404 and 410: it has expired. 404 also while a release is rolled out, from processes that take no uploads yet.
const BEGUN_ANEW = [404, 410];
// Those of 4xx that say nothing of the file: an offset, another writer, a busy moment, a piece that was damaged on its way.
const TRIED_AGAIN = [408, 409, 423, 425, 429, 460, ...BEGUN_ANEW];

/** A request that was refused, or not answered (status 0). */
export class UploadFailure extends Error {
  constructor(status, body = null, retryAfter = 0) {
    super(body?.message ?? body?.detail ?? (status ? `The server answered with status ${status}.` : 'The server cannot be reached.'));
    [this.status, this.body, this.retryAfter] = [status, body, retryAfter];
  }

  get isFinal() {
    return this.status >= 400 && this.status < 500 && !TRIED_AGAIN.includes(this.status);
  }
}

/** Sends a file, and returns the answer to the last request. One request at a time. */
export async function upload(endpoint, file, options = {}) {
  const settings = { ...DEFAULTS, ...options };
  const memory = memoryOf(endpoint, file, settings);
  let address = recalled(memory)?.address ?? null;
  let offset = null; // null: not known, to be asked for
  let most = -1;
  let failures = 0;
  let givenUpAt = Date.now() + settings.patience;
  for (;;) {
    try {
      const request = !address ? beginning(endpoint, file, settings) : offset === null ? { method: 'HEAD' } : await piece(file, offset, settings);
      const response = await ask(address ?? endpoint, request, settings);
      if (!address) {
        address = new URL(response.headers.get('Location'), response.url).href;
        remember(memory, { address, name: file.name, until: Date.parse(response.headers.get('Upload-Expires')) });
        offset = 0;
      } else {
        offset = Number(response.headers.get('Upload-Offset'));
      }
      settings.progress(offset, file.size);
      if (offset === file.size) {
        forget(memory);
        return response;
      }
      if (offset > most) [most, failures, givenUpAt] = [offset, 0, Date.now() + settings.patience];
    } catch (error) {
      const isFinal = !(error instanceof UploadFailure) || error.isFinal;
      if (isFinal && !settings.signal?.aborted) forget(memory);
      if (isFinal || Date.now() > givenUpAt) throw error;
      if (BEGUN_ANEW.includes(error.status)) address = null;
      offset = null;
      await pause(Math.max(error.retryAfter * 1000, pauseAfter(++failures)), settings);
    }
  }
}

/** Sends a file to the store itself, and returns the answer to who finishes it. */
export async function uploadDirectly(endpoint, file, options = {}) {
  const settings = { ...DEFAULTS, ...options };
  const memory = memoryOf(endpoint, file, settings);
  let address = recalled(memory)?.address ?? null;
  let most = -1;
  let failures = 0;
  let taken = -1; // what had come when parts were stored last
  let givenUpAt = Infinity; // parts take long: patience begins with the first failure
  const kept = (came) => {
    settings.progress(came, file.size);
    if (came > most) [most, failures] = [came, 0];
  };
  for (;;) {
    try {
      const body = JSON.stringify({ length: file.size, metadata: settings.metadata });
      const begin = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
      const response = await ask(address ?? endpoint, address ? { method: 'GET' } : begin, settings);
      address ??= new URL(response.headers.get('Location'), response.url).href;
      const { came, leave, expires } = await whole(response, settings);
      remember(memory, { address, name: file.name, until: Date.parse(expires) });
      kept(came);
      if (came === taken) throw new UploadFailure(0); // the store took parts, and does not know of them
      await store(file, leave, came, kept, settings);
      taken = came;
      if (came + leave.reduce((sum, part) => sum + part.length, 0) === file.size) {
        const answer = await ask(address, { method: 'POST' }, settings);
        forget(memory);
        return answer;
      }
    } catch (error) {
      const isFinal = !(error instanceof UploadFailure) || error.isFinal;
      if (isFinal && !settings.signal?.aborted) forget(memory);
      if (failures === 0) givenUpAt = Date.now() + settings.patience;
      if (isFinal || Date.now() > givenUpAt) throw error;
      if (BEGUN_ANEW.includes(error.status)) address = null;
      taken = -1;
      await pause(Math.max(error.retryAfter * 1000, pauseAfter(++failures)), settings);
    }
  }
}

/** Stores parts, and waits for all that are under way before it says that one of them failed. */
async function store(file, leave, came, kept, settings) {
  const next = [...leave];
  let sum = came;
  let failed = false;
  const sender = async () => {
    while (next.length > 0 && !failed) {
      const { method, url, headers, offset, length } = next.shift();
      const longest = settings.longest * Math.max(1, length / settings.chunkSize);
      const body = file.slice(offset, offset + length);
      const response = await send(url, { method, headers, body }, { ...settings, longest }).catch((error) => {
        failed = true;
        throw error;
      });
      failed ||= !response.ok;
      if (!response.ok) throw new UploadFailure(0); // the leave has expired, or the store is busy: asked for again
      kept(sum += length);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: settings.atOnce }, sender));
  const failure = ended.find(({ status }) => status === 'rejected');
  if (failure) throw failure.reason;
}

const beginning = (endpoint, file, { metadata }) => ({
  method: 'POST',
  headers: {
    'Upload-Length': `${file.size}`,
    'Upload-Metadata': Object.entries(metadata).map(([name, text]) => `${name} ${base64(new TextEncoder().encode(text))}`).join(),
  },
});

async function piece(file, offset, { chunkSize }) {
  const body = await file.slice(offset, offset + chunkSize).arrayBuffer();
  const headers = { 'Upload-Offset': `${offset}`, 'Content-Type': 'application/offset+octet-stream' };
  const digest = await globalThis.crypto?.subtle?.digest('SHA-256', body);
  if (digest) headers['Upload-Checksum'] = `sha256 ${base64(new Uint8Array(digest))}`;
  return { method: 'PATCH', headers, body };
}

async function ask(address, { method, headers, body }, settings) {
  const response = await send(address, { method, headers: { ...TUS, ...settings.headers, ...headers }, body }, settings);
  settings.answered(response);
  if (response.ok) return response;
  throw new UploadFailure(response.status, await response.json().catch(() => null), Number(response.headers.get('Retry-After')) || 0);
}

/** What an answer says. It may break off behind its headers, as a request that is not answered does. */
const whole = (response, { signal }) => response.json().catch((error) => {
  throw signal?.aborted ? error : new UploadFailure(0);
});

function send(address, request, { signal, longest }) {
  const end = AbortSignal.any([AbortSignal.timeout(longest), ...(signal ? [signal] : [])]);
  return fetch(address, { ...request, signal: end }).catch((error) => {
    throw signal?.aborted ? error : new UploadFailure(0);
  });
}

/** Full at first, then with jitter: all who lost the same process do not come back at the same moment. */
const pauseAfter = (failures) => Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);

async function pause(milliseconds, { waiting, signal }) {
  waiting(milliseconds);
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', resolve, { once: true });
  });
  signal?.throwIfAborted();
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/* What is begun, for the next page: {address, name, until}. A browser that keeps nothing begins anew, and so does Node. */

const memoryOf = (endpoint, file, { owner }) => `${MEMORY}${owner} ${file.name} ${file.size} ${file.lastModified} ${endpoint}`;
const storage = () => { try { return globalThis.localStorage ?? null; } catch { return null; } };
const forget = (memory) => storage()?.removeItem(memory);
const remember = (memory, begun) => { try { storage()?.setItem(memory, JSON.stringify(begun)); } catch { /* it is full */ } };

function recalled(memory) {
  const begun = JSON.parse(storage()?.getItem(memory) ?? 'null');
  if (begun && begun.until > Date.now()) return { ...begun, memory };
  forget(memory);
  return null;
}

/** What was begun by this owner and is not whole: [{name, address, until, …}]. */
export function interrupted(owner = '') {
  return Object.keys(storage() ?? {}).filter((key) => key.startsWith(`${MEMORY}${owner} `)).map(recalled).filter(Boolean);
}

/** Ends what was begun: it is not remembered any more, and its bytes are cleared away. */
export async function giveUp({ memory, address }, headers = {}) {
  forget(memory);
  await fetch(address, { method: 'DELETE', headers: { ...TUS, ...headers } }).catch(() => null); // or it expires
}
