// Channels in a browser: listens to topics over server-sent events or a WebSocket, comes back when the connection is lost,
// with jitter and to whichever process answers, and goes on where it was. No dependencies.
//
//   import { connect } from '/coatcheck/channels.js';
//
//   const channels = connect('/channels');    // server-sent events; or connect('/socket', { socket: true }), a WebSocket
//   const leave = channels.subscribe('album-7', {
//     message(data, position) { show(JSON.parse(data)); },      // each once, in order
//     missed() { readTheAlbumAnew(); },                         // more was missed than is kept
//     refused() { },                                            // may not listen to it, or not any more
//   });
//   channels.subscribe('@me', { message(data) { } });           // what is meant for who is logged in
//
// A handler that throws is reported as any other script that does, and what comes next comes all the same.
//
// Options: closed(reason) is told when it will not come back by itself: the session was 'revoked', its user has opened
// 'too-many', or it is a 'bad-request' or 'refused'. state('open' | 'waiting') tells of the connection. shortest, longest: the
// pauses before it comes back, in milliseconds, which double until something has come, or a connection has held for as long
// as the longest; silence: how long a connection may be silent before it is given up. client: a name that it has for as long
// as it listens, a random one by default, by which a connection takes the place of its own predecessor.

const DEFAULTS = { socket: false, shortest: 250, longest: 30_000, silence: 45_000, closed() {}, state() {} };
const FINAL = { 1003: 'bad-request', 1008: 'revoked', 4029: 'too-many' };

/** Listens from now on; the address may be a function that is asked each time. */
export function connect(address, options = {}) {
  return new Channels(address, { ...DEFAULTS, client: randomName(), ...options });
}

// Unlike those of the other pages of one user: nobody else is asked to tell them apart.
const randomName = () => Math.random().toString(36).slice(2);

const asking = (topic, position) => ({ type: 'subscribe', topic, ...(position && { position }) });

class Channels {
  #address;
  #options;
  #topics = new Map(); // name -> { handler, position }
  #link = null; // what can be closed, and sends over a WebSocket
  #attempts = 0;
  #openedAt = Infinity; // not yet
  #timer = null; // while it is to be opened
  #watch = null;
  #ended = false;

  constructor(address, options) {
    [this.#address, this.#options] = [address, options];
  }

  /** Listens to a topic; returns what ends that. */
  subscribe(topic, handler, position = this.#topics.get(topic)?.position ?? null) {
    this.#topics.set(topic, { handler, position });
    this.#changed(asking(topic, position));
    return () => {
      if (this.#topics.get(topic)?.handler === handler) {
        this.#topics.delete(topic);
        this.#changed({ type: 'unsubscribe', topic });
        this.#link?.left?.add(topic);
      }
    };
  }

  /** Listens no more. */
  close() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  #changed(request) {
    if (this.#ended) return;
    // On a socket that this topic was left on, something of before may still be on its way.
    if (this.#link?.send && !(request.type === 'subscribe' && this.#link.left.has(request.topic))) {
      this.#link.send(request);
    } else if (!this.#timer) { // or else it is opened with this, when its pause is over
      // The topics of a stream are those of its address: it is opened anew, once for all that change together.
      this.#drop();
      this.#openIn(0);
    }
  }

  #openIn(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), milliseconds);
  }

  #open() {
    this.#timer = null;
    this.#openedAt = Infinity;
    if (this.#ended || this.#topics.size === 0) return;
    const url = new URL(this.#address.call?.(null) ?? this.#address, globalThis.location?.href);
    url.searchParams.set('client', this.#options.client);
    this.#link = this.#options.socket ? this.#openSocket(url) : this.#openStream(url);
    this.#heard();
  }

  #openSocket(url) {
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    const link = {
      send: (request) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(request)),
      close: () => socket.close(),
      left: new Set(),
    };
    socket.onopen = () => {
      if (this.#link !== link) return socket.close();
      this.#openedAt = Date.now();
      this.#tell(this.#options, 'state', 'open');
      for (const [topic, { position }] of this.#topics) link.send(asking(topic, position));
    };
    socket.onmessage = (event) => this.#link === link && this.#take(JSON.parse(event.data));
    socket.onclose = ({ code }) => this.#link === link && (FINAL[code] ? this.#end(FINAL[code]) : this.#lost(null));
    return link;
  }

  #openStream(url) {
    const abort = new AbortController();
    const link = { close: () => abort.abort() };
    const positions = [...this.#topics.values()].map(({ position }) => position ?? '-');
    for (const topic of this.#topics.keys()) url.searchParams.append('topic', topic);
    const isCurrent = () => this.#link === link;
    this.#read(url, { 'Last-Event-ID': positions.join(',') }, abort.signal, isCurrent)
      .catch(() => null)
      .then((retry) => isCurrent() && this.#lost(retry));
    return link;
  }

  /** Reads a stream to its end; returns when to come back, where that was said. */
  async #read(url, headers, signal, isCurrent) {
    const response = await fetch(url, { headers, signal, cache: 'no-store', credentials: 'same-origin' });
    if (!isCurrent()) return null;
    const refused = response.status === 403 && (await response.json().catch(() => null))?.topics;
    if (refused) {
      for (const topic of refused) if (isCurrent()) this.#take({ type: 'refused', topic });
      return 0; // with the others
    }
    if ([400, 401, 403, 404].includes(response.status)) return this.#end(response.status === 400 ? 'bad-request' : 'refused');
    if (!response.ok) return Number(response.headers.get('Retry-After')) * 1000 || null;
    this.#openedAt = Date.now();
    this.#tell(this.#options, 'state', 'open');
    const decoder = new TextDecoder();
    let rest = '';
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done || !isCurrent()) return null;
      this.#heard();
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop();
      for (const line of lines.filter((each) => each.startsWith('data: '))) {
        this.#take(JSON.parse(line.slice(6)));
        if (!isCurrent()) return null; // a handler may have closed it
      }
    }
  }

  #take({ type, topic, position, data, reason, retry }) {
    this.#heard();
    if (type === 'closed') return Object.values(FINAL).includes(reason) ? this.#end(reason) : this.#lost(retry ?? null);
    const listener = this.#topics.get(topic);
    if (!listener) return; // it is of no topic, such as a beat, or of one that was left
    if (type === 'refused') {
      this.#topics.delete(topic);
      return this.#tell(listener.handler, type);
    }
    if (type !== 'begun') this.#attempts = 0; // a history that cannot be read begins too
    listener.position = position;
    this.#tell(listener.handler, type, ...(type === 'message' ? [data, position] : [position]));
  }

  #tell(handler, what, ...words) {
    try {
      handler[what]?.(...words);
    } catch (error) {
      (globalThis.reportError ?? console.error)(error);
    }
  }

  /** A connection that is silent for longer than its heartbeat is dead, whatever the operating system thinks. */
  #heard() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lost(null), this.#options.silence);
  }

  #lost(retry) {
    this.#drop();
    if (this.#ended) return;
    this.#tell(this.#options, 'state', 'waiting');
    if (Date.now() - this.#openedAt > this.#options.longest) this.#attempts = 0;
    // Full jitter: all who lost the same process do not come back at the same moment.
    const most = Math.min(this.#options.longest, this.#options.shortest * 2 ** this.#attempts++);
    this.#openIn((retry ?? 0) + Math.random() * most);
  }

  #end(reason) {
    this.close();
    this.#tell(this.#options, 'closed', reason);
  }

  #drop() {
    clearTimeout(this.#watch);
    this.#link?.close();
    this.#link = null;
  }
}
