// Uploads, one after another: each goes on whatever happens to processes and connections, and after a reload where its file is
// chosen again.

import {giveUp, interrupted, upload, UploadFailure} from '/assets/uploads.js';
import {$, countServed, Refused} from '/assets/asking.js';

/** How the files begin that are taken: they are often called something else than what they are. */
const BEGINNINGS = {'image/jpeg': '\u00ff\u00d8\u00ff', 'image/png': '\u0089PNG', 'image/gif': 'GIF8', 'image/webp': 'RIFF'};

/** Who waits for longer is told. */
const NOTICED = 1000;

/** For how long an upload that failed is told of. */
const FAILURE_SHOWN = 20_000;

const megabytes = bytes => (bytes / 1e6).toFixed(1);
const howFar = (kept, size) => size < 1e6 ? '' : `${megabytes(kept)} of ${megabytes(size)} MB`;

export class Uploading {
  #added;
  #refused;
  #owner = '';
  #queue = [];
  #busy = false;
  #end = new AbortController();

  /**
   * Takes the photos that are chosen or dropped.
   * added is called with the id of each photo that has come whole, refused where nobody is logged in any more.
   */
  constructor({added, refused}) {
    [this.#added, this.#refused] = [added, refused];
    $('photo').addEventListener('change', event => {
      this.#enqueue(event.target.files);
      event.target.value = '';
    });
    for (const [type, over] of [['dragenter', true], ['dragover', true], ['dragleave', false], ['drop', false]]) {
      $('drop').addEventListener(type, event => {
        event.preventDefault();
        $('drop').classList.toggle('over', over);
      });
    }
    $('drop').addEventListener('drop', event => this.#enqueue(event.dataTransfer.files));
  }

  /** For somebody who is logged in: tells of what did not come whole before. */
  begin(owner) {
    this.#owner = owner;
    $('uploads').replaceChildren(...interrupted(owner).map(begun => this.#reminder(begun)));
  }

  /** Ends all that is under way in this page: its user has left. */
  stop() {
    this.#end.abort();
    this.#end = new AbortController();
    this.#queue.length = 0;
    $('uploads').replaceChildren();
  }

  /** Remembers nothing of what is not whole. */
  forget() {
    interrupted(this.#owner).forEach(giveUp);
  }

  #reminder(begun) {
    const item = $('upload-template').content.firstElementChild.cloneNode(true);
    item.querySelector('.name').textContent = begun.name;
    item.querySelector('progress').remove();
    item.querySelector('.outcome').textContent = 'is not here whole yet. Choose it again, and it goes on where it was.';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'quiet';
    button.textContent = 'Give it up';
    button.addEventListener('click', () => {
      giveUp(begun);
      item.remove();
    });
    item.append(button);
    item.dataset.reminds = begun.name;
    return item;
  }

  #enqueue(files) {
    for (const file of files) {
      [...$('uploads').children].filter(item => item.dataset.reminds === file.name).forEach(item => item.remove());
      const item = $('upload-template').content.firstElementChild.cloneNode(true);
      item.querySelector('.name').textContent = file.name;
      $('uploads').append(item);
      this.#queue.push({file, item});
    }
    this.#sendAll();
  }

  async #sendAll() {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#queue.length) {
      const {file, item} = this.#queue.shift();
      const {signal} = this.#end;
      try {
        const id = await this.#send(file, item, signal);
        if (!signal.aborted) await this.#added(id);
        item.remove();
      } catch (error) {
        if (!signal.aborted) this.#failed(item, error); // or it is none of the next one's business
      }
    }
    this.#busy = false;
  }

  /** Returns the id of the photo that a file has become. */
  async #send(file, item, signal) {
    const outcome = item.querySelector('.outcome');
    const answer = await upload('/uploads', file, {
      metadata: {filename: file.name, filetype: await typeOf(file)},
      owner: this.#owner,
      signal,
      answered: countServed,
      progress(kept, size) {
        item.querySelector('progress').value = 100 * kept / size;
        outcome.textContent = howFar(kept, size);
      },
      waiting(milliseconds) {
        if (milliseconds >= NOTICED) outcome.textContent = `Trying again in ${Math.ceil(milliseconds / 1000)} s …`;
      },
    });
    return answer.headers.get('Photo').split('/').at(-1);
  }

  #failed(item, error) {
    const refused = error instanceof UploadFailure && error.status ? new Refused(error.status, error.body, error.retryAfter) : error;
    item.classList.add('failed');
    item.querySelector('progress').remove();
    item.querySelector('.outcome').textContent = explanation(refused);
    setTimeout(() => item.remove(), FAILURE_SHOWN);
    if (refused.status === 401) this.#refused(refused);
  }
}

function explanation(error) {
  if (error instanceof Refused) return error.advice;
  return error instanceof UploadFailure
    ? 'The gallery cannot be reached. Please choose the photo again later: it goes on where it was.'
    : 'The file cannot be read.';
}

async function typeOf(file) {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 4).arrayBuffer()));
  return Object.keys(BEGINNINGS).find(type => head.startsWith(BEGINNINGS[type])) ?? file.type;
}
