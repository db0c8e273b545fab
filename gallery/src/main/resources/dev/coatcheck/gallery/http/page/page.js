import {connect} from '/assets/channels.js';
import {$, ask, Refused, showImage} from '/assets/asking.js';
import {Uploading} from '/assets/uploading.js';

function say(text, bad = false) {
  $('message').hidden = !text;
  $('message').textContent = text;
  $('message').classList.toggle('bad', bad);
}

function explain(error) {
  if (error instanceof Refused && error.status === 401 && !$('album').hidden) {
    showDoor();
    say('You have been logged out. Please log in again.', true);
  } else if (error instanceof Refused) {
    say(error.advice, true);
  } else {
    say('The gallery cannot be reached just now. Please try again in a moment.', true);
  }
}

/* ---- the door ---- */

function showDoor() {
  channels?.close();
  channels = null;
  $('who').hidden = $('album').hidden = true;
  $('door').hidden = false;
  $('viewer').close();
  photos.clear();
  next = null;
  $('photos').replaceChildren();
  uploading.stop();
}

async function showAlbum(me) {
  $('email').textContent = me.email;
  $('who').hidden = $('album').hidden = false;
  $('door').hidden = true;
  listen();
  uploading.begin(me.email);
  await showPage();
}

$('credentials').addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.currentTarget;
  const credentials = {email: form.elements.email.value, password: form.elements.password.value};
  const buttons = form.querySelectorAll('button');
  const register = event.submitter?.value === 'register';
  buttons.forEach(button => button.disabled = true);
  try {
    if (register) await ask('POST', '/register', credentials);
    const me = await ask('POST', '/login', credentials);
    form.reset();
    say(register ? 'Welcome! Your photos are safe here, whichever process you meet.' : '');
    await showAlbum(me);
  } catch (error) {
    explain(error);
  } finally {
    buttons.forEach(button => button.disabled = false);
  }
});

for (const [id, path, said] of [
  ['logout', '/logout', 'You are logged out.'],
  ['logout-everywhere', '/logout/everywhere', 'You are logged out on all your devices.'],
]) {
  $(id).addEventListener('click', async () => {
    channels?.close(); // or else it hears of the end of its own session
    try {
      await ask('POST', path);
      uploading.forget();
      showDoor();
      say(said);
    } catch (error) {
      listen();
      explain(error);
    }
  });
}

/* ---- the album ---- */

/** What is shown, by the photo's id: {photo, item}. */
const photos = new Map();
let next = null;

/** @param place puts what is new among the others */
function show(photo, place = item => $('photos').append(item)) {
  const known = photos.get(photo.id);
  let item = known?.item;
  if (!item) {
    item = $('photo-template').content.firstElementChild.cloneNode(true);
    item.querySelector('.picture').addEventListener('click', () => view(photo.id));
    place(item);
  }
  // What was asked for earlier may be answered later: a photo that is ready stays so. One that failed may be tried anew.
  if (known?.photo.status === 'ready') return;
  photos.set(photo.id, {photo, item});
  item.dataset.status = photo.status;
  item.querySelector('progress').hidden = photo.status !== 'processing';
  const state = item.querySelector('.state');
  const picture = item.querySelector('.picture');
  const taken = new Date(photo.createdAt).toLocaleDateString(undefined, {dateStyle: 'medium'});
  switch (photo.status) {
    case 'processing':
      state.textContent = 'Being developed …';
      picture.setAttribute('aria-label', 'A photo that is being developed');
      break;
    case 'failed':
      state.textContent = 'This file could not be read as a picture.';
      picture.setAttribute('aria-label', 'A file that is no picture');
      break;
    default:
      state.textContent = `${photo.width} × ${photo.height}`;
      picture.disabled = false;
      picture.setAttribute('aria-label', `Photo of ${taken}, ${photo.width} by ${photo.height} pixels`);
      showImage(picture.querySelector('img'), photo.variants.thumb)
        .then(from => { if (from) state.textContent = `${photo.width} × ${photo.height} · from ${from}`; })
        .catch(() => { state.textContent = 'Not to be had just now.'; });
  }
  $('empty').hidden = true;
}

const showFirst = photo => show(photo, item => $('photos').prepend(item));

async function showPage() {
  const from = next;
  const page = await ask('GET', from ?? '/photos');
  if (next !== from) return; // it is shown, or was thrown away with what stood before it
  page.photos.forEach(photo => show(photo));
  next = page.next;
  $('more').hidden = !next;
  $('empty').hidden = photos.size > 0;
}

$('more').addEventListener('click', () => showPage().catch(explain));

/* ---- what becomes of them ---- */

/** Word of the photos of who is logged in. */
let channels = null;

/** How often a socket is tried that has never opened, before it is taken for one that some proxy does not let through. */
const SOCKETS_TRIED = 2;

/** When a socket is tried again nevertheless: it may have been a gallery that was starting. */
const SOCKET_AGAIN = 300_000;

/** Word can get lost where a process or Redis dies in between: what is still being developed is looked at now and then. */
const LOOK_EVERY = 15_000;

const SHORTEST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/** How long to wait at the most before the gallery is asked again; longer each time, until it is listened to. */
let longest = SHORTEST_PAUSE;

/** Whether something may have changed since the album's first page was read. */
let stale = false;

/** What this page is called among those of its user, however often it connects. */
const client = Math.random().toString(36).slice(2);

/** Whether others of one's pages have taken the place of this one, which listens again when somebody looks at it. */
let ousted = false;

function pause() {
  const milliseconds = Math.random() * longest;
  longest = Math.min(2 * longest, LONGEST_PAUSE);
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

/** Hears what becomes of the photos, over a WebSocket, or over server-sent events where none can be opened. */
function listen(socket = true) {
  let opened = false;
  let failures = 0;
  ousted = false;
  channels?.close();
  const mine = connect(socket ? '/socket' : '/channels', {
    socket,
    client,
    state(now) {
      opened ||= now === 'open';
      if (socket && !opened && ++failures === SOCKETS_TRIED) listen(false);
    },
    closed(reason) {
      ousted = reason === 'too-many';
      if (!ousted) askWhoIsHere();
    },
  });
  channels = mine;
  if (!socket) setTimeout(() => { if (channels === mine && !ousted) listen(); }, SOCKET_AGAIN);
  mine.subscribe('@me', {
    begun() {
      longest = SHORTEST_PAUSE;
      readAgain(); // what has changed since the album was read
    },
    missed: askWhoIsHere, // or else the cookie is that of somebody else by now
    message: text => hear(JSON.parse(text)),
    refused: askWhoIsHere,
  });
}

/** The session may have ended, here or on another device, or be somebody else's by now: it is asked until that is known. */
async function askWhoIsHere() {
  const heardOn = channels;
  while (channels === heardOn) {
    try {
      const me = await ask('GET', '/me');
      if (channels !== heardOn) return;
      say('');
      if (me.email !== $('email').textContent) {
        showDoor();
        await showAlbum(me);
      } else {
        await pause(); // what has ended a session that goes on may end it again
        if (channels === heardOn) listen();
      }
      return;
    } catch (error) {
      if (channels === heardOn) explain(error);
    }
    await pause();
  }
}

function hear({photo: id, status, percent}) {
  const known = photos.get(id);
  if (known?.photo.status === 'ready') return;
  if (known && status === 'processing') {
    if (known.photo.status === 'failed') show({...known.photo, status}); // it is tried anew
    known.item.querySelector('progress').value = percent;
  } else {
    look(id);
  }
}

/** Photos that are being asked for, and whether there was word of them meanwhile. */
const looks = new Map();

/** Asks for a photo, which may have been added on another device. */
async function look(id) {
  const heardMeanwhile = looks.has(id);
  looks.set(id, heardMeanwhile);
  if (heardMeanwhile) return;
  const heardOn = channels;
  try {
    const photo = await ask('GET', `/photos/${id}`);
    if (channels === heardOn) showFirst(photo);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) explain(error); // else it is looked at again, or is no more
  }
  const again = looks.get(id);
  looks.delete(id);
  if (again && channels === heardOn) look(id);
}

/** Reads the album's first page anew: what was added elsewhere, and what has become of what was being developed. */
async function readAgain() {
  const heardOn = channels;
  stale = true;
  try {
    const page = await ask('GET', '/photos');
    if (channels !== heardOn) return;
    if (page.next && !photos.has(page.photos.at(-1).id)) { // there may be more between it and what is shown
      photos.clear();
      $('photos').replaceChildren();
      next = page.next;
      $('more').hidden = false;
    }
    let newer = null;
    for (const photo of page.photos) {
      if (newer) show(photo, item => newer.after(item)); else showFirst(photo);
      newer = photos.get(photo.id).item;
    }
    stale = false;
    $('empty').hidden = photos.size > 0;
    const seen = new Set(page.photos.map(({id}) => id));
    for (const {photo} of photos.values()) if (photo.status === 'processing' && !seen.has(photo.id)) look(photo.id);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) explain(error); // else it is still stale
  }
}

/** An ousted page that is in sight is kept up to date all the same, without a connection that would end another. */
function lookAgain() {
  if (document.hidden || !channels) return;
  const developing = [...photos.values()].some(({photo}) => photo.status === 'processing');
  if (stale || ousted || developing) readAgain();
}

function lookedAt() {
  if (ousted && channels && !document.hidden) listen(); else lookAgain();
}

setInterval(lookAgain, LOOK_EVERY);
document.addEventListener('visibilitychange', lookedAt);
window.addEventListener('focus', lookedAt);

/* ---- one photo, large ---- */

function view(id) {
  const {photo} = photos.get(id);
  const image = $('viewer').querySelector('img');
  const from = $('viewer').querySelector('.from');
  image.alt = photos.get(id).item.querySelector('.picture').getAttribute('aria-label');
  const {medium, gray, sepia} = photo.variants;
  const choices = {Colour: medium, Gray: gray, Sepia: sepia, Original: `/photos/${id}/original`};
  $('views').replaceChildren(...Object.entries(choices).filter(([, path]) => path).map(([name, path]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'quiet';
    button.textContent = name;
    button.addEventListener('click', async () => {
      [...$('views').children].forEach(other => other.setAttribute('aria-pressed', String(other === button)));
      try {
        const name = await showImage(image, path);
        from.textContent = name ? `from ${name}` : '';
      } catch (error) {
        from.textContent = 'Not to be had just now.';
      }
    });
    return button;
  }));
  image.removeAttribute('src');
  from.textContent = '';
  $('viewer').showModal();
  $('views').firstElementChild.click();
}

$('close').addEventListener('click', () => $('viewer').close());
$('viewer').addEventListener('click', event => { if (event.target === $('viewer')) $('viewer').close(); });

/* ---- uploads ---- */

const uploading = new Uploading({added: look, refused: explain});

/* ---- begin ---- */

ask('GET', '/me').then(showAlbum).catch(error => {
  showDoor();
  if (!(error instanceof Refused && error.status === 401)) explain(error);
});
